/*
 * Who shaped a plan: nobody approves their own work.
 *
 * That is everybody who ever added the plan's folder, on any path of the history, and everybody who, in the
 * review that brought it, changed what it was made from: the customer's file, the lists that it names, the
 * policy, the fleet. The review is what a merge brought to the approved branch; where commits came one after
 * the other, it begins behind the customer's last record there, and for policy and fleet with the first
 * change of the customer's own files. "Co-authored-by" counts, as the servers write it that make one commit
 * of a review.
 */
#ifndef PLANS_AUTHORS_H
#define PLANS_AUTHORS_H

#include "plans/approvals/approved.h"

struct author {
	const char *name, *email; /* either may be NULL */
	const char
		*did; /* "added the plan in commit 1234…", "changed 'customers/contoso.yaml' in commit …" */
};
VEC(author_list, struct author);

struct authors {
	struct author_list list;
	const char *unknown; /* why they are not known (a shallow clone); NULL: these are all */
};

/* On the approved branch's commit, which there is. A plan that is not there yet has no authors. */
NODISCARD bool authors_of(const struct approved *approved, const struct plan_folder *folder,
			  struct arena *out, struct authors *ret_authors, struct error *err);

/* The author whose name or address this is, or is one that a signer's pattern (*, ?) covers; NULL: nobody's.
 */
const struct author *authors_find(const struct authors *authors, const char *pattern);

#endif
