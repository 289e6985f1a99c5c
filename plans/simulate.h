/*
 * The proof: a plan is played on the snapshot, prefix by prefix, before it may be saved. Pure.
 *
 * After every prefix, in every order that `after` and the waves allow, these must hold:
 *   continuity   no user of the plan who had service loses it
 *   seats        of every SKU, no more assigned than prepaid
 *   conflicts    no two conflicting service plans on one user
 *   scope        nothing changes that the desired state does not speak of
 *   retire-last  a subscription goes only when nothing depends on it
 *
 * Every order, not one: a user is touched only by that user's own actions, so what holds for each
 * user's chain holds in any interleaving; seats are counted at their worst, with every addition of a
 * wave made before any removal of it; whatever a retirement depends on must be in its `after`.
 * Linear in the size of the plan.
 */
#ifndef PLANS_SIMULATE_H
#define PLANS_SIMULATE_H

#include "plans/diff.h"

/* Counts the prefixes that were proved; false, with a refusal (SS321) for the first failure, otherwise. */
NODISCARD bool simulate_prove(struct planning *p, const struct changes *changes,
			      const struct action_list *actions, int64_t *ret_prefixes);

#endif
