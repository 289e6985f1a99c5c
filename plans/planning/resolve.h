/*
 * Desired state, resolved against live facts: which SKU, which subscription, which users.
 *
 * Pure. Every name in the file becomes a live object, or a refusal; nothing is decided yet about what
 * to change.
 */
#ifndef PLANS_RESOLVE_H
#define PLANS_RESOLVE_H

#include "plans/planning/planning.h"

/* Fills p->moves; whatever could not be resolved is among the diagnostics. */
void resolve_moves(struct planning *p);

#endif
