/* A plan that is made: what it is read from, refused with, saved and committed as. */
#include "cmd/session/plan_saving.h"

#include "cmd/session/approval_check.h"
#include "cmd/session/newest_plan.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/approvals/undone_ever.h"
#include "plans/git/store.h"
#include "plans/run/tenant_guard.h"
#include "plans/saved/replay.h"
#include "plans/saved/undone_by.h"

#include <string.h>

bool plan_read_tenant(struct app *app, struct session *session, const struct read_scope *scope,
		      struct live *live, struct read_info *info, struct error *err)
{
	struct provider *provider = session->provider;
	struct organization org;
	const struct tenant_case tenant = session_tenant(session, NULL);
	if (!tenant_prove(provider, &tenant, app->arena, &org, err))
		return false;
	struct read_scope all = *scope;
	all.count_users = true;
	if (!provider->ops->read(provider, &all, app->arena, live, err))
		return false;
	struct provider_stats stats = provider->ops->stats(provider);
	char *read_at = arena_alloc(app->arena, TIMESTAMP_TEXT_SIZE);
	timestamp_format(clock_now_ms(app->clock), read_at);
	*info = (struct read_info){read_at, stats.requests, stats.resource_units};
	out_verbose(&app->out, "read %zu users in %lld requests (%lld resource units)", live->users.count,
		    (long long)stats.requests, (long long)stats.resource_units);
	return true;
}

bool plan_refuse(struct app *app, const struct session *session, const struct diag_list *diags,
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
		return error_set(err, code, "no plan for '%s': %zu %s, listed above",
				 session->desired.customer, count, count == 1 ? "reason" : "reasons");
	error_set(err, code, "no plan for '%s': %s", session->desired.customer,
		  first ? first->message : "refused");
	if (count > 1)
		error_wrap(err, "%zu reasons", count);
	if (first && first->place.file)
		error_where(err, "%s:%zu:%zu", first->place.file, first->place.line, first->place.col);
	return error_hint(err, "%s", first && first->help ? first->help : "The text format lists them all.");
}

/* Without a working tree that tells: the branch has this very plan, with the snapshot of then. */
static bool is_committed(struct store *store, const struct plan_folder *folder, const char *branch)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct bytes there;
	struct error ignored = ERROR_INIT;
	if (store_read(store, branch ? branch : "HEAD", folder->paths.plan, tmp, &there, &ignored))
		return there.ptr && bytes_equal(there, folder->text);
	error_release(&ignored);
	return false;
}

bool branch_goes_with_commit(bool commit, const char *branch, struct error *err)
{
	return commit || !branch || error_set(err, ERR_INVALID, "--branch goes with --commit");
}

bool plan_commit(struct app *app, const struct plan_folder *folder, const char *branch, struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	if (!open_store(app, &store, err))
		return false;
	const struct store_file files[] = {
		{folder->paths.plan, folder->text},
		{folder->paths.snapshot, folder->snapshot},
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
	struct store_committed committed;
	if (store_is_bare(store) && is_committed(store, folder, branch)) {
		out_note(&app->out, "%s is there already and unchanged", folder->paths.dir);
		return true;
	}
	if (!store_commit(store, &request, app->clock, app->arena, &committed, err))
		return error_wrap(err, "cannot commit the plan");
	out_note(&app->out, committed.made ? "committed as %.12s" : "already committed (%.12s)",
		 committed.id);
	if (committed.made)
		tell_unsigned(app, store);
	return true;
}

bool plan_is_bare(struct app *app)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct error none = ERROR_INIT;
	if (open_store(app, &store, &none))
		return store_is_bare(store);
	error_release(&none);
	return false;
}

/* What --commit commits is what is on disk: of a plan that was there before, the snapshot of then. */
bool plan_save(struct app *app, const struct plan *plan, const struct live *live,
	       const struct read_info *info, struct plan_folder *folder, struct error *err)
{
	bool is_new = false;
	const char *dir = app->dir;
	if (!plan_folder_make(plan, live, info, app->arena, folder, err))
		return false;
	if (plan_is_bare(app))
		return true;
	if (!plan_folder_write(dir, folder, &is_new, err))
		return false;
	if (is_new) {
		out_note(&app->out, "wrote %s", folder->paths.dir);
		return true;
	}
	out_note(&app->out, "%s is there already and unchanged", folder->paths.dir);
	return plan_folder_load(dir, folder->paths.dir, app->arena, folder, err);
}

/* By what HEAD's history has; outside git there is none. */
static bool was_ever_undone(struct app *app, const struct plan_folder *folder, bool *ret_was,
			    struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct error no_store = ERROR_INIT;
	struct undone_ever ever = {0};
	if (!open_store(app, &store, &no_store))
		error_release(&no_store);
	const struct approved head = {.store = store};
	if (!undone_ever(&head, folder, app->arena, &ever, err))
		return false;
	*ret_was = ever.id != NULL;
	return true;
}

/* As it is saved, when it was made counts. One that cannot be used is refused when it is saved again. */
static bool is_overtaken(struct app *app, const struct plan_folder *folder, bool *ret_is, struct error *err)
{
	struct plan_folder saved;
	struct meanwhile by = {0};
	struct error unusable = ERROR_INIT;
	bool ok = true;
	if (plan_folder_load(app->dir, folder->paths.dir, app->arena, &saved, &unusable))
		ok = plan_overtaken_by(app->dir, &saved, app->arena, &by, err);
	error_release(&unusable);
	*ret_is = by.id != NULL;
	return ok;
}

/* Whether the plan was carried out, taken back, or overtaken by an undo. */
static bool is_over(struct app *app, const struct plan_folder *folder, bool *ret_over, struct error *err)
{
	struct journal_entry_list entries = {0};
	struct undone_by by;
	bool cut = false;
	const struct journal_file journal = plan_journal(folder, app->dir, app->arena);
	if (!journal_read(&journal, app->arena, &entries, &cut, err) ||
	    !plan_undone_by(app->dir, folder, app->arena, &by, err))
		return false;
	const struct replay replay = replay_new(&folder->plan, &entries, app->arena);
	*ret_over = by.id || (entries.count && replay_all_ended_well(&replay));
	return *ret_over || (is_overtaken(app, folder, ret_over, err) &&
			     (*ret_over || was_ever_undone(app, folder, ret_over, err)));
}

bool plan_follow(struct app *app, struct plan *plan, struct error *err)
{
	for (int tries = 0; tries < 2; tries++) {
		struct plan_folder folder;
		struct newest_plan newest;
		bool over = false;
		if (!plan_folder_name(plan, app->arena, &folder, err))
			return false;
		if (!file_exists(path_join(app->arena, app->dir, folder.paths.plan)))
			return true;
		if (!is_over(app, &folder, &over, err))
			return false;
		if (!over)
			return true;
		if (!newest_plan_of(app, plan->customer, NEWEST_BEGUN, &newest, err))
			return false;
		plan->follows = newest.found ? arena_strdup(app->arena, newest.folder.id) : NULL;
	}
	return true;
}
