/*
 * What goes first of a member's own change and those of the member's groups. Pure.
 *
 * On the way there a member's own licence goes before the group's, on the way back it comes after, in the
 * opposite order. Where somebody could not stop in between, and could in another order, that one is taken.
 */
#ifndef PLANS_ORDER_MEMBERS_H
#define PLANS_ORDER_MEMBERS_H

#include "plans/planning/diff.h"

/* Actions of a stage, the groups' behind the users'. */
struct member_stage {
	struct planning *p;
	const struct changes *changes;
	struct action_list *actions;
	const size_t *action_of; /* per user change: the index of its action */
	size_t first_group;	 /* index of the first group's action; all behind it are groups' */
	bool canary;
};

/* Sets `after` and the waves of the stage's actions. */
void order_members(const struct member_stage *stage);

#endif
