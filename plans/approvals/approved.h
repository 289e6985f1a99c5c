/*
 * The approved branch, at one commit: policy, signers, plan, desired file and journal as they are there.
 *
 * Nothing here is read from the working tree, so that who can edit files beside the pipeline cannot
 * change what was approved or who may approve. The branch's tip is looked up once (the remote's as last
 * fetched, where there is a remote that has it); all is read from that commit. Which branch that is, is said
 * from outside (approved_from.branch), else by the policy on the remote's default branch as last fetched,
 * else by that of HEAD's commit, else by the working tree's. In CI these last two are what is judged, and may
 * not name another than POLICY_BRANCH. And the branch's own policy must name itself. Without a policy there,
 * nothing counts.
 *
 * What it does not protect from: who can push to that branch, and who starts the program with the
 * credentials in a repository of their own making. Protect the branch on the server, and give the
 * credentials only to a pipeline that checks it out.
 */
#ifndef PLANS_APPROVED_H
#define PLANS_APPROVED_H

#include "plans/git/store.h"
#include "plans/saved/journal.h"
#include "plans/saved/plan_folder.h"

struct approved {
	struct store *store; /* borrowed; NULL outside git */
	const char *branch;
	const char *commit;    /* NULL: there is nothing to read from; `missing` says why */
	const char *missing;   /* lower case, no full stop */
	const char *hint;      /* or NULL */
	const char *elsewhere; /* how the branch here differs from the remote's, and what to do; or NULL */
	struct repository repository; /* reads from the commit */
	struct policy policy;	      /* of the commit; of the working tree when there is none */
	int64_t required;	      /* approvals: the stricter of the two policies */
};

struct approved_from {
	struct store *store;
	const char *no_store;		  /* why `store` is NULL */
	const struct policy *tree_policy; /* the working tree's */
	const char *branch;		  /* as the person or the pipeline says; NULL: nobody does */
	bool in_ci;
};

/*
 * ERR_UNAPPROVED when the branch's own policy cannot be read, or names another branch and approvals are
 * required. Where the branch or its policy is not there although it has to be, `required` is one at least.
 */
NODISCARD bool approved_open(const struct approved_from *from, struct arena *out,
			     struct approved *ret_approved, struct error *err);

/*
 * Where approvals are required: the plan there is byte for byte this one, and the customer file and the
 * policy there mean what the plan was made from. *ret_desired is the one from there. ERR_UNAPPROVED
 * says what differs.
 */
NODISCARD bool approved_match(const struct approved *approved, const struct plan_folder *folder,
			      struct arena *out, struct desired *ret_desired, struct error *err);

/*
 * The journal here (its bytes; NULL: none) goes on from the one there, and from every one that any commit of
 * that branch's history or of HEAD's has had: no commit can take back what was done. One that is behind, or
 * tells another story, is refused, and so is one that forgets that the plan was finished: an approval is good
 * for one run to the end. A shallow clone cannot tell: it is refused where approvals are required.
 * ERR_UNAPPROVED there, else ERR_INVALID.
 */
NODISCARD bool approved_match_journal(const struct approved *approved, const struct plan_folder *folder,
				      struct bytes journal, struct arena *out, struct error *err);

/* Whose histories are the record: HEAD's, and the approved branch's where there is one. */
void approved_revisions(const struct approved *approved, struct arena *out, struct str_list *ret_revisions);

/* When a journal records that the plan was carried out to its end; NULL when it does not. */
const char *journal_finished_at(const struct journal_entry_list *entries);

/* The customers' repository as a commit has it; `shown` (a branch) stands before paths. `store` must outlive
 * it. */
struct repository repository_of_commit(struct store *store, const char *commit, const char *shown,
				       struct arena *out);

/* A file of the commit; not there: true, and no bytes. */
NODISCARD bool approved_read(const struct approved *approved, const char *path, struct arena *out,
			     struct bytes *ret, struct error *err);

#endif
