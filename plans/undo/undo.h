/*
 * The way back: a plan that undoes another. Pure.
 *
 * It is an ordinary plan, ordered, guarded and proved as every plan is. It is computed from the plan that is
 * undone, the snapshot of that plan (how it was), what its journal announced (what it did), and the tenant as
 * it is now. Of each change that was announced the tenant is asked:
 *   as the plan left it       it goes back, in one call, to what the action expected to find
 *   as before the plan        nothing is to be done
 *   neither                   somebody changed it since: it is left alone, and named
 * What cannot be undone is said as a warning of the plan. A subscription that the plan retired is reactivated
 * first, by hand.
 */
#ifndef PLANS_UNDO_H
#define PLANS_UNDO_H

#include "plans/planning/planning.h"
#include "providers/provider.h"

/* The plan that is undone, and what it did. */
struct undone {
	const char *id;
	const struct plan *plan;
	const struct live *before; /* its snapshot */
	const bool *announced;	   /* per action: a request with it was sent, or about to be */
	const char *const
		*ended_on;	    /* per action: YYYY-MM-DD of its last end, where that was well; or NULL */
	const char *const *details; /* per action: what was said of that end; or NULL */
};

/* As plan_build. A plan without actions: nothing is left to be undone; its warnings may say why. */
NODISCARD bool undo_build(const struct plan_inputs *inputs, const struct undone *undone, struct arena *out,
			  struct diag_list *diags, struct plan *ret_plan, enum error_code *ret_code);

/* What must be read from the tenant before undo_build can be asked. */
void undo_read_scope(const struct undone *undone, const struct policy *policy, struct arena *out,
		     struct read_scope *ret_scope);

#endif
