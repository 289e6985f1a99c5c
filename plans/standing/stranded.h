/*
 * Cancelled before its turn: people of a plan still stand on the subscription that it is to retire last.
 * Pure; by the tenant as it is.
 */
#ifndef PLANS_STRANDED_H
#define PLANS_STRANDED_H

#include "plans/saved/replay.h"

/*
 * How many hold the action's SKU without a usable seat, while the subscription is cancelled and people are
 * still to be moved off it; 0: none. Other actions than retire-subscription strand nobody.
 */
int64_t stranded_count(const struct plan *plan, const struct replay *replay, const struct action *action,
		       const struct live *live);
/* The same with what to do, by when and who can, as a line; NULL: nobody is stranded. */
const char *stranded_text(const struct plan *plan, const struct journal_entry_list *entries,
			  const struct action *action, const struct live *live, struct arena *out);

#endif
