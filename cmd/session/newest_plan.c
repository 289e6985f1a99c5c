/* The newest plan of a customer. */
#include "cmd/session/newest_plan.h"

#include "core/file.h"
#include "plans/git/store.h"

#include <string.h>

enum { UNCOMMITTED, BY_THE_NEWEST_COMMIT, BEFORE_IT };

struct dating {
	struct app *app;
	struct store *store;
	const char *head;
};

/* A file of the working tree, where it is there, is as HEAD has it. */
static bool is_committed(const struct dating *d, const char *path, struct bytes here)
{
	struct bytes there;
	struct error unreadable = ERROR_INIT;
	if (!store_read(d->store, d->head, path, d->app->arena, &there, &unreadable)) {
		error_release(&unreadable);
		return false;
	}
	return there.ptr && bytes_equal(there, here);
}

static bool is_all_committed(const struct dating *d, const struct plan_folder *folder)
{
	const char *path = path_join(d->app->arena, d->app->dir, folder->paths.journal);
	struct bytes journal;
	struct error unreadable = ERROR_INIT;
	if (!is_committed(d, folder->paths.plan, folder->text))
		return false;
	if (!file_exists(path))
		return true;
	bool read = file_read_within(d->app->dir, folder->paths.journal, STRBUF_LARGE, d->app->arena,
				     &journal, &unreadable);
	error_release(&unreadable);
	return read && is_committed(d, folder->paths.journal, journal);
}

/* Two files of each: plan.json, and the journal. */
static bool date(const struct dating *d, const struct newest_plan_list *plans, int64_t *ret_ages,
		 struct error *err)
{
	struct arena *out = d->app->arena;
	struct str_list paths = {0};
	for (size_t i = 0; i < plans->count; i++) {
		VEC_PUSH(out, &paths, plans->items[i].folder.paths.plan);
		VEC_PUSH(out, &paths, plans->items[i].folder.paths.journal);
	}
	bool *changed = arena_alloc_array(out, paths.count, sizeof *changed);
	if (!store_last_changed(d->store, d->head, &paths, out, changed, err))
		return false;
	for (size_t i = 0; i < plans->count; i++)
		ret_ages[i] = !is_all_committed(d, &plans->items[i].folder) ? UNCOMMITTED
			      : changed[2 * i] || changed[2 * i + 1]	    ? BY_THE_NEWEST_COMMIT
									    : BEFORE_IT;
	return true;
}

/* Outside git, and before the first commit, all are as new as each other. */
static bool ages(void *ctx, const struct newest_plan_list *plans, int64_t *ret_ages, struct error *err)
{
	struct dating d = {.app = ctx};
	struct error no_git = ERROR_INIT;
	bool known = store_open(d.app->dir, &d.store, &no_git) &&
		     store_tip(d.store, "HEAD", d.app->arena, &d.head, &no_git) && d.head;
	error_release(&no_git);
	bool ok = !known || date(&d, plans, ret_ages, err);
	store_free(d.store);
	return ok;
}

bool newest_plan_of(struct app *app, const char *customer, enum newest which, struct newest_plan *ret_newest,
		    struct error *err)
{
	const struct newest_query query = {
		.dir = app->dir, .customer = customer, .which = which, .ages = ages, .ctx = app};
	return plan_newest(&query, app->arena, ret_newest, err);
}
