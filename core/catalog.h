/*
 * The common SKUs and their service plans, compiled in. Rules between service plans: core/service_rules.h.
 *
 * From Microsoft's "Product names and service plan identifiers for licensing", in the edition below.
 * Names and offline planning only: a tenant's own subscribedSkus says what its SKUs really hold. Part
 * numbers are not unique worldwide, ids are. Ids are lower case; look-ups take any case.
 */
#ifndef CORE_CATALOG_H
#define CORE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#define CATALOG_EDITION "August 2026"

struct catalog_plan {
	const char *id;
	const char *name;
};

struct catalog_sku {
	const char *id;
	const char *part_number;
	const char *display_name;
	const struct catalog_plan *plans;
	size_t plan_count;
};

/* All return NULL when not there. */
const struct catalog_sku *catalog_find_sku(const char *part_number_or_id);
const struct catalog_sku *catalog_sku_at(size_t index); /* in the order of the file */
const struct catalog_plan *catalog_find_plan(const char *name_or_id);

/* For sentences: the part number, or the service plan's name; the id itself where the catalogue has none. */
const char *catalog_sku_text(const char *id);
const char *catalog_plan_text(const char *id);

/*
 * Service plans that apply to the company: they come with a licence, and nobody can switch them off for one
 * user. Microsoft's examples show them so; a tenant's own subscribedSkus says it of all that it has.
 */
bool catalog_plan_is_for_company(const char *plan_name);

#endif
