/* Git, as the record of plans: all that a file has ever been. */
#include "plans/git/store.h"

#include "plans/git/store_internal.h"

struct versions {
	struct store *store;
	const char *path; /* within the repository */
	struct arena *out;
	struct store_version_list list;
};

static bool is_known(const struct versions *v, const char *blob)
{
	for (size_t i = 0; i < v->list.count; i++)
		if (str_eq(v->list.items[i].blob, blob))
			return true;
	return false;
}

static bool add_version(struct versions *v, const git_commit *commit, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
	CLEANUP(git_blob_freep) git_blob *blob = NULL;
	if (git_commit_tree(&tree, commit) < 0)
		return store_fail(err, "cannot read the tree of a commit");
	int code = git_tree_entry_bypath(&entry, tree, v->path);
	if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry) != GIT_OBJECT_BLOB))
		return true;
	if (code < 0)
		return store_fail(err, "cannot read '%s' from git", v->path);
	const char *id = store_id_text(v->out, git_tree_entry_id(entry));
	if (is_known(v, id))
		return true;
	if (git_blob_lookup(&blob, v->store->repo, git_tree_entry_id(entry)) < 0)
		return store_fail(err, "cannot read '%s' from git", v->path);
	const struct store_version version = {
		.commit = store_id_text(v->out, git_commit_id(commit)),
		.blob = id,
		.bytes = arena_strndup(v->out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)),
		.len = (size_t)git_blob_rawsize(blob),
	};
	VEC_PUSH(v->out, &v->list, version);
	return true;
}

/* Where a walk begins; a revision that is not there (an unborn HEAD) has no history. */
static bool push_revision(struct store *store, git_revwalk *commits, const char *revision, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	if (!store_find_commit(store, revision, &tip, err))
		return false;
	return !tip || git_revwalk_push(commits, git_commit_id(tip)) == 0 ||
	       store_fail(err, "cannot walk the history of '%s'", revision);
}

bool store_versions(struct store *store, const struct str_list *revisions, const char *path,
		    struct arena *out, struct store_version_list *ret_versions, struct error *err)
{
	struct versions v = {.store = store, .path = store_full_path(store, out, path), .out = out};
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	if (git_revwalk_new(&commits, store->repo) < 0)
		return store_fail(err, "cannot walk the history");
	for (size_t i = 0; i < revisions->count; i++)
		if (!push_revision(store, commits, revisions->items[i], err))
			return false;
	git_oid id;
	int code;
	while ((code = git_revwalk_next(&id, commits)) == 0) {
		CLEANUP(git_commit_freep) git_commit *commit = NULL;
		if (git_commit_lookup(&commit, store->repo, &id) < 0)
			return store_fail(err, "cannot read a commit");
		if (!add_version(&v, commit, err))
			return false;
	}
	if (code != GIT_ITEROVER)
		return store_fail(err, "cannot walk the history");
	*ret_versions = v.list;
	return true;
}
