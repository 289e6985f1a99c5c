/* Members and their groups wait for one another as plans/planning/member_order.h has it. Pure. */
#ifndef PLANS_ORDER_MEMBERS_H
#define PLANS_ORDER_MEMBERS_H

#include "plans/planning/diff.h"

/* All actions of users and of groups, whose waves are those of their stages. */
struct ordered_members {
	struct planning *p;
	const struct changes *changes;
	struct action_list *actions;
	const size_t *action_of;       /* per user change: the index of its action */
	const size_t *group_action_of; /* per group change */
	bool canary;		       /* the stage */
};

/* Sets `after` and the waves of the stage's actions. */
void order_members(const struct ordered_members *stage);

#endif
