/* Who shaped a plan. */
#include "plans/approvals/authors.h"

#include "core/quote.h"
#include "plans/approvals/signers.h"

struct gathering {
	const struct approved *approved;
	const struct plan_folder *folder;
	struct arena *out;
	struct authors authors;
};

static void add(struct gathering *g, const struct store_log_list *log, const char *what)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct store_log_entry *entry = &log->items[i];
		const char *did = arena_printf(g->out, "%s in commit %.12s", what, entry->id);
		VEC_PUSH(g->out, &g->authors.list,
			 (struct author){entry->author_name, entry->author_email, did});
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

/* Those who changed `path` in that part of the history. */
static bool add_changers(struct gathering *g, const struct store_range *range, const char *path,
			 struct store_log_list *ret_log, struct error *err)
{
	bool complete = true;
	*ret_log = (struct store_log_list){0};
	if (!store_log_range(g->approved->store, range, path, g->out, ret_log, &complete, err))
		return false;
	if (!complete)
		is_cut(g, path);
	add(g, ret_log,
	    range->only_added ? "added the plan"
			      : arena_printf(g->out, "changed '%s'", quote_terminal(g->out, path)));
	return true;
}

static bool add_adders(struct gathering *g, struct error *err)
{
	const struct store_range all = {
		.from = g->approved->commit, .only_added = true, .or_added = g->folder->paths.plan};
	struct store_log_list log;
	return add_changers(g, &all, g->folder->paths.dir, &log, err);
}

/* The customer's own files, as they are on the branch: its file, and every file that it names. */
static struct str_list own_files(const struct gathering *g)
{
	struct repository repository = g->approved->repository;
	struct checked checked = {0};
	struct desired desired;
	struct policy policy;
	struct error ignored = ERROR_INIT;
	struct str_list files = {0};
	repository.dir = ".";
	/* Only which files are read is asked. */
	if (!repository_load_customer(&repository, g->folder->plan.customer, g->out, &checked, &desired,
				      &policy, &ignored))
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

/* Where the review of a plan began that was committed on the branch itself: behind the customer's last
 * record. */
static bool find_start(const struct gathering *g, const struct store_step *step, const char **ret_hide,
		       struct error *err)
{
	struct store_log_list log = {0};
	bool complete;
	const char *records = arena_printf(g->out, "plans/%s", g->folder->plan.customer);
	*ret_hide = step->before;
	if (step->is_merge || !step->before)
		return true;
	if (!store_log(g->approved->store, step->before, records, 1, g->out, &log, &complete, err))
		return false;
	*ret_hide = log.count ? log.items[0].id : NULL;
	return true;
}

static bool add_reviewed(struct gathering *g, const struct store_step *step, struct error *err)
{
	static const char *const common[] = {"seatshift.yaml", "fleet.yaml"};
	const struct str_list files = own_files(g);
	struct store_range range = {.from = step->commit};
	const char *oldest = NULL;
	struct store_log_list log;
	if (!find_start(g, step, &range.hide, err))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		if (!add_changers(g, &range, files.items[i], &log, err))
			return false;
		/* Of several files it may not be the very oldest; each is one with which a review can begin.
		 */
		if (log.count && (!oldest || i == 0 || str_eq(files.items[i], g->folder->plan.desired_file)))
			oldest = log.items[log.count - 1].id;
	}
	if (!step->is_merge && oldest && !store_parent(g->approved->store, oldest, g->out, &range.hide, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (!add_changers(g, &range, common[i], &log, err))
			return false;
	return true;
}

bool authors_of(const struct approved *approved, const struct plan_folder *folder, struct arena *out,
		struct authors *ret_authors, struct error *err)
{
	struct gathering g = {.approved = approved, .folder = folder, .out = out};
	struct store_step_list steps = {0};
	if (!add_adders(&g, err) ||
	    !store_brought(approved->store, approved->commit, folder->paths.plan, out, &steps, err))
		return false;
	for (size_t i = 0; i < steps.count; i++)
		if (!add_reviewed(&g, &steps.items[i], err))
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
