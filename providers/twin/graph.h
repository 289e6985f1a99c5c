/* The handlers of Graph's paths. Each is called when path, token and permissions are in order. */
#ifndef PROVIDERS_TWIN_GRAPH_H
#define PROVIDERS_TWIN_GRAPH_H

#include "providers/twin/odata.h"

/* organization.c */
void graph_organizations(struct call *call);
void graph_organization(struct call *call);
void graph_domains(struct call *call);
void graph_domain(struct call *call);
void graph_skus(struct call *call);
void graph_sku(struct call *call);
void graph_subscriptions(struct call *call);
void graph_subscription(struct call *call);
void graph_subscription_by_commerce(struct call *call);

/* users.c */
void graph_users(struct call *call);
void graph_users_count(struct call *call);
bool graph_may_count(struct call *call); /* 400 answered without the header that a count takes */
void graph_me(struct call *call);
void graph_my_license_details(struct call *call);
void graph_users_delta(struct call *call); /* delta.c */
void graph_user(struct call *call);
void graph_user_patch(struct call *call);
void graph_user_license_details(struct call *call); /* services.c */
void graph_deleted_users(struct call *call);

/* groups.c */
void graph_groups(struct call *call);
void graph_group(struct call *call);

/* group_members.c */
void graph_group_members(struct call *call); /* directly, or by way of groups; all, or of one type */
void graph_group_users(struct call *call);
void graph_group_error_members(struct call *call);
void graph_group_members_count(struct call *call);
void graph_user_member_of(struct call *call);
void graph_user_groups(struct call *call);

/* licensing.c, group_licensing.c */
void graph_assign_license(struct call *call);
void graph_reprocess_license(struct call *call);
void graph_group_assign_license(struct call *call);

/* partner.c */
void graph_contracts(struct call *call);
void graph_contract(struct call *call);
void graph_gdap_list(struct call *call);
void graph_gdap(struct call *call);
void graph_gdap_customers(struct call *call);
void graph_gdap_customer(struct call *call);
void graph_gdap_assignments(struct call *call);
void graph_gdap_assignment(struct call *call);
void graph_find_tenant(struct call *call);

/* batch.c */
void graph_batch(struct call *call);

/* throttle.c: false when the limits are spent (429 answered). */
NODISCARD bool throttle_charge(struct call *call, int64_t units, bool is_write);

/* graph_gaps.c: what no route is for. `first` is the first segment of the path. */
void graph_refuse_path(struct call *call, size_t first);

/* services.c: of a user. */
void graph_put_assigned_plans(struct call *call, struct json_writer *w, const void *item);
void graph_put_provisioned_plans(struct call *call, struct json_writer *w, const void *item);

/* Shared. */
const struct twin_user_version *graph_user_version(const struct call *call, const struct twin_user *user);
/* A plan is off for a user only when every source of the SKU has it off. */
bool graph_plan_is_off(const struct twin_user_version *now, const struct twin_sku *sku, const char *plan);
bool graph_is_first_source(const struct twin_user_version *now, size_t at); /* of its SKU, that works */
extern const struct odata_type graph_user_type;
extern const struct odata_type graph_group_type;
bool graph_may_read_licenses(struct call *call); /* 403 answered when $select asks for more than names */
const struct odata_filter *graph_user_filter(struct call *call, const char *text); /* NULL: 400 answered */
bool graph_user_matches(struct call *call, const struct odata_filter *filter, const struct twin_user *user);
struct twin_user *graph_find_user(struct call *call, const char *key); /* NULL: 404 answered */
struct twin_group *graph_find_group(struct call *call); /* that the path names; NULL: 404 answered */
void graph_not_found(struct call *call, const char *key);
bool graph_token_has(const struct call *call, const char *roles); /* one of "A|B" */

/* What a licence change asks for, read from a body. */
struct license_change {
	struct twin_group_license_list add;
	struct str_list add_ids; /* as sent, lower case; the same places as `add` */
	struct str_list remove;	 /* SKU ids, lower case */
};
NODISCARD bool license_change_read(struct call *call, struct license_change *ret);
/* Checks each addLicenses against the tenant: the SKU, its service plans, its seats. */
NODISCARD bool license_change_resolve(struct call *call, struct license_change *change);
/* The plan rules for a set of assignments; NULL, or why they cannot be together. */
const char *license_conflict(struct arena *arena, const struct twin *twin,
			     const struct twin_assignment_list *assignments, bool *ret_is_dependency);
int64_t license_free_seats(const struct twin *twin, const struct twin_tenant *tenant,
			   const struct twin_sku *sku);

#endif
