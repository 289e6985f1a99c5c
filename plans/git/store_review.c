/* Git, as the record of plans: how something came onto a branch. */
#include "plans/git/store_internal.h"

/* Shallow clones: what history was cut at has no parents here. */
static bool first_parent(struct store *store, const git_commit *commit, git_commit **ret, struct error *err)
{
	*ret = NULL;
	if (store_is_cut_at(store, commit) || !git_commit_parentcount(commit))
		return true;
	return git_commit_parent(ret, commit, 0) == 0 || store_fail(err, "cannot read a parent of a commit");
}

/* The line of first parents, from the tip on: a commit, and the one before it. */
struct line {
	struct store *store;
	git_commit *at, *before; /* before NULL: the line begins at `at` */
};

static bool line_begin(struct line *line, const char *revision, struct error *err)
{
	return store_find_commit(line->store, revision, &line->at, err) &&
	       (!line->at || first_parent(line->store, line->at, &line->before, err));
}

static bool line_next(struct line *line, struct error *err)
{
	git_commit_free(line->at);
	line->at = line->before;
	line->before = NULL;
	return !line->at || first_parent(line->store, line->at, &line->before, err);
}

static void line_end(struct line *line)
{
	git_commit_free(line->at);
	git_commit_free(line->before);
}

static void add_step(const struct line *line, const char *path, struct arena *out,
		     struct store_step_list *steps)
{
	VEC_PUSH(out, steps,
		 ((struct store_step){
			 .path = path,
			 .commit = store_id_text(out, git_commit_id(line->at)),
			 .before = line->before ? store_id_text(out, git_commit_id(line->before)) : NULL,
			 .is_merge = git_commit_parentcount(line->at) > 1,
		 }));
}

/* All zeros where there is no such commit. */
static bool id_at(const git_commit *commit, const char *path, git_oid *ret, struct error *err)
{
	*ret = (git_oid){0};
	return !commit || store_id_at(commit, path, ret, err);
}

static bool was_brought(const struct line *line, const char *full, bool *ret_was, struct error *err)
{
	git_oid here, before;
	if (!id_at(line->at, full, &here, err) || !id_at(line->before, full, &before, err))
		return false;
	*ret_was = !git_oid_is_zero(&here) && git_oid_is_zero(&before);
	return true;
}

bool store_line(struct store *store, const char *revision, const char *path, struct arena *out,
		struct store_step_list *ret_steps, struct error *err)
{
	struct line line = {.store = store};
	const char *full = store_full_path(store, out, path);
	bool ok = line_begin(&line, revision, err);
	*ret_steps = (struct store_step_list){0};
	while (ok && line.at) {
		git_oid here = {0}, before = {0};
		ok = id_at(line.at, full, &here, err) && id_at(line.before, full, &before, err);
		if (ok && !git_oid_is_zero(&here) && !git_oid_equal(&here, &before))
			add_step(&line, path, out, ret_steps);
		ok = ok && line_next(&line, err);
	}
	line_end(&line);
	return ok;
}

/* Folders of one commit's tree, looked for in the one before. */
static bool add_brought(const struct line *line, const git_tree *tree, const struct store_below *below,
			struct arena *out, struct store_step_list *steps, struct error *err)
{
	for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		bool was = false;
		if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
			continue;
		const char *path =
			arena_printf(out, "%s/%s/%s", below->dir, git_tree_entry_name(entry), below->file);
		if (!was_brought(line, store_full_path(line->store, out, path), &was, err))
			return false;
		if (was)
			add_step(line, path, out, steps);
	}
	return true;
}

static bool add_changed(const struct line *line, const struct store_below *below, struct arena *out,
			struct store_step_list *steps, struct error *err)
{
	const char *full = store_full_path(line->store, out, below->dir);
	git_oid here, before;
	if (!id_at(line->at, full, &here, err) || !id_at(line->before, full, &before, err))
		return false;
	if (git_oid_is_zero(&here) || git_oid_equal(&here, &before))
		return true;
	CLEANUP(git_object_freep) git_object *object = NULL;
	if (!store_find_object(line->at, full, &object, err))
		return false;
	return git_object_type(object) != GIT_OBJECT_TREE ||
	       add_brought(line, (const git_tree *)object, below, out, steps, err);
}

bool store_brought_below(struct store *store, const char *revision, const struct store_below *below,
			 struct arena *out, struct store_step_list *ret_steps, struct error *err)
{
	struct line line = {.store = store};
	bool ok = line_begin(&line, revision, err);
	*ret_steps = (struct store_step_list){0};
	while (ok && line.at)
		ok = add_changed(&line, below, out, ret_steps, err) && line_next(&line, err);
	line_end(&line);
	return ok;
}
