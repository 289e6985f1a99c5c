/*
 * Groups in a run. The service takes a group's new licences at once and hands them to the members afterwards,
 * one by one, and may refuse some. So a group's swap ends when each of them is served, not when the group is
 * changed.
 */
#include "core/str.h"
#include "plans/run/apply_internal.h"

enum {
	FIRST_POLL_MS = 1000,
	LONGEST_POLL_MS = 15000,
	PATIENCE_MS = 5 * 60 * 1000,	/* without any progress */
	SETTLED_REFUSED_MS = 5 * 1000,	/* processed, and the service says why not: replicas lag, though */
	SETTLED_MISSING_MS = 60 * 1000, /* processed, and nothing is said of them */
	TRIES_AGAIN = 3			/* where the service was too busy to take the request */
};

struct waiting_group {
	const struct action *action;
	enum outcome outcome;	   /* of the group itself, as the provider has it */
	size_t unserved;	   /* at the last look */
	int64_t progressed_ms;	   /* when that number, or the processing, last changed */
	int64_t settles_ms;	   /* when what is missing by then will not come by itself; 0: not known */
	int64_t pause_ms;	   /* before the next look */
	bool was_processed, ended; /* at the last look; nothing more to wait for */
	const char *kept;	   /* of what the group gives: how it is not as it was sent; or NULL */
	int tries;		   /* so often the service was asked to try again */
	bool was_asked;		   /* and took it */
	const char *refusal;	   /* of that request, in words; or NULL */
	const char *detail;
	struct arena *looked; /* of the last look: */
	struct journal_group people;
};

/* ---- until each member is served ------------------------------------------------------------ */

static const char *describe(const struct waiting_group *w, const struct group_progress *progress,
			    struct arena *out)
{
	const char *name = group_name_text(w->action, out);
	const char *unserved = group_unserved_text(progress, out);
	if (progress->is_gone)
		return arena_printf(out, "%s is gone", name);
	if (!progress->is_processed)
		return arena_printf(out, "waiting for %s, which is %s", name,
				    group_processing_text(progress, out));
	if (unserved)
		return arena_printf(out, "%s: %s; %s", name, group_served_text(progress, out), unserved);
	return group_served_text(progress, out);
}

/* When what is missing will not come by itself, unless something moves before. */
static int64_t settles_at(const struct waiting_group *w, const struct group_progress *progress)
{
	bool all_refused = true;
	for (size_t i = 0; i < progress->unserved.count; i++)
		all_refused = all_refused && progress->unserved.items[i].refused;
	if (!progress->is_processed)
		return 0;
	return w->progressed_ms + (all_refused ? SETTLED_REFUSED_MS : SETTLED_MISSING_MS);
}

static bool has_settled(const struct waiting_group *w, const struct group_progress *progress, int64_t now_ms)
{
	return progress->is_processed && (progress->is_gone || now_ms >= w->settles_ms);
}

/* Rarer from look to look, but no later than it settles: nothing is awaited after that. */
static int64_t until_next_look_ms(const struct waiting_group *w, int64_t now_ms)
{
	int64_t left_ms = w->settles_ms > now_ms ? w->settles_ms - now_ms : w->pause_ms;
	return left_ms < w->pause_ms ? left_ms : w->pause_ms;
}

static void note_progress(struct run *run, struct waiting_group *w, const struct group_progress *progress,
			  const struct live *live)
{
	if (progress->unserved.count != w->unserved || progress->is_processed != w->was_processed)
		w->progressed_ms = clock_monotonic_ms(run->o->clock);
	w->unserved = progress->unserved.count;
	w->was_processed = progress->is_processed;
	w->settles_ms = settles_at(w, progress);
	w->pause_ms = w->pause_ms * 2 < LONGEST_POLL_MS ? w->pause_ms * 2 : LONGEST_POLL_MS;
	arena_free(w->looked);
	w->looked = arena_new();
	group_people_of(w->action, progress, live, run->o->before, w->looked, &w->people);
	w->detail = describe(w, progress, run->out);
	if (w->kept)
		w->detail = arena_printf(run->out, "%s; %s", w->detail, w->kept);
}

static bool end_group(struct run *run, struct waiting_group *w, enum outcome outcome, struct error *err)
{
	struct journal_entry entry = {.group = w->people};
	w->ended = true;
	return run_ended_with(run, w->action, outcome, w->detail, &entry, err);
}

static bool end_well(struct run *run, struct waiting_group *w, const struct live *live, struct error *err)
{
	const struct group *group = live_find_group(live, w->action->group_id);
	for (size_t i = 0; group && i < group->member_ids.count; i++)
		VEC_PUSH(run->out, &run->served, arena_strdup(run->out, group->member_ids.items[i]));
	return end_group(run, w, w->outcome, err);
}

/* Has the service try again for those whom it refused, if that may help; *ret_tried: it is waited for. */
static bool try_again(struct run *run, struct waiting_group *w, struct refused_members *refused,
		      bool *ret_tried, struct error *err)
{
	struct reprocessed came = {0};
	*ret_tried = false;
	if (w->was_asked || w->tries >= TRIES_AGAIN || run_should_stop(run))
		return true;
	if (!run_reprocess(run, w->action, refused, &came, err))
		return false;
	bool was_sent = refused->may_ask && refused->ids.count && !came.is_forbidden;
	refused->may_ask = refused->may_ask && !came.is_forbidden;
	w->was_asked = came.asked > 0;
	w->refusal = came.refusal;
	/* Neither taken nor refused: too busy. */
	*ret_tried = was_sent && (came.asked || !came.refusal);
	w->tries += *ret_tried;
	w->progressed_ms = clock_monotonic_ms(run->o->clock);
	w->pause_ms = FIRST_POLL_MS;
	return true;
}

static bool end_badly(struct run *run, struct waiting_group *w, const struct refused_members *refused,
		      struct error *err)
{
	const char *advice = run_refused_advice(w->action, refused, w->was_asked, run->out);
	w->detail = arena_printf(run->out, "%s%s%s%s%s", w->detail,
				 w->refusal ? "; asked to try again, the service says: " : "",
				 w->refusal ? w->refusal : "", advice ? "; " : "", advice ? advice : "");
	return end_group(run, w, OUTCOME_FAILED, err);
}

static bool look_at(struct run *run, struct waiting_group *w, const struct live *live, struct arena *tmp,
		    struct error *err)
{
	struct group_progress progress;
	group_progress_of(w->action, live, tmp, &progress);
	note_progress(run, w, &progress, live);
	if (group_is_done(&progress))
		return end_well(run, w, live, err);
	int64_t now_ms = clock_monotonic_ms(run->o->clock);
	if (has_settled(w, &progress, now_ms)) {
		struct refused_members refused;
		bool tried = false;
		run_find_refused(run, w->action, &progress, live, tmp, &refused);
		if (!try_again(run, w, &refused, &tried, err))
			return false;
		if (!tried)
			return end_badly(run, w, &refused, err);
	}
	const struct apply_hooks *hooks = run->o->hooks;
	if (hooks->still_waiting)
		hooks->still_waiting(hooks->ctx, w->action, w->detail, now_ms - w->progressed_ms);
	if (hooks->progress)
		hooks->progress(hooks->ctx, "verifying", progress.members,
				progress.members - progress.unserved.count, progress.members, 0);
	return true;
}

static bool look_at_all(struct run *run, struct waiting_group *groups, size_t count, size_t *ret_open,
			struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct live live;
	const struct action **actions = arena_alloc_array(tmp, count + 1, sizeof *actions);
	struct run_batch batch = {.actions = actions};
	for (size_t i = 0; i < count; i++)
		if (!groups[i].ended)
			actions[batch.count++] = groups[i].action;
	if (!run_read_groups(run, &batch, tmp, &live, err))
		return false;
	*ret_open = 0;
	for (size_t i = 0; i < count; i++) {
		if (!groups[i].ended && !look_at(run, &groups[i], &live, tmp, err))
			return false;
		*ret_open += !groups[i].ended;
	}
	return true;
}

static bool is_stuck(const struct run *run, const struct waiting_group *groups, size_t count)
{
	int64_t now_ms = clock_monotonic_ms(run->o->clock);
	for (size_t i = 0; i < count; i++)
		if (!groups[i].ended && now_ms - groups[i].progressed_ms < PATIENCE_MS)
			return false;
	return true;
}

/* Neither served nor refused: left as begun, and looked at again by the next run. */
static bool leave_waiting(struct run *run, const struct waiting_group *w, struct error *err)
{
	if (!w->detail)
		return true;
	VEC_PUSH(run->out, &run->waiting_groups, w->action->id);
	run_result(run, w->action)->detail = w->detail;
	struct journal_entry entry = {.detail = w->detail, .group = w->people};
	return run_waits_with(run, w->action, &entry, err);
}

static bool leave_all(struct run *run, const struct waiting_group *groups, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!groups[i].ended && !leave_waiting(run, &groups[i], err))
			return false;
	return true;
}

static int64_t shortest_pause_ms(const struct run *run, const struct waiting_group *groups, size_t count)
{
	int64_t now_ms = clock_monotonic_ms(run->o->clock);
	int64_t shortest_ms = LONGEST_POLL_MS;
	for (size_t i = 0; i < count; i++) {
		int64_t ms = groups[i].ended ? LONGEST_POLL_MS : until_next_look_ms(&groups[i], now_ms);
		shortest_ms = ms < shortest_ms ? ms : shortest_ms;
	}
	return shortest_ms;
}

static bool wait_for(struct run *run, struct waiting_group *groups, size_t count, struct error *err)
{
	size_t open = count;
	while (look_at_all(run, groups, count, &open, err)) {
		if (!open || run_should_stop(run) || is_stuck(run, groups, count))
			return leave_all(run, groups, count, err);
		clock_sleep_ms(run->o->clock, run_time_left_ms(run, shortest_pause_ms(run, groups, count)));
		if (run_should_stop(run))
			return leave_all(run, groups, count, err);
	}
	return false;
}

bool run_group_swapped(struct run *run, const struct action *action, enum outcome outcome, const char *detail)
{
	if (!action->group_id || (outcome != OUTCOME_VERIFIED && outcome != OUTCOME_ALREADY))
		return false;
	if (run_was_written(run, action))
		outcome = OUTCOME_VERIFIED;
	VEC_PUSH(run->out, &run->swapped,
		 (struct swapped_group){action, outcome, arena_strdup(run->out, detail)});
	return true;
}

bool run_confirm_groups(struct run *run, struct error *err)
{
	size_t count = run->swapped.count;
	struct waiting_group *groups = arena_alloc_array(run->out, count + 1, sizeof *groups);
	int64_t now_ms = clock_monotonic_ms(run->o->clock);
	for (size_t i = 0; i < count; i++)
		groups[i] = (struct waiting_group){.action = run->swapped.items[i].action,
						   .outcome = run->swapped.items[i].outcome,
						   .kept = run->swapped.items[i].detail,
						   .progressed_ms = now_ms,
						   .pause_ms = FIRST_POLL_MS / 2};
	run->swapped.count = 0;
	bool good = !count || wait_for(run, groups, count, err);
	for (size_t i = 0; i < count; i++)
		arena_free(groups[i].looked);
	return good;
}

/* ---- and again, before and after the Advisor subscription goes ------------------------------- */

static const char *unserved_user(const struct action *action, const struct live *live, struct arena *out)
{
	const struct user *user = live_find_user(live, action->user_id);
	const char *why = NULL;
	/* Who was deleted since does not lose service through the plan. */
	if (!user || user_is_served(action, user, out, &why))
		return NULL;
	return arena_printf(out, "%s %s", action->upn, why);
}

static const char *without_rest(const struct run *run, const struct action *action, const struct live *live,
				struct arena *out)
{
	const char *missing = run_missing_rest(run, action, live, out);
	return missing ? arena_printf(out, "%s %s", action->upn, missing) : NULL;
}

static const char *unserved_group(const struct action *action, const struct live *live, struct arena *out)
{
	struct group_progress progress;
	group_progress_of(action, live, out, &progress);
	if (group_is_done(&progress) || progress.is_gone)
		return NULL;
	const struct waiting_group w = {.action = action};
	return describe(&w, &progress, out);
}

/* The group hands out what the plan left, and some member does not have it, or not yet. */
static bool is_to_reopen(const struct run *run, const struct action *action, const struct live *live,
			 struct arena *tmp)
{
	struct group_progress progress;
	const char *difference = NULL;
	const struct action_result *result = &run->replay.results[action - run->o->plan->actions.items];
	const struct group *group = action->group_id ? live_find_group(live, action->group_id) : NULL;
	if (!group || !result_ended_well(result) || str_list_has(&run->reopened, action->id) ||
	    !group_is_as_left(action, group, result, tmp, &difference))
		return false;
	group_progress_of(action, live, tmp, &progress);
	return !group_is_done(&progress);
}

bool run_reopen_groups(struct run *run, const struct live *live)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	run->come_back = false;
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		const struct action *action = &run->o->plan->actions.items[i];
		if (!is_to_reopen(run, action, live, tmp))
			continue;
		run->replay.results[i] = (struct action_result){0};
		VEC_PUSH(run->out, &run->reopened, action->id);
		run->come_back = true;
	}
	return run->come_back;
}

void run_served_scope(const struct run *run, struct arena *out, struct read_scope *scope)
{
	const struct action_list *actions = &run->o->plan->actions;
	for (size_t i = 0; i < actions->count; i++) {
		const struct action *action = &actions->items[i];
		const char *rest = action_rests_on(run->o->plan, run->o->before, action);
		if (!action->add.count && !rest)
			continue;
		if (action->user_id)
			VEC_PUSH(out, &scope->user_ids, action->user_id);
		if (rest)
			VEC_PUSH(out, &scope->likely_holders_of, rest);
		if (action->group_id)
			VEC_PUSH(out, &scope->groups, action->group_id);
		for (size_t k = 0; action->user_id && k < action->add.count; k++)
			VEC_PUSH(out, &scope->likely_holders_of, action->add.items[k].sku_id);
	}
	scope->members_as_users = true;
	scope->services = true;
	str_list_sort_unique(&scope->user_ids);
	str_list_sort_unique(&scope->groups);
	str_list_sort_unique(&scope->likely_holders_of);
}

static const char *first_unserved(const struct run *run, const struct live *live, struct arena *tmp)
{
	const struct action_list *actions = &run->o->plan->actions;
	const char *unserved = NULL;
	for (size_t i = 0; i < actions->count && !unserved; i++) {
		const struct action *action = &actions->items[i];
		if (action->add.count)
			unserved = action->group_id ? unserved_group(action, live, tmp)
						    : unserved_user(action, live, tmp);
		else
			unserved = without_rest(run, action, live, tmp);
	}
	return unserved;
}

/* A list may be older than somebody's own record, so who is not served there is asked for by id. */
bool run_find_unserved(struct run *run, const struct live *live, struct arena *tmp, const char **ret_unserved,
		       struct error *err)
{
	struct read_scope scope = {0};
	struct live asked = {0};
	*ret_unserved = run_seats_gone(run, live, tmp);
	if (*ret_unserved)
		return true;
	*ret_unserved = first_unserved(run, live, tmp);
	run_served_scope(run, tmp, &scope);
	if (!*ret_unserved || !scope.likely_holders_of.count)
		return true;
	scope.likely_holders_of.count = 0;
	if (!run->o->provider->ops->read(run->o->provider, &scope, tmp, &asked, err))
		return error_wrap(err, "cannot check whether everybody is served");
	*ret_unserved = first_unserved(run, &asked, tmp);
	return true;
}
