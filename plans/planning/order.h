/*
 * Changes → actions: ids, what comes after what, and waves. Pure.
 *
 *   add-partner, redeem-key and receive-seats, reactivate-subscription, [retire when cancel-first],
 * set-usage-location, canary users and groups, the other users, the other groups, retire-subscription
 *
 * `after` is complete: a run needs nothing else to know when an action may begin. A wave is one more
 * than the highest wave it comes after, so no two actions of a wave depend on each other.
 */
#ifndef PLANS_ORDER_H
#define PLANS_ORDER_H

#include "plans/planning/diff.h"

void order_build(struct planning *p, const struct changes *changes, struct action_list *ret_actions);

#endif
