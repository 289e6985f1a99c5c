/*
 * What a journal says of each action of its plan: replayed from the first entry to the last, so that the
 * last word on an action stands. Pure; the tenant is not asked.
 */
#ifndef PLANS_REPLAY_H
#define PLANS_REPLAY_H

#include "plans/planning/plan.h"
#include "plans/saved/journal.h"

struct action_result {
	bool ended;
	enum outcome outcome;
	const char *detail; /* or NULL */
	bool is_waiting;    /* not ended: the last run left it so */
	/* Members of a group who do not have what it hands out, where the journal names them; or NULL. */
	const struct journal_group *group;
};

struct replay {
	struct action_result *results; /* one per action, in the plan's order */
	bool *announced;	       /* beside each: written to the tenant, and not ended */
	size_t count;
};

/* Borrows from both. */
struct replay replay_new(const struct plan *plan, const struct journal_entry_list *entries,
			 struct arena *out);

/* Ended as the plan wants it, and seen in the tenant. */
bool result_is_verified(const struct action_result *result);
/* The same, or a person attests what Graph cannot show. Nothing of the action is left to be done. */
bool result_ended_well(const struct action_result *result);
bool replay_all_ended_well(const struct replay *replay);
/* When the action was sent last, as the journal has it; NULL: it was not. */
const char *replay_written_at(const struct journal_entry_list *entries, const struct action *action);

#endif
