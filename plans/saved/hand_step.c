/* A hand step of a saved plan. */
#include "plans/saved/hand_step.h"

#include "core/str.h"
#include "plans/planning/lasting.h"

/* A SKU may be given by one move and retired by another: a hand step belongs to the move it serves. */
static const struct plan_move *move_of(const struct plan *plan, const struct action *action)
{
	bool retires = action->kind == ACTION_RETIRE_SUBSCRIPTION;
	for (size_t i = 0; i < plan->summary.moves.count; i++) {
		const struct plan_move *move = &plan->summary.moves.items[i];
		if (retires ? str_eq(move->advisor_subscription, action->subscription_id)
			    : str_eq(move->open_sku, action->sku_id))
			return move;
	}
	return NULL;
}

static bool is_named(const char *name, const char *part_number, const char *id)
{
	return name && (str_eq_fold(name, part_number) || str_eq_fold(name, id));
}

/* Several moves may give one SKU: then the one that it takes tells them apart. */
static const struct move *desired_move_of(const struct desired *desired, const struct plan_move *move)
{
	const struct move *first = NULL;
	for (size_t i = 0; move && i < desired->moves.count; i++) {
		const struct move *wish = &desired->moves.items[i];
		if (!is_named(wish->open_sku, move->open_part_number, move->open_sku))
			continue;
		first = first ? first : wish;
		if (wish->has_advisor
			    ? is_named(wish->advisor_sku, move->advisor_part_number, move->advisor_sku)
			    : !move->advisor_sku)
			return wish;
	}
	return first;
}

static bool is_retired_by_plan(const void *ctx, const char *subscription_id)
{
	const struct plan *plan = ctx;
	for (size_t i = 0; i < plan->actions.count; i++)
		if (plan->actions.items[i].kind == ACTION_RETIRE_SUBSCRIPTION &&
		    str_eq_fold(plan->actions.items[i].subscription_id, subscription_id))
			return true;
	return false;
}

const struct move *hand_step_wish(const struct plan *plan, const struct desired *desired,
				  const struct action *action)
{
	return desired_move_of(desired, move_of(plan, action));
}

struct manual_context hand_step_context(const struct plan *plan, const struct desired *desired,
					const struct policy *policy, const struct action *action)
{
	const struct plan_move *move = move_of(plan, action);
	const struct move *wish = desired_move_of(desired, move);
	bool retires = action->kind == ACTION_RETIRE_SUBSCRIPTION;
	return (struct manual_context){
		.tenant_id = plan->tenant_id,
		.tenant_domain = plan->tenant_domain,
		.tenant_name = plan->tenant_name,
		.cloud = policy ? cloud_name(policy->cloud) : NULL,
		.part_number = !move	 ? action->sku_id
			       : retires ? move->advisor_part_number
					 : move->open_part_number,
		.advisor_subscription = move ? move->advisor_subscription : NULL,
		.advisor_seats = move ? move->advisor_seats : 0,
		.needed_until = move && action_brings_seats(action->kind) ? seats_needed_until(move) : 0,
		.distributor = wish ? wish->distributor : NULL,
		.order_reference = wish ? wish->order_reference : NULL,
		.programme = move ? move->programme : NULL,
		.also_goes = is_retired_by_plan,
		.also_goes_ctx = plan,
	};
}

/* Whoever an action of the plan takes the SKU from, in person or as a member of a group. */
static void add_leavers(const struct plan *plan, const struct live *before, const char *sku_id,
			struct arena *tmp, struct str_list *ids)
{
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		const struct group *group =
			action->group_id ? live_find_group(before, action->group_id) : NULL;
		if (!str_list_has(&action->remove, sku_id))
			continue;
		if (action->user_id)
			VEC_PUSH(tmp, ids, action->user_id);
		for (size_t j = 0; group && j < group->member_ids.count; j++)
			VEC_PUSH(tmp, ids, group->member_ids.items[j]);
	}
	str_list_sort_unique(ids);
}

void hand_step_keepers(const struct plan *plan, const struct live *before, const struct action *action,
		       struct arena *out, struct str_list *ret_ids)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list leavers = {0};
	*ret_ids = (struct str_list){0};
	if (action->kind != ACTION_RETIRE_SUBSCRIPTION)
		return;
	/* Where the new seats are of the same SKU, its holders are those who are moved. */
	for (size_t i = 0; i < plan->summary.moves.count; i++)
		if (str_eq(plan->summary.moves.items[i].open_sku, action->sku_id))
			return;
	add_leavers(plan, before, action->sku_id, tmp, &leavers);
	for (size_t i = 0; i < before->users.count; i++) {
		const struct user *user = &before->users.items[i];
		if (license_find(&user->licenses, action->sku_id) && !str_list_search(&leavers, user->id))
			VEC_PUSH(out, ret_ids, user->id);
	}
}

void hand_step_still_holds(const struct plan *plan, const struct live *before, const struct action *action,
			   struct arena *out, struct str_list *ret_names)
{
	struct str_list ids;
	*ret_names = (struct str_list){0};
	hand_step_keepers(plan, before, action, out, &ids);
	for (size_t i = 0; i < ids.count; i++)
		VEC_PUSH(out, ret_names, live_find_user(before, ids.items[i])->upn);
	str_list_sort_unique(ret_names);
}
