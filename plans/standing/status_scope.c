/* What is to be read of a tenant to say where a customer stands. */
#include "core/str.h"
#include "plans/standing/status.h"
#include "providers/provider.h"

enum { FEW_PEOPLE = 40 };

void status_read_scope(const struct newest_plan *plan, struct arena *out, struct read_scope *ret_scope)
{
	struct read_scope scope = {0};
	const struct action_list *actions = &plan->folder.plan.actions;
	for (size_t i = 0; plan->found && i < actions->count; i++) {
		if (actions->items[i].user_id)
			VEC_PUSH(out, &scope.user_ids, actions->items[i].user_id);
		if (actions->items[i].group_id)
			VEC_PUSH(out, &scope.groups, actions->items[i].group_id);
	}
	if (plan->found && plan->entries.count)
		keepers_read_scope(&plan->folder.plan, &plan->folder.live, FEW_PEOPLE, out, &scope);
	str_list_sort_unique(&scope.user_ids);
	str_list_sort_unique(&scope.groups);
	scope.members_as_users = scope.groups.count > 0;
	scope.only_tenant = !scope.user_ids.count && !scope.groups.count;
	/* Few are asked for with the tenant's own facts. */
	if (scope.user_ids.count > FEW_PEOPLE)
		scope.likely_holders_of = plan->entries.count ? plan_skus_after(&plan->folder.plan, out)
							      : plan_skus_before(&plan->folder.plan, out);
	*ret_scope = scope;
}
