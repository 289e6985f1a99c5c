/* Git, as the record of plans: a history in one file, for who has no access to the repository. */
#include "plans/git/store_internal.h"

STORE_CLEANUP(git_packbuilder)

const char *store_path(const struct store *store, const char *path, struct arena *out)
{
	return store_full_path(store, out, path);
}

static bool pack(struct store *store, const git_oid *tip, git_buf *ret, struct error *err)
{
	CLEANUP(git_packbuilder_freep) git_packbuilder *builder = NULL;
	CLEANUP(git_revwalk_freep) git_revwalk *commits = NULL;
	if (git_packbuilder_new(&builder, store->repo) < 0 || git_revwalk_new(&commits, store->repo) < 0 ||
	    git_revwalk_push(commits, tip) < 0 || git_packbuilder_insert_walk(builder, commits) < 0 ||
	    git_packbuilder_write_buf(ret, builder) < 0)
		return store_fail(err, "cannot pack the history");
	return true;
}

bool store_bundle(struct store *store, const char *commit, const char *branch, struct arena *out,
		  struct bytes *ret, struct error *err)
{
	git_oid tip;
	git_buf packed = {0};
	*ret = (struct bytes){0};
	/* A cut history would need what is not here before it could be opened. */
	if (git_repository_is_shallow(store->repo))
		return true;
	if (git_oid_fromstr(&tip, commit) < 0)
		return store_fail(err, "'%s' is not an id", commit);
	bool ok = pack(store, &tip, &packed, err);
	if (ok) {
		CLEANUP(strbuf_release) struct strbuf bundle = STRBUF_INIT(STRBUF_LARGE);
		strbuf_addf(&bundle, "# v2 git bundle\n%s refs/heads/%s\n\n", commit, branch);
		strbuf_add_bytes(&bundle, packed.ptr, packed.size);
		ok = !bundle.failed || error_set(err, ERR_FAILED, "the history is too large for one file");
		if (ok)
			*ret = (struct bytes){arena_dup(out, strbuf_text(&bundle), bundle.len), bundle.len};
	}
	git_buf_dispose(&packed);
	return ok;
}
