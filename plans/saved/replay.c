/* What a journal says of each action of its plan. */
#include "plans/saved/replay.h"

#include "core/str.h"

static void replay_entry(struct replay *replay, const struct plan *plan, const struct journal_entry *entry)
{
	for (size_t i = 0; i < entry->actions.count; i++) {
		const struct action *action = plan_find_action(plan, entry->actions.items[i]);
		if (!action)
			continue;
		size_t at = (size_t)(action - plan->actions.items);
		enum outcome outcome;
		const struct journal_group *group = entry->group.unserved.count ? &entry->group : NULL;
		if (entry->event == JOURNAL_WAITING) {
			replay->results[at].is_waiting = !replay->results[at].ended;
			replay->results[at].group = group;
			continue;
		}
		replay->announced[at] = entry->event == JOURNAL_WRITE;
		if (entry->event == JOURNAL_ENDED && outcome_parse(entry->outcome, &outcome))
			replay->results[at] = (struct action_result){
				.ended = true, .outcome = outcome, .detail = entry->detail, .group = group};
	}
}

struct replay replay_new(const struct plan *plan, const struct journal_entry_list *entries, struct arena *out)
{
	size_t count = plan->actions.count;
	struct replay replay = {
		.results = arena_alloc_array(out, count + 1, sizeof *replay.results),
		.announced = arena_alloc_array(out, count + 1, sizeof *replay.announced),
		.count = count,
	};
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event == JOURNAL_WRITE || entries->items[i].event == JOURNAL_ENDED ||
		    entries->items[i].event == JOURNAL_WAITING)
			replay_entry(&replay, plan, &entries->items[i]);
	return replay;
}

bool result_is_verified(const struct action_result *result)
{
	return result->ended && (result->outcome == OUTCOME_VERIFIED || result->outcome == OUTCOME_ALREADY);
}

bool result_ended_well(const struct action_result *result)
{
	return result_is_verified(result) || (result->ended && result->outcome == OUTCOME_ATTESTED);
}

const char *replay_written_at(const struct journal_entry_list *entries, const struct action *action)
{
	for (size_t i = entries->count; i-- > 0;)
		if (entries->items[i].event == JOURNAL_WRITE &&
		    str_list_has(&entries->items[i].actions, action->id))
			return entries->items[i].at;
	return NULL;
}

bool replay_all_ended_well(const struct replay *replay)
{
	for (size_t i = 0; i < replay->count; i++)
		if (!result_ended_well(&replay->results[i]))
			return false;
	return true;
}
