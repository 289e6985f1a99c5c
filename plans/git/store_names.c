/* Git, as the record of plans: what files were called, and who changed them under whatever name. */
#include "plans/git/store_internal.h"

#include "core/vec.h"

#include <stdlib.h>
#include <string.h>

enum {
	PASSES_MAX = 64, /* a name that is found late may lead to an earlier one; mostly there are two */
	DEPTH_MAX = 200,
};

/* A name, and what the commit that is looked at did to it. */
struct name {
	const char *name;
	struct store_log log;
	size_t commit;		 /* by its number in the walk: the last one that had anything of it */
	unsigned changed, added; /* against so many of its parents */
};
VEC(name_list, struct name);

struct named_file {
	struct name_list names;
	bool adds; /* one of its names is new in the change that is looked at */
};

/* What any file's names ever held in that part of the history: a table with open addresses. */
struct held {
	git_oid id;
	size_t file; /* counted from 1; 0: free */
};
struct held_table {
	struct held *slots;
	size_t size, count; /* size is a power of two */
};

/* One walk for all files: most of it is reading what commits changed, whosever name that is. */
struct names {
	struct store *store;
	const struct store_log_query *query;
	struct arena *out;
	struct named_file *files;
	size_t file_count;
	struct held_table held;
	size_t commit;
	bool grew;
};

static void diff_freep(git_diff **diff)
{
	git_diff_free(*diff);
}

/* ---- what they held ------------------------------------------------------------------------- */

static struct held *slot_of(const struct held_table *table, const git_oid *id, size_t file)
{
	uint64_t hash;
	memcpy(&hash, id->id, sizeof hash);
	size_t at = (size_t)((hash ^ (file * UINT64_C(0x9e3779b97f4a7c15))) & (table->size - 1));
	while (table->slots[at].file &&
	       (table->slots[at].file != file || !git_oid_equal(&table->slots[at].id, id)))
		at = (at + 1) & (table->size - 1);
	return &table->slots[at];
}

static bool has_held(const struct names *n, size_t file, const git_oid *id)
{
	return n->held.size && slot_of(&n->held, id, file + 1)->file;
}

static void grow_table(struct held_table *table, struct arena *out)
{
	enum { FIRST = 256 };
	struct held_table more = {.size = table->size ? table->size * 2 : FIRST, .count = table->count};
	more.slots = arena_alloc_array(out, more.size, sizeof *more.slots);
	for (size_t i = 0; i < table->size; i++)
		if (table->slots[i].file)
			*slot_of(&more, &table->slots[i].id, table->slots[i].file) = table->slots[i];
	*table = more;
}

static void add_held(struct names *n, size_t file, const git_oid *id)
{
	static const char empty[] = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"; /* is everybody's */
	if (git_oid_streq(id, empty) == 0 || has_held(n, file, id))
		return;
	if (n->held.count * 2 >= n->held.size)
		grow_table(&n->held, n->out);
	*slot_of(&n->held, id, file + 1) = (struct held){*id, file + 1};
	n->held.count++;
	n->grew = true;
}

/* ---- one change ----------------------------------------------------------------------------- */

static struct name *find_name(const struct named_file *file, const char *name)
{
	for (size_t i = 0; i < file->names.count; i++)
		if (str_eq(file->names.items[i].name, name))
			return &file->names.items[i];
	return NULL;
}

static void add_name(struct names *n, struct named_file *file, const char *name)
{
	if (find_name(file, name))
		return;
	VEC_PUSH(n->out, &file->names,
		 ((struct name){.name = arena_strdup(n->out, name), .log.complete = true}));
	n->grew = true;
}

/* What a commit has at a path, and a parent has not. */
struct change {
	const char *path;
	const git_oid *id;
	bool added; /* the parent has no file there */
};

static void count_change(const struct names *n, struct name *name, const struct change *change)
{
	if (name->commit != n->commit) {
		name->commit = n->commit;
		name->changed = name->added = 0;
	}
	name->changed++;
	name->added += change->added;
}

static void see(struct names *n, const struct change *change)
{
	for (size_t i = 0; i < n->file_count; i++) {
		struct named_file *file = &n->files[i];
		struct name *name = find_name(file, change->path);
		if (!name && has_held(n, i, change->id))
			add_name(n, file, change->path);
		if (!name)
			continue;
		add_held(n, i, change->id);
		count_change(n, name, change);
		file->adds = file->adds || change->added;
	}
}

/* What a name that is new may have been. */
static void see_origin(struct names *n, const git_diff_delta *delta)
{
	if (delta->status != GIT_DELTA_RENAMED && delta->status != GIT_DELTA_COPIED)
		return;
	for (size_t i = 0; i < n->file_count; i++)
		if (n->files[i].adds && find_name(&n->files[i], delta->new_file.path))
			add_name(n, &n->files[i], delta->old_file.path);
}

/* Only where one of the names is new is that asked: it reads files. */
static bool see_origins(struct names *n, git_tree *before, git_tree *after, struct error *err)
{
	CLEANUP(diff_freep) git_diff *diff = NULL;
	git_diff_find_options similar = GIT_DIFF_FIND_OPTIONS_INIT;
	bool adds = false;
	similar.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_COPIES;
	for (size_t i = 0; i < n->file_count; i++)
		adds = adds || n->files[i].adds;
	if (!adds)
		return true;
	if (git_diff_tree_to_tree(&diff, n->store->repo, before, after, NULL) < 0 ||
	    git_diff_find_similar(diff, &similar) < 0)
		return store_fail(err, "cannot compare two commits");
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++)
		see_origin(n, git_diff_get_delta(diff, i));
	return true;
}

/* ---- two folders ---------------------------------------------------------------------------- */

/* Two folders that are compared; `before` NULL: there was none. */
struct folders {
	const git_tree *before, *after;
	const char *path; /* "" or "customers/" */
	int depth;
};

static bool compare(struct names *n, const struct folders *folders, struct arena *tmp, struct error *err);

static bool compare_below(struct names *n, const struct folders *folders, const git_tree_entry *there,
			  const git_tree_entry *here, struct arena *tmp, struct error *err)
{
	CLEANUP(git_tree_freep) git_tree *before = NULL;
	CLEANUP(git_tree_freep) git_tree *after = NULL;
	bool was_folder = there && git_tree_entry_type(there) == GIT_OBJECT_TREE;
	if (git_tree_lookup(&after, n->store->repo, git_tree_entry_id(here)) < 0 ||
	    (was_folder && git_tree_lookup(&before, n->store->repo, git_tree_entry_id(there)) < 0))
		return store_fail(err, "cannot compare two commits");
	const struct folders below = {before, after,
				      arena_printf(tmp, "%s%s/", folders->path, git_tree_entry_name(here)),
				      folders->depth + 1};
	return compare(n, &below, tmp, err);
}

/* libgit2's own comparison looks each folder up, the same or not: of thousands of plans that takes a minute.
 */
static bool compare(struct names *n, const struct folders *folders, struct arena *tmp, struct error *err)
{
	const size_t before = folders->before ? git_tree_entrycount(folders->before) : 0;
	const size_t after = git_tree_entrycount(folders->after);
	if (folders->depth > DEPTH_MAX)
		return error_set(err, ERR_FAILED, "'%.100s' has folders within folders without end",
				 folders->path);
	for (size_t i = 0, j = 0; j < after;) {
		const git_tree_entry *there = i < before ? git_tree_entry_byindex(folders->before, i) : NULL;
		const git_tree_entry *here = git_tree_entry_byindex(folders->after, j);
		const int order = there ? git_tree_entry_cmp(there, here) : 1;
		i += order <= 0;
		j += order >= 0;
		if (order < 0 ||
		    (order == 0 && git_oid_equal(git_tree_entry_id(there), git_tree_entry_id(here))))
			continue;
		there = order == 0 ? there : NULL;
		if (git_tree_entry_type(here) == GIT_OBJECT_TREE) {
			if (!compare_below(n, folders, there, here, tmp, err))
				return false;
			continue;
		}
		see(n, &(struct change){arena_printf(tmp, "%s%s", folders->path, git_tree_entry_name(here)),
					git_tree_entry_id(here), !there});
	}
	return true;
}

static bool see_change(struct names *n, git_tree *before, git_tree *after, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	for (size_t i = 0; i < n->file_count; i++)
		n->files[i].adds = false;
	return compare(n, &(struct folders){before, after, "", 0}, tmp, err) &&
	       see_origins(n, before, after, err);
}

/* ---- one commit ----------------------------------------------------------------------------- */

/* What was there when a shallow clone was cut, nobody is known to have brought. */
static bool see_cut(struct names *n, const git_commit *commit, struct error *err)
{
	for (size_t i = 0; i < n->file_count; i++)
		for (size_t j = 0; j < n->files[i].names.count; j++) {
			struct name *name = &n->files[i].names.items[j];
			git_oid here;
			if (!store_id_at(commit, name->name, &here, err))
				return false;
			name->log.complete = name->log.complete && git_oid_is_zero(&here);
		}
	return true;
}

static void log_commit(struct names *n, const git_commit *commit, unsigned parents)
{
	for (size_t i = 0; i < n->file_count; i++)
		for (size_t j = 0; j < n->files[i].names.count; j++) {
			struct name *name = &n->files[i].names.items[j];
			bool changed = name->commit == n->commit && name->changed == parents;
			if (changed && (!n->query->only_added || name->added == parents))
				VEC_PUSH(n->out, &name->log.commits, store_entry_of(commit, n->out));
		}
}

static bool see_commit(struct names *n, const git_oid *id, struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	CLEANUP(git_tree_freep) git_tree *tree = NULL;
	if (git_commit_lookup(&commit, n->store->repo, id) < 0 || git_commit_tree(&tree, commit) < 0)
		return store_fail(err, "cannot read a commit");
	n->commit++;
	if (store_is_cut_at(n->store, commit))
		return see_cut(n, commit, err);
	unsigned parents = git_commit_parentcount(commit);
	if (!parents && !see_change(n, NULL, tree, err))
		return false;
	for (unsigned i = 0; i < parents; i++) {
		CLEANUP(git_commit_freep) git_commit *parent = NULL;
		CLEANUP(git_tree_freep) git_tree *before = NULL;
		if (git_commit_parent(&parent, commit, i) < 0 || git_commit_tree(&before, parent) < 0)
			return store_fail(err, "cannot read a parent of a commit");
		if (!see_change(n, before, tree, err))
			return false;
	}
	log_commit(n, commit, parents ? parents : 1);
	return true;
}

/* ---- the history ---------------------------------------------------------------------------- */

/* What was written down while not all names were known is not all there is. */
static void begin_pass(struct names *n)
{
	n->grew = false;
	for (size_t i = 0; i < n->file_count; i++)
		for (size_t j = 0; j < n->files[i].names.count; j++)
			n->files[i].names.items[j].log = (struct store_log){.complete = true};
}

static bool pass(struct names *n, struct error *err)
{
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	CLEANUP(git_commit_freep) git_commit *tip = NULL;
	git_oid id;
	begin_pass(n);
	if (!store_find_commit(n->store, n->query->revision, &tip, err))
		return false;
	if (!tip)
		return true;
	if (git_revwalk_new(&commits, n->store->repo) < 0 ||
	    git_revwalk_sorting(commits, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME) < 0 ||
	    git_revwalk_push(commits, git_commit_id(tip)) < 0 ||
	    (n->query->hide &&
	     (git_oid_fromstr(&id, n->query->hide) < 0 || git_revwalk_hide(commits, &id) < 0)))
		return store_fail(err, "cannot walk the history");
	int code;
	while ((code = git_revwalk_next(&id, commits)) == 0)
		if (!see_commit(n, &id, err))
			return false;
	return code == GIT_ITEROVER || store_fail(err, "cannot walk the history");
}

bool store_changes(struct store *store, const struct store_log_query *query, const struct str_list *paths,
		   struct arena *out, struct store_named_list *ret, struct error *err)
{
	struct names n = {
		.store = store, .query = query, .out = out, .file_count = paths->count, .grew = true};
	n.files = arena_alloc_array(out, paths->count + 1, sizeof *n.files);
	for (size_t i = 0; i < paths->count; i++)
		add_name(&n, &n.files[i], store_full_path(store, out, paths->items[i]));
	for (int i = 0; n.grew && i < PASSES_MAX; i++)
		if (!pass(&n, err))
			return false;
	if (n.grew)
		return error_set(err, ERR_FAILED, "cannot tell what '%s' was called: there is no end to it",
				 paths->items[0]);
	*ret = (struct store_named_list){0};
	for (size_t i = 0; i < paths->count; i++)
		for (size_t j = 0; j < n.files[i].names.count; j++) {
			const struct name *name = &n.files[i].names.items[j];
			VEC_PUSH(out, ret, ((struct store_named){name->name, name->log}));
		}
	return true;
}
