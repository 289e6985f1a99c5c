/* seatshift plan: compares desired with live and saves an ordered, proved plan. */
#include "cmd/commands.h"

#include "cmd/output/give_back_output.h"
#include "cmd/output/plan_output.h"
#include "cmd/output/report.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/key_source.h"
#include "cmd/session/names.h"
#include "cmd/session/plan_saving.h"
#include "cmd/session/protected_names.h"
#include "cmd/session/session.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/git/store.h"

#include <string.h>

struct plan_options {
	bool commit;
	const char *branch;
	const char *from;
	bool full;
	bool detailed_exitcode;
	struct str_list also;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct plan_options, commit, "commit", 0, "commit exactly the plan's folder"),
	OPT_TEXT(struct plan_options, branch, "branch", 0, "NAME",
		 "with --commit: on this branch instead of the current one"),
	OPT_TEXT(struct plan_options, from, "from", 0, "REVISION",
		 "read the customer's file and the policy from this branch or commit, not from the working "
		 "tree"),
	OPT_FLAG(struct plan_options, full, "full", 0, "show every user"),
	OPT_FLAG(struct plan_options, detailed_exitcode, "detailed-exitcode", 0,
		 "exit with 2 when there is a difference"),
	PLAN_ALSO_OPTION(struct plan_options),
};

/*
 * A name that is not there was asked for by name, so names like it were not read. They are asked for
 * only now, when there is no plan anyway: a plan that is made never depends on them.
 */
static void suggest_names(struct app *app, const struct session *session, struct live *live)
{
	struct str_list absent = {0};
	const struct provider_ops *ops = session->provider->ops;
	enum { NAMES_MAX = 20 };
	for (size_t i = 0; i < live->absent_users.count && absent.count < NAMES_MAX; i++)
		if (!live->absent_users.items[i].deleted_id)
			VEC_PUSH(app->arena, &absent, live->absent_users.items[i].upn);
	if ((absent.count || live->absent_groups.count) && ops->suggest)
		ops->suggest(session->provider, &absent, &live->absent_groups, app->arena, live);
}

/* Refused: the same again with the names that exist, so that the messages can name the nearest. */
static void refuse_better(struct app *app, const struct session *session, struct live *live,
			  struct diag_list *diags, enum error_code *code)
{
	struct diag_list again = {0};
	struct plan ignored;
	suggest_names(app, session, live);
	if ((live->known_upns.count || live->known_addresses.count || live->known_groups.count ||
	     live->known_group_mails.count) &&
	    !plan_build(&(struct plan_inputs){&session->desired, &session->policy, live}, app->arena, &again,
			&ignored, code))
		*diags = again;
}

/* A key that is not there is found out now, not with the customer on the phone. */
static void note_keys(struct app *app, const struct session *session, const struct plan *plan)
{
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		const struct move *move = action->kind == ACTION_REDEEM_KEY
						  ? key_source_move(&session->desired, plan, action)
						  : NULL;
		const char *problem = move ? key_source_problem(app, move) : NULL;
		if (problem)
			out_note(&app->out, "note: for %s %s, on this machine: %s", action->id,
				 action_info(action->kind)->name, quote_terminal(app->arena, problem));
	}
}

/* Not of the plan, which knows no day: whether nobody will have tried the seats while they can be given back.
 */
static void warn_of_exit(struct app *app, const struct session *session, const struct plan *plan)
{
	struct diag_list diags = {0};
	const char *late = give_back_late(app, session, plan);
	if (late)
		diag_add(app->arena, &diags, SS247, (struct place){.file = session->desired.file}, "%s",
			 late);
	session_print_diags(app, session, &diags);
}

static bool plan_customer(struct app *app, struct session *session, const struct plan_options *o,
			  struct diag_list *diags, int *ret_status, struct error *err)
{
	struct live live = {0};
	struct read_info info;
	struct plan plan;
	enum error_code code;
	struct read_scope scope;
	plan_read_scope(&session->desired, &session->policy, app->arena, &scope);
	if (!session_connect_to_read(app, session, err) ||
	    !plan_read_tenant(app, session, &scope, &live, &info, err))
		return false;
	if (!plan_build(&(struct plan_inputs){&session->desired, &session->policy, &live}, app->arena, diags,
			&plan, &code)) {
		refuse_better(app, session, &live, diags, &code);
		return plan_refuse(app, session, diags, code, err);
	}
	if (!protected_names_check(app, session, &live, diags, err))
		return false;
	if (!plan.actions.count)
		return plan_output_nothing(app, session->desired.customer, &o->also, err);
	struct plan_folder folder;
	if (!plan_follow(app, &plan, err) || !plan_save(app, &plan, &live, &info, &folder, err))
		return false;
	note_keys(app, session, &plan);
	warn_of_exit(app, session, &plan);
	if (o->detailed_exitcode)
		*ret_status = EXIT_CHANGES;
	const struct plan_saved_options saved = {o->full, o->commit, o->branch, &o->also};
	return plan_output_saved(app, &folder, session, &saved, err);
}

/* Complaints about the files and refusals of a plan; an error that these explain is not reported again. */
static void print_report(struct app *app, const struct session *session, const char *name,
			 const struct diag_list *refusals, const struct error *err, int status)
{
	const char *file = session->desired.file ? session->desired.file : name;
	struct report_file_list files = {0};
	bool told = diag_has_errors(&session->checked.diags) || diag_has_errors(refusals);
	if (session->checked.diags.count)
		VEC_PUSH(app->arena, &files, (struct report_file){file, &session->checked.diags});
	if (refusals->count || !session->checked.diags.count)
		VEC_PUSH(app->arena, &files, (struct report_file){file, refusals});
	report_print(app, &(struct report){
				  .name = arena_printf(app->arena, "plan %s", path_name(name)),
				  .files = &files,
				  .error = err->code != ERR_NONE && !told ? err : NULL,
				  .status = err->code != ERR_NONE ? error_info(err->code)->status : status,
			  });
}

/* From a commit: what is checked out, and edited, does not count. */
static bool load_from(struct app *app, const char *customer, const char *revision, struct session *session,
		      struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	const char *commit = NULL;
	if (!open_store(app, &store, err) || !store_tip(store, revision, app->arena, &commit, err))
		return false;
	if (!commit)
		return error_set(err, ERR_FAILED, "there is no branch or revision '%s'",
				 quote_terminal(app->arena, revision));
	session->repository = repository_of_commit(store, commit, revision, app->arena);
	session->repository.today = date_of_ms(clock_now_ms(app->clock));
	if (!session_load_from(app, customer, session, err)) {
		session_print_diags(app, session, &session->checked.diags);
		return false;
	}
	session->desired.file = arena_printf(app->arena, "customers/%s.yaml", session->desired.customer);
	session->repository = (struct repository){.dir = app->dir}; /* the reader ends with the store */
	return true;
}

/* Before any other look at the files, so that what is wrong with them is told with it. */
static bool check_dates(struct app *app, struct session *session)
{
	desired_check_dates(&session->desired, date_of_ms(clock_now_ms(app->clock)), app->arena,
			    &session->checked.diags);
	if (diag_has_errors(&session->checked.diags))
		desired_check_partner(&session->desired, &session->policy, app->arena,
				      &session->checked.diags);
	return true;
}

static bool load(struct app *app, const char *customer, const struct plan_options *o, struct session *session,
		 struct error *err)
{
	bool bare = plan_is_bare(app);
	if (bare && (!o->from || !o->commit)) {
		error_set(err, ERR_INVALID,
			  "this is a bare repository: there are no files to plan from or to write to");
		return error_hint(err, "Give the branch with --from BRANCH, and --commit.");
	}
	if (o->from)
		return load_from(app, customer, o->from, session, err) && check_dates(app, session);
	return repository_need(app, err) && session_load(app, customer, session, err) &&
	       check_dates(app, session) && session_check_claims(app, session, err);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct plan_options *o = opts;
	struct session session = {0};
	bool ok = branch_goes_with_commit(o->commit, o->branch, err) &&
		  plan_output_check(app, &o->also, err) && load(app, args->items[0], o, &session, err);
	if (ok && diag_has_errors(&session.checked.diags))
		ok = plan_refuse(app, &session, &session.checked.diags, ERR_INVALID, err);
	else if (ok)
		session_print_diags(app, &session, &session.checked.diags); /* only warnings are left */
	struct diag_list diags = {0};
	ok = ok && plan_customer(app, &session, o, &diags, ret_status, err);
	if (report_asked(app))
		print_report(app, &session, args->items[0], &diags, err, *ret_status);
	session_release(&session);
	return ok;
}

const struct command cmd_plan = {
	.name = "plan",
	.args = "CUSTOMER",
	.summary = "compare with the live tenant and save an ordered, proved plan",
	.details = "Reads the tenant over Microsoft Graph, never writes to it. A plan is saved in\n"
		   "plans/CUSTOMER/ID/ when something differs and nothing refuses it; every reason for a\n"
		   "refusal is listed in one run. Planning again over unchanged facts gives the same "
		   "id.\n\n" PLAN_FORMATS_HELP "\n\n" REPORT_FORMATS_HELP,
	COMMAND_OPTIONS(struct plan_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.more_formats = PLAN_MORE_FORMATS "|" REPORT_FORMATS,
	.repository = REPOSITORY_IF_THERE,
	.network = NETWORK_READS,
	.run = run,
};
