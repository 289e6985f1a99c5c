/*
 * A tenant as read: plain data, in an arena, const once built.
 *
 * GUIDs and SKU ids are lower-case text. Lists are sorted by id, so look-ups are binary searches and
 * two reads of the same state are equal byte for byte. "Unknown" is NULL for text and -1 for counts.
 */
#ifndef CORE_TENANT_H
#define CORE_TENANT_H

#include "core/error.h"
#include "core/json.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct verified_domain {
	const char *name;
	bool is_initial;
	bool is_default;
};
VEC(verified_domain_list, struct verified_domain);

struct organization {
	const char *id;
	const char *display_name;
	const char *default_usage_location; /* or NULL */
	const char *tenant_type;	    /* "AAD", "AAD B2C", "CIAM"; or NULL */
	const char *partner_tenant_type;    /* not NULL: this is a partner's own tenant */
	struct verified_domain_list verified_domains;
};

struct service_plan {
	const char *id;
	const char *name;
	bool for_users; /* appliesTo is "User" */
	const char *provisioning_status;
};
VEC(service_plan_list, struct service_plan);

/* GET /subscribedSkus: one row per SKU, all its subscriptions rolled up. */
struct sku {
	const char *id;
	const char *part_number;
	const char *capability_status;
	bool for_users;
	int64_t consumed;
	int64_t enabled;
	int64_t warning;
	int64_t suspended;
	int64_t locked_out;
	struct str_list subscription_ids;
	struct service_plan_list service_plans; /* sorted by id */
};
VEC(sku_list, struct sku);

enum subscription_status {
	SUBSCRIPTION_ENABLED,
	SUBSCRIPTION_WARNING,
	SUBSCRIPTION_SUSPENDED,
	SUBSCRIPTION_LOCKED_OUT,
	SUBSCRIPTION_DELETED,
	SUBSCRIPTION_UNKNOWN, /* a word Graph did not use when this was written: stops destructive steps */
};

/* GET /directory/subscriptions: one row per purchase. */
struct subscription {
	const char *id;
	const char *commerce_id; /* or NULL */
	const char *sku_id;
	const char *part_number;
	const char *status_text; /* as Graph gave it */
	enum subscription_status status;
	int64_t seats;
	bool is_trial;
	const char *created;	    /* RFC 3339 or NULL */
	const char *next_lifecycle; /* RFC 3339 or NULL: for an Enabled one, the end of its term */
};
VEC(subscription_list, struct subscription);

struct license {
	const char *sku_id;
	struct str_list disabled_plans; /* ids, sorted */
};
VEC(license_list, struct license);

/* One source of a licence: direct, or through a group. */
struct license_state {
	const char *sku_id;
	const char *group_id; /* NULL: assigned directly */
	const char *state;    /* "Active", "ActiveWithError", "Disabled", "Error" */
	const char *error;    /* NULL when fine ("None", null and absent all become NULL) */
	const char *updated;  /* RFC 3339 or NULL */
	struct str_list disabled_plans;
};
VEC(license_state_list, struct license_state);

/* provisionedPlans: how far a service is with somebody. No service plan is named, and few services are. */
struct provisioned_service {
	const char *service;	/* "exchange", in whatever case */
	const char *capability; /* "Enabled", "Deleted" ...; or NULL */
	const char *status;	/* "Success", "PendingInput", "Error" ...; or NULL */
};
VEC(provisioned_service_list, struct provisioned_service);

struct user {
	const char *id;
	const char *upn;
	const char *display_name;   /* or NULL */
	const char *usage_location; /* or NULL */
	bool enabled;
	bool is_guest;
	bool is_synced;
	struct license_list licenses;		  /* sorted by SKU; the union over all sources */
	struct license_state_list states;	  /* sorted by SKU, direct first, then group */
	struct provisioned_service_list services; /* only where they were asked for; as Graph has them */
};
VEC(user_list, struct user);

struct group {
	const char *id;
	const char *display_name;
	bool is_synced;
	const char *processing_state; /* or NULL */
	struct license_list licenses;
	struct str_list member_ids; /* first-level users, sorted */
	struct str_list subgroups;  /* display names of groups that are members, sorted; "name (id)" */
	struct str_list others;	    /* members that are neither, sorted: "device LAPTOP-7 (id)" */
	bool members_read;
	struct str_list types;	/* "Unified", "DynamicMembership", ... */
	const char *rule;	/* that decides who is a member; or NULL */
	const char *rule_state; /* "On", "Paused"; or NULL */
	bool is_role_assignable;
};
VEC(group_list, struct group);

/* A name that is no user's, but somebody's mail address. */
struct address {
	const char *text; /* lower case */
	const char *upn;
};
VEC(address_list, struct address);

/* The same of a group. */
struct group_mail {
	const char *text; /* lower case */
	const char *display_name;
};
VEC(group_mail_list, struct group_mail);

/* A name that was asked for and is not there. */
struct absent_user {
	const char *upn;	/* lower case */
	const char *deleted_id; /* of the soft-deleted user with that name, or NULL */
};
VEC(absent_user_list, struct absent_user);

/* licenseDetails: one service plan of one licence of somebody. */
struct plan_state {
	const char *user_id;
	const char *sku_id;
	struct service_plan plan; /* with this user's own provisioning status */
};
VEC(plan_state_list, struct plan_state);

/* The partner's relation with this tenant, read with a token for the partner's own tenant. */
struct partner_relation {
	bool checked;
	bool has_contract;
	const char *gdap_id;	 /* of an active relationship, or NULL */
	const char *gdap_status; /* or NULL */
	const char *gdap_end;	 /* RFC 3339 or NULL */
};

/* Everything that a plan is computed from. */
struct live {
	struct organization organization;
	struct sku_list skus;			/* sorted by id */
	struct subscription_list subscriptions; /* sorted by id */
	struct user_list users;			/* the users concerned, sorted by id */
	struct group_list groups;		/* the groups concerned, sorted by id */
	struct absent_user_list absent_users;	/* sorted by name */
	struct str_list absent_groups;		/* wanted by name or id, not there; sorted */
	struct str_list holders_read;		/* SKU ids whose holders are all among `users`; sorted */
	struct plan_state_list plan_states;	/* of whom licence details were asked for; never saved */
	struct partner_relation partner;
	int64_t user_count; /* in the whole tenant; -1 unknown; no action depends on it */
	/* For suggestions only, never saved: what exists besides what was asked for. */
	struct str_list known_upns;
	struct str_list known_groups;		  /* display names */
	struct address_list known_addresses;	  /* of names that are not there */
	struct group_mail_list known_group_mails; /* likewise */
};

/* How a live state was obtained; kept in a snapshot, never in a plan. */
struct read_info {
	const char *read_at; /* RFC 3339 */
	int64_t requests;
	int64_t resource_units;
};

enum subscription_status subscription_status_parse(const char *text);
/* Suspended, LockedOut or Deleted, by its row. Warning is not retired; unknown is not retired. */
bool subscription_is_retired(const struct subscription *subscription);

/* All borrow; NULL when not there. Ids are lower case, names in any case. */
const struct sku *live_find_sku(const struct live *live, const char *sku_id);
const struct sku *live_find_sku_named(const struct live *live, const char *part_number_or_id);
/* The one of that id, else the one that Commerce knows by it. */
const struct subscription *live_find_subscription(const struct live *live, const char *id_or_commerce_id);
/* Seats that the listed subscriptions of a SKU give, Enabled or in their grace period. */
int64_t live_listed_seats(const struct live *live, const char *sku_id);
/* Seats that the tenant counts of a SKU, in whatever state, beyond those of the subscriptions that are
 * listed: there is one that is not. */
int64_t live_unlisted_seats(const struct live *live, const char *sku_id);
/*
 * Not listed, and its seats went with it: where the SKU's roll-up counts more seats than the listed ones
 * have, the list of subscriptions is incomplete and proves nothing.
 */
bool live_subscription_is_gone(const struct live *live, const char *subscription_id, const char *sku_id);
/*
 * Retired by its row, and the SKU's roll-up has noticed: where that counts more seats as usable than the
 * listed subscriptions have, the two disagree, and neither proves anything.
 */
bool live_subscription_is_retired(const struct live *live, const struct subscription *subscription);
/* Seats that the roll-up counts as usable beyond those of the listed subscriptions that are; 0: none. */
int64_t live_disputed_seats(const struct live *live, const char *sku_id);
const struct user *live_find_user(const struct live *live, const char *user_id);
const struct group *live_find_group(const struct live *live, const char *id_or_display_name);
/* The service is not at work on the group. */
bool group_is_processed(const struct group *group);
/* A rule decides who is in it, so nobody takes a person out by hand. */
bool group_is_dynamic(const struct group *group);
const struct license *license_find(const struct license_list *list, const char *sku_id);
const struct license_state *user_find_state(const struct user *user, const char *sku_id,
					    const char *group_id /* NULL: direct */);
/*
 * Holds the SKU directly. Where Graph gave no assignment states at all, every licence counts as
 * direct, since nothing says otherwise.
 */
const struct license *user_direct_license(const struct user *user, const char *sku_id);
const struct service_plan *sku_find_plan(const struct sku *sku, const char *plan_id);
const struct service_plan *sku_find_plan_named(const struct sku *sku, const char *name_or_id);

/* Sorts everything as promised above and drops duplicates by id. Call once, after the last read. */
void live_sort(struct live *live);

/* Looks users up by name: an index built once, in `arena`. */
struct user_index;
struct user_index *user_index_new(struct arena *arena, const struct user_list *users);
const struct user *user_index_find(const struct user_index *index, const char *upn);

#endif
