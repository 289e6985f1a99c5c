/*
 * A plan that says which one it follows, proved.
 *
 * A plan that would be the same as one which is over names the customer's newest plan that was begun, and so
 * is another one, to be approved anew. Whoever reviews it reads that name: so it has to be a plan of that
 * customer and tenant, begun by its journal, and there has to be a plan of the same facts that is over.
 */
#ifndef PLANS_FOLLOWS_H
#define PLANS_FOLLOWS_H

#include "plans/saved/plan_folder.h"

/* `made` is the plan as the planner makes it again, which knows nothing of others. In the repository at
 * `dir`. */
NODISCARD bool plan_prove_follows(const char *dir, const struct plan_folder *folder, const struct plan *made,
				  struct arena *out, struct error *err);

#endif
