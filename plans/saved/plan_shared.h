/*
 * What the actions of a saved plan share, while it is read: each names by number its shape, its reason and
 * its choices of services, all of which stand after the actions.
 */
#ifndef PLANS_PLAN_SHARED_H
#define PLANS_PLAN_SHARED_H

#include "core/action.h"
#include "core/choices.h"

/* Actions that follow each other often have the same shape and the same choices of services: those are held
 * once. */
struct plan_shape {
	struct action action;	       /* its licences are without their choices */
	struct choice_numbers places;  /* of those among the action's own, in the order of the licences */
	struct action whole;	       /* as the last action that had it */
	struct choice_numbers choices; /* of that one; NULL items: there was none yet */
};
VEC(plan_shape_list, struct plan_shape);

/* What an action names: where its choices begin among all that are named. */
struct plan_numbers {
	size_t reason, shape, first_choice, choice_count;
};
VEC(plan_numbers_list, struct plan_numbers);

struct plan_shared {
	struct arena *out, *tmp;
	struct plan_numbers_list numbers_of; /* per action */
	struct choice_numbers choices;	     /* that the actions name, one after the other */
	struct chosen chosen;
	struct str_list reasons;
	struct plan_shape_list shapes;
};

/* Gives each action what it names. False: `*ret_key` is the member that has a number of nothing. */
NODISCARD bool plan_shared_give(struct plan_shared *shared, struct action_list *actions,
				const char **ret_key);

#endif
