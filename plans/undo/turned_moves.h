/* The moves of a plan in the other direction: what it took is given, what it gave is taken. Pure. */
#ifndef PLANS_TURNED_MOVES_H
#define PLANS_TURNED_MOVES_H

#include "plans/planning/planning.h"
#include "plans/undo/undo.h"

/* Fills p->moves; whom they are for is not in them yet. False when a SKU is not known; refusals are in
 * p->diags.
 */
NODISCARD bool undo_turn_moves(struct planning *p, const struct undone *undone);

#endif
