/* A plan's journal as git has it. */
#include "cmd/session/journal_record.h"

#include "cmd/outside/identity.h"
#include "cmd/session/approval_check.h"
#include "core/file.h"
#include "core/quote.h"

#include <string.h>

/* Said before anything is written: what was done would be on record on this machine alone. */
static bool no_place(struct error *err, struct error *cause)
{
	error_move(err, cause);
	error_wrap(err, "the journal could not be committed");
	if (!err->hint)
		error_hint(err, "With --no-commit it stays uncommitted.");
	return false;
}

bool journal_record_open(struct app *app, bool commit, bool no_commit, struct store **ret_store,
			 bool *ret_commits, struct error *err)
{
	struct error no_repository = ERROR_INIT;
	*ret_commits = !no_commit && (commit || str_eq_fold(app_env(app, "CI"), "true"));
	if (!open_store(app, ret_store, &no_repository)) {
		if (*ret_commits)
			return no_place(err, &no_repository);
		/* Outside git that is how it is meant; inside, the remote's lock and journal are not asked.
		 */
		if (store_is_in_git(app->dir))
			out_message(&app->out, "warning: %s", no_repository.message);
		error_release(&no_repository);
	}
	if (!*ret_commits)
		return true;
	if (!store_check_identity(*ret_store, app->clock, err))
		return error_wrap(err, "the journal could not be committed");
	tell_unsigned(app, *ret_store);
	return true;
}

bool journal_record_lock(struct app *app, struct store *store, const char *customer, const char *break_id,
			 struct lock **ret_lock, struct error *err)
{
	bool remote = store && store_remote_name(store, NULL, app->arena);
	const struct lock_options lock = {
		.dir = store ? store_lock_dir(store, app->arena)
			     : path_join(app->arena, app->dir, ".seatshift"),
		.name = customer,
		.who = identity_who(app),
		.host = identity_host(app),
		.clock = app->clock,
		.random = app->random,
		.store = remote ? store : NULL,
	};
	const char *note = NULL;
	if (break_id && !lock_break(&lock, break_id, err))
		return false;
	if (!lock_take(&lock, app->arena, ret_lock, &note, err))
		return false;
	if (note)
		out_message(&app->out, "%s", quote_terminal(app->arena, note));
	return true;
}

/* A CI's checkout is detached, and stands for the branch that it is a commit of. */
static const char *branch_of(const struct journal_record *record)
{
	return store_on_branch(record->store) ? NULL : record->approved_branch;
}

bool journal_record_commit(const struct journal_record *record, const char *verb, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct plan_folder *folder = record->folder;
	struct store_file files[2] = {{.path = folder->paths.journal}};
	size_t count = 1;
	if (!file_read_within(record->app->dir, files[0].path, STRBUF_LARGE, tmp, &files[0].content, err))
		return false;
	if (!files[0].content.len)
		return true;
	if (record->undone) {
		files[count].path = record->undone->paths.journal;
		if (!file_read_within(record->app->dir, files[count].path, STRBUF_LARGE, tmp,
				      &files[count].content, err))
			return false;
		count++;
	}
	const struct store_commit request = {
		.branch = branch_of(record),
		.subject = arena_printf(tmp, "%s %s: journal of %s", verb, folder->plan.customer, folder->id),
		.files = files,
		.file_count = count,
		.only_under = path_dir(tmp, folder->paths.dir),
		.only_grow = true,
	};
	struct store_committed committed;
	if (!store_commit(record->store, &request, record->app->clock, tmp, &committed, err))
		return error_wrap(err, "cannot commit the journal");
	const struct store_push push = {.branch = request.branch,
					.again = &request,
					.deadline_ms = record->push_deadline_ms,
					.keep_on = record->keep_on,
					.keep_on_ctx = record->keep_on_ctx};
	if (!store_remote_name(record->store, NULL, tmp))
		return true;
	return store_push(record->store, &push, record->app->clock, tmp, &committed.id, err) ||
	       error_wrap(err, "the journal is committed here, but cannot be pushed");
}

static bool overtaken(const struct plan_folder *folder, bool same_beginning, struct error *err)
{
	if (same_beginning) {
		error_set(err, ERR_LOCKED,
			  "another run has gone on with plan %s since this checkout was made", folder->id);
		return error_hint(err, "Its journal is on the remote: git pull, then apply again.");
	}
	error_set(err, ERR_FAILED,
		  "the journal of plan %s here says something else than the one on the remote", folder->id);
	return error_hint(err,
			  "Keep a copy of this one, then take the remote's: git fetch, and git checkout "
			  "REMOTE/BRANCH -- %s",
			  folder->paths.journal);
}

static bool match_one(const struct journal_record *record, const struct plan_folder *folder,
		      struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct bytes there, here = {0};
	const char *path = path_join(tmp, record->app->dir, folder->paths.journal);
	if (!store_read_remote(record->store, branch_of(record), folder->paths.journal, tmp, &there, err))
		return false;
	if (!there.len)
		return true;
	if (file_exists(path) &&
	    !file_read_within(record->app->dir, folder->paths.journal, STRBUF_LARGE, tmp, &here, err))
		return false;
	return bytes_begin_with(here, there) || overtaken(folder, bytes_begin_with(there, here), err);
}

bool journal_record_match_remote(const struct journal_record *record, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	if (!record->store || !store_remote_name(record->store, NULL, tmp))
		return true;
	return match_one(record, record->folder, err) &&
	       (!record->undone || match_one(record, record->undone, err));
}
