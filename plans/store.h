/*
 * Git, as the record of plans. The only user of libgit2.
 *
 * Commits are built from trees and blobs directly: the user's index, working tree and staged changes
 * are never touched, and HEAD is never moved unless it is the branch committed to.
 */
#ifndef PLANS_STORE_H
#define PLANS_STORE_H

#include "core/clock.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdbool.h>

struct store;

/* Opens the repository that contains `dir` (worktree, bare, shallow: all the same). ERR_FAILED with a hint if none. */
NODISCARD bool store_open(const char *dir, struct store **ret_store, struct error *err);
void store_free(struct store *store);
DEFINE_FREEP(struct store, store)

struct store_file {
	const char *path; /* relative to `dir` of store_open, with slashes */
	const char *bytes;
	size_t len;
};

struct store_commit {
	const char *branch; /* NULL: the branch HEAD is on; ERR_FAILED with a hint when HEAD is detached */
	const char *subject;
	const char *body; /* or NULL */
	const struct store_file *files;
	size_t file_count;
	const char *only_under; /* every file must be under this folder: a guard, checked */
};

/*
 * Adds one commit on top of the branch (creating an unborn one) with exactly these files added or
 * replaced. The ref is moved by compare-and-swap; a lost race is retried on the new tip a few times.
 * When the files already are as given, no commit is made. *ret_commit is the 40-hex id of the branch's
 * tip in `out`, *ret_made whether a commit was made.
 * Author and committer: the repository's configured identity (user.name, user.email, or the GIT_AUTHOR_*
 * and GIT_COMMITTER_* variables as git honours them); a missing identity is an error with a hint.
 * When the branch is the one checked out, the index entries of exactly these paths are NOT changed: the
 * caller has written the same bytes to the working tree, so `git status` shows those paths as staged
 * for deletion otherwise. To avoid that, these paths, and only these, are refreshed in the index.
 */
NODISCARD bool store_commit(struct store *store, const struct store_commit *commit, const struct clock *clock,
			    struct arena *out, const char **ret_commit, bool *ret_made, struct error *err);

/* Reads a file from a branch's (or any revision's) commit. Not there: true with *ret_bytes NULL. */
NODISCARD bool store_read(struct store *store, const char *revision, const char *path, struct arena *out,
			  const char **ret_bytes, size_t *ret_len, struct error *err);

/* Names in a folder of a revision's tree, sorted; folders end in "/". Not there: empty. */
NODISCARD bool store_list(struct store *store, const char *revision, const char *path, struct arena *out,
			  struct str_list *ret_names, struct error *err);

#endif
