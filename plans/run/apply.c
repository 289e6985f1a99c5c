/* A run: the state machine. Hand steps are in apply_hand.c. */
#include "plans/run/apply.h"

#include "core/str.h"
#include "plans/run/apply_internal.h"
#include "plans/run/tenant_guard.h"
#include "plans/saved/turn.h"

#include <stdlib.h>

static const struct {
	const char *name;
	enum error_code code;
} outcome_rows[] = {
	[APPLY_DONE] = {"done", ERR_NONE},
	[APPLY_NOTHING] = {"nothing", ERR_NONE},
	[APPLY_WAITING] = {"waiting", ERR_WAITING},
	[APPLY_PARTIAL] = {"partial", ERR_PARTIAL},
	[APPLY_STALE] = {"stale", ERR_STALE},
	[APPLY_INTERRUPTED] = {"interrupted", ERR_INTERRUPTED},
	[APPLY_THROTTLED] = {"throttled", ERR_THROTTLED},
};
_Static_assert(ARRAY_LEN(outcome_rows) == APPLY_OUTCOME_COUNT, "one row per outcome");

const char *apply_outcome_name(enum apply_outcome outcome)
{
	return outcome_rows[outcome].name;
}

enum error_code apply_outcome_error(enum apply_outcome outcome)
{
	return outcome_rows[outcome].code;
}

VEC(place_list, size_t); /* of actions in the plan */

/* What did not end well is tried again; what did is never repeated. */
static void forget_failures(struct run *run)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++)
		if (!result_ended_well(&run->replay.results[i]))
			run->replay.results[i] = (struct action_result){0};
	for (size_t i = 0; i < run->o->entries->count; i++)
		run->wrote_before = run->wrote_before || run->o->entries->items[i].event == JOURNAL_WRITE;
}

static bool is_graph_action(const struct action *action)
{
	return action_info(action->kind)->by == BY_GRAPH;
}

static bool is_open_in_graph(const struct run *run, size_t at)
{
	return !run->replay.results[at].ended && is_graph_action(&run->o->plan->actions.items[at]);
}

static enum comparison compare_user(const struct run *run, const struct action *action,
				    const struct user *user, struct arena *tmp, const char **ret_difference)
{
	enum comparison is = action_compare_user(action, user, tmp, ret_difference);
	if (is != AS_EXPECTED)
		return is;
	const char *problem = action_renamed(action, user, tmp);
	const char *protection = run_protection_of(run, action, user->upn);
	if (!problem && protection)
		problem = arena_printf(tmp, "the user %s", protection);
	*ret_difference = problem;
	return problem ? NEITHER : is;
}

static enum comparison compare_with(const struct run *run, const struct action *action,
				    const struct live *live, struct arena *tmp, const char **ret_difference)
{
	*ret_difference = NULL;
	return action->group_id ? run_compare_group(action, live, tmp, ret_difference)
				: compare_user(run, action, live_find_user(live, action->user_id), tmp,
					       ret_difference);
}

/* What the actions at `places` expect, as it is live. */
static bool read_expected(struct run *run, const struct place_list *places, struct read_scope *scope,
			  struct arena *tmp, struct live *ret_live, struct error *err)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct action *action = &run->o->plan->actions.items[places->items[i]];
		if (action->user_id)
			VEC_PUSH(tmp, &scope->user_ids, action->user_id);
		if (action->group_id)
			VEC_PUSH(tmp, &scope->groups, action->group_id);
	}
	str_list_sort_unique(&scope->user_ids);
	str_list_sort_unique(&scope->groups);
	scope->members_as_users = scope->groups.count > 0;
	return run->o->provider->ops->read(run->o->provider, scope, tmp, ret_live, err) ||
	       error_wrap(err, "cannot read what the plan expects");
}

/* Keeps in `places` the actions that find neither what they expect nor their result. */
static void keep_differing(struct run *run, struct place_list *places, const struct live *live,
			   struct arena *tmp, const char **ret_difference)
{
	size_t kept = 0;
	for (size_t i = 0; i < places->count; i++) {
		const struct action *action = &run->o->plan->actions.items[places->items[i]];
		const char *difference;
		if (compare_with(run, action, live, tmp, &difference) != NEITHER)
			continue;
		if (!kept)
			*ret_difference =
				arena_printf(run->out, "%s %s: %s", action->id,
					     action->upn ? action->upn : action->group_name, difference);
		places->items[kept++] = places->items[i];
	}
	places->count = kept;
}

static bool is_ready(struct run *run, const struct action *action)
{
	return !run_result(run, action)->ended && !str_list_has(&run->waiting_groups, action->id) &&
	       turn_is_ready(run->o->plan, &run->replay, action);
}

static size_t collect_ready(struct run *run, enum action_by by, const struct action **ret_actions)
{
	size_t count = 0;
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		const struct action *action = &run->o->plan->actions.items[i];
		if (action_info(action->kind)->by == by && is_ready(run, action))
			ret_actions[count++] = action;
	}
	return count;
}

/* The first group that is ready and must not be sent, in a line. */
static const char *find_group_problem(struct run *run, const struct live *live, struct arena *tmp)
{
	const struct action **ready = arena_alloc_array(tmp, run->o->plan->actions.count + 1, sizeof *ready);
	struct run_batch batch = {ready, collect_ready(run, BY_GRAPH, ready)};
	for (size_t i = 0; i < batch.count; i++) {
		const struct action *action = batch.actions[i];
		const char *difference = NULL;
		bool open =
			action->group_id && compare_with(run, action, live, tmp, &difference) == AS_EXPECTED;
		const char *problem = open ? run_group_problem(run, &batch, action, live, tmp) : NULL;
		if (problem)
			return arena_printf(run->out, "%s %s: %s", action->id, action->group_name, problem);
	}
	return NULL;
}

/* Of all waves: seats that are missing are not to be found out when half of the people are moved. */
static const char *find_seats_problem(struct run *run, const struct live *live, struct arena *tmp)
{
	const size_t count = run->o->plan->actions.count;
	const struct action **open = arena_alloc_array(tmp, count + 1, sizeof *open);
	struct run_batch batch = {open, 0};
	for (size_t i = 0; i < count; i++)
		if (is_open_in_graph(run, i))
			open[batch.count++] = &run->o->plan->actions.items[i];
	return batch.count ? run_seats_problem(run, &batch, live, run->out) : NULL;
}

/*
 * Compares every open action with the tenant before the first write. `*ret_difference` names the first
 * that differs. A listing, which is the cheap way for many, may be older than a user's own record: whoever
 * differs there is asked for by id before the plan is called stale.
 */
static bool prepare(struct run *run, const char **ret_difference, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct place_list places = {0};
	struct read_scope listed = {0};
	struct read_scope asked = {0};
	struct live live = {0};
	struct live seen = {0}; /* with all groups */
	for (size_t i = 0; i < run->o->plan->actions.count; i++)
		if (is_open_in_graph(run, i))
			VEC_PUSH(tmp, &places, i);
	const bool looked = places.count > 0;
	listed.likely_holders_of = run_likely_holders(run, tmp);
	listed.skus_before = run->o->before ? &run->o->before->skus : NULL;
	if (places.count) {
		if (!read_expected(run, &places, &listed, tmp, &live, err))
			return false;
		seen = live;
		keep_differing(run, &places, &live, tmp, ret_difference);
	}
	if (places.count && listed.likely_holders_of.count) {
		live = (struct live){0};
		*ret_difference = NULL;
		if (!read_expected(run, &places, &asked, tmp, &live, err))
			return false;
		keep_differing(run, &places, &live, tmp, ret_difference);
	}
	if (looked && !*ret_difference) {
		if (!run_check_basis(run, &seen, err))
			return false;
		*ret_difference = run->differs;
	}
	if (!*ret_difference)
		*ret_difference = find_group_problem(run, &seen, tmp);
	if (!*ret_difference)
		*ret_difference = find_seats_problem(run, &seen, tmp);
	return true;
}

static bool on_announce(void *ctx, const struct action *const *actions, size_t count, struct error *err)
{
	struct run *run = ctx;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct journal_entry entry = {.event = JOURNAL_WRITE, .run = run->o->run_id, .by = run->o->by};
	for (size_t i = 0; i < count; i++) {
		VEC_PUSH(tmp, &entry.actions, actions[i]->id);
		run->replay.announced[actions[i] - run->o->plan->actions.items] = true;
	}
	return journal_append_later(run->o->journal, &entry, err);
}

static bool on_flush(void *ctx, struct error *err)
{
	struct run *run = ctx;
	return journal_flush(run->o->journal, err);
}

static bool on_ended(void *ctx, const struct action *action, enum outcome outcome, const char *detail,
		     struct error *err)
{
	return run_group_swapped(ctx, action, outcome, detail) ||
	       run_ended(ctx, action, outcome, detail, err);
}

static bool on_was_announced(void *ctx, const struct action *action)
{
	const struct run *run = ctx;
	return run->replay.announced[action - run->o->plan->actions.items];
}

static bool on_was_written(void *ctx, const struct action *action)
{
	return run_was_written(ctx, action);
}

static const char *on_lost(void *ctx, const struct action *action, const struct str_list *off,
			   struct arena *out)
{
	return run_lost(ctx, action, off, out);
}

static bool on_should_stop(void *ctx)
{
	return run_should_stop(ctx);
}

static void on_progress(void *ctx, const char *phase, size_t written, size_t verified, size_t total,
			int64_t waiting_ms)
{
	struct run *run = ctx;
	run->unseen = written > verified ? written - verified : 0;
	(void)total; /* of what is ready now; a person wants to see the whole */
	if (run->o->hooks->progress)
		run->o->hooks->progress(run->o->hooks->ctx, phase, run->ended_before + written,
					run->ended_before + verified, run->total, waiting_ms);
}

static void tell_wave(struct run *run, const struct run_batch *batch)
{
	const struct apply_hooks *hooks = run->o->hooks;
	struct apply_wave wave = {0};
	struct str_list people = run->served;
	for (size_t i = 0; i < batch->count; i++) {
		const struct action *action = batch->actions[i];
		const bool well = result_ended_well(run_result(run, action));
		wave.canary = wave.canary || action->canary;
		wave.failed += run_result(run, action)->ended && !well;
		wave.located += well && action->kind == ACTION_SET_USAGE_LOCATION;
		if (well && action->user_id && action->kind != ACTION_SET_USAGE_LOCATION)
			VEC_PUSH(run->out, &people, action->user_id);
	}
	str_list_sort_unique(&people);
	wave.moved = people.count;
	run->served = (struct str_list){0};
	if (hooks->wave_ended && (wave.moved || wave.located))
		hooks->wave_ended(hooks->ctx, &wave);
}

/*
 * Ready actions never depend on each other, and a user has one licence call in a plan; a location and
 * a licence of one user are in different waves. So they are all independent.
 */
static bool execute(struct run *run, struct run_batch *batch, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct str_list likely = run_likely_holders(run, tmp);
	const struct execute_hooks hooks = {.announce = on_announce,
					    .flush = on_flush,
					    .likely_holders_of = &likely,
					    .ended = on_ended,
					    .was_announced = on_was_announced,
					    .was_written = on_was_written,
					    .lost = on_lost,
					    .should_stop = on_should_stop,
					    .progress = on_progress,
					    .ctx = run};
	run_count_graph_actions(run);
	struct provider *provider = run->o->provider;
	if (!provider->ops->execute)
		return error_set(err, ERR_FAILED, "'%s' cannot change anything", provider->ops->name);
	if (!run_check_groups(run, batch, err) || !run_check_removals(run, batch, err))
		return false;
	if (batch->count && !provider->ops->execute(provider, batch->actions, batch->count, &hooks, err))
		return false;
	if (!run_confirm_groups(run, err))
		return false;
	tell_wave(run, batch);
	return true;
}

static bool run_hand_steps(struct run *run, const struct action *const *actions, size_t count,
			   bool *ret_moved, struct error *err)
{
	run->waiting_for.count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!run_hand_step(run, actions[i], err))
			return false;
		*ret_moved = *ret_moved || result_ended_well(run_result(run, actions[i])) || run->come_back;
		if (run->stop || run->differs || run->come_back)
			break;
	}
	return true;
}

/* Until nothing is ready: graph actions first, then hand steps. */
static bool run_all(struct run *run, struct error *err)
{
	const struct action **ready = arena_alloc_array(run->out, run->o->plan->actions.count, sizeof *ready);
	if (!run_check_basis_again(run, err))
		return false;
	for (bool moved = true; moved && !run->differs && !run_should_stop(run);) {
		moved = false;
		struct run_batch batch = {ready, collect_ready(run, BY_GRAPH, ready)};
		if (batch.count) {
			if (!execute(run, &batch, err))
				return false;
			moved = true;
			continue;
		}
		size_t count = collect_ready(run, BY_HAND, ready);
		if (count && !run_hand_steps(run, ready, count, &moved, err))
			return false;
	}
	return true;
}

/* A deadline alone is no sign that the service was too busy: what it took and does not show is not done. */
static enum apply_outcome outcome_when_late(const struct run *run)
{
	bool throttled = run->o->provider->ops->stats(run->o->provider).throttled > 0;
	return run->unseen && !throttled ? APPLY_PARTIAL : APPLY_THROTTLED;
}

static enum apply_outcome conclude(struct run *run)
{
	bool failures = false;
	bool blocked = false;
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		failures = failures ||
			   (run->replay.results[i].ended && !result_ended_well(&run->replay.results[i]));
		blocked = blocked || !run->replay.results[i].ended;
	}
	if (run->stop && !run->late)
		return APPLY_INTERRUPTED;
	if (run->differs)
		return APPLY_STALE;
	/* A deadline that passes at a hand step, or at a group in processing, only ends the waiting. */
	bool waiting = run->waiting_for.count || run->waiting_groups.count || run->setting_up.count;
	if (run->late && !waiting)
		return outcome_when_late(run);
	if (failures)
		return APPLY_PARTIAL;
	if (waiting)
		return APPLY_WAITING;
	return blocked ? APPLY_PARTIAL : APPLY_DONE;
}

/* Actions that were not reached: they wait for something that did not end well, or for a person. */
static void mark_unreached(struct run *run)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		if (run->replay.results[i].ended)
			continue;
		bool waits = str_list_has(&run->waiting_for, run->o->plan->actions.items[i].id);
		run->replay.results[i].outcome = waits ? OUTCOME_WAITING : OUTCOME_BLOCKED;
	}
}

static bool finish(struct run *run, enum apply_outcome outcome, struct apply_result *ret_result,
		   struct error *err)
{
	for (size_t i = 0; i < run->waiting_groups.count; i++)
		VEC_PUSH(run->out, &run->waiting_for, run->waiting_groups.items[i]);
	for (size_t i = 0; i < run->setting_up.count; i++)
		VEC_PUSH(run->out, &run->waiting_for, run->setting_up.items[i]);
	mark_unreached(run);
	if (!run_append(run, JOURNAL_RUN_END, NULL, apply_outcome_name(outcome), run->differs, err))
		return false;
	const struct apply_hooks *hooks = run->o->hooks;
	if (hooks->checkpoint && !hooks->checkpoint(hooks->ctx, err))
		return false;
	ret_result->outcome = outcome;
	ret_result->actions = run->replay.results;
	ret_result->waiting_for = run->waiting_for;
	ret_result->setting_up = run->setting_up_text;
	ret_result->difference = run->differs;
	ret_result->unseen = run->late ? run->unseen : 0;
	ret_result->throttled = run->o->provider->ops->stats(run->o->provider).throttled > 0;
	return true;
}

/* An error that ends the run but is an outcome of it, not a failure of the program. */
static bool outcome_of_error(const struct error *err, enum apply_outcome *ret_outcome)
{
	for (size_t i = 0; i < APPLY_OUTCOME_COUNT; i++) {
		bool stops = i == APPLY_INTERRUPTED || i == APPLY_THROTTLED;
		if (stops && outcome_rows[i].code == err->code) {
			*ret_outcome = (enum apply_outcome)i;
			return true;
		}
	}
	return false;
}

static bool run_from_start(struct run *run, struct apply_result *ret_result, struct error *err)
{
	if (!run_begin(run, err))
		return false;
	struct error stopped = ERROR_INIT;
	if (run_all(run, &stopped))
		return finish(run, conclude(run), ret_result, err);
	enum apply_outcome outcome;
	if (outcome_of_error(&stopped, &outcome)) {
		if (run->late && outcome == APPLY_INTERRUPTED)
			outcome = outcome_when_late(run);
		error_release(&stopped);
		return finish(run, outcome, ret_result, err);
	}
	/* The journal may be what failed: that it cannot say so changes nothing. */
	struct error ignored = ERROR_INIT;
	if (!run_append(run, JOURNAL_RUN_END, NULL, "error", stopped.message, &ignored))
		error_release(&ignored);
	error_move(err, &stopped);
	return false;
}

/* Nothing is left to be done; what only a person's word stands for is looked at. */
static bool look_again(struct run *run, struct apply_result *ret_result, struct error *err)
{
	bool recorded = false;
	if (!run_look_at_attested(run, &recorded, err))
		return false;
	const bool waits = run->waiting_for.count > 0;
	if (recorded)
		return finish(run, waits ? APPLY_WAITING : APPLY_DONE, ret_result, err);
	mark_unreached(run);
	*ret_result = (struct apply_result){.outcome = waits ? APPLY_WAITING : APPLY_NOTHING,
					    .actions = run->replay.results,
					    .waiting_for = run->waiting_for};
	return true;
}

bool apply_run(const struct apply_options *options, struct arena *out, struct apply_result *ret_result,
	       struct error *err)
{
	struct run run = {
		.o = options, .out = out, .replay = replay_new(options->plan, options->entries, out)};
	forget_failures(&run);
	const struct tenant_case tenant = {options->plan, options->desired, options->policy};
	if (!tenant_prove(options->provider, &tenant, out, &run.organization, err))
		return false;
	if (replay_all_ended_well(&run.replay))
		return look_again(&run, ret_result, err);
	if (!run_check_record(&run, err))
		return false;
	const char *difference = run.differs;
	/* A plan that has been begun is not stale as a whole: each action is looked at before its own write.
	 */
	if (!difference && !run.wrote_before && !prepare(&run, &difference, err))
		return false;
	if (difference) {
		mark_unreached(&run);
		*ret_result = (struct apply_result){
			.outcome = APPLY_STALE, .actions = run.replay.results, .difference = difference};
		return true;
	}
	return run_from_start(&run, ret_result, err);
}
