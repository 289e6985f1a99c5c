/*
 * Service plans: what a licence switches on, what stays off in a swap, and what would be lost.
 *
 * Pure. A SKU's plans come from the tenant's own subscribedSkus where it has the SKU, else from the
 * catalogue. Two service plans serve the same purpose when they are the same plan or belong to one
 * family (Exchange mailbox, SharePoint, Teams, ...), by name.
 */
#ifndef PLANS_SERVICES_H
#define PLANS_SERVICES_H

#include "core/tenant.h"

/* A SKU as planning needs it: from the tenant, or from the catalogue when the tenant lacks it. */
struct sku_view {
	const char *id;
	const char *part_number;
	struct service_plan_list plans; /* sorted by id */
	const struct sku *live;         /* NULL when the tenant lacks it */
};

/* By part number or GUID; NULL when neither the tenant nor the catalogue knows it. */
const struct sku_view *sku_view_find(const struct live *live, const char *part_number_or_id,
				     struct arena *out);
const struct service_plan *sku_view_find_plan(const struct sku_view *sku, const char *name_or_id);

/* The family of a service plan's name: "mailbox", "sharepoint", ...; NULL when it has none. */
const char *service_family(const char *plan_name);

/*
 * What is to be off in `to` when `off_in_from` was off in `from`: the same plans, and those of the same
 * family. Plans without a counterpart are appended to *ret_lost (names), which may be NULL.
 */
void services_carry_over(const struct sku_view *from, const struct str_list *off_in_from,
			 const struct sku_view *to, struct arena *out, struct str_list *ret_off,
			 struct str_list *ret_lost);

/* Whether the SKU, with these plans off, gives its holder a mailbox. */
bool services_has_mailbox(const struct sku_view *sku, const struct str_list *off);

#endif
