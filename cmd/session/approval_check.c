/* What the approved branch says of a plan. */
#include "cmd/session/approval_check.h"

#include "cmd/outside/git_credential.h"
#include "cmd/session/approval_fleets.h"
#include "cmd/session/undone_mark.h"
#include "core/file.h"
#include "core/json.h"
#include "core/quote.h"
#include "plans/approvals/undone_ever.h"
#include "plans/saved/rehearsed.h"
#include "plans/saved/replay.h"
#include "plans/saved/undone_by.h"

#include <string.h>

enum { JOURNAL_MAX = 512 * 1024 * 1024 };

bool open_store(struct app *app, struct store **ret_store, struct error *err)
{
	if (!store_open(app->dir, ret_store, err))
		return false;
	const struct store_outside outside = {.env = app->env,
					      .env_ctx = app->env_ctx,
					      .password = git_credential_ask,
					      .password_ctx = app,
					      .random = app->random};
	store_use(*ret_store, &outside);
	return true;
}

struct approved_from approved_from(const struct app *app, struct store *store, const char *no_store,
				   const struct policy *policy)
{
	return (struct approved_from){
		.store = store,
		.no_store = no_store,
		.tree_policy = policy,
		.branch = app->branch ? app->branch : app_env(app, "SEATSHIFT_BRANCH"),
		.in_ci = str_eq_fold(app_env(app, "CI"), "true"),
	};
}

void tell_unsigned(struct app *app, struct store *store)
{
	if (store_wants_signing(store))
		out_message(&app->out,
			    "warning: commit.gpgSign is set, but seatshift does not sign its commits; 'git "
			    "commit "
			    "--amend --no-edit -S' signs the last one of the branch that you are on");
}

static struct approval_case approval_case(const struct app *app, const struct approval_check *check,
					  const struct plan_folder *folder)
{
	return (struct approval_case){.approved = &check->approved,
				      .folder = folder,
				      .keygen = check->can_sign ? &check->keygen : NULL,
				      .clock = app->clock,
				      .fleets = check->fleets,
				      .meanwhile = check->meanwhile};
}

bool approval_check_run(struct app *app, const struct policy *policy, const struct plan_folder *folder,
			struct approval_check *check, struct error *err)
{
	struct error no_store = ERROR_INIT;
	struct error no_signing = ERROR_INIT;
	const struct env env = {app->env, app->env_ctx};
	const char *why = NULL;
	if (!open_store(app, &check->store, &no_store)) {
		why = arena_strdup(app->arena, no_store.message);
		error_release(&no_store);
	}
	const struct approved_from from = approved_from(app, check->store, why, policy);
	if (!approved_open(&from, app->arena, &check->approved, err))
		return false;
	check->report.required = check->approved.required;
	check->can_sign = ssh_keygen_init(&check->keygen, &env, app->clock, app->arena, &no_signing);
	if (!check->can_sign && check->approved.required) {
		error_move(err, &no_signing);
		err->code = ERR_UNAPPROVED;
		return false;
	}
	if (!check->can_sign) {
		error_release(&no_signing);
		return true;
	}
	if (!approval_fleets_now(app, &check->approved, folder, &check->fleets, err) ||
	    !plan_meanwhile(app->dir, folder, app->arena, &check->meanwhile, err))
		return false;
	const struct approval_case now = approval_case(app, check, folder);
	return approvals_judge(&now, app->arena, &check->report, err);
}

void approval_check_release(struct approval_check *check)
{
	store_free(TAKE(check->store));
}

static bool is_committed_here(const struct approval_check *check, const struct plan_folder *folder,
			      struct arena *tmp)
{
	struct bytes there;
	struct error ignored = ERROR_INIT;
	if (check->store && store_read(check->store, "HEAD", folder->paths.plan, tmp, &there, &ignored))
		return there.ptr != NULL;
	error_release(&ignored);
	return false;
}

struct approval_standing approval_standing_of(struct app *app, const struct policy *policy,
					      const struct plan_folder *folder)
{
	struct approval_check check = {0};
	struct error why = ERROR_INIT;
	struct approval_standing standing = {.place = PLACE_APPROVABLE};
	struct bytes there = {0};
	if (!policy->approvals_required)
		return standing;
	if (approval_check_run(app, policy, folder, &check, &why) &&
	    approved_read(&check.approved, folder->paths.plan, app->arena, &there, &why)) {
		standing.valid = check.report.valid;
	} else {
		out_verbose(&app->out, "approvals: %s", why.message);
		error_release(&why);
	}
	if (check.store && !check.approved.commit)
		standing.place = PLACE_NO_POLICY;
	else if (!there.ptr)
		standing.place = is_committed_here(&check, folder, app->arena) ? PLACE_OTHER_BRANCH
									       : PLACE_UNCOMMITTED;
	approval_check_release(&check);
	return standing;
}

/* ---- for apply ------------------------------------------------------------------------------ */

static bool read_journal(struct app *app, const struct plan_folder *folder, struct bytes *ret,
			 struct error *err)
{
	const char *path = folder->paths.journal;
	*ret = (struct bytes){0};
	return !file_exists(path_join(app->arena, app->dir, path)) ||
	       file_read_within(app->dir, path, JOURNAL_MAX, app->arena, ret, err);
}

/* As apply sees it: every action has an end that stands. */
static bool is_carried_out(struct app *app, const struct plan_folder *folder, struct bytes journal)
{
	struct journal_entry_list entries = {0};
	struct error ignored = ERROR_INIT;
	bool cut = false;
	const struct journal_file file = plan_journal(folder, NULL, app->arena);
	if (!journal.ptr || !journal_parse(&file, journal, app->arena, &entries, &cut, &ignored)) {
		error_release(&ignored);
		return false;
	}
	const struct replay replay = replay_new(&folder->plan, &entries, app->arena);
	return replay_all_ended_well(&replay);
}

/* Nobody's approval can be used twice where none is needed: a clone without history then only knows less. */
static bool match_journal(struct app *app, const struct approved *approved, const struct plan_folder *folder,
			  struct bytes journal, struct error *err)
{
	if (!approved_match_journal(approved, folder, journal, app->arena, err))
		return false;
	if (approved->store && store_is_shallow(approved->store))
		out_message(&app->out,
			    "warning: this is a shallow clone: what was taken away of the journal of plan %s "
			    "before it begins is not seen (git fetch --unshallow)",
			    folder->id);
	return true;
}

static bool match_record(struct app *app, const struct approved *approved, const struct plan_folder *folder,
			 struct error *err)
{
	struct bytes journal;
	return read_journal(app, folder, &journal, err) && match_journal(app, approved, folder, journal, err);
}

/* A plan that undoes another is made of that one's journal: no commit may have more of it than is here. */
static bool match_undone(struct app *app, const struct approved *approved, const struct plan_folder *folder,
			 struct error *err)
{
	struct plan_folder undone;
	if (!folder->plan.undoes)
		return true;
	const char *name =
		arena_printf(app->arena, "plans/%s/%s", folder->plan.customer, folder->plan.undoes);
	return plan_folder_load(app->dir, name, app->arena, &undone, err) &&
	       match_record(app, approved, &undone, err);
}

static bool is_undone_by(const struct plan_folder *folder, const char *by, const char *when,
			 struct error *err)
{
	error_set(err, ERR_UNAPPROVED, "plan %s was undone by plan %.12s, %s: it is never applied again",
		  folder->id, by, when);
	return error_hint(err, "To go there again, make a plan of its own: 'seatshift plan %s'.",
			  folder->plan.customer);
}

/*
 * By what stands here, and by all that git has ever had: a checkout from before the undo does not have it,
 * and neither has one in which somebody removed it since.
 */
static bool refuse_undone(struct app *app, const struct approved *approved, const struct plan_folder *folder,
			  struct error *err)
{
	struct undone_by by;
	struct undone_ever ever;
	if (!plan_undone_by(app->dir, folder, app->arena, &by, err))
		return false;
	if (by.id)
		return is_undone_by(folder, by.id, arena_printf(app->arena, "begun at %s", by.on), err);
	if (!undone_ever(approved, folder, app->arena, &ever, err))
		return false;
	return !ever.id || is_undone_by(folder, ever.id,
					arena_printf(app->arena, "as commit %.12s has it", ever.commit), err);
}

bool approval_refuse_undone(struct app *app, const struct approval_check *check,
			    const struct plan_folder *folder, struct error *err)
{
	return refuse_undone(app, &check->approved, folder, err);
}

/* Without judging approvals. Release *ret_store in any case. */
static bool open_approved(struct app *app, const struct policy *policy, struct store **ret_store,
			  struct approved *ret, struct error *err)
{
	struct error no_store = ERROR_INIT;
	const char *why = NULL;
	if (!open_store(app, ret_store, &no_store)) {
		why = arena_strdup(app->arena, no_store.message);
		error_release(&no_store);
	}
	const struct approved_from from = approved_from(app, *ret_store, why, policy);
	return approved_open(&from, app->arena, ret, err);
}

bool approval_check_record(struct app *app, const struct policy *policy, const struct plan_folder *folder,
			   struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct approved approved = {0};
	return open_approved(app, policy, &store, &approved, err) &&
	       match_record(app, &approved, folder, err);
}

bool approval_check_not_undone(struct app *app, const struct policy *policy, const struct plan_folder *folder,
			       struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct approved approved = {0};
	return open_approved(app, policy, &store, &approved, err) &&
	       refuse_undone(app, &approved, folder, err);
}

bool approval_read_rehearsal(struct app *app, const struct policy *policy, const struct plan_folder *folder,
			     bool *ret_needed, struct rehearsed *ret_report, struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct approved approved = {0};
	struct bytes text;
	const char *path = rehearsed_path(folder, app->arena);
	*ret_report = (struct rehearsed){0};
	if (!open_approved(app, policy, &store, &approved, err))
		return false;
	*ret_needed = policy->rehearsal_required || approved.policy.rehearsal_required;
	if (!*ret_needed)
		return true;
	if (!approved.required)
		return rehearsed_read(app->dir, folder, app->arena, ret_report, err);
	return approved_read(&approved, path, app->arena, &text, err) &&
	       (!text.ptr || rehearsed_parse(text.ptr, text.len, folder, app->arena, ret_report, err));
}

static bool check_for_apply(struct app *app, struct session *session, const struct plan_folder *folder,
			    struct approval_check *check, struct error *err)
{
	const struct approved *approved = &check->approved;
	struct bytes journal;
	if (!approval_check_run(app, &session->policy, folder, check, err))
		return false;
	if (!read_journal(app, folder, &journal, err))
		return false;
	if (!match_undone(app, approved, folder, err) || !refuse_undone(app, approved, folder, err) ||
	    !undone_mark_check(app, folder, err))
		return false;
	if (!match_journal(app, approved, folder, journal, err))
		return false;
	if (!approved->required)
		return true;
	struct desired desired = {0};
	const struct approval_case now = approval_case(app, check, folder);
	if (!approved_match(approved, folder, app->arena, &desired, err) ||
	    !approvals_precede_journal(&now, app->arena, err))
		return false;
	if (!is_carried_out(app, folder, journal) &&
	    !approvals_suffice(&check->report, folder, approved, !app->stdin_terminal, err))
		return false;
	if (!str_eq(desired.digest, session->desired.digest))
		out_note(&app->out, "'%s' here is not the one on '%s', which counts", desired.file,
			 approved->branch);
	session->desired = desired;
	session->policy = approved->policy;
	session->policy.approvals_required = approved->required;
	out_verbose(&app->out, "approved: %lld of %lld on '%s' (%.12s)", (long long)check->report.valid,
		    (long long)approved->required, approved->branch, approved->commit);
	return true;
}

bool approval_check_journal(struct app *app, const struct approval_check *check,
			    const struct plan_folder *folder, struct error *err)
{
	const struct approval_case now = approval_case(app, check, folder);
	return match_record(app, &check->approved, folder, err) &&
	       match_undone(app, &check->approved, folder, err) && undone_mark_check(app, folder, err) &&
	       approvals_precede_journal(&now, app->arena, err);
}

bool approval_check_apply(struct app *app, struct session *session, const struct plan_folder *folder,
			  int64_t *ret_until_ms, struct error *err)
{
	struct approval_check check = {0};
	bool ok = check_for_apply(app, session, folder, &check, err);
	if (ret_until_ms)
		*ret_until_ms = check.report.until_ms;
	approval_check_release(&check);
	return ok;
}

/* ---- output --------------------------------------------------------------------------------- */

static void put_item(struct json_writer *w, const struct approval_item *item)
{
	char at[TIMESTAMP_TEXT_SIZE] = "", expires[TIMESTAMP_TEXT_SIZE] = "";
	bool known = item->approval.approver != NULL;
	if (known) {
		timestamp_format(item->approval.approved_ms, at);
		timestamp_format(item->approval.expires_ms, expires);
	}
	json_begin_object(w);
	json_set_text(w, "approved_at", known ? at : NULL);
	json_set_text(w, "approver", item->approval.approver);
	json_set_bool(w, "counts", item->verdict == APPROVAL_COUNTS);
	json_set_text(w, "expires_at", known ? expires : NULL);
	json_set_text(w, "file", item->file);
	json_set_text(w, "key", item->key);
	json_set_text(w, "message", item->message);
	json_set_text(w, "verdict", approval_verdict_name(item->verdict));
	json_end_object(w);
}

void approval_check_put_json(const struct approval_check *check, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "branch", check->approved.branch);
	json_set_text(w, "commit", check->approved.commit);
	json_put_key(w, "items");
	json_begin_array(w);
	for (size_t i = 0; i < check->report.items.count; i++)
		put_item(w, &check->report.items.items[i]);
	json_end_array(w);
	json_set_text(w, "missing", check->approved.missing);
	json_set_int(w, "required", check->report.required);
	json_set_int(w, "valid", check->report.valid);
	json_end_object(w);
}

void approval_check_text(const struct approval_check *check, struct arena *out, struct strbuf *buf)
{
	const struct approval_report *report = &check->report;
	if (!report->required && !report->items.count) {
		strbuf_add(buf, "  approvals none needed\n");
		return;
	}
	if (check->approved.missing) {
		strbuf_addf(buf, "  approvals needs %lld, and none can count: %s\n",
			    (long long)report->required, check->approved.missing);
		return;
	}
	strbuf_addf(buf, "  approvals needs %lld, has %lld on %s (%.12s)\n", (long long)report->required,
		    (long long)report->valid, quote_terminal(out, check->approved.branch),
		    check->approved.commit);
	for (size_t i = 0; i < report->items.count; i++) {
		const struct approval_item *item = &report->items.items[i];
		const char *who = item->approval.approver ? item->approval.approver : item->file;
		char until[TIMESTAMP_TEXT_SIZE];
		timestamp_format(item->until_ms, until);
		strbuf_addf(buf, "            %s: %s%s\n", quote_terminal(out, who),
			    item->message ? "does not count: " : "counts until ",
			    item->message ? item->message : until);
	}
}
