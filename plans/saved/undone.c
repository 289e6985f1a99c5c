/* What a journal says that its plan did. */
#include "plans/saved/undone.h"

#include "core/str.h"
#include "plans/saved/replay.h"

struct noting {
	const struct plan *plan;
	bool *announced;
	const char **ended_on;
	const char **details;
	struct arena *out;
};

static void note(struct noting *n, const struct journal_entry *entry)
{
	for (size_t i = 0; i < entry->actions.count; i++) {
		const struct action *action = plan_find_action(n->plan, entry->actions.items[i]);
		if (!action)
			continue;
		size_t at = (size_t)(action - n->plan->actions.items);
		enum outcome outcome;
		if (entry->event == JOURNAL_WRITE)
			n->announced[at] = true;
		if (entry->event != JOURNAL_ENDED || !outcome_parse(entry->outcome, &outcome))
			continue;
		const struct action_result result = {.ended = true, .outcome = outcome};
		bool well = result_ended_well(&result);
		n->ended_on[at] = well ? arena_strndup(n->out, entry->at, 10) : NULL;
		n->details[at] = well ? entry->detail : NULL;
	}
}

struct undone undone_of(const struct plan_folder *folder, const struct journal_entry_list *entries,
			struct arena *out)
{
	size_t count = folder->plan.actions.count;
	struct noting n = {.plan = &folder->plan,
			   .announced = arena_alloc_array(out, count + 1, sizeof *n.announced),
			   .ended_on = arena_alloc_array(out, count + 1, sizeof *n.ended_on),
			   .details = arena_alloc_array(out, count + 1, sizeof *n.details),
			   .out = out};
	for (size_t i = 0; i < entries->count; i++)
		note(&n, &entries->items[i]);
	return (struct undone){.id = folder->id,
			       .plan = &folder->plan,
			       .before = &folder->live,
			       .announced = n.announced,
			       .ended_on = n.ended_on,
			       .details = n.details};
}
