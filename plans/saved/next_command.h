/* The command that comes next, as it works where it is typed: without a terminal nobody can be asked. */
#ifndef PLANS_NEXT_COMMAND_H
#define PLANS_NEXT_COMMAND_H

#include "core/mem.h"
#include "plans/planning/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a plan that needs approval is: it can be approved only on the branch that counts, once that branch
 * says who may approve. */
enum plan_place { PLACE_APPROVABLE, PLACE_NO_POLICY, PLACE_UNCOMMITTED, PLACE_OTHER_BRANCH };

struct next_command {
	const char *plan; /* its id */
	int64_t approvals_required;
	bool unattended; /* no terminal: what would ask has to be told --yes */
};

/* `more`: further options, each behind a blank; or "". */
const char *next_apply(const struct next_command *next, const char *more, struct arena *out);
const char *next_approve(const struct next_command *next, struct arena *out);
/* What commits what a plan is made and approved by: policy, signers and the customer's file. */
const char *next_policy(const struct plan *plan, const char *signers, struct arena *out);
/* What makes the same plan again, and commits it. */
const char *next_commit(const struct plan *plan, struct arena *out);

#endif
