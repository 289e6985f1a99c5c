/*
 * What a customer file and the repository file say, parsed, defaulted and checked in themselves.
 *
 * Plain data in an arena. Nothing here was compared with a tenant: planning does that. Every
 * complaint about a file is a diagnostic with its place; all of them come in one run.
 */
#ifndef PLANS_DESIRED_H
#define PLANS_DESIRED_H

#include "core/bytes.h"
#include "core/diag.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/programmes.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* A limit: a count, or a percentage of the users concerned. Left out: none. */
struct limit {
	bool given;
	bool is_percent;
	int64_t value;
	struct place place;
};

struct limits {
	struct limit users_changed;  /* default 100% */
	struct limit licenses_taken; /* default 0 */
	struct limit min_seats_left; /* default 0 */
};

/* Free words for a fleet's selection. No two of a list have the same key. */
struct label {
	const char *key;
	const char *value;
};
VEC(label_list, struct label);
bool labels_match(const struct label_list *wanted, const struct label_list *labels); /* all of `wanted` */

enum nested { NESTED_REFUSE, NESTED_IGNORE };
enum entry_kind { ENTRY_UPN, ENTRY_HOLDERS_OF_ADVISOR, ENTRY_GROUP, ENTRY_CSV };

/* One entry of `users`. Rows of a CSV file are read into `rows`, each with its own place. */
struct user_entry {
	enum entry_kind kind;
	const char *upn;	    /* ENTRY_UPN; as written */
	const char *group;	    /* ENTRY_GROUP: id or exact display name */
	const char *csv;	    /* ENTRY_CSV: path relative to the customer file */
	const char *usage_location; /* or NULL */
	struct str_list disable;    /* service plans, by name or id, as written */
	bool lose_mailbox;	    /* the person accepts that no mailbox plan is left */
	enum nested nested;	    /* ENTRY_GROUP: what is done about groups among the members */
	const char *why; /* "upn adele.vance@contoso.com", "holders_of advisor", "csv contoso-users.csv" */
	struct place place;
	const struct user_entry *rows; /* ENTRY_CSV: ENTRY_UPN entries */
	size_t row_count;
};
VEC(user_entry_list, struct user_entry);

enum redeem_as { REDEEM_NEW_SUBSCRIPTION, REDEEM_ADD_SEATS, REDEEM_EXTEND_TERM };
const char *redeem_as_name(enum redeem_as redeem_as); /* as the file has them: "add-seats" */
enum unlisted { UNLISTED_REFUSE, UNLISTED_KEEP, UNLISTED_REMOVE };
enum key_source { KEY_NONE, KEY_ENV, KEY_FILE, KEY_COMMAND };

struct move {
	struct place place;
	const char *open_sku; /* part number or GUID, as written */
	struct place open_sku_place;
	int64_t seats;
	struct place seats_place;
	bool has_order;
	const char *distributor;
	const char *order_reference;
	const char *placed_on; /* YYYY-MM-DD */
	struct place placed_on_place;
	enum key_source key_source;
	const char *key_env;
	const char *key_file;
	struct str_list key_command;
	const char *key_ends_in; /* upper case, or NULL */
	struct place key_place;
	enum redeem_as redeem_as;
	bool has_redeem_as;
	struct place redeem_as_place;
	enum programme_id programme;
	struct place programme_place;
	enum arrival arrives_by; /* where the file does not say: the programme's */
	bool has_arrives_by;
	struct place arrives_by_place;
	const char *provisioned_by; /* who puts the seats there, or NULL */
	struct place provisioned_by_place;
	const char *return_until; /* YYYY-MM-DD, as the file has it; or NULL: move_return_until counts it */
	struct place return_until_place;

	bool has_advisor;
	const char *advisor_sku;
	struct place advisor_sku_place;
	const char *advisor_subscription; /* id or commerceSubscriptionId, lower case; or NULL */
	struct place advisor_subscription_place;
	const char *retire_by; /* YYYY-MM-DD, or NULL */
	struct place retire_place;
	enum cancel_by cancel_by;

	struct user_entry_list users;
	struct place users_place;
	struct str_list except; /* UPNs */
	struct place except_place;
	enum unlisted unlisted;
};
VEC(move_list, struct move);
/*
 * The last day on which the seats can be given back, YYYY-MM-DD in `out`: as the file says, else by the
 * programme from the day of the order, else from `bought` (a subscription's creation, RFC 3339, or NULL).
 * NULL: never, or nobody knows the day yet.
 */
const char *move_return_until(const struct move *move, const char *bought, struct arena *out);
/* Why the day that the file names is doubtful, by the programme and the same purchase; NULL: it is not. */
const char *move_return_doubt(const struct move *move, const char *bought, struct arena *out);

struct desired {
	const char *file; /* relative to the repository: customers/contoso.yaml */
	const char *customer;
	const char *tenant_id;	   /* lower case */
	const char *tenant_domain; /* lower case */
	const char *tenant_name;   /* or NULL */
	struct place tenant_place;
	const char *agreement_reason;
	const char *agreement_note; /* or NULL */
	const char *agreed_by;
	const char *agreed_on;
	struct place agreed_on_place;
	struct move_list moves;
	const char *default_usage_location; /* or NULL */
	bool enable_all_services;	    /* defaults.service_plans: enable-all */
	bool cancel_first;
	struct str_list canary; /* UPNs */
	struct place canary_place;
	struct label_list labels; /* change no plan: not in the digest */
	struct limits limits;
	int64_t unread_holders;	  /* accept: so many that the tenant counts and nobody can read */
	struct str_list renewing; /* accept: ids of subscriptions whose end is none, since they renew */
	struct place renewing_place;
	struct str_list lost_services; /* accept: service plans that people may lose, by name */
	char digest[DIGEST_TEXT_SIZE]; /* of the meaning: parsed, defaulted, sorted */
};

enum cloud { CLOUD_GLOBAL, CLOUD_USGOV, CLOUD_USGOV_DOD, CLOUD_CHINA };
const char *cloud_name(enum cloud cloud); /* as the file has it: "usgov-dod" */
enum auth_method {
	AUTH_AUTO, /* left out: the first whose environment is complete */
	AUTH_CLIENT_SECRET,
	AUTH_CERTIFICATE,
	AUTH_WORKLOAD_IDENTITY,
	AUTH_MANAGED_IDENTITY,
	AUTH_AZURE_CLI,
	AUTH_DEVICE_CODE
};

bool customer_name_is_valid(const char *name); /* what `customer` may say */

#define POLICY_BRANCH "main" /* the approved branch, where nobody says anything */

struct policy {
	const char *file; /* seatshift.yaml */
	enum cloud cloud;
	const char *partner_tenant; /* lower case, or NULL */
	bool partner_required;	    /* partner.relation: required */
	enum auth_method auth_method;
	const char *client_id;	       /* or NULL: AZURE_CLIENT_ID */
	int64_t approvals_required;    /* default 0 */
	const char *approvals_branch;  /* default POLICY_BRANCH */
	const char *approvals_signers; /* default allowed_signers */
	bool author_may_approve;
	bool rehearsal_required;   /* default false */
	bool approvals_fleet;	   /* one signature over a fleet approves its plans */
	int64_t approval_valid_ms; /* default 72h */
	struct limits limits;
	struct str_list protected_users; /* UPNs */
	int64_t concurrency;		 /* default 4, 1 to 16 */
	char digest[DIGEST_TEXT_SIZE];	 /* of the meaning of what a plan depends on */
};

/* Reads a file that a customer file names (a CSV), relative to the repository; injected, so parsing stays
 * pure. */
struct file_reader {
	bool (*read)(void *ctx, const char *path, struct arena *out, struct bytes *ret, struct error *err);
	void *ctx;
};

/*
 * Parses and checks a customer file. `path` is shown in places and must end in customers/NAME.yaml
 * for NAME to be compared with `customer` (other paths are only compared by their last part).
 * Complaints go to `diags`; on any error among them false is returned, and *ret_desired has what could be
 * read, for the checks below alone: any text of it may be missing, and it has no digest. Its `file` is NULL
 * when there was no document.
 */
NODISCARD bool desired_parse(const char *path, struct bytes text, const struct file_reader *reader,
			     struct arena *out, struct diag_list *diags, struct desired *ret_desired);
/*
 * The same for a customer who has not agreed yet: that (SS320) is a warning here. For
 * showing where the customer stands; never for a plan.
 */
NODISCARD bool desired_parse_draft(const char *path, struct bytes text, const struct file_reader *reader,
				   struct arena *out, struct diag_list *diags, struct desired *ret_desired);
/* Why nothing can have happened on `day`, in words that follow it. */
struct day_doubt {
	const char *message, *help;
};
bool day_cannot_have_been(int32_t day, int32_t today, struct day_doubt *ret_doubt);

/*
 * Whether its dates make sense on the day `today` (core/clock.h): agreed and ordered are not to come, the
 * retirement not before them (past: a warning), and none is of before 2010. Not part of parsing: a file that
 * was right stays readable.
 */
void desired_check_dates(const struct desired *desired, int32_t today, struct arena *out,
			 struct diag_list *diags);
NODISCARD bool policy_parse(const char *path, const char *text, size_t len, struct arena *out,
			    struct diag_list *diags, struct policy *ret_policy);

/* A complaint when the tenant is the partner's own; whoever goes on to a tenant refuses it by itself. */
void desired_check_partner(const struct desired *desired, const struct policy *policy, struct arena *out,
			   struct diag_list *diags);
/* Checks that need both: the customer's limits may only tighten the repository's. */
void desired_check_policy(const struct desired *desired, const struct policy *policy, struct arena *out,
			  struct diag_list *diags);

/* JSON Schema (draft 2020-12) of a file that people write, from the field tables. */
enum schema_kind { SCHEMA_CUSTOMER, SCHEMA_FLEET, SCHEMA_REPOSITORY, SCHEMA_COUNT };
extern const char *const schema_names[SCHEMA_COUNT]; /* "customer", … */
void schema_write(enum schema_kind kind, struct strbuf *out);

#endif
