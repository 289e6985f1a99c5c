/* What the approved branch says of a plan, for the commands that show, approve or apply one. */
#ifndef CMD_APPROVAL_CHECK_H
#define CMD_APPROVAL_CHECK_H

#include "cmd/session/session.h"
#include "plans/approvals/approvals.h"

/* The option of the commands that judge a plan, for app->branch. */
#define OPT_APPROVED_BRANCH(type)                                                                            \
	OPT_TEXT(type, approved_branch, "approved-branch", 0, "NAME",                                        \
		 "the approved branch, whatever this repository says; or SEATSHIFT_BRANCH")

struct approval_check {
	struct store *store; /* NULL outside git */
	struct approved approved;
	struct ssh_keygen keygen;
	bool can_sign; /* there is an ssh-keygen */
	struct approval_report report;
	struct approval_fleet_list fleets; /* that have this plan, where the policy lets one approve it */
	struct meanwhile meanwhile;	   /* what was signed before it does not count */
};

/* The repository around app->dir, with what git takes from the environment. */
NODISCARD bool open_store(struct app *app, struct store **ret_store, struct error *err);

/* Which branch approves, as far as it is said from outside; `store` NULL: `no_store` says why. */
struct approved_from approved_from(const struct app *app, struct store *store, const char *no_store,
				   const struct policy *policy);

/* Says so where git is told to sign commits: these are not signed. */
void tell_unsigned(struct app *app, struct store *store);

/* `policy` is the working tree's. Judges what is on the approved branch. Release it in any case. */
NODISCARD bool approval_check_run(struct app *app, const struct policy *policy,
				  const struct plan_folder *folder, struct approval_check *check,
				  struct error *err);
void approval_check_release(struct approval_check *check);

/* How many count now, 0 when that cannot be said; and where the plan is. For showing only. */
struct approval_standing {
	int64_t valid;
	enum plan_place place;
};
struct approval_standing approval_standing_of(struct app *app, const struct policy *policy,
					      const struct plan_folder *folder);

/*
 * After approval_check_run: the journal here takes back nothing that any commit has of it, and the branch's
 * tells of no run from before enough people had approved.
 */
NODISCARD bool approval_check_journal(struct app *app, const struct approval_check *check,
				      const struct plan_folder *folder, struct error *err);

/*
 * For apply. The journal here takes back nothing that any commit has of it. Where approvals are required: the
 * plan, its customer file, the policy and the journal are those of the approved branch, enough approvals
 * count, and `session` has the branch's customer file and policy from then on. A plan whose journal has
 * everything ended well needs none: nothing is written. *ret_until_ms (NULL: not asked for) is when too few
 * will count; 0: never.
 */
NODISCARD bool approval_check_apply(struct app *app, struct session *session,
				    const struct plan_folder *folder, int64_t *ret_until_ms,
				    struct error *err);

/* After approval_check_run: ERR_UNAPPROVED where the plan was undone, here or in any commit. */
NODISCARD bool approval_refuse_undone(struct app *app, const struct approval_check *check,
				      const struct plan_folder *folder, struct error *err);

/* The journal here takes back nothing that any commit has of it; whatever approvals there are. */
NODISCARD bool approval_check_record(struct app *app, const struct policy *policy,
				     const struct plan_folder *folder, struct error *err);

/* ERR_UNAPPROVED where the plan was undone, here or in any commit; whatever approvals there are. */
NODISCARD bool approval_check_not_undone(struct app *app, const struct policy *policy,
					 const struct plan_folder *folder, struct error *err);

/*
 * Whether a policy asks for a rehearsal, the one here or the approved branch's; and the report: of the
 * approved branch where approvals are required, else of the working tree.
 */
struct rehearsed;
NODISCARD bool approval_read_rehearsal(struct app *app, const struct policy *policy,
				       const struct plan_folder *folder, bool *ret_needed,
				       struct rehearsed *ret_report, struct error *err);

void approval_check_put_json(const struct approval_check *check, struct json_writer *w);
void approval_check_text(const struct approval_check *check, struct arena *out, struct strbuf *buf);

#endif
