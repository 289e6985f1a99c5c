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

bool store_brought(struct store *store, const char *revision, const char *path, struct arena *out,
		   struct store_step_list *ret_steps, struct error *err)
{
	struct store_step_list steps = {0};
	const char *full = store_full_path(store, out, path);
	git_commit *at = NULL;
	git_oid before = {0};
	if (!store_find_commit(store, revision, &at, err) || (at && !store_id_at(at, full, &before, err)))
		return false;
	while (at) {
		CLEANUP(git_commit_freep) git_commit *commit = TAKE(at);
		const git_oid here = before;
		before = (git_oid){0};
		if (!first_parent(store, commit, &at, err) || (at && !store_id_at(at, full, &before, err))) {
			git_commit_free(at);
			return false;
		}
		if (git_oid_is_zero(&here) || !git_oid_is_zero(&before))
			continue;
		const struct store_step step = {
			.commit = store_id_text(out, git_commit_id(commit)),
			.before = at ? store_id_text(out, git_commit_id(at)) : NULL,
			.is_merge = git_commit_parentcount(commit) > 1,
		};
		VEC_PUSH(out, &steps, step);
	}
	*ret_steps = steps;
	return true;
}

bool store_parent(struct store *store, const char *commit, struct arena *out, const char **ret_id,
		  struct error *err)
{
	CLEANUP(git_commit_freep) git_commit *found = NULL;
	CLEANUP(git_commit_freep) git_commit *parent = NULL;
	*ret_id = NULL;
	if (!store_find_commit(store, commit, &found, err) ||
	    (found && !first_parent(store, found, &parent, err)))
		return false;
	*ret_id = parent ? store_id_text(out, git_commit_id(parent)) : NULL;
	return true;
}
