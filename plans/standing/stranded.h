/*
 * Cancelled before its turn, or again after an undo: people of a plan still stand on the subscription that it
 * is to retire last, or on the one that they went back to. Pure; by the tenant as it is.
 */
#ifndef PLANS_STRANDED_H
#define PLANS_STRANDED_H

#include "plans/saved/replay.h"
#include "plans/standing/window.h"

/*
 * How many hold the action's SKU without a usable seat, while the subscription is cancelled and people are
 * still to be moved off it; 0: none. Other actions than retire-subscription strand nobody.
 */
int64_t stranded_count(const struct plan *plan, const struct replay *replay, const struct action *action,
		       const struct live *live);
/* The same with what to do, by when and who can, as a line; NULL: nobody is stranded. */
const char *stranded_text(const struct plan *plan, const struct journal_entry_list *entries,
			  const struct action *action, const struct live *live, struct arena *out);
/* stranded_text of a move of an undo, whose old subscription was there again; NULL: it is not cancelled
 * again. */
const char *stranded_again_text(const struct plan *plan, const struct journal_entry_list *entries,
				const struct plan_move *move, const struct live *live, struct arena *out);

/* How many hold a SKU and have no usable seat of it, whatever the reason. */
int64_t stranded_without_seat(const struct live *live, const char *sku_id);

/* window_facts_of the tenant as it is, with what is wrong about how the subscription went. */
struct window_facts window_facts_now(const struct plan *plan, const struct plan_move *move,
				     const struct live *live, const struct journal_entry_list *entries,
				     struct arena *out);

#endif
