/*
 * Which approvals of a plan count, and why the others do not.
 *
 * Approvals and signers are read from the approved branch's commit (plans/approvals/approved.h). An approval
 * counts when its signature is by the approver it names, with a key that is allowed now, over a text
 * that names this plan, customer and tenant; when it is neither expired nor of the future; and when the
 * approver is neither an author of the plan (plans/approvals/authors.h) nor somebody who is counted already.
 *
 * A key is a person: all names that a signers' file gives it are that person's, and a pattern among them may
 * be anybody whom it covers. So an author is whoever may be one; and two keys under one pattern are two
 * people.
 */
#ifndef PLANS_APPROVALS_H
#define PLANS_APPROVALS_H

#include "plans/approvals/approval.h"
#include "plans/approvals/approved.h"
#include "plans/approvals/ssh_signature.h"
#include "plans/saved/undone_by.h"

enum approval_verdict {
	APPROVAL_COUNTS,
	APPROVAL_UNREADABLE,
	APPROVAL_UNSIGNED,
	APPROVAL_OTHER_PLAN,
	APPROVAL_OTHER_CUSTOMER,
	APPROVAL_OTHER_TENANT,
	APPROVAL_WRONG_NAMESPACE,
	APPROVAL_FORGED,
	APPROVAL_NOT_A_SIGNER,
	APPROVAL_OTHER_SIGNER,
	APPROVAL_KEY_EXPIRED,
	APPROVAL_KEY_REVOKED,
	APPROVAL_FROM_THE_FUTURE,
	APPROVAL_EXPIRED,
	APPROVAL_OVERTAKEN,
	APPROVAL_BY_AUTHOR,
	APPROVAL_AUTHOR_UNKNOWN,
	APPROVAL_SAME_PERSON,
	APPROVAL_VERDICT_COUNT
};
const char *approval_verdict_name(enum approval_verdict verdict); /* "expired", … */

struct approval_item {
	const char *file;	  /* within the plan's approvals/; a fleet's: from the repository's root */
	const char *fleet;	  /* the digest of the fleet that was signed; NULL: the plan itself was */
	const char *commit;	  /* that brought it, for the record; NULL: not asked for, or not known */
	struct approval approval; /* empty when unreadable */
	enum approval_verdict verdict;
	const char *message; /* why it does not count, one line; NULL when it counts */
	const char *key;     /* "SHA256:…", or NULL */
	int64_t until_ms;    /* it counts until then: the earlier of what it says and what the policy gives */
};
VEC(approval_item_list, struct approval_item);

struct approval_report {
	int64_t required;
	int64_t valid;
	int64_t until_ms;		 /* until then enough count; 0: none is required, or too few count */
	struct approval_item_list items; /* in the order of their files' names */
};

/* When an approval is judged: now, with all that holds now; or as of the time that it names, for the record.
 */
enum approval_as_of { AS_OF_NOW, AS_OF_SIGNING };

/*
 * A fleet that has this plan, where the approved branch's policy lets one signature over the fleet approve
 * its plans (approvals.fleet). That the plan is in it has been seen by whoever names it here.
 */
struct approval_fleet {
	const char *dir; /* of its approvals: fleets/ID/approvals */
	const char *digest;
};
VEC(approval_fleet_list, struct approval_fleet);

/* What is judged, and with what. */
struct approval_case {
	const struct approved *approved;
	const struct plan_folder *folder;
	const struct ssh_keygen *keygen; /* NULL: signatures cannot be checked, and none counts */
	const struct clock *clock;
	enum approval_as_of as_of;
	struct approval_fleet_list fleets; /* none: only the plan's own approvals */
	const char *commit;	    /* whose approvals these are; NULL: the approved branch's own commit */
	struct meanwhile meanwhile; /* what was signed before it does not count now */
};

/* False only when the judging itself fails (git, ssh-keygen). Without a commit there are no approvals. */
NODISCARD bool approvals_judge(const struct approval_case *approval_case, struct arena *out,
			       struct approval_report *ret_report, struct error *err);

/*
 * For the record: each judged as of its signing, and with the commit that brought it. That a fleet's
 * signature does not reach this one plan, since its approver shaped it or approved it already, is no fault of
 * it.
 */
NODISCARD bool approvals_of_record(const struct approval_case *approval_case, struct arena *out,
				   struct approval_report *ret_report, struct error *err);
bool approval_is_faulty(const struct approval_item *item);

/* ERR_UNAPPROVED, naming what is wrong with each, when fewer count than are required. `unattended`: nobody
 * can be asked, so that the command that it names says yes. */
NODISCARD bool approvals_suffice(const struct approval_report *report, const struct plan_folder *folder,
				 const struct approved *approved, bool unattended, struct error *err);

/*
 * Where approvals are required: what the branch has of the journal says nothing of a write, or of an end,
 * from before enough people had approved the plan. Nobody can have carried it out then, and whoever approves
 * it, or goes on with it, must not take the journal's word. ERR_UNAPPROVED names the commit.
 */
NODISCARD bool approvals_precede_journal(const struct approval_case *approval_case, struct arena *out,
					 struct error *err);

/* The signers' files on the approved branch: allowed_signers, and revoked_signers beside it where there is
 * one. */
NODISCARD bool approvals_signers(const struct approved *approved, struct arena *out,
				 struct signers *ret_signers, struct error *err);

/* Judges one that is not on the branch yet, by the same rules; to be said to whoever has just signed. */
NODISCARD bool approvals_judge_one(const struct approval_case *approval_case, const struct signed_text *text,
				   struct arena *out, struct approval_item *ret_item, struct error *err);

#endif
