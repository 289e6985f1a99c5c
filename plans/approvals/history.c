/* What was done for a customer, from git and the journals. */
#include "plans/approvals/history.h"

#include "core/file.h"
#include "core/quote.h"

#include <stdlib.h>
#include <string.h>

enum { JOURNAL_MAX = 512 * 1024 * 1024 };

struct reading {
	struct approved at; /* the commit that is read */
	const struct history_query *query;
	struct arena *out;
};

static void problem(struct reading *r, struct history_plan *plan, const char *fmt, ...) PRINTF(3, 4);
static void problem(struct reading *r, struct history_plan *plan, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	VEC_PUSH(r->out, &plan->problems, arena_vprintf(r->out, fmt, args));
	va_end(args);
}

static void problem_of(struct reading *r, struct history_plan *plan, struct error *cause)
{
	problem(r, plan, "%s", cause->message);
	error_release(cause);
}

/* plan.json of the commit; false when it cannot be used, which is listed in the plan's problems. */
static bool read_plan(struct reading *r, struct history_plan *plan)
{
	struct plan_folder *folder = &plan->folder;
	struct error cause = ERROR_INIT;
	const char *path = arena_printf(r->out, "%s/plan.json", plan->path);
	if (!approved_read(&r->at, path, r->out, &folder->text, &cause) ||
	    (folder->text.ptr &&
	     !plan_decode(folder->text.ptr, folder->text.len, r->out, &folder->plan, &cause))) {
		problem_of(r, plan, &cause);
		return false;
	}
	if (!folder->text.ptr) {
		problem(r, plan, "there is no plan.json");
		return false;
	}
	plan_digest(folder->text.ptr, folder->text.len, folder->digest, folder->id);
	plan_paths_of(r->out, folder->plan.customer, folder->id, &folder->paths);
	if (str_eq(folder->paths.dir, plan->path))
		return true;
	problem(r, plan, "its plan.json is plan %s of '%s': it was edited or moved", folder->id,
		quote_terminal(r->out, folder->plan.customer));
	return false;
}

static void read_author(struct reading *r, struct history_plan *plan)
{
	struct error unknown = ERROR_INIT;
	if (store_author_of(r->at.store, r->at.commit, plan->folder.paths.plan, r->out, &plan->planned,
			    &unknown))
		return;
	plan->planned_unknown = arena_strdup(r->out, unknown.message);
	error_release(&unknown);
}

/* A journal only ever grows, and stays: what a commit has must begin with what the commits before it had. */
static bool check_growth(struct reading *r, struct history_plan *plan, struct error *err)
{
	struct store_log log = {0};
	const char *path = plan->folder.paths.journal;
	const struct store_log_query query = {.revision = r->at.commit, .path = path};
	struct bytes newer = {0};
	const char *newer_id = NULL;
	if (!store_log(r->at.store, &query, r->out, &log, err))
		return false;
	for (size_t i = 0; i < log.commits.count; i++) {
		struct bytes text;
		if (!store_read(r->at.store, log.commits.items[i].id, path, r->out, &text, err))
			return false;
		if (!text.ptr) {
			problem(r, plan, "commit %.12s removed the journal", log.commits.items[i].id);
			continue;
		}
		if (newer.ptr && !bytes_begin_with(newer, text))
			problem(r, plan, "commit %.12s rewrote the journal", newer_id);
		newer = text;
		newer_id = log.commits.items[i].id;
	}
	return true;
}

/* A merge may have left out, without a trace in its own line of history, what a merged branch had. */
static bool check_merged(struct reading *r, struct history_plan *plan, struct bytes journal,
			 struct error *err)
{
	struct store_versions versions = {0};
	struct str_list revisions = {0};
	VEC_PUSH(r->out, &revisions, r->at.commit);
	if (plan->problems.count)
		return true;
	if (!store_versions(r->at.store, &revisions, plan->folder.paths.journal, r->out, &versions, err))
		return false;
	if (!versions.complete)
		problem(r, plan,
			"this shallow clone does not have the whole history: what was taken away of the "
			"journal is not seen (git fetch --unshallow)");
	for (size_t i = 0; i < versions.all.count; i++) {
		const struct store_version *v = &versions.all.items[i];
		if (!bytes_begin_with(journal, v->content))
			problem(r, plan, "commit %.12s has lines of the journal that are not here any more",
				v->commit);
	}
	return true;
}

/* The working tree's journal counts when it goes on from the committed one. */
static void read_uncommitted(struct reading *r, struct history_plan *plan, struct bytes *journal)
{
	const char *path = path_join(r->out, r->query->dir, plan->folder.paths.journal);
	struct bytes here;
	struct error unread = ERROR_INIT;
	if (!file_exists(path))
		return;
	if (!file_read_within(r->query->dir, plan->folder.paths.journal, JOURNAL_MAX, r->out, &here,
			      &unread)) {
		problem(r, plan, "%s", unread.message);
		error_release(&unread);
		return;
	}
	if (here.len <= journal->len || !bytes_begin_with(here, *journal))
		return;
	plan->uncommitted = true;
	*journal = here;
}

static void conclude(struct history_plan *plan)
{
	plan->outcome = "not begun";
	for (size_t i = 0; i < plan->entries.count; i++) {
		const struct journal_entry *entry = &plan->entries.items[i];
		if (entry->event == JOURNAL_RUN_BEGIN)
			plan->outcome = "running";
		if (entry->event == JOURNAL_RUN_END && entry->outcome)
			plan->outcome = entry->outcome;
	}
}

static bool read_journal(struct reading *r, struct history_plan *plan, struct error *err)
{
	struct bytes journal;
	bool cut = false;
	struct error damaged = ERROR_INIT;
	if (!approved_read(&r->at, plan->folder.paths.journal, r->out, &journal, err))
		return false;
	if (!check_growth(r, plan, err) || !check_merged(r, plan, journal, err))
		return false;
	plan->in_git = journal.ptr != NULL;
	read_uncommitted(r, plan, &journal);
	const struct journal_file file = plan_journal(&plan->folder, NULL, r->out);
	if (journal.ptr && !journal_parse(&file, journal, r->out, &plan->entries, &cut, &damaged))
		problem_of(r, plan, &damaged);
	conclude(plan);
	return true;
}

static bool read_approvals(struct reading *r, struct history_plan *plan, struct error *err)
{
	struct approval_case of_plan = {.approved = &r->at,
					.folder = &plan->folder,
					.keygen = r->query->keygen,
					.clock = r->query->clock};
	if (!r->query->fleets(r->query->fleets_ctx, &r->at, &plan->folder, &of_plan.fleets, err) ||
	    !approvals_of_record(&of_plan, r->out, &plan->approvals, err))
		return false;
	for (size_t i = 0; i < plan->approvals.items.count; i++) {
		const struct approval_item *item = &plan->approvals.items.items[i];
		if (approval_is_faulty(item))
			problem(r, plan, "the approval of '%s' was not good: %s",
				quote_terminal(r->out, item->approval.approver ? item->approval.approver
									       : item->file),
				item->message);
	}
	return true;
}

static int compare_plans(const void *left, const void *right)
{
	const struct history_plan *a = left;
	const struct history_plan *b = right;
	int order = !a->planned.id - !b->planned.id; /* what no commit has is the newest */
	if (!order)
		order = (a->planned.time_ms > b->planned.time_ms) - (a->planned.time_ms < b->planned.time_ms);
	return order ? order : strcmp(a->id, b->id);
}

static bool read_committed(struct reading *r, const char *dir, struct history *history, struct error *err)
{
	struct str_list ids = {0};
	if (!store_list(r->at.store, r->at.commit, dir, r->out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++) {
		size_t len = strlen(ids.items[i]);
		if (!str_ends(ids.items[i], "/"))
			continue;
		struct history_plan plan = {.id = arena_strndup(r->out, ids.items[i], len - 1),
					    .outcome = "unknown"};
		plan.path = arena_printf(r->out, "%s/%s", dir, plan.id);
		if (read_plan(r, &plan)) {
			read_author(r, &plan);
			if (!read_journal(r, &plan, err) || !read_approvals(r, &plan, err))
				return error_wrap(err, "cannot read the record of plan %s", plan.id);
		}
		VEC_PUSH(r->out, &history->plans, plan);
	}
	return true;
}

static bool is_listed(const struct history *history, const char *id)
{
	for (size_t i = 0; i < history->plans.count; i++)
		if (str_eq(history->plans.items[i].id, id))
			return true;
	return false;
}

/* A plan that was begun before anybody committed it: what it did to the tenant, it did. */
static bool read_begun_here(struct reading *r, const char *dir, const char *id, struct history *history,
			    struct error *err)
{
	struct error cause = ERROR_INIT;
	struct history_plan plan = {.id = id,
				    .path = arena_printf(r->out, "%s/%s", dir, id),
				    .outcome = "unknown",
				    .planned_unknown =
					    arena_printf(r->out, "plan.json is not on '%s'", r->at.branch)};
	const char *journal = arena_printf(r->out, "%s/journal.jsonl", plan.path);
	if (is_listed(history, id) || !file_exists(path_join(r->out, r->query->dir, journal)) ||
	    plan_folder_is_copy(r->query->dir, plan.path))
		return true;
	if (!plan_folder_load(r->query->dir, plan.path, r->out, &plan.folder, &cause))
		problem_of(r, &plan, &cause);
	else if (!read_journal(r, &plan, err))
		return error_wrap(err, "cannot read the record of plan %s", plan.id);
	VEC_PUSH(r->out, &history->plans, plan);
	return true;
}

static bool read_all(struct reading *r, const char *customer, struct history *history, struct error *err)
{
	struct str_list ids = {0};
	const char *dir = arena_printf(r->out, "plans/%s", customer);
	if (!read_committed(r, dir, history, err) || !file_list_within(r->query->dir, dir, r->out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++)
		if (!read_begun_here(r, dir, ids.items[i], history, err))
			return false;
	if (history->plans.count)
		qsort(history->plans.items, history->plans.count, sizeof *history->plans.items,
		      compare_plans);
	return true;
}

bool history_run_without_end(const struct history_plan *plan, size_t at, struct history_run *ret_run)
{
	const struct journal_entry *begin = &plan->entries.items[at];
	struct history_run run = {.begin = begin, .last = begin};
	if (begin->event != JOURNAL_RUN_BEGIN)
		return false;
	for (size_t i = at + 1; i < plan->entries.count; i++) {
		const struct journal_entry *entry = &plan->entries.items[i];
		const bool is_its_own = str_eq(entry->run, begin->run);
		if (is_its_own && entry->event == JOURNAL_RUN_END)
			return false;
		run.is_over = run.is_over || entry->event == JOURNAL_RUN_BEGIN;
		run.last = is_its_own ? entry : run.last;
	}
	*ret_run = run;
	return true;
}

bool history_read(const struct history_query *query, struct arena *out, struct history *ret_history,
		  struct error *err)
{
	struct reading r = {*query->approved, query, out};
	if (!r.at.store) {
		error_set(err, ERR_FAILED, "there is no history: %s", r.at.missing);
		return error_hint(err, "%s", r.at.hint);
	}
	if (!r.at.commit) {
		r.at.branch = "HEAD";
		if (!store_tip(r.at.store, "HEAD", out, &r.at.commit, err))
			return false;
	}
	if (!r.at.commit) {
		error_set(err, ERR_FAILED, "there is no history: nothing is committed yet");
		return error_hint(err, "Commit the policy and the customer's file, then plan with --commit.");
	}
	struct history history = {.revision = r.at.branch, .commit = r.at.commit};
	if (!read_all(&r, query->customer, &history, err))
		return false;
	*ret_history = history;
	return true;
}
