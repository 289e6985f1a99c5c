/*
 * Which of the seats that are there are what the moves ordered: each claims its own, so that two moves to one
 * SKU do not find the same ones. What nobody has yet is on order. Pure.
 */
#ifndef PLANS_SEAT_CLAIMS_H
#define PLANS_SEAT_CLAIMS_H

#include "plans/planning/planning.h"

/* Sets what is there, found and on order of every move of p->moves. */
void seat_claims_resolve(struct planning *p);

/* A subscription that began after the order was placed is not the one that was there before. */
bool seat_claims_began_after_order(const struct move *move, const struct subscription *s);

#endif
