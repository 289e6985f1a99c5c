/* The rules between service plans: of some only one, and some only together with others. */
#include "providers/twin/graph.h"

#include <string.h>

static bool is_on(const struct twin_assignment *assignment, const char *plan)
{
	return !str_eq(assignment->state, "Error") && twin_find_plan(assignment->sku, plan) &&
	       !str_list_has(&assignment->disabled, plan);
}

static bool is_on_anywhere(const struct twin_assignment_list *assignments, const char *plan)
{
	for (size_t i = 0; i < assignments->count; i++) {
		if (is_on(&assignments->items[i], plan))
			return true;
	}
	return false;
}

static const char *exclusive_conflict(struct arena *arena, const struct twin_rule *rule,
				      const struct twin_assignment_list *assignments)
{
	const char *first = NULL;
	for (size_t i = 0; i < rule->others.count; i++) {
		if (!is_on_anywhere(assignments, rule->others.items[i]))
			continue;
		if (first)
			return arena_printf(
				arena,
				"License assignment failed because service plans %s, %s are mutually "
				"exclusive.",
				first, rule->others.items[i]);
		first = rule->others.items[i];
	}
	return NULL;
}

static const char *missing_dependency(struct arena *arena, const struct twin_rule *rule,
				      const struct twin_assignment_list *assignments)
{
	if (!is_on_anywhere(assignments, rule->plan))
		return NULL;
	for (size_t i = 0; i < rule->others.count; i++) {
		if (is_on_anywhere(assignments, rule->others.items[i]))
			return NULL;
	}
	return arena_printf(
		arena, "License assignment failed because service plan %s depends on the service plan(s) %s.",
		rule->plan, str_list_join(arena, &rule->others, ", "));
}

const char *license_conflict(struct arena *arena, const struct twin *twin,
			     const struct twin_assignment_list *assignments, bool *ret_is_dependency)
{
	for (size_t i = 0; i < twin->rules.count; i++) {
		const struct twin_rule *rule = &twin->rules.items[i];
		const char *conflict = rule->is_exclusive ? exclusive_conflict(arena, rule, assignments)
							  : missing_dependency(arena, rule, assignments);
		if (!conflict)
			continue;
		*ret_is_dependency = !rule->is_exclusive;
		return conflict;
	}
	return NULL;
}
