/* seatshift undo: writes the plan that reverses another. */
#include "cmd/commands.h"

#include "cmd/output/plan_output.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/names.h"
#include "cmd/session/plan_saving.h"
#include "cmd/session/protected_names.h"
#include "cmd/session/session.h"
#include "cmd/session/undone_mark.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/saved/undone.h"

struct undo_options {
	bool commit;
	const char *branch;
	bool full;
	bool detailed_exitcode;
	struct str_list also;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct undo_options, commit, "commit", 0, "commit exactly the plan's folder"),
	OPT_TEXT(struct undo_options, branch, "branch", 0, "NAME",
		 "with --commit: on this branch instead of the current one"),
	OPT_FLAG(struct undo_options, full, "full", 0, "show every user"),
	OPT_FLAG(struct undo_options, detailed_exitcode, "detailed-exitcode", 0,
		 "exit with 2 when there is something to undo"),
	PLAN_ALSO_OPTION(struct undo_options),
};

struct undoing {
	struct app *app;
	const struct undo_options *o;
	struct session session;
	struct plan_folder undone_folder;
	struct undone undone;
	struct diag_list diags;
};

static bool load(struct undoing *u, const char *name, struct error *err)
{
	struct app *app = u->app;
	struct journal_entry_list entries = {0};
	bool cut = false;
	if (!plan_named(app, name, &u->undone_folder, err) ||
	    !session_load(app, u->undone_folder.plan.customer, &u->session, err))
		return false;
	const struct tenant_case tenant = session_tenant(&u->session, &u->undone_folder.plan);
	if (!tenant_agree(&tenant, err) ||
	    !approval_check_record(app, &u->session.policy, &u->undone_folder, err))
		return false;
	const struct journal_file file = plan_journal(&u->undone_folder, app->dir, app->arena);
	if (!journal_read(&file, app->arena, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", u->undone_folder.id);
	if (!entries.count) {
		error_set(err, ERR_INVALID, "plan %s was not begun: there is nothing to undo",
			  u->undone_folder.id);
		const char *undone = u->undone_folder.plan.undoes;
		return undone ? error_hint(err, "It is an undo itself: 'seatshift undo %.8s' makes it anew.",
					   undone)
			      : error_hint(err, "A plan that is not wanted need not be applied.");
	}
	if (!undone_is_its_own_work(app, &u->undone_folder, err))
		return false;
	u->undone = undone_of(&u->undone_folder, &entries, app->arena);
	return true;
}

/* Everything is as before the plan, or was changed since by somebody else: said, and why. */
static bool tell_nothing(struct undoing *u, const struct plan *plan, struct error *err)
{
	struct app *app = u->app;
	for (size_t i = 0; i < plan->warnings.count; i++)
		out_message(&app->out, "warning[SS%d]: %s", (int)plan->warnings.items[i].code,
			    plan->warnings.items[i].message);
	out_note(&app->out, "nothing is left of plan %s that could be undone", u->undone_folder.id);
	return plan_output_nothing(app, u->session.desired.customer, &u->o->also, err);
}

static bool undo(struct undoing *u, int *ret_status, struct error *err)
{
	struct app *app = u->app;
	struct read_scope scope;
	struct live live = {0};
	struct read_info info;
	struct plan plan;
	struct plan_folder folder;
	enum error_code code;
	undo_read_scope(&u->undone, &u->session.policy, app->arena, &scope);
	if (!session_connect_to_read(app, &u->session, err) ||
	    !plan_read_tenant(app, &u->session, &scope, &live, &info, err))
		return false;
	const struct plan_inputs inputs = {
		.desired = &u->session.desired, .policy = &u->session.policy, .live = &live};
	if (!undo_build(&inputs, &u->undone, app->arena, &u->diags, &plan, &code))
		return plan_refuse(app, &u->session, &u->diags, code, err);
	if (!protected_names_check(app, &u->session, &live, &u->diags, err))
		return false;
	if (!plan.actions.count)
		return tell_nothing(u, &plan, err);
	if (!plan_follow(app, &plan, err) || !plan_save(app, &plan, &live, &info, &folder, err))
		return false;
	if (u->o->detailed_exitcode)
		*ret_status = EXIT_CHANGES;
	const struct plan_saved_options saved = {u->o->full, u->o->commit, u->o->branch, &u->o->also};
	return plan_output_saved(app, &folder, &u->session, &saved, err);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	struct undoing u = {.app = app, .o = opts};
	bool ok = branch_goes_with_commit(u.o->commit, u.o->branch, err) &&
		  plan_output_check(app, &u.o->also, err) && load(&u, args->items[0], err) &&
		  undo(&u, ret_status, err);
	session_release(&u.session);
	return ok;
}

const struct command cmd_undo = {
	.name = "undo",
	.args = "PLAN",
	.summary = "write the plan that reverses one that was begun",
	.details =
		"Reads the tenant, never writes to it. The plan it saves is an ordinary one: proved,\n"
		"reviewed, approved and applied as every plan is. Each person whom PLAN changed and who is\n"
		"still as PLAN left them goes back, in one call, to the licences and the disabled service\n"
		"plans of before; a plan that stopped half way is undone as far as it went. Whoever was\n"
		"changed by somebody else since is left alone and named. What stays is said: a key that was\n"
		"redeemed, a usage location that was empty. Where the old subscription was retired, the way\n"
		"back begins with a step by hand, for as long as it can be "
		"reactivated.\n\n" PLAN_FORMATS_HELP,
	COMMAND_OPTIONS(struct undo_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.more_formats = PLAN_MORE_FORMATS,
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_READS,
	.run = run,
};
