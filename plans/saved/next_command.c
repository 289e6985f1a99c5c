/* The command that comes next. */
#include "plans/saved/next_command.h"

const char *next_apply(const struct next_command *next, const char *more, struct arena *out)
{
	bool asks = !next->approvals_required;
	return arena_printf(out, "seatshift apply %.8s%s%s", next->plan, more,
			    asks && next->unattended ? " --yes" : "");
}

const char *next_approve(const struct next_command *next, struct arena *out)
{
	return arena_printf(out, "seatshift approve %.8s --key FILE --commit%s", next->plan,
			    next->unattended ? " --yes" : "");
}

const char *next_policy(const struct plan *plan, const char *signers, struct arena *out)
{
	return arena_printf(out, "git add seatshift.yaml %s %s && git commit -m policy", signers,
			    plan->desired_file);
}

const char *next_commit(const struct plan *plan, struct arena *out)
{
	return plan->undoes ? arena_printf(out, "seatshift undo %.8s --commit", plan->undoes)
			    : arena_printf(out, "seatshift plan %s --commit", plan->customer);
}
