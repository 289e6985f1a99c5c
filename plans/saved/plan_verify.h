/* A saved plan, proved to be what the planner makes. */
#ifndef PLANS_PLAN_VERIFY_H
#define PLANS_PLAN_VERIFY_H

#include "plans/saved/plan_folder.h"

/*
 * Proves that the plan is what the planner makes of its snapshot, the desired file and the policy, byte
 * for byte; of one that undoes another, also of that plan and its journal, found in the repository at `dir`;
 * of one that follows another, that this is so (plans/saved/follows.h). ERR_STALE when the desired file or
 * the policy means something else now; ERR_INVALID, naming the difference, when the plan was edited.
 */
struct plan_inputs;
NODISCARD bool plan_folder_verify(const char *dir, const struct plan_folder *folder,
				  const struct plan_inputs *files, struct arena *out, struct diag_list *diags,
				  struct error *err);

#endif
