/* Whose turn it is. */
#include "plans/saved/turn.h"

#include "core/say.h"
#include "core/str.h"

static const struct action_result *result_of(const struct plan *plan, const struct replay *replay,
					     const struct action *action)
{
	return &replay->results[action - plan->actions.items];
}

bool turn_is_ready(const struct plan *plan, const struct replay *replay, const struct action *action)
{
	for (size_t i = 0; i < action->after.count; i++) {
		const struct action *before = plan_find_action(plan, action->after.items[i]);
		if (!before || !result_ended_well(result_of(plan, replay, before)))
			return false;
	}
	return true;
}

/* What is in the way of the action, directly or through others: ids of actions that have not ended well. */
static struct str_list find_missing(const struct plan *plan, const struct replay *replay,
				    const struct action *action, struct arena *tmp)
{
	struct str_list missing = {0};
	bool *seen = arena_alloc_array(tmp, plan->actions.count, sizeof *seen);
	const struct action *next = action;
	for (size_t done = 0; next; done++) {
		for (size_t i = 0; i < next->after.count; i++) {
			const struct action *before = plan_find_action(plan, next->after.items[i]);
			if (!before || seen[before - plan->actions.items])
				continue;
			seen[before - plan->actions.items] = true;
			if (!result_ended_well(result_of(plan, replay, before)))
				VEC_PUSH(tmp, &missing, before->id);
		}
		next = done < missing.count ? plan_find_action(plan, missing.items[done]) : NULL;
	}
	return missing;
}

/* Steps by their names in the plan's order, then people and groups by their number. */
static const char *missing_text(const struct plan *plan, struct str_list *missing, struct arena *tmp,
				struct arena *out)
{
	struct str_list parts = {0};
	struct str_list people = {0};
	int64_t groups = 0;
	str_list_sort_unique(missing);
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (!str_list_search(missing, action->id))
			continue;
		if (action_info(action->kind)->by == BY_HAND)
			VEC_PUSH(tmp, &parts, action_info(action->kind)->name);
		else if (action->user_id)
			VEC_PUSH(tmp, &people, action->user_id);
		else
			groups++;
	}
	str_list_sort_unique(&people);
	if (people.count)
		VEC_PUSH(tmp, &parts, say_number(tmp, (int64_t)people.count, "person", "people"));
	if (groups)
		VEC_PUSH(tmp, &parts, say_number(tmp, groups, "group", "groups"));
	return str_list_join(out, &parts, ", ");
}

/* The last that a run said of the step is that it waits for a person. */
static bool has_passed_gate(const struct journal_entry_list *entries, const struct action *action)
{
	for (size_t i = entries->count; i-- > 0;) {
		const struct journal_entry *entry = &entries->items[i];
		bool is_said = entry->event == JOURNAL_WAITING || entry->event == JOURNAL_ENDED;
		if (is_said && str_list_has(&entry->actions, action->id))
			return entry->event == JOURNAL_WAITING;
	}
	return false;
}

/* A run waits for somebody who was moved: then it is for the services that the licence brings. */
const char *turn_services_awaited(const struct plan *plan, const struct replay *replay,
				  const struct journal_entry_list *entries)
{
	for (size_t i = entries->count; i-- > 0 && entries->items[i].event != JOURNAL_RUN_BEGIN;) {
		const struct journal_entry *entry = &entries->items[i];
		if (entry->event != JOURNAL_WAITING || !entry->actions.count)
			continue;
		const struct action *action = plan_find_action(plan, entry->actions.items[0]);
		if (action && action_info(action->kind)->by == BY_GRAPH &&
		    result_ended_well(result_of(plan, replay, action)))
			return entry->detail;
	}
	return NULL;
}

const char *turn_not_yet(const struct plan *plan, const struct replay *replay,
			 const struct journal_entry_list *entries, const struct action *action,
			 struct arena *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	if (result_ended_well(result_of(plan, replay, action)))
		return NULL;
	struct str_list missing = find_missing(plan, replay, action, tmp);
	if (missing.count)
		return missing_text(plan, &missing, tmp, out);
	if (action->kind != ACTION_RETIRE_SUBSCRIPTION || has_passed_gate(entries, action))
		return NULL;
	const char *services = turn_services_awaited(plan, replay, entries);
	return services ? arena_printf(out, "Microsoft 365 sets up services (%s)", services)
			: "the look of 'seatshift apply' at who needs it";
}
