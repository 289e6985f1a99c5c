/*
 * What a plan is warned about that hangs on its moves as a whole: terms, days until which something is
 * possible, the partner's relation. Pure.
 */
#ifndef PLANS_WARNINGS_H
#define PLANS_WARNINGS_H

#include "plans/planning/planning.h"

void warnings_add(struct planning *p);

/* Until when the seats can be given back; NULL: never, or nobody knows the day yet. */
const char *warnings_return_until(struct planning *p, const struct resolved_move *m);

#endif
