/* A user as a reader sees it, for whoever answers with one. */
#include "providers/twin/graph.h"

const struct twin_user_version *graph_user_version(const struct call *call, const struct twin_user *user)
{
	if (call->shows_newest)
		return user->now;
	return call->is_listing ? twin_user_listed(call->twin, user) : twin_user_seen(call->twin, user);
}

struct twin_user *graph_find_user(struct call *call, const char *key)
{
	struct twin_user *user = call->shows_newest ? twin_find_user_now(call->tenant, key)
						    : twin_find_user(call->twin, call->tenant, key);
	if (!user)
		graph_not_found(call, key);
	return user;
}

bool graph_plan_is_off(const struct twin_user_version *now, const struct twin_sku *sku, const char *plan)
{
	for (size_t i = 0; i < now->assignments.count; i++) {
		const struct twin_assignment *a = &now->assignments.items[i];
		if (a->sku == sku && !str_eq(a->state, "Error") && !str_list_has(&a->disabled, plan))
			return false;
	}
	return true;
}

bool graph_is_first_source(const struct twin_user_version *now, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (now->assignments.items[i].sku == now->assignments.items[at].sku &&
		    !str_eq(now->assignments.items[i].state, "Error"))
			return false;
	}
	return !str_eq(now->assignments.items[at].state, "Error");
}
