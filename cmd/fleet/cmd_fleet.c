/* seatshift fleet: one row of the command table; its first word picks what is done. */
#include "cmd/fleet/fleet_command.h"

#include "cmd/fleet/verbs.h"
#include "cmd/session/approval_check.h"
#include "cmd/table/suggest.h"
#include "core/quote.h"
#include "plans/fleet/fleet_folder.h"

#include <string.h>

static const struct option_spec options[] = {
	OPT_FLAG(struct fleet_options, yes, "yes", 'y',
		 "apply, run: do not ask; needed without a terminal where no approval is required"),
	OPT_FLAG(struct fleet_options, commit, "commit", 0,
		 "plan: commit the plans and the fleet; apply, run: commit the journals, and push them; the "
		 "default there where CI=true"),
	OPT_FLAG(struct fleet_options, no_commit, "no-commit", 0,
		 "apply, run: leave the journals uncommitted, also where CI=true"),
	OPT_TEXT(struct fleet_options, branch, "branch", 0, "NAME",
		 "plan --commit: on this branch instead of the current one"),
	OPT_APPROVED_BRANCH(struct fleet_options),
	OPT_TEXT(struct fleet_options, wave, "wave", 0, "WAVE", "apply, run: only this wave"),
	OPT_TEXTS(struct fleet_options, only, "only", 0, "WHO",
		  "apply: only those who failed, who wait (failed, waiting), or this customer; may be "
		  "repeated"),
	OPT_TEXT(struct fleet_options, shard, "shard", 0, "ENGINE|I/N",
		 "run: the slice of this worker, by the variables of gitlab, azure, github, kubernetes or "
		 "slurm"),
	OPT_INT(struct fleet_options, shards, "shards", 0, "N",
		"run, generate: how many workers there are (generate: 8)", 1, 100000),
	OPT_INT(struct fleet_options, parallel, "parallel", 0, "N",
		"how many customers at once; plan, apply: as fleet.yaml says; run: 1", 1, FLEET_PARALLEL_MAX),
	OPT_INT(struct fleet_options, tries, "tries", 0, "N",
		"apply, run: try a customer so often where trying again may help (3)", 1, 100),
	OPT_DURATION(struct fleet_options, wait_ms, "wait", 0, "TIME",
		     "apply, run, gate: look again for so long while a person, a soak or the next day "
		     "(per_day) is waited for"),
	OPT_DURATION(struct fleet_options, deadline_ms, "deadline", 0, "TIME",
		     "apply, run, plan, drift: begin nothing more after this time, and end with 12; plan, "
		     "drift: nor read any longer"),
	OPT_DURATION(struct fleet_options, push_deadline_ms, "push-deadline", 0, "TIME",
		     "try so long to push while others push to the branch too (5m)"),
	OPT_FLAG(struct fleet_options, detailed_exitcode, "detailed-exitcode", 0,
		 "drift: exit with 2 when there is a difference"),
	OPT_FLAG(struct fleet_options, full, "full", 0, "status: list every customer"),
};

/* `takes`: the options that mean something to it. */
static const struct verb {
	const char *name;
	const char *args;
	const char *more; /* options that belong to its usage, or "" */
	size_t min_args, max_args;
	fleet_run *run;
	const char *takes;
	const char *formats; /* beyond text and json, "|" between them; or NULL */
} verbs[] = {
	{"plan", "", " [--commit]", 0, 0, fleet_plan_run, "commit|branch|parallel|deadline", NULL},
	{"apply", "FLEET", " [--wave WAVE] [--only WHO]", 1, 1, fleet_apply_run,
	 "yes|commit|no-commit|approved-branch|wave|only|parallel|tries|wait|deadline|push-deadline", NULL},
	{"run", "FLEET", " [--shard ENGINE|I/N] [--wave WAVE]", 1, 1, fleet_shard_run,
	 "yes|commit|no-commit|approved-branch|wave|shard|shards|parallel|tries|wait|deadline|push-deadline",
	 NULL},
	{"gate", "FLEET WAVE", "", 2, 2, fleet_gate_run, "approved-branch|wait", NULL},
	{"status", "FLEET", "", 1, 1, fleet_status_run, "full", "markdown|html"},
	{"drift", "FLEET", "", 1, 1, fleet_drift_run, "parallel|detailed-exitcode|deadline", NULL},
	{"generate", "ENGINE [FLEET]", "", 1, 2, fleet_generate_run, "shards", NULL},
	{"report", "FLEET", "", 1, 1, fleet_report_run_verb, "", "csv|csv-bom|junit|markdown"},
};

static const struct verb *find_verb(struct app *app, const char *name, struct error *err)
{
	struct str_list names = {0};
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (str_eq(verbs[i].name, name))
			return &verbs[i];
		VEC_PUSH(app->arena, &names, verbs[i].name);
	}
	error_set(err, ERR_INVALID, "'fleet' does not know '%s'", quote_terminal(app->arena, name));
	(void)suggest(app->arena, name, &names, err);
	return NULL;
}

static bool is_given(const struct option_spec *spec, const struct fleet_options *o)
{
	const void *at = (const char *)o + spec->offset;
	switch (spec->kind) {
	case OPTION_FLAG:
		return *(const bool *)at;
	case OPTION_TEXT:
		return *(const char *const *)at != NULL;
	case OPTION_TEXTS:
		return ((const struct str_list *)at)->count > 0;
	case OPTION_INT:
	case OPTION_DURATION:
		break;
	}
	return *(const int64_t *)at != 0;
}

/* Too few: which fleets there are. One too many is most likely a wave. */
static bool help_for_words(const struct app *app, const struct verb *verb, size_t args, struct error *err)
{
	const struct str_list takes = suggest_words(app->arena, verb->takes);
	if (!args && str_starts(verb->args, "FLEET"))
		return error_hint(err, "%s", fleet_folder_known(app->dir, app->arena));
	if (args > verb->max_args && str_list_has(&takes, "wave"))
		return error_hint(err, "For one wave alone: --wave WAVE.");
	return false;
}

/* An option that a verb does not know would be one that has no effect, unnoticed. */
static bool check(struct app *app, const struct verb *verb, const struct fleet_options *o, size_t args,
		  struct error *err)
{
	const struct str_list takes = suggest_words(app->arena, verb->takes);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (is_given(&options[i], o) && !str_list_has(&takes, options[i].name))
			return error_set(err, ERR_INVALID, "'fleet %s' does not take --%s", verb->name,
					 options[i].name);
	if (args < verb->min_args || args > verb->max_args) {
		error_set(err, ERR_INVALID, "usage: seatshift fleet %s%s%s%s", verb->name,
			  *verb->args ? " " : "", verb->args, verb->more);
		return help_for_words(app, verb, args, err);
	}
	if (app->out.format != FORMAT_OTHER)
		return true;
	const struct str_list formats = suggest_words(app->arena, verb->formats ? verb->formats : "");
	return str_list_has(&formats, app->out.format_name) ||
	       error_set(err, ERR_INVALID, "'fleet %s' does not know the format '%s'", verb->name,
			 app->out.format_name);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct fleet_options *o = opts;
	const struct verb *verb = find_verb(app, args->items[0], err);
	const struct str_list rest = {.items = args->items + 1, .count = args->count - 1};
	app->branch = o->approved_branch;
	return verb && check(app, verb, o, rest.count, err) && verb->run(app, o, &rest, ret_status, err);
}

const struct command cmd_fleet = {
	.name = "fleet",
	.args = "plan|apply|run|gate|status|drift|report|generate [FLEET] [WAVE]",
	.summary = "many customers as one undertaking: in waves, on one machine or by an engine's workers",
	.details =
		"fleet.yaml says which customers are moved together, and in which waves. FLEET is a fleet's\n"
		"folder, its fleet.json, or the first four or more hex digits of its id.\n\n"
		"plan          plans every customer it selects, several at once, and freezes the list in\n"
		"              fleets/ID/fleet.json; whoever cannot be planned is listed with the reason and "
		"stops\n"
		"              nobody else\n"
		"apply FLEET   carries it out on this machine: a process per customer, the next wave when "
		"the\n"
		"              one before is there and its soak is over; --wave WAVE: that one alone\n"
		"run FLEET     the same for one worker of an engine: --shard says which slice is its own, "
		"--wave\n"
		"              in which wave\n"
		"gate FLEET WAVE  0 when everybody of the wave is as far as it asks and the soak is over, 9 "
		"while\n"
		"              that is waited for, 10 when more have failed than allowed\n"
		"status FLEET  where each customer stands, whose turn it is, what is billed twice, from the "
		"files\n"
		"              alone; also as markdown and as html: one page with a timeline, to filter and "
		"sort\n"
		"drift FLEET   looks at the tenant of everybody who was begun: is it as the plan left it?\n"
		"report FLEET  what became of everybody, grouped by cause: text, json, csv, csv-bom (for "
		"Excel),\n"
		"              junit, markdown\n"
		"generate ENGINE  the file of github, gitlab, azure, kubernetes or slurm that carries a "
		"fleet out,\n"
		"              for the waves of FLEET or, without it, of fleet.yaml\n\n"
		"The customers' journals decide what is done. Of many exit statuses the fleet's is the "
		"first\n"
		"of 5, 8, 7, 6, 4, 3, 13, 1, 10, 12, 11, 130, 9, 0.",
	COMMAND_OPTIONS(struct fleet_options, options),
	.min_args = 1,
	.max_args = 3,
	.has_format = true,
	.more_formats = "markdown|html|csv|csv-bom|junit",
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_CARRIES_OUT,
	.run = run,
};
