/*
 * People from whom only the old licence is taken, since they have the new one already: it is looked for
 * before the old one goes, its mailbox too, and at the gate. What the plan saw may be gone by then, and
 * nothing else gives them service.
 */
#include "core/str.h"
#include "plans/run/apply_internal.h"

const char *run_missing_rest(const struct run *run, const struct action *action, const struct live *live,
			     struct arena *out)
{
	const char *sku_id = action_rests_on(run->o->plan, run->o->before, action);
	const struct user *user = sku_id ? live_find_user(live, action->user_id) : NULL;
	const char *why = NULL;
	/* Who was deleted since does not lose service through the plan. */
	if (!user || user_has_working(user, sku_id, out, &why))
		return NULL;
	return why;
}

/* What does not work yet of the services that the user of the action is to rest on; NULL: all does. */
static const char *trouble_of(const struct set_up_gap_list *gaps, const struct action *action,
			      struct arena *out)
{
	struct set_up_gap_list own = {0};
	for (size_t i = 0; i < gaps->count; i++)
		if (str_eq(gaps->items[i].action->id, action->id))
			VEC_PUSH(out, &own, gaps->items[i]);
	return own.count ? arena_printf(out, "%s; the licence that works is kept until then",
					set_up_text(&own, out))
			 : NULL;
}

/* Those of the batch whom it concerns. */
static struct read_scope scope_of(const struct run *run, const struct run_batch *batch, struct arena *out)
{
	struct read_scope scope = {0};
	for (size_t i = 0; i < batch->count; i++) {
		const char *sku_id = action_rests_on(run->o->plan, run->o->before, batch->actions[i]);
		if (!sku_id)
			continue;
		VEC_PUSH(out, &scope.user_ids, batch->actions[i]->user_id);
		VEC_PUSH(out, &scope.likely_holders_of, sku_id);
	}
	str_list_sort_unique(&scope.user_ids);
	str_list_sort_unique(&scope.likely_holders_of);
	return scope;
}

bool run_check_removals(struct run *run, struct run_batch *batch, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct read_scope scope = scope_of(run, batch, tmp);
	struct live live = {0};
	struct set_up_gap_list gaps;
	size_t kept = 0;
	if (!scope.user_ids.count)
		return true;
	if (!run->o->provider->ops->read(run->o->provider, &scope, tmp, &live, err))
		return error_wrap(err, "cannot check what people have beside the licence that is taken");
	if (!run_find_gaps(run, &live, tmp, &gaps, err))
		return false;
	for (size_t i = 0; i < batch->count; i++) {
		const struct action *action = batch->actions[i];
		const char *missing = run_missing_rest(run, action, &live, tmp);
		const char *trouble = missing ? NULL : trouble_of(&gaps, action, tmp);
		if (!missing && !trouble)
			batch->actions[kept++] = action;
		else if (!run_ended(run, action, missing ? OUTCOME_STALE : OUTCOME_FAILED,
				    missing ? missing : trouble, err))
			return false;
	}
	batch->count = kept;
	return true;
}
