/*
 * Who shaped a plan: nobody approves their own work.
 *
 * That is everybody who ever added the plan's folder, on any path of the history, and everybody who, in the
 * review that brought it, changed what it was made from: the customer's file, the lists that it names, the
 * policy, the fleet. The review is what a merge brought to the approved branch.
 *
 * Where commits came one after the other nothing tells where a review began, and what would tell it (a file,
 * a date) whoever is to be found out could write. So it begins behind the customer's last plan that enough
 * others have approved, and that was made from what the branch had when it came; where there is none, with
 * the first commit.
 *
 * A file is what it holds: who wrote it under another name, and had it renamed or copied, shaped it as well.
 *
 * Whoever committed a change shaped it as well as its author, and so did whom "Co-authored-by" names, as the
 * servers write it that make one commit of a review. A server that commits is nobody.
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

struct authors_query {
	const struct approved *approved; /* with a commit */
	const struct plan_folder *folder;
	/* Whether enough others have approved an earlier plan of the customer; asked of the newest first. */
	bool (*is_approved)(void *ctx, const struct plan_folder *earlier, bool *ret_is, struct error *err);
	void *ctx;
};

/* A plan that is not on the branch yet has no authors. */
NODISCARD bool authors_of(const struct authors_query *query, struct arena *out, struct authors *ret_authors,
			  struct error *err);

/* The author whose name or address this is, or is one that a signer's pattern (*, ?) covers; NULL: nobody's.
 */
const struct author *authors_find(const struct authors *authors, const char *pattern);

#endif
