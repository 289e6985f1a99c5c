/* The common SKUs and their service plans, compiled in, and the rules between service plans. */
#include "core/catalog.h"

#include "core/macros.h"
#include "core/str.h"

#include "core/catalog_table.inc"

/*
 * "The E3 product contains service plans that can't overlap with the plans that are included in E1"
 * (Entra documentation, resolving group licensing problems): Exchange Online plan 1 with plan 2,
 * SharePoint Online plan 1 with plan 2, and their small-business forms.
 */
static const struct catalog_exclusive exclusives[] = {
	{{"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_L_STANDARD",
	  "EXCHANGE_S_STANDARD_MIDMARKET"}},
	{{"SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE", "SHAREPOINTLITE", "SHAREPOINTENTERPRISE_MIDMARKET"}},
};

/* Add-ons that are refused without the service they add to. */
static const struct catalog_dependency dependencies[] = {
	{"EXCHANGE_S_ARCHIVE_ADDON",
	 {"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS", "EXCHANGE_L_STANDARD",
	  "EXCHANGE_S_STANDARD_MIDMARKET"}},
	{"MCOEV", {"MCOSTANDARD", "MCOSTANDARD_MIDMARKET"}},
	{"MCOMEETADV", {"MCOSTANDARD", "MCOSTANDARD_MIDMARKET"}},
};

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

const struct catalog_exclusive *catalog_exclusive_at(size_t index)
{
	return index < ARRAY_LEN(exclusives) ? &exclusives[index] : NULL;
}

const struct catalog_dependency *catalog_dependency_at(size_t index)
{
	return index < ARRAY_LEN(dependencies) ? &dependencies[index] : NULL;
}

static bool rule_has(const struct catalog_exclusive *rule, const char *name)
{
	for (size_t i = 0; i < CATALOG_RULE_MAX && rule->names[i]; i++) {
		if (str_eq_fold(rule->names[i], name))
			return true;
	}
	return false;
}

bool catalog_plans_conflict(const char *a, const char *b)
{
	const struct catalog_plan *first = catalog_find_plan(a);
	const struct catalog_plan *second = catalog_find_plan(b);
	if (!first || !second || str_eq(first->name, second->name))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(exclusives); i++) {
		if (rule_has(&exclusives[i], first->name) && rule_has(&exclusives[i], second->name))
			return true;
	}
	return false;
}
