/* One run: its results and its journal. */
#include "plans/run/apply_internal.h"

#include "core/str.h"
#include "plans/planning/exception.h"

struct action_result *run_result(struct run *run, const struct action *action)
{
	return &run->replay.results[action - run->o->plan->actions.items];
}

bool run_should_stop(struct run *run)
{
	const struct apply_hooks *hooks = run->o->hooks;
	int64_t deadline_ms = run->o->deadline_at_ms;
	if (run->stop)
		return true;
	run->stop = hooks->should_stop && hooks->should_stop(hooks->ctx);
	if (!run->stop && deadline_ms && clock_monotonic_ms(run->o->clock) >= deadline_ms)
		run->stop = run->late = true;
	return run->stop;
}

void run_count_graph_actions(struct run *run)
{
	run->total = run->ended_before = 0;
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		if (action_info(run->o->plan->actions.items[i].kind)->by != BY_GRAPH)
			continue;
		run->total++;
		run->ended_before += result_ended_well(&run->replay.results[i]);
	}
}

int64_t run_time_left_ms(const struct run *run, int64_t ms)
{
	int64_t deadline_ms = run->o->deadline_at_ms;
	int64_t left_ms = deadline_ms ? deadline_ms - clock_monotonic_ms(run->o->clock) : ms;
	return left_ms < ms ? (left_ms > 0 ? left_ms : 0) : ms;
}

const char *run_protection_of(const struct run *run, const struct action *action, const char *upn)
{
	if (str_list_has_fold(&run->o->policy->protected_users, upn))
		return "is protected by the repository";
	return is_excepted(&run->o->desired->moves, &run->o->plan->summary.moves, action, upn)
		       ? "is under 'except' in the customer file"
		       : NULL;
}

bool run_was_written(const struct run *run, const struct action *action)
{
	return replay_written_at(run->o->entries, action) != NULL;
}

static bool append(struct run *run, struct journal_entry *entry, const struct action *action,
		   struct error *err)
{
	const char *id = action ? action->id : NULL;
	entry->run = run->o->run_id;
	entry->by = run->o->by;
	if (action)
		entry->actions = (struct str_list){.items = &id, .count = 1, .cap = 1};
	return journal_append(run->o->journal, entry, err);
}

bool run_append(struct run *run, enum journal_event event, const struct action *action, const char *outcome,
		const char *detail, struct error *err)
{
	struct journal_entry entry = {.event = event, .outcome = outcome, .detail = detail};
	return append(run, &entry, action, err);
}

bool run_waits_with(struct run *run, const struct action *action, struct journal_entry *entry,
		    struct error *err)
{
	entry->event = JOURNAL_WAITING;
	return append(run, entry, action, err);
}

bool run_begin(struct run *run, struct error *err)
{
	const struct apply_hooks *hooks = run->o->hooks;
	return (!hooks->beginning || hooks->beginning(hooks->ctx, err)) &&
	       run_append(run, JOURNAL_RUN_BEGIN, NULL, NULL, NULL, err);
}

bool run_ended_with(struct run *run, const struct action *action, enum outcome outcome, const char *detail,
		    struct journal_entry *entry, struct error *err)
{
	size_t at = (size_t)(action - run->o->plan->actions.items);
	/* Found as it should be, after we sent it: then it was this plan that did it. */
	if (outcome == OUTCOME_ALREADY && run->replay.announced[at])
		outcome = OUTCOME_VERIFIED;
	entry->event = JOURNAL_ENDED;
	entry->outcome = outcome_name(outcome);
	entry->detail = detail;
	if (!append(run, entry, action, err))
		return false;
	run->replay.announced[at] = false;
	run->replay.results[at] = (struct action_result){
		.ended = true, .outcome = outcome, .detail = arena_strdup(run->out, detail)};
	if (run->o->hooks->ended)
		run->o->hooks->ended(run->o->hooks->ctx, action, outcome, detail);
	return true;
}

bool run_ended(struct run *run, const struct action *action, enum outcome outcome, const char *detail,
	       struct error *err)
{
	return run_ended_with(run, action, outcome, detail, &(struct journal_entry){0}, err);
}

struct str_list run_likely_holders(const struct run *run, struct arena *out)
{
	struct str_list skus = plan_skus_before(run->o->plan, out);
	const struct str_list after = plan_skus_after(run->o->plan, out);
	for (size_t i = 0; i < after.count; i++)
		VEC_PUSH(out, &skus, after.items[i]);
	return skus;
}
