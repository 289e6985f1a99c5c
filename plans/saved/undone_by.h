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
/* What happened before the first run of a plan, which it may have been made or approved before. */
struct meanwhile {
	const char *id;	      /* of a plan; NULL: nothing happened */
	const char *on;	      /* RFC 3339 */
	bool carried_further; /* it is what this plan undoes, and did more; otherwise it is an undo, which
				 began */
};

/*
 * The last of these: the customer's last undo began, of whichever plan, and took away what was there; of an
 * undo, the plan that it undoes did something, which may not be in it. Of a plan that had a run there is
 * none.
 */
NODISCARD bool plan_meanwhile(const char *dir, const struct plan_folder *folder, struct arena *out,
			      struct meanwhile *ret, struct error *err);
/* "plan 3fa9c1d2e4b7, an undo, was begun at 2026-11-22T12:00:00.000Z" */
const char *meanwhile_text(const struct meanwhile *meanwhile, struct arena *out);
/*
 * The same where the plan was made before it, by what its snapshot says. That time is the word of whoever
 * wrote the snapshot: of approvals, the time that was signed counts (plans/approvals/approvals.h).
 */
NODISCARD bool plan_overtaken_by(const char *dir, const struct plan_folder *folder, struct arena *out,
				 struct meanwhile *ret, struct error *err);

#endif
