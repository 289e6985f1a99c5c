/*
 * Graph's resources: for each, its field table (what is asked for and how it becomes core/tenant.h's
 * data) and the addresses it is read at. No requests.
 */
#ifndef PROVIDERS_GRAPH_RESOURCES_H
#define PROVIDERS_GRAPH_RESOURCES_H

#include "core/fields.h"
#include "core/tenant.h"

/* Each reads one object into `out`. ERR_REMOTE with the member's path when it is not as documented. */
NODISCARD bool organization_from_json(const struct json *object, struct arena *out, struct organization *ret,
				      struct error *err);
void organization_copy(const struct organization *from, struct arena *out, struct organization *ret);
NODISCARD bool sku_from_json(const struct json *object, struct arena *out, struct sku *ret,
			     struct error *err);
/* A licence of somebody, as a SKU without seats: its service plans are in that person's state. */
NODISCARD bool license_details_from_json(const struct json *object, struct arena *out, struct sku *ret,
					 struct error *err);
NODISCARD bool subscription_from_json(const struct json *object, struct arena *out, struct subscription *ret,
				      struct error *err);
NODISCARD bool user_from_json(const struct json *object, struct arena *out, struct user *ret,
			      struct error *err);
NODISCARD bool group_from_json(const struct json *object, struct arena *out, struct group *ret,
			       struct error *err);

/* How many hold a SKU, by the tenant's own count. */
struct holder_count {
	const char *sku_id;
	int64_t holders;
};
VEC(holder_count_list, struct holder_count);

/* Members that several resources share. */
extern const struct field license_fields[];
void license_list_normalize(struct license_list *list, struct arena *out);
void id_list_normalize(struct str_list *list, struct arena *out); /* lower case, sorted, once each */

/* Addresses, after the version. */
extern const char organization_url[];
extern const char skus_url[];
extern const char subscriptions_url[];
/* Of users; `services`: with how far services are with them. */
char *user_url(struct arena *out, const char *id_or_upn, bool services);
char *users_holding_url(struct arena *out, const char *sku_id, bool services);
char *license_details_url(struct arena *out, const char *user_id);
char *users_named_url(struct arena *out, const char *prefix); /* names only, of those that begin so */
extern const char users_count_url[];			      /* an advanced query */
extern const char deleted_users_url[];
char *group_url(struct arena *out, const char *id);
char *groups_named_url(struct arena *out, const char *display_name);
/* Names only, of those that begin so, or have that mail address. */
char *groups_like_url(struct arena *out, const char *prefix);
char *groups_of_address_url(struct arena *out, const char *address);
char *group_objects_url(struct arena *out, const char *id); /* members of every kind: type, id and name */
char *groups_licensing_url(struct arena *out, const char *sku_id); /* that hand it out, members or none */
/* Whoever has it as the mail address, or as one of the proxy addresses. */
char *users_of_address_url(struct arena *out, const char *address, bool proxy);
char *group_members_url(struct arena *out, const char *id, bool services);

#endif
