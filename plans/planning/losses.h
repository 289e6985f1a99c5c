/*
 * Services that go with a move. Under a programme of which that is the point, a grant that ends in a smaller
 * SKU for one, each of them is accepted by name in the customer file, or there is no plan. Pure.
 */
#ifndef PLANS_LOSSES_H
#define PLANS_LOSSES_H

#include "plans/planning/diff.h"

void losses_check(struct planning *p, const struct user_effect_list *effects);

#endif
