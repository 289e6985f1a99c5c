/* Git, as the record of plans: refs, reading, history. */
#include "plans/git/store.h"

#include "plans/git/store_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void store_use(struct store *store, const struct store_outside *outside)
{
	store->outside = *outside;
}

const char *store_lock_dir(const struct store *store, struct arena *out)
{
	return arena_printf(out, "%sseatshift/locks", git_repository_commondir(store->repo));
}

/* The NAME of a key "remote.NAME.url", or NULL. */
static const char *remote_of_key(const char *key, struct arena *out)
{
	static const char before[] = "remote.", behind[] = ".url";
	size_t around = strlen(before) + strlen(behind);
	size_t len = strlen(key);
	if (!str_starts(key, before) || !str_ends(key, behind) || len <= around)
		return NULL;
	return arena_strndup(out, key + strlen(before), len - around);
}

/* From the configuration itself: libgit2's own listing leaks a regular expression's state per entry. */
const char *store_remote_name(struct store *store, const char *remote, struct arena *out)
{
	CLEANUP(git_config_freep) git_config *config = NULL;
	git_config_iterator *entries = NULL;
	git_config_entry *entry;
	struct str_list names = {0};
	if (git_repository_config_snapshot(&config, store->repo) < 0 ||
	    git_config_iterator_new(&entries, config) < 0)
		return NULL;
	while (git_config_next(&entry, entries) == 0) {
		const char *name = remote_of_key(entry->name, out);
		if (name)
			VEC_PUSH(out, &names, name);
	}
	git_config_iterator_free(entries);
	str_list_sort_unique(&names);
	const char *wanted = remote ? remote : "origin";
	if (str_list_has(&names, wanted))
		return arena_strdup(out, wanted);
	return !remote && names.count == 1 ? names.items[0] : NULL;
}

bool store_branch_ref(struct store *store, const char *branch, struct arena *out, const char **ret_ref,
		      struct error *err)
{
	if (branch) {
		bool full = str_starts(branch, "refs/heads/");
		const char *ref = arena_printf(out, "%s%s", full ? "" : "refs/heads/", branch);
		int valid = 0;
		/* As git has it: a branch is never taken for an option, nor for HEAD. */
		if (*branch == '-' || str_eq(branch, "HEAD") ||
		    git_reference_name_is_valid(&valid, ref) < 0 || !valid)
			return error_set(err, ERR_INVALID, "'%s' is not a name for a branch", branch);
		*ret_ref = ref;
		return true;
	}
	CLEANUP(git_reference_freep) git_reference *head = NULL;
	if (git_reference_lookup(&head, store->repo, "HEAD") < 0)
		return store_fail(err, "cannot read HEAD");
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC) {
		error_set(err, ERR_FAILED, "HEAD is detached: there is no branch to commit to");
		return error_hint(err, "Give the branch with --branch NAME, or switch to it first.");
	}
	*ret_ref = arena_strdup(out, git_reference_symbolic_target(head));
	return true;
}

bool store_on_branch(struct store *store)
{
	CLEANUP(git_reference_freep) git_reference *head = NULL;
	return git_reference_lookup(&head, store->repo, "HEAD") == 0 &&
	       git_reference_type(head) == GIT_REFERENCE_SYMBOLIC;
}

bool store_knows_server(struct store *store)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	git_reference_iterator *refs = NULL;
	const char *name = NULL;
	if (!store_remote_name(store, NULL, tmp))
		return false;
	if (!store_on_branch(store) ||
	    git_reference_iterator_glob_new(&refs, store->repo, "refs/remotes/*") < 0)
		return true;
	bool known = git_reference_next_name(&name, refs) == 0;
	git_reference_iterator_free(refs);
	return known;
}

bool store_is_bare(struct store *store)
{
	return git_repository_is_bare(store->repo) != 0;
}

/* The commit that a ref is at; *ret NULL when there is no such ref. */
static bool commit_of_ref(struct store *store, const char *ref, git_commit **ret, struct error *err)
{
	git_oid id;
	*ret = NULL;
	if (git_reference_name_to_id(&id, store->repo, ref) < 0)
		return true;
	return git_commit_lookup(ret, store->repo, &id) == 0 || store_fail(err, "'%s' is not a commit", ref);
}

/* The refs that a revision's name may stand for, in the order in which they count; NULL where there is none.
 */
static void refs_of(struct store *store, const char *name, struct arena *tmp, const char *refs[static 2])
{
	const char *remote = store_remote_name(store, NULL, tmp);
	bool full = str_starts(name, "refs/heads/") || str_starts(name, "refs/remotes/");
	bool other = !full && str_starts(name, "refs/");
	refs[0] = full || str_eq(name, "HEAD") ? name
		  : other		       ? NULL
					       : arena_printf(tmp, "refs/heads/%s", name);
	refs[1] = remote && refs[0] != name && !other ? arena_printf(tmp, "refs/remotes/%s/%s", remote, name)
						      : NULL;
}

bool store_find_commit(struct store *store, const char *revision, git_commit **ret_commit, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *refs[2];
	git_oid id;
	*ret_commit = NULL;
	/* An id in full is an id: a branch that is called like one must not stand in for it. */
	if (strlen(revision) == GIT_OID_HEXSZ && git_oid_fromstr(&id, revision) == 0) {
		int code = git_commit_lookup(ret_commit, store->repo, &id);
		return code == 0 || code == GIT_ENOTFOUND || store_fail(err, "cannot read '%s'", revision);
	}
	refs_of(store, revision, tmp, refs);
	for (size_t i = 0; i < ARRAY_LEN(refs) && !*ret_commit; i++)
		if (refs[i] && !commit_of_ref(store, refs[i], ret_commit, err))
			return false;
	return true;
}

bool store_branch_tip(struct store *store, const char *branch, struct arena *out, struct store_branch *ret,
		      struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *here = NULL;
	CLEANUP(git_commit_freep) git_commit *there = NULL;
	const char *remote = store_remote_name(store, NULL, out);
	const char *ref = NULL;
	if (!store_branch_ref(store, branch, out, &ref, err) || !commit_of_ref(store, ref, &here, err))
		return false;
	const char *tracking =
		remote ? arena_printf(out, "refs/remotes/%s/%s", remote, ref + strlen("refs/heads/")) : NULL;
	if (tracking && !commit_of_ref(store, tracking, &there, err))
		return false;
	const char *own = here ? store_id_text(out, git_commit_id(here)) : NULL;
	const char *theirs = there ? store_id_text(out, git_commit_id(there)) : NULL;
	*ret = (struct store_branch){.commit = theirs ? theirs : own,
				     .remote = theirs ? remote : NULL,
				     .here = theirs && own && !str_eq(own, theirs) ? own : NULL};
	return true;
}

static bool need_commit(struct store *store, const char *revision, git_commit **ret, struct error *err)
{
	if (!store_find_commit(store, revision, ret, err))
		return false;
	if (*ret)
		return true;
	error_set(err, ERR_FAILED, "there is no branch or revision '%s'", revision);
	return error_hint(err, "Fetch it first, or commit to it: an empty repository has none.");
}

bool store_find_object(const git_commit *commit, const char *path, git_object **ret, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
	*ret = NULL;
	if (git_commit_tree(&tree, commit) < 0)
		return store_fail(err, "cannot read the tree of a commit");
	if (!*path) {
		*ret = (git_object *)TAKE(tree);
		return true;
	}
	int code = git_tree_entry_bypath(&entry, tree, path);
	if (code == GIT_ENOTFOUND)
		return true;
	if (code < 0 || (git_tree_entry_filemode(entry) != GIT_FILEMODE_COMMIT &&
			 git_tree_entry_to_object(ret, git_tree_owner(tree), entry) < 0))
		return store_fail(err, "cannot read '%s' from git", path);
	if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK ||
	    git_tree_entry_filemode(entry) == GIT_FILEMODE_COMMIT) {
		git_object_free(TAKE(*ret));
		return error_set(err, ERR_INVALID, "'%s' is a link or a submodule in git", path);
	}
	return true;
}

struct bytes store_content(const git_blob *blob, struct arena *out)
{
	size_t len = (size_t)git_blob_rawsize(blob);
	return (struct bytes){arena_strndup(out, len ? git_blob_rawcontent(blob) : "", len), len};
}

/* What is at `path` in a revision, when it is of `type`. */
static bool look_up(struct store *store, const char *revision, const char *path, git_object_t type,
		    git_object **ret, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	CLEANUP(git_object_freep) git_object *object = NULL;
	char *full = store_full_path(store, tmp, path);
	size_t len = strlen(full);
	if (len && full[len - 1] == '/')
		full[len - 1] = '\0';
	if (!need_commit(store, revision, &commit, err) || !store_find_object(commit, full, &object, err))
		return false;
	if (object && git_object_type(object) != type)
		return error_set(err, ERR_INVALID, "'%s' in '%s' is not a %s", path, revision,
				 type == GIT_OBJECT_BLOB ? "file" : "folder");
	*ret = TAKE(object);
	return true;
}

bool store_read(struct store *store, const char *revision, const char *path, struct arena *out,
		struct bytes *ret, struct error *err)
{
	CLEANUP(git_object_freep) git_object *object = NULL;
	if (!look_up(store, revision, path, GIT_OBJECT_BLOB, &object, err))
		return false;
	*ret = object ? store_content((const git_blob *)object, out) : (struct bytes){0};
	return true;
}

bool store_list(struct store *store, const char *revision, const char *path, struct arena *out,
		struct str_list *ret_names, struct error *err)
{
	CLEANUP(git_object_freep) git_object *object = NULL;
	struct str_list names = {0};
	if (!look_up(store, revision, path, GIT_OBJECT_TREE, &object, err))
		return false;
	const git_tree *tree = (const git_tree *)object;
	for (size_t i = 0; tree && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		bool folder = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
		VEC_PUSH(out, &names,
			 arena_printf(out, "%s%s", git_tree_entry_name(entry), folder ? "/" : ""));
	}
	str_list_sort_unique(&names);
	*ret_names = names;
	return true;
}

bool store_tip(struct store *store, const char *revision, struct arena *out, const char **ret_id,
	       struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	if (!store_find_commit(store, revision, &commit, err))
		return false;
	*ret_id = commit ? store_id_text(out, git_commit_id(commit)) : NULL;
	return true;
}

bool store_id_at(const git_commit *commit, const char *path, git_oid *ret, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
	*ret = (git_oid){0};
	if (git_commit_tree(&tree, commit) < 0)
		return store_fail(err, "cannot read the tree of a commit");
	int code = git_tree_entry_bypath(&entry, tree, path);
	if (code == 0)
		git_oid_cpy(ret, git_tree_entry_id(entry));
	else if (code != GIT_ENOTFOUND)
		return store_fail(err, "cannot read '%s' from git", path);
	return true;
}

enum change { CHANGE_NONE, CHANGE_ADDED, CHANGE_MODIFIED };

/* How a commit changed `path` against every one of its parents; added when none of them has it. */
static bool change_of(struct store *store, const git_commit *commit, const char *path, enum change *ret,
		      struct error *err)
{
	git_oid here;
	if (!store_id_at(commit, path, &here, err))
		return false;
	unsigned int parents = store_is_cut_at(store, commit) ? 0 : git_commit_parentcount(commit);
	*ret = git_oid_is_zero(&here) ? CHANGE_NONE : CHANGE_ADDED;
	for (unsigned int i = 0; i < parents; i++) {
		CLEANUP(git_commit_freep) git_commit *parent = NULL;
		git_oid there;
		if (git_commit_parent(&parent, commit, i) < 0)
			return store_fail(err, "cannot read a parent of a commit");
		if (!store_id_at(parent, path, &there, err))
			return false;
		if (git_oid_equal(&here, &there)) {
			*ret = CHANGE_NONE;
			return true;
		}
		if (!git_oid_is_zero(&there))
			*ret = CHANGE_MODIFIED;
	}
	return true;
}

struct store_log_entry store_entry_of(const git_commit *commit, struct arena *out)
{
	const git_signature *author = git_commit_author(commit);
	const git_signature *committer = git_commit_committer(commit);
	const char *message = git_commit_message(commit);
	struct str_list others = {0};
	store_other_authors(message, out, &others);
	return (struct store_log_entry){
		.others = others,
		.id = store_id_text(out, git_commit_id(commit)),
		.author_name = arena_strdup(out, author->name),
		.author_email = arena_strdup(out, author->email),
		.committer_name = arena_strdup(out, committer->name),
		.committer_email = arena_strdup(out, committer->email),
		.time_ms = (int64_t)author->when.time * 1000,
		.subject = arena_strndup(out, message, strcspn(message, "\n")),
	};
}

struct walk {
	const struct store_log_query *query;
	const char *path;     /* within the repository */
	const char *or_added; /* within the repository; or NULL */
	bool cut;	      /* history was cut at a commit that has `path` */
	struct store_log_list log;
};

static bool walk_commit(struct store *store, const git_oid *id, struct walk *walk, struct arena *out,
			struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	enum change change;
	if (git_commit_lookup(&commit, store->repo, id) < 0)
		return store_fail(err, "cannot read a commit");
	if (!change_of(store, commit, walk->path, &change, err))
		return false;
	if (change != CHANGE_NONE && store_is_cut_at(store, commit)) {
		/* Whether this commit changed it, or one before it, cannot be told here. */
		walk->cut = true;
		return true;
	}
	if (change == CHANGE_MODIFIED && walk->or_added &&
	    !change_of(store, commit, walk->or_added, &change, err))
		return false;
	if (change == CHANGE_ADDED || (change == CHANGE_MODIFIED && !walk->query->only_added))
		VEC_PUSH(out, &walk->log, store_entry_of(commit, out));
	return true;
}

static bool walk_history(struct store *store, struct walk *walk, struct arena *out, struct error *err)
{
	const struct store_log_query *query = walk->query;
	const char *revision = query->revision;
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	if (!need_commit(store, revision, &tip, err))
		return false;
	if (git_revwalk_new(&commits, store->repo) < 0 ||
	    git_revwalk_sorting(commits, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME) < 0 ||
	    git_revwalk_push(commits, git_commit_id(tip)) < 0)
		return store_fail(err, "cannot walk the history of '%s'", revision);
	git_oid id;
	if (query->hide && (git_oid_fromstr(&id, query->hide) < 0 || git_revwalk_hide(commits, &id) < 0))
		return store_fail(err, "cannot walk the history of '%s'", revision);
	int code = 0;
	while ((!query->limit || walk->log.count < query->limit) &&
	       (code = git_revwalk_next(&id, commits)) == 0)
		if (!walk_commit(store, &id, walk, out, err))
			return false;
	if (code < 0 && code != GIT_ITEROVER)
		return store_fail(err, "cannot walk the history of '%s'", revision);
	return true;
}

bool store_log(struct store *store, const struct store_log_query *query, struct arena *out,
	       struct store_log *ret, struct error *err)
{
	struct walk walk = {.query = query, .path = store_full_path(store, out, query->path)};
	if (query->or_added)
		walk.or_added = store_full_path(store, out, query->or_added);
	if (!walk_history(store, &walk, out, err))
		return false;
	*ret = (struct store_log){walk.log, !walk.cut};
	return true;
}

/* Whether a commit changed any of the paths, and which. */
static bool changed_by(struct store *store, const git_oid *id, const struct str_list *full, bool *ret_changed,
		       bool *ret_any, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	if (git_commit_lookup(&commit, store->repo, id) < 0)
		return store_fail(err, "cannot read a commit");
	for (size_t i = 0; i < full->count; i++) {
		enum change change;
		if (!change_of(store, commit, full->items[i], &change, err))
			return false;
		ret_changed[i] = change != CHANGE_NONE;
		*ret_any = *ret_any || ret_changed[i];
	}
	return true;
}

bool store_last_changed(struct store *store, const char *revision, const struct str_list *paths,
			struct arena *out, bool *ret_changed, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	struct str_list full = {0};
	bool any = false;
	for (size_t i = 0; i < paths->count; i++)
		VEC_PUSH(out, &full, store_full_path(store, out, paths->items[i]));
	if (!need_commit(store, revision, &tip, err))
		return false;
	if (git_revwalk_new(&commits, store->repo) < 0 ||
	    git_revwalk_sorting(commits, GIT_SORT_TOPOLOGICAL) < 0 ||
	    git_revwalk_push(commits, git_commit_id(tip)) < 0)
		return store_fail(err, "cannot walk the history of '%s'", revision);
	git_oid id;
	while (!any && git_revwalk_next(&id, commits) == 0)
		if (!changed_by(store, &id, &full, ret_changed, &any, err))
			return false;
	return true;
}

bool store_author_of(struct store *store, const char *revision, const char *path, struct arena *out,
		     struct store_log_entry *ret_author, struct error *err)
{
	const struct store_log_query query = {.revision = revision, .path = path, .only_added = true};
	struct store_log log;
	if (!store_log(store, &query, out, &log, err))
		return false;
	if (!log.complete) {
		error_set(err, ERR_FAILED, "this shallow clone does not say who added '%s'", path);
		return error_hint(err, "Fetch the history: git fetch --unshallow, or a checkout with "
				       "full depth in CI.");
	}
	*ret_author =
		log.commits.count ? log.commits.items[log.commits.count - 1] : (struct store_log_entry){0};
	return true;
}

const char *store_version(struct arena *out)
{
	int major = 0, minor = 0, revision = 0;
	git_libgit2_version(&major, &minor, &revision);
	return arena_printf(out, "%d.%d.%d", major, minor, revision);
}
