/*
 * Whose turn it is: what has to end well before an action may begin, as the journal has it. Pure; the one
 * place that says so for runs, cards, evidence and status.
 */
#ifndef PLANS_TURN_H
#define PLANS_TURN_H

#include "plans/saved/replay.h"

/* Whether everything that the action comes after has ended well. */
bool turn_is_ready(const struct plan *plan, const struct replay *replay, const struct action *action);

/*
 * What comes before the action, as "redeem-key, 23 people"; NULL: its turn has come, or it has ended well.
 * The turn of retire-subscription has come when a run has passed the gate as well: nobody is told to cancel
 * before it was asked who would lose service.
 */
const char *turn_not_yet(const struct plan *plan, const struct replay *replay,
			 const struct journal_entry_list *entries, const struct action *action,
			 struct arena *out);

/* Who has licences that do not work yet, as the last run left it on record; NULL: nobody is waited for so. */
const char *turn_services_awaited(const struct plan *plan, const struct replay *replay,
				  const struct journal_entry_list *entries);

#endif
