/* People who keep what a move retires: whether it goes on working for them. Pure. */
#ifndef PLANS_KEEPERS_H
#define PLANS_KEEPERS_H

#include "plans/planning/diff.h"

/* A holder of what is retired, who is left alone. */
struct keeper {
	const struct sku_view *sku;
	const struct user *user;
};
VEC(keeper_list, struct keeper);

/* One warning for each; asked once it is known what everybody holds in the end. */
void keepers_warn(struct planning *p, const struct keeper_list *keepers,
		  const struct user_effect_list *effects);

#endif
