/*
 * Until when each action of a plan can be undone: the points of no return, announced beforehand. Pure.
 *
 *   reversible     by a plan that undoes it, at any time
 *   until-retired  the same, until its own plan has the old subscription cancelled; from then on an undo
 *                  begins with its reactivation
 *   until DATE     of a retirement: the last day on which it can be reactivated, when it takes effect on the
 * day that the plan names never          it stays: a key that was redeemed, a usage location that was set
 */
#ifndef PLANS_REVERSAL_H
#define PLANS_REVERSAL_H

#include "plans/planning/planning.h"

/* Sets `undo` of every action. */
void reversal_set(const struct planning *p, struct action_list *actions);

#endif
