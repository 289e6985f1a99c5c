/*
 * A tenant written by hand, as compact JSON, turned into live facts as a complete read would give them.
 *
 * The members are those of the twin's tenants (id, name, domain, domains, skus, subscriptions, users,
 * groups), with a few that only say what was read: "others" (seats held by users who were not read, by
 * SKU), "holders_not_read" (SKUs), "not_listed" (subscription ids), "partner", "absent_groups", "user_count";
 * a user may be "deleted", a group have "members_read": false, a licence an "error". SKUs come with their
 * plans from the catalogue. Ids that are left out are derived from the name. Names in `wanted` that are not
 * there become absent.
 */
#ifndef TESTS_SUPPORT_TENANT_JSON_H
#define TESTS_SUPPORT_TENANT_JSON_H

#include "core/error.h"
#include "core/tenant.h"

NODISCARD bool tenant_from_json(const char *text, size_t len, const struct str_list *wanted,
				struct arena *out, struct live *ret_live, struct error *err);

/* "user", "adele.vance@contoso.com" → a GUID, always the same. */
const char *derived_id(struct arena *out, const char *kind, const char *name);

/* Adds a SKU of the catalogue, without seats, unless the tenant has it. NULL: not known. */
struct sku *live_ensure_sku(struct live *live, const char *part_number, struct arena *out);

/* Rolls subscriptions up into the SKUs, and assignment states into licences; counts consumed units. */
void live_roll_up(struct live *live, struct arena *out);

#endif
