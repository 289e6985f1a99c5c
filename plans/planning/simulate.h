/*
 * The proof: a plan is played on the snapshot before it may be saved. Pure.
 *
 * A prefix is any set of actions that is closed under `after`: what can have been done when a run
 * stops, in whatever order the actions of a wave were carried out. After every prefix these must hold:
 *   continuity   no user of the plan who had service loses it, mailbox included
 *   seats        of every SKU, no more assigned than prepaid
 *   conflicts    no two conflicting service plans on one user, none that lacks what it needs
 *   scope        nothing changes that the desired state does not speak of
 *   retire-last  a subscription goes only when nothing depends on it
 *
 * The prefixes are too many to be listed, so each invariant is proved where it can break. A user is
 * touched only by the user's own actions and by those of the user's groups, so every combination of
 * these few that `after` allows is tried. Of each SKU's seats the worst prefix is counted: all licences
 * given, none taken back, and of the keys only those that every one of them waits for. A retirement
 * must wait for every action that takes its SKU from somebody or gives what replaces it.
 *
 * The proof knows the desired state, the snapshot and the actions; it asks nothing of what made them.
 * Linear in the size of the plan.
 */
#ifndef PLANS_SIMULATE_H
#define PLANS_SIMULATE_H

#include "plans/planning/planning.h"

/* Counts the prefixes that were proved; false, with a refusal (SS321) for the first failure, otherwise. */
NODISCARD bool simulate_prove(struct planning *p, const struct action_list *actions, int64_t *ret_prefixes);

#endif
