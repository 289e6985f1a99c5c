/* What a person calls things on the command line. */
#include "cmd/session/names.h"

#include "cmd/session/newest_plan.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/faces/render.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char policy_file[] = "seatshift.yaml";

/* ---- the repository --------------------------------------------------------------------------- */

/* Absolute, without links; NULL when there is no such folder. */
static const char *real_path(struct arena *out, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? arena_strdup(out, real) : NULL;
	free(real);
	return copy;
}

/* What stands above is taken only from whom the machine trusts, as git does with a repository. */
static bool check_owner(const struct app *app, const char *dir, struct error *err)
{
	struct stat info;
	const char *path = path_join(app->arena, dir, policy_file);
	if (stat(path, &info) != 0 || info.st_uid == geteuid() || info.st_uid == 0)
		return true;
	error_set(err, ERR_INVALID, "'%s' belongs to another user", quote_terminal(app->arena, path));
	return error_hint(err, "If it is the repository that you mean, name its folder with -C DIR.");
}

bool repository_find(struct app *app, struct error *err)
{
	struct arena *out = app->arena;
	const char *real = real_path(out, app->start);
	const char *dir = app->start;
	app->has_repository = file_exists(path_join(out, dir, policy_file));
	while (real && real[1] && !app->has_repository && !file_exists(path_join(out, real, ".git"))) {
		real = path_dir(out, real);
		dir = str_eq(dir, ".") ? ".." : path_join(out, dir, "..");
		if (!file_exists(path_join(out, real, policy_file)))
			continue;
		app->has_repository = true;
		app->dir = dir;
		return check_owner(app, dir, err);
	}
	return true;
}

bool repository_need(const struct app *app, struct error *err)
{
	if (app->has_repository)
		return true;
	error_set(err, ERR_INVALID, "there is no seatshift.yaml in '%s', nor in a folder above it",
		  quote_terminal(app->arena, app->start));
	return error_hint(err, "Run 'seatshift init' to make a repository, or name its folder with -C DIR.");
}

const char *name_in_repository(const struct app *app, const char *name)
{
	struct arena *out = app->arena;
	bool is_path = strchr(name, '/') || str_ends(name, ".json") || str_ends(name, ".yaml") ||
		       str_eq(name, ".") || str_eq(name, "..");
	if (!is_path || str_eq(app->dir, app->start))
		return name;
	const char *path = path_join(out, app->start, name);
	bool is_dir = file_is_dir(path);
	if (!is_dir && !file_exists(path))
		return name;
	/* The last part as it is: a link in place of a file is for whoever reads it to refuse. */
	const char *folder = real_path(out, is_dir ? path : path_dir(out, path));
	const char *root = real_path(out, app->dir);
	if (!folder || !root || !str_starts(folder, root))
		return name;
	const char *inner = folder + strlen(root);
	inner += *inner == '/';
	if (is_dir)
		return inner;
	return *inner ? path_join(out, inner, path_name(path)) : path_name(path);
}

/* ---- plans -------------------------------------------------------------------------------------- */

static bool is_customer(struct app *app, const char *name, struct str_list *ret_customers)
{
	struct repository repository;
	struct error ignored = ERROR_INIT;
	if (!repository_open(app->dir, app->arena, &repository, &ignored)) {
		error_release(&ignored);
		return false;
	}
	for (size_t i = 0; i < repository.customers.count; i++) {
		const char *file = repository.customers.items[i];
		VEC_PUSH(app->arena, ret_customers,
			 arena_strndup(app->arena, file, strlen(file) - strlen(".yaml")));
	}
	return str_list_has(ret_customers, name);
}

static bool is_hex(const char *name)
{
	return strspn(name, "0123456789abcdef") == strlen(name);
}

static bool has_plan(struct app *app, const char *id)
{
	struct plan_folder ignored;
	struct error err = ERROR_INIT;
	bool found = plan_folder_load(app->dir, id, app->arena, &ignored, &err);
	error_release(&err);
	return found;
}

static bool newest_of(struct app *app, const char *customer, struct plan_folder *ret_folder,
		      struct error *err)
{
	struct newest_plan newest;
	if (!newest_plan_of(app, customer, NEWEST_ANY, &newest, err))
		return false;
	if (newest.found) {
		*ret_folder = newest.folder;
		return true;
	}
	error_set(err, ERR_INVALID, "customer '%s' has no plan", customer);
	return error_hint(err, "'seatshift plan %s' makes one.", customer);
}

bool plan_named(struct app *app, const char *name, struct plan_folder *ret_folder, struct error *err)
{
	struct str_list customers = {0};
	const char *path = name_in_repository(app, name);
	const char *id = str_lower(app->arena, path);
	if (strchr(path, '/'))
		return plan_folder_load(app->dir, path, app->arena, ret_folder, err);
	bool customer = is_customer(app, path, &customers);
	if (customer && is_hex(id) && has_plan(app, id)) {
		error_set(err, ERR_INVALID, "'%s' is a customer, and the beginning of a plan's id", path);
		return error_hint(err, "Give the plan's folder: plans/CUSTOMER/ID.");
	}
	if (customer)
		return newest_of(app, path, ret_folder, err);
	if (is_hex(id))
		return plan_folder_load(app->dir, id, app->arena, ret_folder, err);
	error_set(err, ERR_INVALID, "there is no plan or customer '%s'", quote_terminal(app->arena, name));
	const char *near = str_nearest(path, &customers);
	if (near)
		return error_hint(err, "Did you mean '%s'?", near);
	return error_hint(err, "Give a plan's folder, its plan.json, four or more hex digits of its id, or a "
			       "customer's name for the newest plan.");
}

/* ---- hand steps ----------------------------------------------------------------------------------- */

VEC(step_list, const struct action *);

static const char *list_steps(struct app *app, const struct plan_folder *folder,
			      const struct step_list *steps)
{
	struct str_list lines = {0};
	for (size_t i = 0; i < steps->count; i++) {
		const struct action *step = steps->items[i];
		VEC_PUSH(app->arena, &lines,
			 arena_printf(app->arena, "%zu (%s, %s)", render_step_number(folder, step), step->id,
				      action_info(step->kind)->name));
	}
	return lines.count ? str_list_join(app->arena, &lines, ", ") : "none";
}

const struct action *step_named(struct app *app, const struct plan_folder *folder,
				const struct replay *replay, const char *name, struct error *err)
{
	struct step_list all = {0}, of_kind = {0}, open = {0};
	for (size_t i = 0; i < folder->plan.actions.count; i++) {
		const struct action *step = &folder->plan.actions.items[i];
		if (action_info(step->kind)->by != BY_HAND)
			continue;
		VEC_PUSH(app->arena, &all, step);
		if (str_eq_fold(step->id, name))
			return step;
		if (str_eq(arena_printf(app->arena, "%zu", render_step_number(folder, step)), name))
			return step;
		if (!str_eq(action_info(step->kind)->name, name))
			continue;
		VEC_PUSH(app->arena, &of_kind, step);
		if (!result_ended_well(&replay->results[i]))
			VEC_PUSH(app->arena, &open, step);
	}
	if (of_kind.count == 1)
		return of_kind.items[0];
	if (open.count == 1)
		return open.items[0];
	const char *shown = quote_terminal(app->arena, name);
	if (of_kind.count) {
		error_set(err, ERR_INVALID, "plan %s has %zu steps '%s', of which %zu are open", folder->id,
			  of_kind.count, shown, open.count);
		error_hint(err, "Name one by its number or id: %s.", list_steps(app, folder, &of_kind));
		return NULL;
	}
	error_set(err, ERR_INVALID, "plan %s has no hand step '%s'", folder->id, shown);
	error_hint(err, "Its hand steps: %s.", list_steps(app, folder, &all));
	return NULL;
}
