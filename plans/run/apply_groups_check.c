/* A group's swap before it is sent: what its members need, and who among them is to be left alone. */
#include "core/str.h"
#include "plans/run/apply_internal.h"

enum comparison run_compare_group(const struct action *action, const struct live *live, struct arena *tmp,
				  const char **ret_difference)
{
	const struct group *group = live_find_group(live, action->group_id);
	enum comparison is = action_compare_group(action, group, tmp, ret_difference);
	const char *renamed = is == AS_EXPECTED ? action_group_renamed(action, group, tmp) : NULL;
	if (!renamed)
		return is;
	*ret_difference = renamed;
	return NEITHER;
}

static bool adds_sku(const struct action *action, const char *sku_id)
{
	return license_find(&action->add, sku_id) && !license_find(&action->expect.licenses, sku_id);
}

/* The people who need a seat of the SKU because of what is ready to be sent. */
static size_t count_needed(const struct run_batch *batch, const struct live *live, const char *sku_id,
			   struct arena *tmp)
{
	struct str_list ids = {0};
	for (size_t i = 0; i < batch->count; i++) {
		const struct action *action = batch->actions[i];
		const struct group *group = action->group_id ? live_find_group(live, action->group_id) : NULL;
		if (!adds_sku(action, sku_id))
			continue;
		const struct user *subject = action->user_id ? live_find_user(live, action->user_id) : NULL;
		if (action->user_id && !(subject && license_find(&subject->licenses, sku_id)))
			VEC_PUSH(tmp, &ids, action->user_id);
		for (size_t m = 0; group && m < group->member_ids.count; m++) {
			const struct user *user = live_find_user(live, group->member_ids.items[m]);
			if (user && !license_find(&user->licenses, sku_id))
				VEC_PUSH(tmp, &ids, user->id);
		}
	}
	str_list_sort_unique(&ids);
	return ids.count;
}

static const char *sku_problem(const struct run_batch *batch, const char *sku_id, const char *who,
			       const struct live *live, struct arena *out)
{
	const struct sku *sku = live_find_sku(live, sku_id);
	int64_t needed = (int64_t)count_needed(batch, live, sku_id, out);
	int64_t there = sku ? sku->enabled + sku->warning : 0;
	int64_t left = there - (sku ? sku->consumed : 0);
	if (needed <= left)
		return NULL;
	left = left > 0 ? left : 0;
	return arena_printf(out, "%s need %lld seat%s of %s, and %lld of %lld are free (short by %lld)", who,
			    (long long)needed, needed == 1 ? "" : "s", sku ? sku->part_number : sku_id,
			    (long long)left, (long long)there, (long long)(needed - left));
}

static const char *seats_problem(const struct run_batch *batch, const struct action *action,
				 const struct live *live, struct arena *out)
{
	const char *problem = NULL;
	for (size_t i = 0; i < action->add.count && !problem; i++)
		problem = sku_problem(batch, action->add.items[i].sku_id, "its members", live, out);
	return problem;
}

bool run_awaits_seats(const struct run *run, const char *sku_id)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		const struct action *action = &run->o->plan->actions.items[i];
		if (action_info(action->kind)->by == BY_HAND && action->result.seats > 0 &&
		    str_eq(action->sku_id, sku_id) && !result_ended_well(&run->replay.results[i]))
			return true;
	}
	return false;
}

const char *run_seats_problem(const struct run *run, const struct run_batch *batch, const struct live *live,
			      struct arena *out)
{
	const struct plan_move_list *moves = &run->o->plan->summary.moves;
	const char *problem = NULL;
	for (size_t i = 0; i < moves->count && !problem; i++)
		if (!run_awaits_seats(run, moves->items[i].open_sku))
			problem = sku_problem(batch, moves->items[i].open_sku, "the people of the plan", live,
					      out);
	return problem;
}

static const char *protected_member(const struct run *run, const struct action *action,
				    const struct live *live, struct arena *out)
{
	const struct group *group = live_find_group(live, action->group_id);
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(live, group->member_ids.items[i]);
		const char *why = user ? run_protection_of(run, action, user->upn) : NULL;
		if (why)
			return arena_printf(out, "its member '%s' %s", user->upn, why);
	}
	return NULL;
}

const char *run_group_problem(const struct run *run, const struct run_batch *batch,
			      const struct action *action, const struct live *live, struct arena *out)
{
	const char *problem = protected_member(run, action, live, out);
	return problem ? problem : seats_problem(batch, action, live, out);
}

bool run_read_groups(struct run *run, const struct run_batch *batch, struct arena *out, struct live *ret,
		     struct error *err)
{
	struct read_scope scope = {.members_as_users = true};
	for (size_t i = 0; i < batch->count; i++)
		if (batch->actions[i]->group_id)
			VEC_PUSH(out, &scope.groups, batch->actions[i]->group_id);
	str_list_sort_unique(&scope.groups);
	*ret = (struct live){0};
	if (!scope.groups.count)
		return true;
	return run->o->provider->ops->read(run->o->provider, &scope, out, ret, err) ||
	       error_wrap(err, "cannot read the groups of the plan and their members");
}

bool run_check_groups(struct run *run, struct run_batch *batch, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct live live;
	size_t kept = 0;
	if (!run_read_groups(run, batch, tmp, &live, err))
		return false;
	for (size_t i = 0; i < batch->count; i++) {
		const struct action *action = batch->actions[i];
		/* The seats of one that was sent before may be taken by itself; who is protected stays so. */
		bool is_new = !run->replay.announced[action - run->o->plan->actions.items];
		const char *difference = NULL;
		const char *problem = NULL;
		if (action->group_id && run_compare_group(action, &live, tmp, &difference) == AS_EXPECTED)
			problem = is_new ? run_group_problem(run, batch, action, &live, tmp)
					 : protected_member(run, action, &live, tmp);
		if (!problem)
			batch->actions[kept++] = action;
		else if (!run_ended(run, action, OUTCOME_STALE, problem, err))
			return false;
	}
	batch->count = kept;
	return true;
}
