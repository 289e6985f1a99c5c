/* The common SKUs and their service plans, compiled in. */
#include "core/catalog.h"

#include "core/macros.h"
#include "core/str.h"

#include "core/catalog_table.inc"

const struct catalog_sku *catalog_sku_at(size_t index)
{
	return index < ARRAY_LEN(catalog_skus) ? &catalog_skus[index] : NULL;
}

const struct catalog_sku *catalog_find_sku(const char *part_number_or_id)
{
	for (size_t i = 0; i < ARRAY_LEN(catalog_skus); i++) {
		if (str_eq_fold(catalog_skus[i].part_number, part_number_or_id) ||
		    str_eq_fold(catalog_skus[i].id, part_number_or_id))
			return &catalog_skus[i];
	}
	return NULL;
}

const struct catalog_plan *catalog_find_plan(const char *name_or_id)
{
	for (size_t i = 0; i < ARRAY_LEN(catalog_plans); i++) {
		if (str_eq_fold(catalog_plans[i].name, name_or_id) ||
		    str_eq_fold(catalog_plans[i].id, name_or_id))
			return &catalog_plans[i];
	}
	return NULL;
}

const char *catalog_sku_text(const char *id)
{
	const struct catalog_sku *sku = catalog_find_sku(id);
	return sku ? sku->part_number : id;
}

const char *catalog_plan_text(const char *id)
{
	const struct catalog_plan *plan = catalog_find_plan(id);
	return plan ? plan->name : id;
}

bool catalog_plan_is_for_company(const char *plan_name)
{
	/* Graph documentation: servicePlanInfo ("for example, Intune_O365") and the example of
	 * subscribedSku; cloudLicensing, assignableTo "none". 2026-08. */
	static const char *const names[] = {"EXCHANGE_S_FOUNDATION", "INTUNE_O365",
					    "M365_LIGHTHOUSE_CUSTOMER_PLAN1"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_fold(names[i], plan_name))
			return true;
	return false;
}
