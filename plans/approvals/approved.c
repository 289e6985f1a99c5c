/* The approved branch, at one commit. */
#include "plans/approvals/approved.h"

#include "core/file.h"
#include "core/quote.h"

#include <string.h>

static const char policy_path[] = "seatshift.yaml";

/* ---- reading from a commit ------------------------------------------------------------------ */

struct commit_reader {
	struct store *store;
	const char *commit;
	const char *shown; /* the branch, for errors */
};

static bool read_from_commit(void *ctx, const char *path, struct arena *out, struct bytes *ret,
			     struct error *err)
{
	const struct commit_reader *reader = ctx;
	if (!store_read(reader->store, reader->commit, path, out, ret, err))
		return false;
	return ret->ptr || error_set(err, ERR_INVALID, "there is no '%s' on '%s'", path, reader->shown);
}

struct repository repository_of_commit(struct store *store, const char *commit, const char *shown,
				       struct arena *out)
{
	struct commit_reader reader = {store, commit, shown};
	return (struct repository){.dir = arena_printf(out, "%s:", shown),
				   .files = {read_from_commit, arena_dup(out, &reader, sizeof reader)}};
}

bool approved_read(const struct approved *approved, const char *path, struct arena *out, struct bytes *ret,
		   struct error *err)
{
	*ret = (struct bytes){0};
	return !approved->commit || store_read(approved->store, approved->commit, path, out, ret, err);
}

/* ---- which branch --------------------------------------------------------------------------- */

/* The policy of a revision's commit; false when there is none that can be read. */
static bool policy_of(struct store *store, const char *revision, struct arena *out, struct policy *ret)
{
	struct error ignored = ERROR_INIT;
	const char *commit = NULL;
	struct checked checked = {0};
	bool ok = store_tip(store, revision, out, &commit, &ignored) && commit;
	if (ok) {
		const struct repository repository = repository_of_commit(store, commit, revision, out);
		ok = repository_check_policy(&repository, policy_path, out, &checked, ret, &ignored);
	}
	if (ignored.code != ERR_NONE)
		error_release(&ignored);
	return ok;
}

static bool is_missing(struct approved *approved, const char *missing, const char *hint)
{
	approved->missing = missing;
	approved->hint = hint;
	return true;
}

/* Nobody knows how many are required: that is not none. */
static bool is_refused(struct approved *approved, const char *missing, const char *hint)
{
	approved->commit = NULL;
	if (approved->required < 1)
		approved->required = 1;
	return is_missing(approved, missing, hint);
}

/* A policy that has been committed, whether or not it names the branch, may ask for more than the tree's. */
static bool committed_policy(struct approved *approved, const char *revision, struct arena *out,
			     struct policy *ret)
{
	if (!policy_of(approved->store, revision, out, ret))
		return false;
	if (ret->approvals_required > approved->required)
		approved->required = ret->approvals_required;
	return true;
}

/*
 * The name: from outside, else by the server's own default branch, else by what is checked out. In CI that is
 * what is judged, and may name none but the one that there is where nobody says anything. False: it names
 * another.
 */
static bool name_branch(struct approved *approved, const struct approved_from *from, struct arena *out)
{
	struct policy policy = {0};
	const char *remote = store_remote_name(from->store, NULL, out);
	bool served = remote && committed_policy(approved, arena_printf(out, "refs/remotes/%s/HEAD", remote),
						 out, &policy);
	if (!served && !committed_policy(approved, "HEAD", out, &policy))
		policy = *from->tree_policy;
	approved->branch = from->branch ? from->branch : policy.approvals_branch;
	return from->branch || served || !from->in_ci ||
	       (str_eq(policy.approvals_branch, POLICY_BRANCH) &&
		str_eq(from->tree_policy->approvals_branch, POLICY_BRANCH));
}

static bool find_commit(struct approved *approved, const struct approved_from *from, struct arena *out,
			struct error *err)
{
	struct store_branch tip = {0};
	if (!name_branch(approved, from, out))
		return is_refused(
			approved,
			arena_printf(out, "in CI, the checkout does not say that '%s' is the approved branch",
				     quote_terminal(out, approved->branch)),
			"Say it from outside: set SEATSHIFT_BRANCH in the pipeline, or give "
			"--approved-branch NAME.");
	if (!store_branch_tip(approved->store, approved->branch, out, &tip, err))
		return false;
	if (!tip.commit) {
		const char *missing = arena_printf(out, "there is no branch '%s' here",
						   quote_terminal(out, approved->branch));
		static const char hint[] = "Commit the policy and the signers to it, or fetch it.";
		bool known = from->branch || (from->in_ci && store_knows_server(from->store));
		return known ? is_refused(approved, missing, hint) : is_missing(approved, missing, hint);
	}
	approved->commit = tip.commit;
	if (tip.here)
		approved->elsewhere = arena_printf(
			out,
			"'%s' of '%s' counts, at %.12s, not the one here, at %.12s: git fetch %s, then git "
			"push %s %s or git pull",
			approved->branch, tip.remote, tip.commit, tip.here, tip.remote, tip.remote,
			approved->branch);
	approved->repository = repository_of_commit(approved->store, approved->commit, approved->branch, out);
	return true;
}

/* ---- its policy ----------------------------------------------------------------------------- */

static bool load_policy(struct approved *approved, struct arena *out, struct error *err)
{
	struct checked checked = {0};
	struct policy policy = {0};
	struct bytes text;
	if (!approved_read(approved, policy_path, out, &text, err))
		return false;
	if (!text.ptr)
		return is_refused(approved,
				  arena_printf(out, "there is no %s on '%s'", policy_path, approved->branch),
				  "Commit it there.");
	if (!repository_load_policy(&approved->repository, out, &checked, &policy, err)) {
		err->code = ERR_UNAPPROVED;
		return error_wrap(err, "cannot use the policy of branch '%s'", approved->branch);
	}
	if (policy.approvals_required > approved->required)
		approved->required = policy.approvals_required;
	approved->policy = policy;
	if (!approved->required || str_eq(policy.approvals_branch, approved->branch))
		return true;
	error_set(err, ERR_UNAPPROVED, "approvals are looked for on '%s', but the policy there names '%s'",
		  approved->branch, quote_terminal(out, policy.approvals_branch));
	return error_hint(err, "Set approvals.branch in seatshift.yaml to the same branch on both.");
}

bool approved_open(const struct approved_from *from, struct arena *out, struct approved *ret_approved,
		   struct error *err)
{
	struct approved approved = {.store = from->store,
				    .branch =
					    from->branch ? from->branch : from->tree_policy->approvals_branch,
				    .policy = *from->tree_policy,
				    .required = from->tree_policy->approvals_required};
	if (!from->store)
		is_missing(&approved, from->no_store,
			   "Approvals are kept in git: run 'git init' and commit.");
	else if (!find_commit(&approved, from, out, err) ||
		 (approved.commit && !load_policy(&approved, out, err)))
		return false;
	*ret_approved = approved;
	return true;
}

/* ---- what is about to be applied, compared -------------------------------------------------- */

static bool match_plan(const struct approved *approved, const struct plan_folder *folder, struct arena *out,
		       struct error *err)
{
	struct bytes there;
	if (!approved_read(approved, folder->paths.plan, out, &there, err))
		return false;
	if (there.ptr && bytes_equal(there, folder->text))
		return true;
	if (there.ptr)
		return error_set(err, ERR_UNAPPROVED, "plan %s is another one on '%s'", folder->id,
				 approved->branch);
	error_set(err, ERR_UNAPPROVED, "plan %s is not on '%s': nobody can have approved it there",
		  folder->id, approved->branch);
	if (approved->elsewhere)
		return error_hint(err, "%s", approved->elsewhere);
	return error_hint(err,
			  "Commit it there ('seatshift plan %s --commit', then merge), and have it approved.",
			  folder->plan.customer);
}

static bool differs(const struct approved *approved, const struct plan_folder *folder, const char *file,
		    struct error *err)
{
	error_set(err, ERR_UNAPPROVED, "'%s' on '%s' does not mean what plan %s was made from", file,
		  approved->branch, folder->id);
	return error_hint(
		err,
		"Bring the one here to '%s', where it is what is meant; else plan again from what is "
		"there, and have that approved.",
		approved->branch);
}

bool approved_match(const struct approved *approved, const struct plan_folder *folder, struct arena *out,
		    struct desired *ret_desired, struct error *err)
{
	struct checked checked = {0};
	struct customer customer;
	if (!approved->commit) {
		error_set(err, ERR_UNAPPROVED, "plan %s needs approval, and no approval can count here: %s",
			  folder->id, approved->missing);
		return error_hint(err, "%s", approved->hint);
	}
	if (!match_plan(approved, folder, out, err))
		return false;
	if (!str_eq(folder->plan.policy_digest, approved->policy.digest))
		return differs(approved, folder, policy_path, err);
	if (!repository_load_customer(&approved->repository, folder->plan.customer, out, &checked, &customer,
				      err)) {
		err->code = ERR_UNAPPROVED;
		return error_wrap(err, "cannot use what '%s' has for '%s'", approved->branch,
				  folder->plan.customer);
	}
	/* The digest covers the meaning; the file's name is said in the plan itself. */
	if (!str_eq(folder->plan.desired_digest, customer.desired.digest))
		return differs(approved, folder, folder->plan.desired_file, err);
	customer.desired.file = arena_strdup(out, folder->plan.desired_file);
	*ret_desired = customer.desired;
	return true;
}

/* ---- the journal ---------------------------------------------------------------------------- */

const char *journal_finished_at(const struct journal_entry_list *entries)
{
	for (size_t i = entries->count; i > 0; i--) {
		const struct journal_entry *entry = &entries->items[i - 1];
		if (entry->event == JOURNAL_RUN_END && str_eq(entry->outcome, "done"))
			return entry->at;
	}
	return NULL;
}

/* What is recorded of the journal somewhere, and what is here of it. */
struct recorded {
	const struct approved *approved;
	const struct plan_folder *folder;
	const char *where; /* a branch, or a commit's id */
	struct bytes there;
	bool behind; /* what is here is the beginning of that */
};

static bool refuse_journal(const struct recorded *r, struct arena *out, struct error *err)
{
	struct journal_entry_list entries = {0};
	bool cut = false;
	enum error_code code = r->approved->required ? ERR_UNAPPROVED : ERR_INVALID;
	const struct journal_file file = plan_journal(r->folder, NULL, out);
	struct error unreadable = ERROR_INIT;
	const char *finished = NULL;
	if (journal_parse(&file, r->there, out, &entries, &cut, &unreadable))
		finished = journal_finished_at(&entries);
	error_release(&unreadable);
	if (finished)
		error_set(err, code, "plan %s was finished at %s, as '%s' records: its approvals are used up",
			  r->folder->id, finished, r->where);
	else if (r->behind)
		error_set(err, code,
			  "the journal of plan %s is behind the one on '%s': something was done that is not "
			  "known here",
			  r->folder->id, r->where);
	else
		error_set(err, code, "the journal of plan %s says something else than the one on '%s'",
			  r->folder->id, r->where);
	if (finished)
		return error_hint(err, "'%s' compares with the tenant as it is now.",
				  plan_again_command(&r->folder->plan, out));
	return error_hint(err, "Take the one that is recorded: git checkout %s -- %s", r->where,
			  r->folder->paths.journal);
}

static bool is_behind(struct bytes here, struct bytes there)
{
	return here.len < there.len && bytes_begin_with(there, here);
}

/* The longest of those that go on where this one ends, else any other: a story that is told nowhere else. */
static bool worst_version(const struct store_version_list *versions, struct bytes here, struct recorded *r)
{
	bool found = false;
	for (size_t i = 0; i < versions->count; i++) {
		const struct store_version *v = &versions->items[i];
		bool behind = is_behind(here, v->content);
		if (bytes_begin_with(here, v->content) ||
		    (found &&
		     (behind < r->behind || (behind == r->behind && v->content.len <= r->there.len))))
			continue;
		found = true;
		r->where = v->commit;
		r->there = v->content;
		r->behind = behind;
	}
	return found;
}

void approved_revisions(const struct approved *approved, struct arena *out, struct str_list *ret_revisions)
{
	VEC_PUSH(out, ret_revisions, "HEAD");
	if (approved->commit)
		VEC_PUSH(out, ret_revisions, approved->commit);
}

/* What a clone does not have, it cannot be asked whether something was taken away of. */
static bool refuse_shallow(const struct recorded *r, struct error *err)
{
	error_set(err, ERR_UNAPPROVED,
		  "this shallow clone does not have the history that says what was recorded of plan %s",
		  r->folder->id);
	return error_hint(err,
			  "Fetch the history: git fetch --unshallow, or a checkout with full depth in CI.");
}

bool approved_match_journal(const struct approved *approved, const struct plan_folder *folder,
			    struct bytes journal, struct arena *out, struct error *err)
{
	struct recorded r = {.approved = approved, .folder = folder, .where = approved->branch};
	struct str_list revisions = {0};
	struct store_versions versions = {0};
	if (!approved->store)
		return true;
	if (!approved_read(approved, folder->paths.journal, out, &r.there, err))
		return false;
	if (r.there.ptr && !bytes_begin_with(journal, r.there)) {
		r.behind = is_behind(journal, r.there);
		return refuse_journal(&r, out, err);
	}
	approved_revisions(approved, out, &revisions);
	if (!store_versions(approved->store, &revisions, folder->paths.journal, out, &versions, err))
		return false;
	if (worst_version(&versions.all, journal, &r))
		return refuse_journal(&r, out, err);
	return versions.complete || !approved->required || refuse_shallow(&r, err);
}
