/*
 * A hand step of a saved plan: what its card and its probe (providers/manual/manual.h) need to know, drawn
 * from the plan and the customer file. Pure.
 */
#ifndef PLANS_HAND_STEP_H
#define PLANS_HAND_STEP_H

#include "plans/planning/plan.h"
#include "providers/manual/manual.h"

/* Borrows from all; `policy` NULL: no card is shown. */
struct manual_context hand_step_context(const struct plan *plan, const struct desired *desired,
					const struct policy *policy, const struct action *action);

/*
 * retire-subscription: who held the SKU when the plan was made and is not to lose it by the plan: kept, or
 * under 'except'. Ids, in their order; and names, sorted.
 */
void hand_step_keepers(const struct plan *plan, const struct live *before, const struct action *action,
		       struct arena *out, struct str_list *ret_ids);
void hand_step_still_holds(const struct plan *plan, const struct live *before, const struct action *action,
			   struct arena *out, struct str_list *ret_names);

/* The move of the customer file that the step serves; NULL when the file has it no more. */
const struct move *hand_step_wish(const struct plan *plan, const struct desired *desired,
				  const struct action *action);

#endif
