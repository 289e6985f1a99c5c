/*
 * Who is under 'except': not to be touched by a move. Pure.
 *
 * A move's 'except' is about that move alone. Somebody may be under the one's and be named by another: then
 * what that one asks for is done, and nothing else.
 */
#ifndef PLANS_EXCEPTION_H
#define PLANS_EXCEPTION_H

#include "plans/planning/plan.h"

/*
 * Whether some of what the action gives or takes belongs only to moves that except an account of that name.
 * `skus`: the moves of the plan, where the names of SKUs stand beside their ids.
 */
bool is_excepted(const struct move_list *moves, const struct plan_move_list *skus,
		 const struct action *action, const char *upn);

#endif
