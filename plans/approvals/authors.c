/* Who shaped a plan. */
#include "plans/approvals/authors.h"

#include "core/file.h"
#include "core/quote.h"
#include "plans/approvals/signers.h"

#include <string.h>
#include <strings.h>

enum { EARLIER_MAX = 20 }; /* plans that are looked at for the last one that others approved */

struct gathering {
	const struct authors_query *query;
	const struct approved *approved;
	const struct plan_folder *folder;
	struct arena *out;
	struct authors authors;
};

/* "GitHub <noreply@github.com>" commits what was done in the browser: the person is the author. */
static bool is_server(const char *email)
{
	static const char local[] = "noreply@";
	return email && strncasecmp(email, local, strlen(local)) == 0;
}

static void add_committer(struct gathering *g, const struct store_log_entry *entry, const char *did)
{
	bool same = str_eq(entry->committer_name, entry->author_name) &&
		    str_eq(entry->committer_email, entry->author_email);
	if (!same && !is_server(entry->committer_email))
		VEC_PUSH(g->out, &g->authors.list,
			 (struct author){entry->committer_name, entry->committer_email,
					 arena_printf(g->out, "%s, as its committer", did)});
}

static void add(struct gathering *g, const struct store_log_list *commits, const char *what)
{
	for (size_t i = 0; i < commits->count; i++) {
		const struct store_log_entry *entry = &commits->items[i];
		const char *did = arena_printf(g->out, "%s in commit %.12s", what, entry->id);
		VEC_PUSH(g->out, &g->authors.list,
			 (struct author){entry->author_name, entry->author_email, did});
		add_committer(g, entry, did);
		for (size_t j = 0; j < entry->others.count; j++)
			VEC_PUSH(g->out, &g->authors.list,
				 (struct author){NULL, entry->others.items[j], did});
	}
}

static void is_cut(struct gathering *g, const char *path)
{
	g->authors.unknown = arena_printf(
		g->out,
		"this shallow clone does not say who added or changed '%s' (Fetch the history: git "
		"fetch --unshallow, or a checkout with full depth in CI.)",
		path);
}

static void add_log(struct gathering *g, const struct store_log *log, const char *path, bool only_added)
{
	if (!log->complete)
		is_cut(g, path);
	add(g, &log->commits,
	    only_added ? "added the plan"
		       : arena_printf(g->out, "changed '%s'", quote_terminal(g->out, path)));
}

/* A file that was given its name by somebody else was shaped by whoever wrote it under another. */
static bool add_changers(struct gathering *g, const struct store_log_query *query,
			 const struct str_list *paths, struct error *err)
{
	struct store_named_list names = {0};
	if (!store_changes(g->approved->store, query, paths, g->out, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++)
		add_log(g, &names.items[i].log, names.items[i].name, query->only_added);
	return true;
}

static bool add_adders(struct gathering *g, struct error *err)
{
	const struct store_log_query file = {.revision = g->approved->commit, .only_added = true};
	const struct store_log_query all = {.revision = g->approved->commit,
					    .path = g->folder->paths.dir,
					    .only_added = true,
					    .or_added = g->folder->paths.plan};
	struct str_list paths = {0};
	struct store_log log = {0};
	VEC_PUSH(g->out, &paths, g->folder->paths.plan);
	if (!store_log(g->approved->store, &all, g->out, &log, err))
		return false;
	add_log(g, &log, all.path, true);
	return add_changers(g, &file, &paths, err);
}

/* The customer's own files, as they are on the branch: its file, and every file that it names. */
static struct str_list own_files(const struct gathering *g)
{
	struct repository repository = g->approved->repository;
	struct checked checked = {0};
	struct customer customer;
	struct error ignored = ERROR_INIT;
	struct str_list files = {0};
	repository.dir = ".";
	/* Only which files are read is asked. */
	if (!repository_load_customer(&repository, g->folder->plan.customer, g->out, &checked, &customer,
				      &ignored))
		error_release(&ignored);
	VEC_PUSH(g->out, &files, g->folder->plan.desired_file);
	for (size_t i = 0; i < checked.sources.count; i++) {
		const char *path = checked.sources.items[i].path;
		path += str_starts(path, "./") ? 2 : 0;
		if (!str_eq(path, "seatshift.yaml"))
			VEC_PUSH(g->out, &files, path);
	}
	str_list_sort_unique(&files);
	return files;
}

/* ---- where the review began ------------------------------------------------------------------- */

/* The branch as it was at another commit. */
static bool at_commit(const struct gathering *g, const char *commit, struct approved *ret, struct error *err)
{
	struct checked checked = {0};
	*ret = *g->approved;
	ret->commit = commit;
	ret->repository = repository_of_commit(ret->store, commit, ret->branch, g->out);
	return repository_load_policy(&ret->repository, g->out, &checked, &ret->policy, err);
}

/*
 * The plan that this step brought, when what it was made from is what the branch had then: an older plan that
 * is brought late covers nothing that came since it was made.
 */
static bool covers_its_commit(const struct gathering *g, const struct store_step *step,
			      struct plan_folder *ret_earlier)
{
	struct approved then;
	struct desired desired;
	struct error other = ERROR_INIT;
	struct plan_folder *earlier = ret_earlier;
	*earlier = (struct plan_folder){0};
	bool covers = at_commit(g, step->commit, &then, &other) &&
		      approved_read(&then, step->path, g->out, &earlier->text, &other) && earlier->text.ptr &&
		      plan_decode(earlier->text.ptr, earlier->text.len, g->out, &earlier->plan, &other);
	if (covers) {
		plan_digest(earlier->text.ptr, earlier->text.len, earlier->digest, earlier->id);
		plan_paths_of(g->out, earlier->plan.customer, earlier->id, &earlier->paths);
		covers = str_eq(earlier->paths.plan, step->path) &&
			 approved_match(&then, earlier, g->out, &desired, &other);
	}
	error_release(&other);
	return covers;
}

/* `earlier`: the steps before the plan's own, the newest first. NULL: there is no such commit. */
static bool find_covered(const struct gathering *g, const struct store_step_list *steps, size_t own,
			 const char **ret_commit, struct error *err)
{
	const char *commit = steps->items[own].commit;
	*ret_commit = NULL;
	for (size_t i = own + 1; i < steps->count && i <= own + EARLIER_MAX; i++) {
		struct plan_folder earlier;
		bool is = false;
		if (str_eq(steps->items[i].commit, commit) ||
		    !covers_its_commit(g, &steps->items[i], &earlier))
			continue;
		if (!g->query->is_approved(g->query->ctx, &earlier, &is, err))
			return false;
		if (!is)
			continue;
		*ret_commit = steps->items[i].commit;
		return true;
	}
	return true;
}

static bool add_reviewed(struct gathering *g, const struct store_step_list *steps, size_t own,
			 struct error *err)
{
	static const char *const common[] = {"seatshift.yaml", "fleet.yaml"};
	const struct store_step *step = &steps->items[own];
	struct str_list files = own_files(g);
	struct store_log_query reviewed = {.revision = step->commit, .hide = step->before};
	if (!step->is_merge && !find_covered(g, steps, own, &reviewed.hide, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		VEC_PUSH(g->out, &files, common[i]);
	return add_changers(g, &reviewed, &files, err);
}

bool authors_of(const struct authors_query *query, struct arena *out, struct authors *ret_authors,
		struct error *err)
{
	struct gathering g = {
		.query = query, .approved = query->approved, .folder = query->folder, .out = out};
	struct store_step_list steps = {0};
	const struct store_below plans = {path_dir(out, g.folder->paths.dir), "plan.json"};
	if (!add_adders(&g, err) ||
	    !store_brought_below(g.approved->store, g.approved->commit, &plans, out, &steps, err))
		return false;
	for (size_t i = 0; i < steps.count; i++)
		if (str_eq(steps.items[i].path, g.folder->paths.plan) && !add_reviewed(&g, &steps, i, err))
			return false;
	*ret_authors = g.authors;
	return true;
}

const struct author *authors_find(const struct authors *authors, const char *pattern)
{
	for (size_t i = 0; i < authors->list.count; i++) {
		const struct author *author = &authors->list.items[i];
		if (signer_matches(pattern, author->email) || signer_matches(pattern, author->name))
			return author;
	}
	return NULL;
}
