/* seatshift validate: checks files without a network. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/output/report.h"
#include "cmd/outside/annotate.h"
#include "cmd/session/names.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/say.h"
#include "plans/desired/claims.h"
#include "plans/desired/desired_fields.h"
#include "plans/desired/repository.h"

struct checked_file {
	const char *path; /* as shown */
	size_t claim;	  /* of a customer; SIZE_MAX: it is none, or was not understood */
	struct place claimed_at;
	struct checked checked;
};
VEC(checked_file_list, struct checked_file);

/* One folder's worth of validation: a repository, or a file that stands alone. */
struct validation {
	struct app *app;
	struct checked_file_list files;
	struct claim_list claims;
};

/*
 * SS320 says why there can be no plan yet, not that the file is wrong: a customer who has not agreed is
 * a customer's file too.
 */
static void soften(struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		struct diag *diag = &diags->items[i];
		if (diag->code == SS320)
			diag->severity = DIAG_WARNING;
	}
}

/* Of what could be read, whatever else is wrong with the file: everything is told in one run. */
static void check_customer(struct validation *v, const struct desired *desired, const struct policy *policy,
			   struct checked_file *file)
{
	struct arena *out = v->app->arena;
	struct diag_list *diags = &file->checked.diags;
	desired_check_dates(desired, date_of_ms(clock_now_ms(v->app->clock)), out, diags);
	file->claim = v->claims.count;
	file->claimed_at = desired->tenant_place;
	claims_add(&v->claims, desired, out);
	if (!policy)
		return;
	desired_check_policy(desired, policy, out, diags);
	desired_check_partner(desired, policy, out, diags);
}

static bool check_file(struct validation *v, const struct repository *repository, const char *path,
		       const struct policy *policy, struct error *err)
{
	struct arena *out = v->app->arena;
	struct checked_file file = {.path = path_join(out, repository->dir, path), .claim = SIZE_MAX};
	struct error cause = ERROR_INIT;
	struct desired desired = {0};
	struct policy ignored;
	struct fleet_file fleet;
	bool is_policy = str_eq(path, "seatshift.yaml");
	bool is_fleet = str_eq(path, "fleet.yaml");
	if (is_policy)
		(void)repository_check_policy(repository, path, out, &file.checked, &ignored, &cause);
	else if (is_fleet)
		(void)repository_check_fleet(repository, path, out, &file.checked, &fleet, &cause);
	else
		(void)repository_check_customer(repository, path, out, &file.checked, &desired, &cause);
	if (cause.code != ERR_NONE) {
		error_set(err, ERR_INVALID, "%s", cause.message);
		error_release(&cause);
		return false;
	}
	if (desired.file)
		check_customer(v, &desired, policy, &file);
	soften(&file.checked.diags);
	VEC_PUSH(out, &v->files, file);
	return true;
}

/* The repository's policy, when it can be read: its own faults are listed where it is itself checked. */
static const struct policy *find_policy(const struct repository *repository, struct arena *out)
{
	struct checked ignored = {0};
	struct error err = ERROR_INIT;
	struct policy *policy = arena_alloc(out, sizeof *policy);
	bool found = repository_check_policy(repository, "seatshift.yaml", out, &ignored, policy, &err);
	error_release(&err);
	return found ? policy : NULL;
}

static void compare_customers(struct validation *v)
{
	struct arena *out = v->app->arena;
	claims_compare(&v->claims, out);
	for (size_t i = 0; i < v->files.count; i++) {
		struct checked_file *file = &v->files.items[i];
		if (file->claim != SIZE_MAX)
			claim_complain(&v->claims.items[file->claim], file->claimed_at, out,
				       &file->checked.diags);
	}
}

static bool check_all(struct validation *v, struct error *err)
{
	struct repository repository;
	struct arena *out = v->app->arena;
	if (!repository_need(v->app, err) || !repository_open(v->app->dir, out, &repository, err) ||
	    !check_file(v, &repository, "seatshift.yaml", NULL, err))
		return false;
	if (file_exists(path_join(out, v->app->dir, "fleet.yaml")) &&
	    !check_file(v, &repository, "fleet.yaml", NULL, err))
		return false;
	const struct policy *policy = find_policy(&repository, out);
	for (size_t i = 0; i < repository.customers.count; i++) {
		const char *path = path_join(out, "customers", repository.customers.items[i]);
		if (!check_file(v, &repository, path, policy, err))
			return false;
	}
	compare_customers(v);
	return true;
}

/* A customer's name stands for their file, as it does everywhere, where no file is called that. */
static bool is_customer_name(const struct app *app, const char *name)
{
	return app->has_repository && customer_name_is_valid(name) &&
	       !file_exists(path_join(app->arena, app->start, name));
}

static bool check_customer_named(struct validation *v, const char *name, struct error *err)
{
	struct repository repository;
	struct arena *out = v->app->arena;
	return repository_open(v->app->dir, out, &repository, err) &&
	       repository_need_customer(&repository, name, out, err) &&
	       check_file(v, &repository, arena_printf(out, "customers/%s.yaml", name),
			  find_policy(&repository, out), err);
}

/* A file named by hand belongs to the repository whose customers/ it lies in, or to its own folder. */
static bool check_named(struct validation *v, const char *name, struct error *err)
{
	struct repository repository;
	struct arena *out = v->app->arena;
	if (is_customer_name(v->app, name))
		return check_customer_named(v, name, err);
	const char *path = path_join(out, v->app->start, name);
	const char *dir = path_dir(out, path);
	bool in_customers = str_eq(path_name(dir), "customers");
	const char *root = in_customers ? path_dir(out, dir) : dir;
	const char *inner = in_customers ? path_join(out, "customers", path_name(path)) : path_name(path);
	if (!repository_open(root, out, &repository, err))
		return false;
	return check_file(v, &repository, inner, find_policy(&repository, out), err);
}

/* ---- results -------------------------------------------------------------------------------- */

static void print_json(const struct validation *v, bool ok)
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "files");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < v->files.count; i++) {
		const struct checked_file *file = &v->files.items[i];
		json_begin_object(&doc.w);
		json_put_key(&doc.w, "diagnostics");
		document_put_diags(&doc.w, &file->checked.diags, v->app->arena);
		json_set_bool(&doc.w, "ok", !diag_has_errors(&file->checked.diags));
		json_set_text(&doc.w, "path", file->path);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_set_text(&doc.w, "format", "seatshift-validate/1");
	json_set_bool(&doc.w, "ok", ok);
	document_print(v->app, &doc);
}

struct tally {
	size_t errors, warnings, bad_files;
};

static struct tally count(const struct validation *v)
{
	struct tally tally = {0};
	for (size_t i = 0; i < v->files.count; i++) {
		const struct diag_list *diags = &v->files.items[i].checked.diags;
		for (size_t d = 0; d < diags->count; d++) {
			bool is_error = diags->items[d].severity == DIAG_ERROR;
			tally.errors += is_error;
			tally.warnings += !is_error;
		}
		tally.bad_files += diag_has_errors(diags);
	}
	return tally;
}

static void print_complaints(const struct validation *v)
{
	for (size_t i = 0; i < v->files.count; i++) {
		const struct checked *checked = &v->files.items[i].checked;
		if (checked->diags.count)
			out_message(&v->app->out, "%s\n", checked_text(v->app->arena, checked));
		annotate_diags(v->app, &checked->diags);
	}
}

static void print_report(const struct validation *v, int status)
{
	struct report_file_list files = {0};
	for (size_t i = 0; i < v->files.count; i++) {
		const struct checked_file *file = &v->files.items[i];
		VEC_PUSH(v->app->arena, &files, (struct report_file){file->path, &file->checked.diags});
	}
	report_print(v->app, &(struct report){.name = "validate", .files = &files, .status = status});
}

static void print_text(const struct validation *v, const struct tally *tally)
{
	struct arena *out = v->app->arena;
	if (tally->errors)
		return;
	const char *files = say_number(out, (int64_t)v->files.count, "file", "files");
	const char *warnings = tally->warnings
				       ? say_number(out, (int64_t)tally->warnings, "warning", "warnings")
				       : "no complaints";
	out_text(&v->app->out, arena_printf(out, "%s ok, %s\n", files, warnings));
}

static bool run(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)options;
	struct validation v = {.app = app};
	if (!args->count && !check_all(&v, err))
		return false;
	for (size_t i = 0; i < args->count; i++)
		if (!check_named(&v, args->items[i], err))
			return false;
	for (size_t i = 0; i < v.files.count; i++)
		diags_sort_from(&v.files.items[i].checked.diags, 0);
	struct tally tally = count(&v);
	if (app->out.format != FORMAT_JSON)
		print_complaints(&v);
	if (report_asked(app))
		print_report(&v, tally.errors ? error_info(ERR_INVALID)->status : 0);
	else if (app->out.format != FORMAT_JSON)
		print_text(&v, &tally);
	if (app->out.format == FORMAT_JSON) {
		print_json(&v, !tally.errors);
		*ret_status = tally.errors ? error_info(ERR_INVALID)->status : 0;
		return true; /* the result says it all; a second object for the error would spoil it */
	}
	if (!tally.errors)
		return true;
	return error_set(err, ERR_INVALID, "%s in %zu of %s",
			 say_number(app->arena, (int64_t)tally.errors, "error", "errors"), tally.bad_files,
			 say_number(app->arena, (int64_t)v.files.count, "file", "files"));
}

const struct command cmd_validate = {
	.name = "validate",
	.args = "[FILE|CUSTOMER...]",
	.summary = "check files; no network",
	.details = "Without an argument, checks seatshift.yaml, fleet.yaml where there is one, and every "
		   "file in "
		   "customers/,\n"
		   "and that no two customers have one tenant.\n"
		   "All errors of a file come in one run, each with its place, the line, and a suggestion "
		   "where one is close. A customer "
		   "who has\n"
		   "not agreed yet (SS320) is warned about here and refused by plan.\n\n" REPORT_FORMATS_HELP,
	.max_args = 10000,
	.has_format = true,
	.more_formats = REPORT_FORMATS,
	.repository = REPOSITORY_IF_THERE,
	.run = run,
};
