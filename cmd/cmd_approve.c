/* seatshift approve: signs a plan, for the approved branch. */
#include "cmd/commands.h"

#include "cmd/fleet/fleet_approval.h"
#include "cmd/fleet/fleet_next.h"
#include "cmd/output/give_back_output.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/names.h"
#include "cmd/session/plan_saving.h"
#include "core/file.h"
#include "core/kept_text.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/approvals/signers.h"
#include "plans/faces/render.h"
#include "plans/saved/next_command.h"

#include <string.h>

struct approve_options {
	const char *key;
	const char *as;
	bool yes;
	bool commit;
	const char *branch;
	const char *approved_branch;
};

static const struct option_spec options[] = {
	OPT_TEXT(struct approve_options, key, "key", 0, "FILE",
		 "sign with this key; a public key's file (.pub) when the key is in an agent"),
	OPT_TEXT(struct approve_options, as, "as", 0, "IDENTITY",
		 "who approves; left out, whom the signers' file gives the key to"),
	OPT_FLAG(struct approve_options, yes, "yes", 'y', "do not ask"),
	OPT_FLAG(struct approve_options, commit, "commit", 0,
		 "commit exactly the approval and its signature"),
	OPT_TEXT(struct approve_options, branch, "branch", 0, "NAME",
		 "with --commit: on this branch instead of the current one"),
	OPT_APPROVED_BRANCH(struct approve_options),
};

enum { KEY_FILE_MAX = 64 * 1024 };

struct approving {
	struct app *app;
	const struct approve_options *o;
	struct session session;
	struct plan_folder folder;
	struct journal_entry_list entries; /* of the plan's journal */
	bool is_fleet;			   /* the plan is the first of a fleet, which is what is approved */
	struct fleet_folder fleet;
	/* What is signed: of the plan, or of the fleet. */
	const char *what, *name, *id, *digest, *dir, *confirm;
	struct approval_check check;
	struct ssh_key key;
	const char *public_key; /* or NULL: not known without a passphrase */
	const char *approver;
	const char *lacks, *remedy; /* why it cannot count as things are, and what to do; or NULL */
	struct strbuf text;
	struct signed_text signed_text;
};

static const char *read_public_key(const char *path, struct arena *out)
{
	struct bytes text;
	struct error ignored = ERROR_INIT;
	if (!file_read(path, KEY_FILE_MAX, out, &text, &ignored)) {
		error_release(&ignored);
		return NULL;
	}
	bool is_public =
		str_starts(text.ptr, "ssh-") || str_starts(text.ptr, "ecdsa-") || str_starts(text.ptr, "sk-");
	return is_public ? text.ptr : NULL;
}

static bool find_key(struct approving *a, struct error *err)
{
	struct arena *out = a->app->arena;
	if (!a->o->key) {
		error_set(err, ERR_INVALID, "there is no key to sign with");
		return error_hint(err,
				  "Give it with --key FILE: an OpenSSH key, or a .pub of a key in an agent.");
	}
	/* A key's file is named as the shell names it, not within the repository. */
	if (!file_exists(a->o->key))
		return error_set(err, ERR_INVALID, "there is no key '%s'", quote_terminal(out, a->o->key));
	a->key.path = a->o->key;
	a->public_key = read_public_key(a->o->key, out);
	a->key.in_agent = a->public_key != NULL;
	if (!a->public_key)
		a->public_key = read_public_key(arena_printf(out, "%s.pub", a->o->key), out);
	if (!a->public_key)
		a->public_key = ssh_public_key(&a->check.keygen, a->o->key, out);
	return true;
}

static bool belongs_to_several(const struct approving *a, struct error *err)
{
	error_set(err, ERR_UNAPPROVED, "the key of '%s' belongs to several people in '%s'",
		  quote_terminal(a->app->arena, a->o->key), a->check.approved.policy.approvals_signers);
	return error_hint(err, "Say who approves with --as IDENTITY; the signers' file on '%s' counts.",
			  a->check.approved.branch);
}

/* Nobody's name helps: what is missing is the key's line, which is said as far as it is known. */
static bool belongs_to_nobody(const struct approving *a, struct error *err)
{
	struct arena *out = a->app->arena;
	const char *signers = a->check.approved.policy.approvals_signers;
	const char *branch = a->check.approved.branch;
	if (!a->public_key) {
		error_set(err, ERR_UNAPPROVED, "whose key '%s' is cannot be told without its passphrase",
			  quote_terminal(out, a->o->key));
		return error_hint(err,
				  "Put its public key beside it as '%s.pub', or say who approves with "
				  "--as IDENTITY.",
				  quote_terminal(out, a->o->key));
	}
	error_set(err, ERR_UNAPPROVED, "the key of '%s' is nobody's in '%s' on '%s'%s%s",
		  quote_terminal(out, a->o->key), signers, branch, a->check.approved.missing ? ": " : "",
		  a->check.approved.missing ? a->check.approved.missing : "");
	return error_hint(err,
			  "It lists who may approve, and counts once it is committed. A line for this "
			  "key: %s",
			  quote_terminal(out, signers_line_for(a->public_key, a->o->as, out)));
}

static bool may_not_approve(const struct approving *a, const char *fault, struct error *err)
{
	struct arena *out = a->app->arena;
	error_set(err, ERR_UNAPPROVED, "the key of '%s' may not approve: %s", quote_terminal(out, a->o->key),
		  fault);
	return error_hint(err, "On '%s', the line has to be: %s", a->check.approved.branch,
			  quote_terminal(out, signers_line_for(a->public_key, a->approver, out)));
}

/* Asked before anybody reads and signs. */
static bool has_a_line(const struct approving *a, const struct signers *signers, struct error *err)
{
	bool known = true;
	const char *fault =
		a->public_key ? signers_fault_of_key(signers, a->public_key, a->app->arena, &known) : NULL;
	if (fault)
		return may_not_approve(a, fault, err);
	return known || belongs_to_nobody(a, err);
}

static bool find_approver(struct approving *a, struct error *err)
{
	struct arena *out = a->app->arena;
	struct signers signers;
	if (!approvals_signers(&a->check.approved, out, &signers, err))
		return false;
	struct str_list names = {0};
	if (a->public_key)
		names = signers_of_key(&signers, a->public_key, out);
	a->approver = a->o->as ? a->o->as : names.count == 1 ? names.items[0] : NULL;
	if (!kept_text_refuse(a->approver, err))
		return false;
	if (a->approver && approver_is_valid(a->approver))
		return !a->check.approved.commit || has_a_line(a, &signers, err);
	if (a->approver)
		return error_set(err, ERR_INVALID, "'%s' is not a name for an approver",
				 quote_terminal(out, a->approver));
	return names.count ? belongs_to_several(a, err) : belongs_to_nobody(a, err);
}

/* The approver sees what is signed, on stderr, even with -q: nobody signs blind. */
static void show(struct approving *a)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	if (a->is_fleet) {
		fleet_describe(a->app, &a->fleet, &buf);
		out_message(&a->app->out, "%s", strbuf_text(&buf));
		return;
	}
	const struct replay replay = replay_new(&a->folder.plan, &a->entries, a->app->arena);
	const bool begun = a->entries.count > 0;
	const struct render_input input = {
		.folder = &a->folder,
		.asked = true,
		.results = begun ? replay.results : NULL,
		.entries = begun ? &a->entries : NULL,
		.desired = &a->session.desired,
		.policy = &a->check.approved.policy,
		.approvals_valid = a->check.report.valid,
		.today = date_of_ms(clock_now_ms(a->app->clock)),
		.late_exit = begun ? NULL : give_back_late(a->app, &a->session, &a->folder.plan),
		.color = a->app->out.color_messages};
	render_plan(render_format_find("text"), &input, &buf);
	out_message(&a->app->out, "%s", strbuf_text(&buf));
}

/* It may come with the same review, so nobody is kept from signing; but nobody shall take it for one that
 * counts. */
static void find_what_it_lacks(struct approving *a)
{
	struct arena *out = a->app->arena;
	const struct approved *approved = &a->check.approved;
	struct desired ignored = {0};
	struct error differs = ERROR_INIT;
	if (!approved->commit) {
		a->lacks = approved->missing;
		a->remedy = approved->store
				    ? arena_printf(out, "Commit what it takes: %s",
						   next_policy(&a->folder.plan,
							       approved->policy.approvals_signers, out))
				    : approved->hint;
		return;
	}
	if (!approved->required || approved_match(approved, &a->folder, out, &ignored, &differs))
		return;
	const struct approval_standing standing =
		approval_standing_of(a->app, &a->session.policy, &a->folder);
	a->lacks = arena_strdup(out, differs.message);
	a->remedy =
		standing.place == PLACE_UNCOMMITTED
			? arena_printf(out, "Commit the plan: %s", next_commit(&a->folder.plan, out))
		: standing.place == PLACE_OTHER_BRANCH
			? arena_printf(out, "Merge the branch that has the plan into '%s'.", approved->branch)
			: arena_strdup(out, differs.hint);
	error_release(&differs);
}

static bool ask(struct approving *a, struct error *err)
{
	struct app *app = a->app;
	show(a);
	find_what_it_lacks(a);
	if (a->lacks)
		out_message(&app->out, "warning: this approval does not count yet: %s\n  %s", a->lacks,
			    a->remedy ? a->remedy : "");
	if (a->o->yes)
		return true;
	if (!app->stdin_terminal) {
		error_set(err, ERR_UNAPPROVED,
			  "there is no terminal at which to confirm the approval of %s %s", a->what, a->id);
		const struct next_command next = {a->id, a->check.approved.required, true};
		return error_hint(err, "Read it above, then: %s", next_approve(&next, app->arena));
	}
	out_message(&app->out, "Approve this %s as %s? Type %s to sign:", a->what, a->approver,
		    a->is_fleet ? "the fleet's id" : "the tenant's domain");
	char line[512] = "";
	if (!fgets(line, sizeof line, app->in))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return str_eq_fold(line, a->confirm) ||
	       error_set(err, ERR_UNAPPROVED, "not approved: that is not %s",
			 a->is_fleet ? "the fleet's id" : "the tenant's domain");
}

static bool sign(struct approving *a, struct error *err)
{
	int64_t now = clock_now_ms(a->app->clock);
	const struct plan *plan = &a->folder.plan;
	static const char all[] = "all of the fleet";
	const struct approval approval = {.of_fleet = a->is_fleet,
					  .digest = a->digest,
					  .customer = a->is_fleet ? all : plan->customer,
					  .tenant_id = a->is_fleet ? all : plan->tenant_id,
					  .tenant_domain = a->is_fleet ? all : plan->tenant_domain,
					  .approver = a->approver,
					  .approved_ms = now,
					  .expires_ms = now + a->check.approved.policy.approval_valid_ms};
	approval_encode(&approval, &a->text);
	a->signed_text = (struct signed_text){.name_space = APPROVAL_NAMESPACE,
					      .text = {strbuf_text(&a->text), a->text.len}};
	return ssh_sign(&a->check.keygen, &a->key, &a->signed_text, a->app->arena, err);
}

/* What would not count is not written: it would only look like an approval. */
static bool judge(struct approving *a, struct error *err)
{
	struct approval_item item = {0};
	const struct approved *approved = &a->check.approved;
	if (!approved->commit)
		return true; /* as was said when it was shown */
	struct approval_case now = {approved, &a->folder, &a->check.keygen, a->app->clock, AS_OF_NOW,
				    {0},      NULL};
	if (a->is_fleet)
		VEC_PUSH(a->app->arena, &now.fleets, (struct approval_fleet){a->dir, a->digest});
	if (!approvals_judge_one(&now, &a->signed_text, a->app->arena, &item, err))
		return false;
	if (item.verdict == APPROVAL_COUNTS)
		return true;
	error_set(err, ERR_UNAPPROVED, "the approval of '%s' would not count: %s", a->approver, item.message);
	return error_hint(err, "'%s' on '%s' says who may approve.", approved->policy.approvals_signers,
			  approved->branch);
}

static bool commit(struct approving *a, const struct store_file *files, size_t count, struct error *err)
{
	struct app *app = a->app;
	if (!a->check.store)
		return open_store(app, &a->check.store, err); /* says that there is none */
	const struct store_commit request = {
		.branch = a->o->branch,
		.subject = arena_printf(app->arena, "approve %s: %s by %s", a->name, a->id, a->approver),
		.body = arena_printf(app->arena, "Digest: %s\n", a->digest),
		.files = files,
		.file_count = count,
		.only_under = a->dir,
	};
	struct store_committed committed;
	if (!store_commit(a->check.store, &request, app->clock, app->arena, &committed, err))
		return error_wrap(err, "cannot commit the approval");
	out_note(&app->out, "committed as %.12s", committed.id);
	tell_unsigned(app, a->check.store);
	return true;
}

static bool save(struct approving *a, struct error *err)
{
	struct app *app = a->app;
	const char *base =
		arena_printf(app->arena, "%s/%s.txt", a->dir, approver_file_name(a->approver, app->arena));
	const struct store_file files[] = {
		{base, a->signed_text.text},
		{arena_printf(app->arena, "%s.sig", base), a->signed_text.signature},
	};
	if (!file_make_dirs(app->dir, path_join(app->arena, app->dir, a->dir), err))
		return false;
	/* The signature first: a text without one is told as unsigned. */
	for (size_t i = ARRAY_LEN(files); i > 0; i--)
		if (!file_write_atomic(app->dir, path_join(app->arena, app->dir, files[i - 1].path),
				       files[i - 1].content.ptr, files[i - 1].content.len, err))
			return false;
	out_note(&app->out, "wrote %s and its signature", base);
	return !a->o->commit || commit(a, files, ARRAY_LEN(files), err);
}

static bool prove(struct approving *a, struct error *err)
{
	struct app *app = a->app;
	bool cut = false;
	const struct journal_file file = plan_journal(&a->folder, app->dir, app->arena);
	if (!session_prove_plan(app, &a->session, &a->folder, err) ||
	    !journal_read(&file, app->arena, &a->entries, &cut, err))
		return false;
	const char *finished = journal_finished_at(&a->entries);
	if (!finished)
		return true;
	return error_set(err, ERR_UNAPPROVED, "plan %s was finished at %s: there is nothing to approve",
			 a->folder.id, finished);
}

static bool load_plan(struct approving *a, const char *name, struct error *err)
{
	struct app *app = a->app;
	if (!plan_named(app, name, &a->folder, err) ||
	    !session_load(app, a->folder.plan.customer, &a->session, err) || !prove(a, err) ||
	    !approval_check_run(app, &a->session.policy, &a->folder, &a->check, err) ||
	    !approval_refuse_undone(app, &a->check, &a->folder, err) ||
	    !approval_check_journal(app, &a->check, &a->folder, err))
		return false;
	a->what = "plan";
	a->name = a->folder.plan.customer;
	a->id = a->folder.id;
	a->digest = a->folder.digest;
	a->dir = a->folder.paths.approvals;
	a->confirm = a->folder.plan.tenant_domain;
	return true;
}

/* Each of its plans is judged by itself when it is applied; here its first stands for them. */
static bool load_fleet(struct approving *a, const char *name, struct error *err)
{
	struct app *app = a->app;
	if (!fleet_prove(app, name, &a->fleet, &a->folder, err) ||
	    !session_load(app, a->folder.plan.customer, &a->session, err) ||
	    !approval_check_run(app, &a->session.policy, &a->folder, &a->check, err))
		return false;
	if (!a->check.approved.policy.approvals_fleet) {
		error_set(err, ERR_UNAPPROVED, "the policy of '%s' does not let a fleet be approved as one",
			  a->check.approved.branch);
		return error_hint(err, "Approve its plans, or have 'approvals: {fleet: true}' in "
				       "seatshift.yaml on that branch.");
	}
	a->is_fleet = true;
	a->what = a->name = "fleet";
	a->id = a->confirm = a->fleet.fleet.id;
	a->digest = a->fleet.fleet.digest;
	a->dir = arena_printf(app->arena, "%s/approvals", a->fleet.dir);
	return true;
}

static bool approve(struct approving *a, const char *name, struct error *err)
{
	struct app *app = a->app;
	if (!(fleet_is_meant(app, name) ? load_fleet(a, name, err) : load_plan(a, name, err)))
		return false;
	const struct env env = {app->env, app->env_ctx};
	if (!a->check.can_sign && !ssh_keygen_init(&a->check.keygen, &env, app->clock, app->arena, err))
		return false;
	return find_key(a, err) && find_approver(a, err) && ask(a, err) && sign(a, err) && judge(a, err) &&
	       save(a, err);
}

/* Asked again of the branch, which has the approval now, or has not. */
static const char *next_of(struct approving *a)
{
	struct app *app = a->app;
	struct arena *out = app->arena;
	struct approval_check now = {0};
	struct error unknown = ERROR_INIT;
	const struct next_command apply = {a->id, a->check.approved.required, !app->stdin_terminal};
	const char *branch = a->check.approved.branch;
	const char *next = NULL;
	if (!approval_check_run(app, &a->session.policy, &a->folder, &now, &unknown))
		error_release(&unknown);
	else if (now.report.valid >= now.report.required)
		next = a->is_fleet ? fleet_next(app, &a->session.policy, &a->fleet)
				   : arena_printf(out, "Apply it with: %s", next_apply(&apply, "", out));
	else if (now.report.valid > a->check.report.valid)
		next = arena_printf(
			out, "It needs %s more.",
			say_number(out, now.report.required - now.report.valid, "approval", "approvals"));
	if (!next)
		next = a->o->commit
			       ? arena_printf(out, "It counts once '%s' has that commit.", branch)
			       : arena_printf(out, "It counts once '%s' has it: commit %s.", branch, a->dir);
	approval_check_release(&now);
	if (a->lacks)
		return arena_printf(out, "It does not count yet: %s\n%s%s", a->lacks,
				    a->remedy ? arena_printf(out, "%s\n", a->remedy) : "", next);
	return next;
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)ret_status;
	struct approving a = {.app = app, .o = opts, .text = STRBUF_INIT(STRBUF_SMALL)};
	app->branch = a.o->approved_branch;
	bool ok = branch_goes_with_commit(a.o->commit, a.o->branch, err) && approve(&a, args->items[0], err);
	if (ok)
		out_text(&app->out,
			 arena_printf(app->arena, "%s %s: approved by %s\n%s\n",
				      quote_terminal(app->arena, a.name), a.id, a.approver, next_of(&a)));
	strbuf_release(&a.text);
	approval_check_release(&a.check);
	session_release(&a.session);
	return ok;
}

const struct command cmd_approve = {
	.name = "approve",
	.args = "PLAN|FLEET",
	.summary = "sign a plan, or a fleet's plans, so that they may be applied",
	.details =
		"Proves the plan, shows it, asks, and signs a text that names its digest, the customer, the\n"
		"tenant, the approver and the time until which it counts, with ssh-keygen: a key's file, a\n"
		"key in an agent, or a hardware key. It counts once it is on the approved branch, whose own\n"
		"policy and signers' file say who may approve. What would not count is not written.\n"
		"One signature over a fleet approves each of its plans, where approvals.fleet is true.",
	COMMAND_OPTIONS(struct approve_options, options),
	.min_args = 1,
	.max_args = 1,
	.repository = REPOSITORY_NEEDED,
	.run = run,
};
