/* Git, as the record of plans: what else a file was called. */
#include "plans/git/store_internal.h"

#include "core/vec.h"

enum { PASSES_MAX = 8 }; /* a name that is found late may lead to an earlier one */

VEC(blob_list, git_oid);

struct names {
	struct store *store;
	struct arena *out;
	struct str_list names;
	struct blob_list blobs; /* what any of them ever held in that part of the history */
	bool grew;
};

static void diff_freep(git_diff **diff)
{
	git_diff_free(*diff);
}

static bool has_blob(const struct names *n, const git_oid *id)
{
	for (size_t i = 0; i < n->blobs.count; i++)
		if (git_oid_equal(&n->blobs.items[i], id))
			return true;
	return false;
}

static void add_blob(struct names *n, const git_oid *id)
{
	static const char empty[] = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"; /* is everybody's */
	if (git_oid_streq(id, empty) == 0 || has_blob(n, id))
		return;
	VEC_PUSH(n->out, &n->blobs, *id);
	n->grew = true;
}

static void add_name(struct names *n, const char *name)
{
	if (str_list_has(&n->names, name))
		return;
	VEC_PUSH(n->out, &n->names, arena_strdup(n->out, name));
	n->grew = true;
}

static void see(struct names *n, const git_diff_delta *delta)
{
	if (delta->status == GIT_DELTA_DELETED)
		return;
	if (str_list_has(&n->names, delta->new_file.path)) {
		add_blob(n, &delta->new_file.id);
		if (delta->status == GIT_DELTA_RENAMED || delta->status == GIT_DELTA_COPIED)
			add_name(n, delta->old_file.path);
	} else if (has_blob(n, &delta->new_file.id)) {
		add_name(n, delta->new_file.path);
	}
}

/* Only where one of the names is new is it asked what it may have been: that reads files. */
static bool adds_one(const struct names *n, const git_diff *diff)
{
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
		const git_diff_delta *delta = git_diff_get_delta(diff, i);
		if (delta->status == GIT_DELTA_ADDED && str_list_has(&n->names, delta->new_file.path))
			return true;
	}
	return false;
}

static bool see_change(struct names *n, git_tree *before, git_tree *after, struct error *err)
{
	CLEANUP(diff_freep) git_diff *diff = NULL;
	git_diff_find_options similar = GIT_DIFF_FIND_OPTIONS_INIT;
	similar.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_COPIES;
	if (git_diff_tree_to_tree(&diff, n->store->repo, before, after, NULL) < 0 ||
	    (adds_one(n, diff) && git_diff_find_similar(diff, &similar) < 0))
		return store_fail(err, "cannot compare two commits");
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++)
		see(n, git_diff_get_delta(diff, i));
	return true;
}

static bool see_commit(struct names *n, const git_oid *id, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	if (git_commit_lookup(&commit, n->store->repo, id) < 0 || git_commit_tree(&tree, commit) < 0)
		return store_fail(err, "cannot read a commit");
	/* What was there when a shallow clone was cut, nobody is known to have brought. */
	if (store_is_cut_at(n->store, commit))
		return true;
	unsigned int parents = git_commit_parentcount(commit);
	if (!parents)
		return see_change(n, NULL, tree, err);
	for (unsigned int i = 0; i < parents; i++) {
		CLEANUP(git_commit_freep) git_commit *parent = NULL;
		CLEANUP(git_tree_freep) git_tree *before = NULL;
		if (git_commit_parent(&parent, commit, i) < 0 || git_commit_tree(&before, parent) < 0)
			return store_fail(err, "cannot read a parent of a commit");
		if (!see_change(n, before, tree, err))
			return false;
	}
	return true;
}

static bool pass(struct names *n, const struct store_log_query *query, struct error *err)
{
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	git_oid id;
	if (!store_find_commit(n->store, query->revision, &tip, err))
		return false;
	if (!tip)
		return true;
	if (git_revwalk_new(&commits, n->store->repo) < 0 ||
	    git_revwalk_sorting(commits, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME) < 0 ||
	    git_revwalk_push(commits, git_commit_id(tip)) < 0 ||
	    (query->hide && (git_oid_fromstr(&id, query->hide) < 0 || git_revwalk_hide(commits, &id) < 0)))
		return store_fail(err, "cannot walk the history");
	int code;
	while ((code = git_revwalk_next(&id, commits)) == 0)
		if (!see_commit(n, &id, err))
			return false;
	return code == GIT_ITEROVER || store_fail(err, "cannot walk the history");
}

bool store_names(struct store *store, const struct store_log_query *query, struct arena *out,
		 struct str_list *ret_names, struct error *err)
{
	struct names n = {.store = store, .out = out, .grew = true};
	VEC_PUSH(out, &n.names, store_full_path(store, out, query->path));
	for (int i = 0; n.grew && i < PASSES_MAX; i++) {
		n.grew = false;
		if (!pass(&n, query, err))
			return false;
	}
	*ret_names = n.names;
	return true;
}
