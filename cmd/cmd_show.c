/* seatshift show: a saved plan, without a network. */
#include "cmd/commands.h"

#include "cmd/output/changes_output.h"
#include "cmd/output/evidence.h"
#include "cmd/output/plan_output.h"
#include "cmd/session/names.h"

#include <string.h>

struct show_options {
	bool full;
	struct str_list also;
	const char *against;
	const char *evidence;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct show_options, full, "full", 0, "show every user"),
	PLAN_ALSO_OPTION(struct show_options),
	OPT_TEXT(struct show_options, against, "against", 0, "PLAN",
		 "what changed since that earlier plan of the same customer"),
	OPT_TEXT(struct show_options, evidence, "evidence", 0, "DIR",
		 "also write a folder that an auditor checks with sha256sum, git and ssh-keygen"),
};

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)ret_status;
	const struct show_options *o = opts;
	struct plan_folder folder;
	struct plan_folder earlier;
	/* A plan's folder can be shown wherever it lies; a name needs a repository to be looked for in. */
	if (!app->has_repository && !strchr(args->items[0], '/') && !repository_need(app, err))
		return false;
	if (!plan_output_check(app, &o->also, err) || !plan_named(app, args->items[0], &folder, err))
		return false;
	if (o->against)
		return plan_named(app, o->against, &earlier, err) &&
		       changes_output(app, &earlier, &folder, o->full, err);
	if (o->evidence && !evidence_write(app, &folder, o->evidence, err))
		return false;
	/* The files say what limits and approvals are in force; a plan can be shown without them. */
	struct session session = {0};
	struct error ignored = ERROR_INIT;
	bool known = repository_open(app->dir, app->arena, &session.repository, &ignored) &&
		     session_load_from(app, folder.plan.customer, &session, &ignored);
	if (!known)
		error_release(&ignored);
	return plan_output(app, &folder, known ? &session : NULL, o->full, &o->also, err);
}

const struct command cmd_show = {
	.name = "show",
	.args = "PLAN",
	.summary = "a saved plan, in any format; no network",
	.details = PLAN_FORMATS_HELP,
	COMMAND_OPTIONS(struct show_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.more_formats = PLAN_MORE_FORMATS,
	.repository = REPOSITORY_IF_THERE,
	.run = run,
};
