/*
 * The common SKUs and their service plans, compiled in, and the rules between service plans.
 *
 * From Microsoft's "Product names and service plan identifiers for licensing". Names and offline
 * planning only: a tenant's own subscribedSkus says what its SKUs really hold. Part numbers are not
 * unique worldwide, ids are. Ids are lower case; look-ups take any case.
 */
#ifndef CORE_CATALOG_H
#define CORE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

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

enum { CATALOG_RULE_MAX = 6 };

/* Service plans of which a user can have only one enabled. */
struct catalog_exclusive {
	const char *names[CATALOG_RULE_MAX];
};

/* A service plan that needs one of some others enabled on the same user. */
struct catalog_dependency {
	const char *name;
	const char *any_of[CATALOG_RULE_MAX];
};

const struct catalog_exclusive *catalog_exclusive_at(size_t index);
const struct catalog_dependency *catalog_dependency_at(size_t index);

/* By name or id; a plan does not conflict with itself. */
bool catalog_plans_conflict(const char *a, const char *b);

#endif
