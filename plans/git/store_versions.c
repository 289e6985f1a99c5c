/* Git, as the record of plans: all that a file has ever been. */
#include "plans/git/store.h"

#include "plans/git/store_internal.h"

/* What one commit has to add; the walk goes over all commits. */
struct walk {
	struct store *store;
	const char *path; /* within the repository: a file, or the folder of folders */
	const char *file; /* in each of these */
	struct arena *out;
	struct store_version_list versions;
	struct store_place_list places;
	git_oid last; /* the folder of folders as the commit before had it */
	bool (*add)(struct walk *walk, const git_commit *commit, struct error *err);
};

static bool is_known(const struct walk *walk, const char *blob)
{
	for (size_t i = 0; i < walk->versions.count; i++)
		if (str_eq(walk->versions.items[i].blob, blob))
			return true;
	return false;
}

/* *ret all zeros: there is no such file. */
static bool find_blob(const git_commit *commit, const char *path, git_oid *ret, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
	*ret = (git_oid){0};
	if (git_commit_tree(&tree, commit) < 0)
		return store_fail(err, "cannot read the tree of a commit");
	int code = git_tree_entry_bypath(&entry, tree, path);
	if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry) != GIT_OBJECT_BLOB))
		return true;
	if (code < 0)
		return store_fail(err, "cannot read '%s' from git", path);
	git_oid_cpy(ret, git_tree_entry_id(entry));
	return true;
}

static bool add_version(struct walk *walk, const git_commit *commit, struct error *err)
{
	CLEANUP(git_blob_freep) git_blob *blob = NULL;
	git_oid found;
	if (!find_blob(commit, walk->path, &found, err))
		return false;
	const char *id = git_oid_is_zero(&found) ? NULL : store_id_text(walk->out, &found);
	if (!id || is_known(walk, id))
		return true;
	if (git_blob_lookup(&blob, walk->store->repo, &found) < 0)
		return store_fail(err, "cannot read '%s' from git", walk->path);
	const struct store_version version = {
		.commit = store_id_text(walk->out, git_commit_id(commit)),
		.blob = id,
		.content = store_content(blob, walk->out),
	};
	VEC_PUSH(walk->out, &walk->versions, version);
	return true;
}

static bool has_place(const struct walk *walk, const char *name, const char *blob)
{
	for (size_t i = 0; i < walk->places.count; i++)
		if (str_eq(walk->places.items[i].blob, blob) && str_eq(walk->places.items[i].name, name))
			return true;
	return false;
}

static bool add_place(struct walk *walk, const git_commit *commit, const char *name, struct error *err)
{
	git_oid found;
	const char *path = arena_printf(walk->out, "%s/%s/%s", walk->path, name, walk->file);
	if (!find_blob(commit, path, &found, err))
		return false;
	const char *blob = git_oid_is_zero(&found) ? NULL : store_id_text(walk->out, &found);
	if (blob && !has_place(walk, name, blob))
		VEC_PUSH(walk->out, &walk->places,
			 ((struct store_place){arena_strdup(walk->out, name),
					       store_id_text(walk->out, git_commit_id(commit)), blob}));
	return true;
}

static bool add_places(struct walk *walk, const git_commit *commit, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	git_oid here;
	if (!store_id_at(commit, walk->path, &here, err))
		return false;
	bool same = git_oid_equal(&here, &walk->last);
	git_oid_cpy(&walk->last, &here);
	/* What is no folder has none in it. */
	if (same || git_oid_is_zero(&here) || git_tree_lookup(&tree, walk->store->repo, &here) < 0)
		return true;
	for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		if (git_tree_entry_type(entry) == GIT_OBJECT_TREE &&
		    !add_place(walk, commit, git_tree_entry_name(entry), err))
			return false;
	}
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

static bool walk_all(struct walk *walk, const struct str_list *revisions, bool *ret_complete,
		     struct error *err)
{
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	const bool shallow = git_repository_is_shallow(walk->store->repo) == 1;
	*ret_complete = true;
	if (git_revwalk_new(&commits, walk->store->repo) < 0)
		return store_fail(err, "cannot walk the history");
	for (size_t i = 0; i < revisions->count; i++)
		if (!push_revision(walk->store, commits, revisions->items[i], err))
			return false;
	git_oid id;
	int code;
	while ((code = git_revwalk_next(&id, commits)) == 0) {
		CLEANUP(git_commit_freep) git_commit *commit = NULL;
		if (git_commit_lookup(&commit, walk->store->repo, &id) < 0)
			return store_fail(err, "cannot read a commit");
		if (shallow && store_is_cut_at(walk->store, commit))
			*ret_complete = false;
		if (!walk->add(walk, commit, err))
			return false;
	}
	return code == GIT_ITEROVER || store_fail(err, "cannot walk the history");
}

bool store_is_shallow(const struct store *store)
{
	return git_repository_is_shallow(store->repo);
}

bool store_versions(struct store *store, const struct str_list *revisions, const char *path,
		    struct arena *out, struct store_versions *ret, struct error *err)
{
	struct walk walk = {
		.store = store, .path = store_full_path(store, out, path), .out = out, .add = add_version};
	bool ok = walk_all(&walk, revisions, &ret->complete, err);
	ret->all = walk.versions;
	return ok;
}

bool store_places(struct store *store, const struct str_list *revisions, const struct store_below *below,
		  struct arena *out, struct store_place_list *ret_places, struct error *err)
{
	struct walk walk = {.store = store,
			    .path = store_full_path(store, out, below->dir),
			    .file = below->file,
			    .out = out,
			    .add = add_places};
	bool complete;
	bool ok = walk_all(&walk, revisions, &complete, err);
	*ret_places = walk.places;
	return ok;
}
