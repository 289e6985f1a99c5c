/* seatshift plan: compares desired with live and saves an ordered, proved plan. */
#include "cmd/commands.h"

#include "cmd/output/plan_output.h"
#include "cmd/output/report.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/names.h"
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
	int64_t deadline_ms;
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
	OPT_READ_DEADLINE(struct plan_options),
};

static bool read_live(struct app *app, struct session *session, struct live *live, struct read_info *info,
		      struct error *err)
{
	struct provider *provider = session->provider;
	struct organization org;
	struct read_scope scope;
	const struct tenant_case tenant = session_tenant(session, NULL);
	if (!tenant_prove(provider, &tenant, app->arena, &org, err))
		return false;
	plan_read_scope(&session->desired, &session->policy, app->arena, &scope);
	scope.count_users = true;
	if (!provider->ops->read(provider, &scope, app->arena, live, err))
		return false;
	struct provider_stats stats = provider->ops->stats(provider);
	char *read_at = arena_alloc(app->arena, TIMESTAMP_TEXT_SIZE);
	timestamp_format(clock_now_ms(app->clock), read_at);
	*info = (struct read_info){read_at, stats.requests, stats.resource_units};
	out_verbose(&app->out, "read %zu users in %lld requests (%lld resource units)", live->users.count,
		    (long long)stats.requests, (long long)stats.resource_units);
	return true;
}

/*
 * A name that is not there was asked for by name, so names like it were not read. They are asked for
 * only now, when there is no plan anyway: a plan that is made never depends on them.
 */
static void suggest_names(struct app *app, const struct session *session, struct live *live)
{
	struct str_list absent = {0};
	enum { NAMES_MAX = 20 };
	for (size_t i = 0; i < live->absent_users.count && absent.count < NAMES_MAX; i++)
		if (!live->absent_users.items[i].deleted_id)
			VEC_PUSH(app->arena, &absent, live->absent_users.items[i].upn);
	if (absent.count && session->provider->ops->suggest)
		session->provider->ops->suggest(session->provider, &absent, app->arena, &live->known_upns);
}

/* Refused: the same again with the names that exist, so that the messages can name the nearest. */
static void refuse_better(struct app *app, const struct session *session, struct live *live,
			  struct diag_list *diags, enum error_code *code)
{
	struct diag_list again = {0};
	struct plan ignored;
	suggest_names(app, session, live);
	if (live->known_upns.count &&
	    !plan_build(&session->desired, &session->policy, live, app->arena, &again, &ignored, code))
		*diags = again;
}

static bool refuse(struct app *app, const struct session *session, const struct diag_list *diags,
		   enum error_code code, struct error *err)
{
	const struct diag *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < diags->count; i++) {
		if (diags->items[i].severity != DIAG_ERROR)
			continue;
		if (!count++)
			first = &diags->items[i];
	}
	session_print_diags(app, session, diags);
	/* A person has just read them all; a machine gets the first one whole. */
	if (app->out.format == FORMAT_TEXT)
		return error_set(err, code, "no plan for '%s': %zu %s, told above", session->desired.customer,
				 count, count == 1 ? "reason" : "reasons");
	error_set(err, code, "no plan for '%s': %s", session->desired.customer,
		  first ? first->message : "refused");
	if (count > 1)
		error_wrap(err, "%zu reasons", count);
	if (first && first->place.file)
		error_where(err, "%s:%zu:%zu", first->place.file, first->place.line, first->place.col);
	return error_hint(err, "%s", first && first->help ? first->help : "The text format tells them all.");
}

/* Without a working tree that tells: the branch has this very plan, with the snapshot of then. */
static bool is_committed(struct store *store, const struct plan_folder *folder, const char *branch)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *bytes = NULL;
	size_t len = 0;
	struct error ignored = ERROR_INIT;
	if (store_read(store, branch ? branch : "HEAD", folder->paths.plan, tmp, &bytes, &len, &ignored))
		return bytes && len == folder->len && memcmp(bytes, folder->bytes, len) == 0;
	error_release(&ignored);
	return false;
}

static bool commit(struct app *app, const struct plan_folder *folder, const char *branch, struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	if (!open_store(app, &store, err))
		return false;
	const struct store_file files[] = {
		{folder->paths.plan, folder->bytes, folder->len},
		{folder->paths.snapshot, folder->snapshot_bytes, folder->snapshot_len},
	};
	const struct store_commit request = {
		.branch = branch,
		.subject = arena_printf(app->arena, "plan %s: %s", folder->plan.customer, folder->id),
		.body = arena_printf(app->arena, "Digest: %s\nUsers changed: %lld\nSteps by hand: %lld\n",
				     folder->digest, (long long)folder->plan.summary.users_changed,
				     (long long)folder->plan.summary.by_hand),
		.files = files,
		.file_count = ARRAY_LEN(files),
		.only_under = folder->paths.dir,
	};
	const char *id = NULL;
	bool made = false;
	if (store_is_bare(store) && is_committed(store, folder, branch)) {
		out_note(&app->out, "%s is there already and unchanged", folder->paths.dir);
		return true;
	}
	if (!store_commit(store, &request, app->clock, app->arena, &id, &made, err))
		return error_wrap(err, "cannot commit the plan");
	out_note(&app->out, made ? "committed as %.12s" : "already committed (%.12s)", id);
	if (made)
		tell_unsigned(app, store);
	return true;
}

static bool is_bare(struct app *app)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct error none = ERROR_INIT;
	if (open_store(app, &store, &none))
		return store_is_bare(store);
	error_release(&none);
	return false;
}

/* What --commit commits is what is on disk: of a plan that was there before, the snapshot of then. */
static bool save(struct app *app, const struct plan *plan, const struct live *live,
		 const struct read_info *info, struct plan_folder *folder, struct error *err)
{
	bool is_new = false;
	const char *dir = app->dir;
	if (is_bare(app))
		return plan_folder_make(plan, live, info, app->arena, folder, err);
	if (!plan_folder_write(dir, plan, live, info, app->arena, folder, &is_new, err))
		return false;
	if (is_new) {
		out_note(&app->out, "wrote %s", folder->paths.dir);
		return true;
	}
	out_note(&app->out, "%s is there already and unchanged", folder->paths.dir);
	return plan_folder_load(dir, folder->paths.dir, app->arena, folder, err);
}

static bool plan_customer(struct app *app, struct session *session, const struct plan_options *o,
			  struct diag_list *diags, int *ret_status, struct error *err)
{
	struct live live = {0};
	struct read_info info;
	struct plan plan;
	enum error_code code;
	if (!session_connect_to_read(app, session, err) || !read_live(app, session, &live, &info, err))
		return false;
	if (!plan_build(&session->desired, &session->policy, &live, app->arena, diags, &plan, &code)) {
		refuse_better(app, session, &live, diags, &code);
		return refuse(app, session, diags, code, err);
	}
	if (!plan.actions.count)
		return plan_output_nothing(app, session->desired.customer, &o->also, err);
	struct plan_folder folder;
	if (!save(app, &plan, &live, &info, &folder, err))
		return false;
	if (o->detailed_exitcode)
		*ret_status = EXIT_CHANGES;
	return plan_output(app, &folder, session, o->full, &o->also, err) &&
	       (!o->commit || commit(app, &folder, o->branch, err));
}

/* Complaints about the files and refusals of a plan; an error that these explain is not told again. */
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
	if (!repository_load_customer(&session->repository, name_in_repository(app, customer), app->arena,
				      &session->checked, &session->desired, &session->policy, err)) {
		session_print_diags(app, session, &session->checked.diags);
		return false;
	}
	session->desired.file = arena_printf(app->arena, "customers/%s.yaml", session->desired.customer);
	session->repository = (struct repository){.dir = app->dir}; /* the reader ends with the store */
	return true;
}

static bool load(struct app *app, const char *customer, const struct plan_options *o, struct session *session,
		 struct error *err)
{
	bool bare = is_bare(app);
	if (bare && (!o->from || !o->commit)) {
		error_set(err, ERR_INVALID,
			  "this is a bare repository: there are no files to plan from or to write to");
		return error_hint(err, "Give the branch with --from BRANCH, and --commit.");
	}
	if (o->from)
		return load_from(app, customer, o->from, session, err);
	return repository_need(app, err) && session_load(app, customer, session, err);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct plan_options *o = opts;
	struct session session = {0};
	session_end_in(app, o->deadline_ms);
	bool ok = plan_output_check(app, &o->also, err) && load(app, args->items[0], o, &session, err);
	if (ok)
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
	.run = run,
};
