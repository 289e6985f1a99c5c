/*
 * After an undo: whether the customer file goes on asking for what was taken back. Pure.
 *
 * The plan that undoes another moves people from what that one gave to what it took. A customer file that is
 * as it was asks for the same move again: that is one decision for somebody to take, not a difference for
 * each person.
 */
#ifndef PLANS_ASKED_AGAIN_H
#define PLANS_ASKED_AGAIN_H

#include "plans/planning/plan.h"

/* `undo`: a plan that undoes another. */
bool is_asked_again(const struct desired *desired, const struct plan *undo);

/* Whether what the undo of an undo left is what the file asks for by this move. */
bool is_asked_for(const struct move *move, const struct plan *undo);

/* Whether an action of a plan that is made now would do again what the undo took back. */
bool is_done_again(const struct action *action, const struct plan *undo);

#endif
