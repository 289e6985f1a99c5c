/*
 * Where a saved plan and the one that the planner makes of its snapshot part: for whoever has to find out
 * what was edited. Pure.
 */
#ifndef PLANS_PLAN_DIFFERENCE_H
#define PLANS_PLAN_DIFFERENCE_H

#include "core/mem.h"
#include "plans/planning/plan.h"

/*
 * The first difference, in one line for a terminal: the action, or the path of the field
 * ("summary.users_changed"), and what each of the two has there.
 */
const char *plan_difference(const struct plan *saved, const struct plan *made, struct arena *out);

#endif
