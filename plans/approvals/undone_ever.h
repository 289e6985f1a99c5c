/*
 * Whether a plan was ever undone, by what git has: a plan of the customer that undoes it and was begun, in
 * any commit of HEAD's history or of the approved branch's. That a later commit removed it changes nothing.
 */
#ifndef PLANS_UNDONE_EVER_H
#define PLANS_UNDONE_EVER_H

#include "plans/approvals/approved.h"

struct undone_ever {
	const char *id;	    /* of the plan that undoes this one; NULL: none ever did */
	const char *commit; /* one that has the beginning of its journal */
};

NODISCARD bool undone_ever(const struct approved *approved, const struct plan_folder *folder,
			   struct arena *out, struct undone_ever *ret, struct error *err);

#endif
