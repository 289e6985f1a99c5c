/* The other half of a pair: which plan of the customer took a plan back. */
#ifndef PLANS_UNDONE_BY_H
#define PLANS_UNDONE_BY_H

#include "plans/saved/plan_folder.h"

struct undone_by {
	const char *id; /* of the plan that undoes this one and was begun; NULL: none */
	const char *on; /* when it was: RFC 3339 */
};

/*
 * Looks into the plan's own journal, where the run of such a plan leaves a line before it does anything, and
 * among the customer's plans in the repository at `dir`. False when one of them cannot be used.
 */
NODISCARD bool plan_undone_by(const char *dir, const struct plan_folder *folder, struct arena *out,
			      struct undone_by *ret, struct error *err);
/*
 * A plan that was made before the customer's last undo began, and was not begun itself, was made and approved
 * for what the undo took away: `*ret` is that undo, of whichever plan. Of a plan that undoes another, and of
 * one that was begun, there is none.
 */
NODISCARD bool plan_overtaken_by(const char *dir, const struct plan_folder *folder, struct arena *out,
				 struct undone_by *ret, struct error *err);

#endif
