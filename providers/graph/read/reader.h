/* One read of a tenant in progress. For graph.c and the files named read*.c only. */
#ifndef PROVIDERS_GRAPH_READER_H
#define PROVIDERS_GRAPH_READER_H

#include "providers/graph/read/alike.h"
#include "providers/graph/wire/paging.h"
#include "providers/provider.h"

struct holders;
struct reader {
	struct graph_conn *conn;
	struct graph_conn *partner; /* for the partner's own tenant; or NULL */
	const char *tenant_id;
	bool (*should_stop)(void *ctx); /* or NULL */
	void *stop_ctx;
	const struct read_scope *scope;
	struct arena *out; /* of `live` */
	struct arena *tmp; /* as long as the read */
	struct live *live;
	struct alike *alike;   /* what the people of `live` share */
	struct arena *scratch; /* of the last few people; or NULL */
	size_t people;
	const struct organization *proved; /* whose tenant it is, asked a moment ago; or NULL */
	struct holders *holders;	   /* one for each SKU of holders_of that the tenant has */
	size_t holder_count;
	struct holders *early, *likely; /* begun before the tenant's SKUs were known; of likely_holders_of */
	size_t early_count, likely_count;
	bool names_asked, ids_asked;		/* early, all of them */
	size_t asked_early;			/* users read so, the first of live */
	const struct holder_count_list *counts; /* as last read by this provider; may be empty */
	size_t organizations;
	struct str_list groups_asked;		 /* SKU ids: which groups hand them out was asked */
	struct str_list gone_users, gone_groups; /* ids that were answered 404 once */
	bool again;				 /* those are being asked for a second time */
	bool names_again;			 /* names that are not there were */
	size_t pending;				 /* listings and batches under way */
	struct error err;			 /* the first failure; the rest then only runs out */
};

/* Notes a failure (the first counts) and lets nothing more be sent. */
void reader_fail(struct reader *r, const struct error *err);
/* True when the reply is good; else the failure is noted. */
bool reader_accept(struct reader *r, const struct graph_reply *reply);
/* One person of an answer, kept in `out`. */
NODISCARD bool reader_user(struct reader *r, const struct json *item, struct user *ret, struct error *err);
/* In lower case, sorted, each once: a key twice in a batch would be asked, and answered, twice. */
const struct str_list *reader_distinct(struct reader *r, const struct str_list *keys);
/* Who answers must be who was asked: anything in between may mix answers up. The failure is noted. */
bool reader_check_answer(struct reader *r, const char *asked, const char *answered);
/* Up to BATCH_MAX of `keys`, asked for each; the `ctx` of `part`. */
struct reader_batch {
	struct reader *reader; /* set by reader_ask_each, like the next */
	size_t first;	       /* of the keys: that of a part is keys->items[first + index] */
	const struct str_list *keys;
	bool by_name;
	const char *(*url)(struct reader *r, struct arena *out, const char *key);
	void (*part)(void *ctx, size_t index, const struct graph_reply *reply);
};
/* Starts as many batches as `each` has keys for, and returns; the keys outlive them. */
void reader_ask_each(struct reader *r, const struct reader_batch *each);
/* Lets `wait_ms` pass; `why` is for whoever waits. */
NODISCARD bool reader_pause(struct reader *r, int64_t wait_ms, const char *why, struct error *err);
/* Waits for all that is under way; false with err set when something failed. */
NODISCARD bool reader_wait(struct reader *r, struct error *err);

/* Each starts requests and returns. */
void read_tenant(struct reader *r);
void read_skus(struct reader *r);
void read_named_users(struct reader *r); /* those who are not read yet; so is the next */
void read_users_by_id(struct reader *r);
void read_users_again(struct reader *r); /* gone_users, and the names in live->absent_users */
void read_deleted_names(struct reader *r);
void read_license_details(struct reader *r); /* of scope->details_of */
void read_groups(struct reader *r);
void read_groups_again(struct reader *r); /* gone_groups */
void read_groups_of_holders(struct reader *r);
/* That hand the SKU out, also those in which nobody is; where the scope asks for groups_of_holders. */
void read_licensing_groups(struct reader *r, const char *sku_id);
void read_members(struct reader *r);
void read_partner(struct reader *r); /* nothing when there is no such connection */

/*
 * Begins with what needs no answer from the tenant first: lists of SKUs whose id is known, and few people by
 * name or id. With a slow line each wait for an answer counts.
 */
void read_users_early(struct reader *r);
void read_holders_early(struct reader *r);
void read_likely_early(struct reader *r);

/* The holders of each SKU, read until they agree with consumedUnits; ERR_INCOMPLETE when they do not. */
NODISCARD bool read_holders(struct reader *r, struct error *err);
/*
 * Those of user_ids who hold one of likely_holders_of, where listing that SKU is cheaper than asking
 * for each of them. No count is compared: whoever is not shown is read by id afterwards.
 */
NODISCARD bool read_likely_holders(struct reader *r, struct error *err);

/* Whether the organisation that was read is the tenant's: ERR_INCOMPLETE or ERR_WRONG_TENANT otherwise. */
NODISCARD bool read_is_of_tenant(struct reader *r, struct error *err);
/* The organisation alone, compared with the tenant's id. */
NODISCARD bool read_identity(struct reader *r, struct error *err);
NODISCARD bool read_all(struct reader *r, struct error *err);

#endif
