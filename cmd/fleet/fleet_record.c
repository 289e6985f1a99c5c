/* A fleet as git has it. */
#include "cmd/fleet/fleet_record.h"

#include "cmd/session/approval_check.h"
#include "core/file.h"
#include "core/say.h"
#include "plans/saved/plan_file.h"

#include <string.h>

enum { BATCH = 200 }; /* members in one commit: what is in memory at once is bounded */

VEC(store_file_list, struct store_file);

static bool add_file(struct app *app, const char *path, bool may_change, struct arena *tmp,
		     struct store_file_list *files, struct error *err)
{
	struct store_file file = {.path = path, .may_change = may_change};
	if (!file_exists(path_join(tmp, app->dir, path)))
		return true;
	if (!file_read_within(app->dir, path, STRBUF_LARGE, tmp, &file.content, err))
		return false;
	if (file.content.len)
		VEC_PUSH(tmp, files, file);
	return true;
}

/* ---- plans ---------------------------------------------------------------------------------- */

static bool commit_plans(struct app *app, struct store *store, struct store_commit *request,
			 const struct store_file_list *files, struct arena *tmp, struct error *err)
{
	struct store_committed committed;
	request->files = files->items;
	request->file_count = files->count;
	return store_commit(store, request, app->clock, tmp, &committed, err) ||
	       error_wrap(err, "cannot commit the fleet");
}

bool fleet_record_plans(struct app *app, const struct fleet_folder *folder, const char *branch,
			struct error *err)
{
	CLEANUP(store_freep) struct store *store = NULL;
	const struct fleet *fleet = &folder->fleet;
	if (!open_store(app, &store, err) || !store_check_identity(store, app->clock, err))
		return false;
	struct store_commit request = {.branch = branch};
	for (size_t i = 0; i < fleet->members.count || i == 0; i += BATCH) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		struct store_file_list files = {0};
		bool last = i + BATCH >= fleet->members.count;
		for (size_t j = i; j < fleet->members.count && j < i + BATCH; j++) {
			struct plan_paths paths;
			plan_paths_of(tmp, fleet->members.items[j].customer, fleet->members.items[j].plan,
				      &paths);
			if (!add_file(app, paths.plan, false, tmp, &files, err) ||
			    !add_file(app, paths.snapshot, false, tmp, &files, err))
				return false;
		}
		/* The fleet comes with the last of its plans: who has it has them all. */
		if (last)
			VEC_PUSH(tmp, &files, (struct store_file){folder->path, folder->text});
		request.subject =
			arena_printf(tmp, "fleet %s: plans of %s", fleet->id,
				     say_number(tmp, (int64_t)fleet->members.count, "customer", "customers"));
		request.body = arena_printf(tmp, "Digest: %s\n", fleet->digest);
		if (!commit_plans(app, store, &request, &files, tmp, err))
			return false;
	}
	out_note(&app->out, "committed fleet %s with its plans", fleet->id);
	tell_unsigned(app, store);
	return true;
}

bool fleet_record_has_plans(struct app *app, const struct fleet_folder *folder)
{
	CLEANUP(store_freep) struct store *store = NULL;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct bytes there = {0};
	struct error ignored = ERROR_INIT;
	if (!open_store(app, &store, &ignored)) {
		error_release(&ignored);
		return !store_is_in_git(app->dir);
	}
	if (!store_read(store, "HEAD", folder->path, tmp, &there, &ignored))
		error_release(&ignored);
	return there.ptr != NULL; /* it came with the last of its plans */
}

/* ---- journals ------------------------------------------------------------------------------- */

/* A CI's checkout is detached, and stands for the branch that it is a commit of. */
static const char *branch_of(const struct fleet_record *record)
{
	return store_on_branch(record->store) ? NULL : record->approved_branch;
}

static bool send(struct fleet_record *record, const struct store_file_list *files, const char *subject,
		 struct arena *tmp, struct error *err)
{
	struct store_committed committed;
	const struct store_commit request = {
		.branch = branch_of(record),
		.subject = subject,
		.files = files->items,
		.file_count = files->count,
		.only_grow = true,
	};
	const struct store_push push = {
		.branch = request.branch, .again = &request, .deadline_ms = record->push_deadline_ms};
	if (!store_commit(record->store, &request, record->app->clock, tmp, &committed, err))
		return error_wrap(err, "cannot commit the journals");
	return !store_remote_name(record->store, NULL, tmp) ||
	       store_push(record->store, &push, record->app->clock, tmp, &committed.id, err) ||
	       error_wrap(err, "the journals are committed here, but cannot be pushed");
}

static bool add_member(const struct fleet_record *record, size_t index, struct arena *tmp,
		       struct store_file_list *files, struct error *err)
{
	const struct fleet_member *member = &record->folder->fleet.members.items[index];
	struct plan_paths paths;
	plan_paths_of(tmp, member->customer, member->plan, &paths);
	return add_file(record->app, paths.journal, false, tmp, files, err) &&
	       add_file(record->app, fleet_result_path(record->folder, member->customer, tmp), true, tmp,
			files, err);
}

/* What the branch has of a record may be its beginning; of a result, which is replaced, anything else. */
static bool is_file_ahead(const struct fleet_record *record, const struct store_file *file, struct arena *tmp)
{
	const char *branch = branch_of(record);
	struct bytes there = {0};
	struct error ignored = ERROR_INIT;
	if (!store_read(record->store, branch ? branch : "HEAD", file->path, tmp, &there, &ignored))
		error_release(&ignored);
	bool begins = bytes_begin_with(file->content, there);
	bool longer = there.len < file->content.len;
	return file->may_change ? !begins || longer : begins && longer;
}

bool fleet_record_is_ahead(const struct fleet_record *record, size_t index)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct store_file_list files = {0};
	struct error ignored = ERROR_INIT;
	bool is_ahead = false;
	if (!record->store)
		return false;
	if (!add_member(record, index, tmp, &files, &ignored))
		error_release(&ignored);
	for (size_t i = 0; i < files.count; i++)
		is_ahead = is_ahead || is_file_ahead(record, &files.items[i], tmp);
	return is_ahead;
}

void fleet_record_add(struct fleet_record *record, size_t index)
{
	record->pending_count += !record->pending[index];
	record->pending[index] = true;
}

static bool send_some(struct fleet_record *record, const size_t *indexes, size_t count, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct fleet *fleet = &record->folder->fleet;
	struct store_file_list files = {0};
	for (size_t i = 0; i < count; i++)
		if (!add_member(record, indexes[i], tmp, &files, err))
			return false;
	const char *subject =
		count == 1 ? arena_printf(tmp, "fleet %s: journal of %s", fleet->id,
					  fleet->members.items[indexes[0]].customer)
			   : arena_printf(tmp, "fleet %s: journals of %s", fleet->id,
					  say_number(tmp, (int64_t)count, "customer", "customers"));
	return !files.count || send(record, &files, subject, tmp, err);
}

/* One journal that another worker has gone on with must not keep the others from being recorded. */
static bool send_each(struct fleet_record *record, const size_t *indexes, size_t count, struct error *err)
{
	bool ok = true;
	for (size_t i = 0; i < count; i++) {
		struct error one = ERROR_INIT;
		if (send_some(record, indexes + i, 1, &one))
			continue;
		if (ok)
			error_move(err, &one);
		error_release(&one);
		ok = false;
	}
	return ok;
}

bool fleet_record_commit(struct fleet_record *record, struct error *err)
{
	size_t indexes[BATCH];
	size_t count = 0;
	size_t members = record->folder->fleet.members.count;
	bool ok = true;
	for (size_t i = 0; record->commits && record->pending_count && i < members; i++) {
		if (record->pending[i])
			indexes[count++] = i;
		record->pending[i] = false;
		if (!count || (count < BATCH && i + 1 < members))
			continue;
		struct error all = ERROR_INIT;
		bool sent = send_some(record, indexes, count, &all);
		if (!sent && count > 1) {
			error_release(&all);
			sent = send_each(record, indexes, count, &all);
		}
		if (!sent && ok)
			error_move(err, &all);
		error_release(&all);
		ok = ok && sent;
		count = 0;
	}
	record->pending_count = 0;
	record->last_ms = clock_monotonic_ms(record->app->clock);
	return ok;
}
