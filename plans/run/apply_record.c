/*
 * What the journal says was done, looked at before anything is built on it.
 *
 * A journal is a chain of hashes, and whoever writes a whole one writes a whole chain: that a key was
 * redeemed, that the first people were moved and are well. So a run that goes on from a journal asks the
 * tenant for what the rest of the plan rests on: the effect of each hand step, and those who went first. Who
 * is moved later, and what is retired, is asked of the tenant anyway, before each write and at each gate.
 */
#include "core/str.h"
#include "plans/run/apply_internal.h"
#include "plans/saved/hand_step.h"

enum { DEFAULT_CONFIRM_MS = 3000, LOOKS = 3 };

static bool is_open_for_people(const struct run *run)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++)
		if (!run->replay.results[i].ended &&
		    action_info(run->o->plan->actions.items[i].kind)->by == BY_GRAPH)
			return true;
	return false;
}

/* What it did is the beginning of what is left; what Graph cannot show is not asked again. */
static bool is_relied_on(const struct run *run, size_t at)
{
	const struct action *action = &run->o->plan->actions.items[at];
	bool by_hand = action_info(action->kind)->by == BY_HAND && action->kind != ACTION_RETIRE_SUBSCRIPTION;
	return result_is_verified(&run->replay.results[at]) && (by_hand || action->canary);
}

static void add_to_scope(const struct action *action, struct arena *tmp, struct read_scope *scope)
{
	scope->partner = scope->partner || action->kind == ACTION_ADD_PARTNER;
	if (action->user_id)
		VEC_PUSH(tmp, &scope->user_ids, action->user_id);
	if (action->group_id)
		VEC_PUSH(tmp, &scope->groups, action->group_id);
	for (size_t i = 0; action->user_id && i < action->add.count; i++)
		if (!str_list_has(&scope->likely_holders_of, action->add.items[i].sku_id))
			VEC_PUSH(tmp, &scope->likely_holders_of, action->add.items[i].sku_id);
}

static bool read_live(struct run *run, bool listed, struct arena *tmp, struct live *ret_live,
		      struct error *err)
{
	struct read_scope scope = {0};
	for (size_t i = 0; i < run->o->plan->actions.count; i++)
		if (is_relied_on(run, i))
			add_to_scope(&run->o->plan->actions.items[i], tmp, &scope);
	str_list_sort_unique(&scope.user_ids);
	str_list_sort_unique(&scope.groups);
	scope.only_tenant = !scope.user_ids.count && !scope.groups.count;
	/* A list may be older than somebody's own record. */
	if (!listed)
		scope.likely_holders_of.count = 0;
	return run->o->provider->ops->read(run->o->provider, &scope, tmp, ret_live, err) ||
	       error_wrap(err, "cannot check what the journal says was done");
}

/* Somebody as before the plan was not moved, or was put back; who is in any other way is somebody else's
 * work. */
static const char *people_problem(const struct action *action, const struct live *live, struct arena *tmp)
{
	const char *difference = NULL;
	enum comparison is = action->group_id
				     ? action_compare_group(action, live_find_group(live, action->group_id),
							    tmp, &difference)
				     : action_compare_user(action, live_find_user(live, action->user_id), tmp,
							   &difference);
	return is == AS_EXPECTED ? "it is as it was before the plan" : NULL;
}

static const char *hand_problem(const struct run *run, const struct action *action, const struct live *live,
				struct arena *tmp)
{
	struct manual_context context =
		hand_step_context(run->o->plan, run->o->desired, run->o->policy, action);
	const char *detail = NULL;
	context.before = run->o->before;
	if (manual_probe(action, &context, live, tmp, &detail) == PROBE_SEEN)
		return NULL;
	return detail ? detail : "nothing of it is there";
}

static const char *find_problem(const struct run *run, const struct live *live, struct arena *tmp)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		const struct action *action = &run->o->plan->actions.items[i];
		if (!is_relied_on(run, i))
			continue;
		bool by_hand = action_info(action->kind)->by == BY_HAND;
		const char *problem =
			by_hand ? hand_problem(run, action, live, tmp) : people_problem(action, live, tmp);
		if (problem)
			return arena_printf(
				run->out, "%s %s: the journal says that it is %s, but in the tenant %s",
				action->id, action->upn ? action->upn : action_info(action->kind)->name,
				outcome_name(run->replay.results[i].outcome), problem);
	}
	return NULL;
}

static bool relies_on_something(const struct run *run)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++)
		if (is_relied_on(run, i))
			return is_open_for_people(run);
	return false;
}

/* Replicas lag, also behind what an earlier run has seen: what is not there is looked for again. */
bool run_check_record(struct run *run, struct error *err)
{
	int64_t pause_ms = run->o->confirm_ms ? run->o->confirm_ms : DEFAULT_CONFIRM_MS;
	const char *problem = NULL;
	if (!relies_on_something(run))
		return true;
	for (int look = 0; look < LOOKS; look++, pause_ms *= 2) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		struct live live = {0};
		if (!read_live(run, look == 0, tmp, &live, err))
			return false;
		problem = find_problem(run, &live, tmp);
		if (!problem)
			return true;
		if (look + 1 < LOOKS && run_should_stop(run))
			return true;
		if (look + 1 < LOOKS)
			clock_sleep_ms(run->o->clock, run_time_left_ms(run, pause_ms));
	}
	run->differs = problem;
	return true;
}
