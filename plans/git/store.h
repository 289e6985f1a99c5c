/*
 * Git, as the record of plans. The only user of libgit2, which plans/git/store_internal.h alone names.
 *
 * Commits are built from trees and blobs directly, never through filters: bytes in are bytes out,
 * whatever core.autocrlf says. The user's working tree and staged changes are never touched, and HEAD
 * is never moved unless it is the branch committed to.
 *
 * Not done: signing of commits, even where commit.gpgSign is set (store_wants_signing says so); hooks
 * (of the repository, and of a remote that is a folder); following redirects.
 */
#ifndef PLANS_STORE_H
#define PLANS_STORE_H

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>

struct store;

/*
 * Opens the repository that contains `dir` (worktree, shallow: all the same), or that is `dir` (bare, and in
 * no working tree). ERR_FAILED with a hint if none, if git would refuse it for its owner (safe.directory), or
 * if it needs what libgit2 does not know, which the hint names.
 */
NODISCARD bool store_open(const char *dir, struct store **ret_store, struct error *err);
/* Whether git has the file `path` of `dir` in its index; false also where there is no repository to ask. */
bool store_tracks(const char *dir, const char *path);
bool store_is_in_git(const char *dir); /* whether there is one, which may not open */
void store_free(struct store *store);
DEFINE_FREEP(struct store, store)

/*
 * Makes a repository in `dir`, whose first branch is `branch`, unless `dir` is in one already; then
 * nothing is done, and *ret_there is the git folder of that one, in `out`. NULL: one was made.
 */
NODISCARD bool store_init(const char *dir, const char *branch, struct arena *out, const char **ret_there,
			  struct error *err);

/* What the store may take from outside; every member may be NULL, and they must outlive the store. */
struct store_outside {
	const char *(*env)(void *ctx, const char *name); /* GIT_AUTHOR_NAME and its like; NULL when not set */
	void *env_ctx;
	/*
	 * The password or token for an http remote that asks for one; false when there is none. *ret_user
	 * is the user of the url or NULL, and may be set; in `out`. `git_dir` is whose configuration may say
	 * more. The caller frees the password. Before it,
	 * http.extraHeader of git's configuration is sent. For ssh the agent is asked, always.
	 */
	bool (*password)(void *ctx, const char *git_dir, const char *url, struct arena *out,
			 const char **ret_user, struct secret **ret_password);
	void *password_ctx;
	const struct random *random; /* for the length of pauses */
};
void store_use(struct store *store, const struct store_outside *outside);

struct store_file {
	const char *path; /* relative to `dir` of store_open, with slashes */
	struct bytes content;
	bool may_change; /* also where the commit's other files may only grow */
};

struct store_commit {
	const char *branch; /* NULL: the branch HEAD is on; ERR_FAILED with a hint when HEAD is detached */
	const char *subject;
	const char *body; /* or NULL */
	const struct store_file *files;
	size_t file_count;
	const char *only_under; /* every file must be under this folder: a guard, checked */
	bool only_grow;		/* each file must begin with what the branch has of it, else ERR_FAILED */
};

/*
 * Adds one commit on top of the branch with exactly these files added or replaced. A branch that is
 * not there begins at the remote's branch of that name, else at HEAD's commit, else (unborn) with no
 * parent. The ref is moved by compare-and-swap; a lost race is retried on the new tip, for a while.
 * When the files already are as given, no commit is made.
 * Author and committer: the repository's configured identity (user.name, user.email, or the GIT_AUTHOR_*
 * and GIT_COMMITTER_* variables as git honours them); a missing identity is an error with a hint.
 * When the branch is the one checked out, the caller has written the same bytes to the working tree, and
 * `git status` would show these paths as staged for deletion: so these paths, and only these, are
 * refreshed in the index. A branch that another worktree has checked out is refused.
 */
struct store_committed {
	const char *id; /* of the branch's tip, 40 hex digits */
	bool made;	/* false: the branch had the files as they are */
};
NODISCARD bool store_commit(struct store *store, const struct store_commit *commit, const struct clock *clock,
			    struct arena *out, struct store_committed *ret, struct error *err);

/* ERR_FAILED with a hint when a commit could not be made for want of an identity. Nothing is written. */
NODISCARD bool store_check_identity(struct store *store, const struct clock *clock, struct error *err);

/* commit.gpgSign is set: whoever set it expects signed commits, and these are not. */
bool store_wants_signing(struct store *store);

/* HEAD is on a branch (which may be unborn), not detached. */
bool store_on_branch(struct store *store);
bool store_is_bare(struct store *store);
/* What a server has is known here, or this is a checkout of it: there is a remote, and a ref of its, or HEAD
 * is detached. */
bool store_knows_server(struct store *store);

/*
 * A revision is a commit's full id, "HEAD", a branch's name (a local branch, else the remote's), or the full
 * ref of either. Nothing else, however much more `git rev-parse` knows: what a tag, or an id that is cut
 * short, is taken for, is said by whoever can push one.
 */

/* Reads a file from a revision's commit. Not there: true, and no bytes. */
NODISCARD bool store_read(struct store *store, const char *revision, const char *path, struct arena *out,
			  struct bytes *ret, struct error *err);

/* Names in a folder of a revision's tree, sorted; folders end in "/". Not there: empty. */
NODISCARD bool store_list(struct store *store, const char *revision, const char *path, struct arena *out,
			  struct str_list *ret_names, struct error *err);

/* The id of a revision's commit; NULL when there is no such revision (an unborn branch). */
NODISCARD bool store_tip(struct store *store, const char *revision, struct arena *out, const char **ret_id,
			 struct error *err);

/* Where a branch is, for those who must not be told by whoever has this checkout. */
struct store_branch {
	const char *commit; /* the remote's, as last fetched, where it has the branch; NULL: there is no such
			       branch */
	const char *remote; /* whose it is; NULL: it is this repository's own */
	const char *here;   /* this repository's own, when that is another commit */
};
NODISCARD bool store_branch_tip(struct store *store, const char *branch, struct arena *out,
				struct store_branch *ret, struct error *err);

struct store_log_entry {
	const char *id;
	const char *author_name;
	const char *author_email;
	const char *committer_name, *committer_email;
	int64_t time_ms; /* of the author */
	const char *subject;
	struct str_list others; /* names and addresses in its Co-authored-by lines */
};
VEC(store_log_list, struct store_log_entry);

/* Which commits: those of a part of the history that changed `path`. */
struct store_log_query {
	const char *revision;
	const char *hide;     /* a commit, which is left out with all that comes before it; or NULL */
	const char *path;     /* a file or a folder */
	size_t limit;	      /* 0: all */
	bool only_added;      /* where none of their parents had it */
	const char *or_added; /* with it: those as well that so added this path, which is below the other; or
				 NULL */
};
struct store_log {
	struct store_log_list commits; /* the newest first */
	bool complete; /* false: history was cut (a shallow clone), and the oldest may not be the first */
};
NODISCARD bool store_log(struct store *store, const struct store_log_query *query, struct arena *out,
			 struct store_log *ret, struct error *err);
/* A name that a file has had, from the top of git's repository, and the commits that changed what it names.
 */
struct store_named {
	const char *name;
	struct store_log log;
};
VEC(store_named_list, struct store_named);
/*
 * Who changed several files in the query's part of the history (its revision, hide and only_added), under
 * whatever names: their own, first, names that git takes one to have been renamed or copied from, and those
 * under which the same bytes were brought.
 */
NODISCARD bool store_changes(struct store *store, const struct store_log_query *query,
			     const struct str_list *paths, struct arena *out, struct store_named_list *ret,
			     struct error *err);

/* `file` in every folder below `dir`: the plan.json of all plans in plans/contoso. */
struct store_below {
	const char *dir;
	const char *file;
};

/* On a revision's line of first parents. */
struct store_step {
	const char *path; /* that it brought */
	const char *commit;
	const char *before; /* its first parent; NULL: it has none */
	bool is_merge;
};
VEC(store_step_list, struct store_step);
/* The commits that changed `path` and have it, the newest first. */
NODISCARD bool store_line(struct store *store, const char *revision, const char *path, struct arena *out,
			  struct store_step_list *ret_steps, struct error *err);
/* Those that brought such a file, the newest first: they have it, and their own first parent has not. */
NODISCARD bool store_brought_below(struct store *store, const char *revision, const struct store_below *below,
				   struct arena *out, struct store_step_list *ret_steps, struct error *err);
/*
 * Of several paths (each in an array as long as the list), which the newest commit of a revision's history
 * that changed any of them has changed. None: nobody ever did.
 */
NODISCARD bool store_last_changed(struct store *store, const char *revision, const struct str_list *paths,
				  struct arena *out, bool *ret_changed, struct error *err);

bool store_is_shallow(const struct store *store); /* its history begins somewhere in the middle */

/*
 * Who added this file first. Not there: true with id NULL. ERR_FAILED with a hint when a shallow clone
 * does not say. What git calls the author is a claim, not a proof.
 */
NODISCARD bool store_author_of(struct store *store, const char *revision, const char *path, struct arena *out,
			       struct store_log_entry *ret_author, struct error *err);

struct store_version {
	const char *commit; /* one that has it */
	const char *blob;   /* its id */
	struct bytes content;
};
VEC(store_version_list, struct store_version);
struct store_versions {
	struct store_version_list all;
	bool complete; /* false: history was cut (a shallow clone), and there may have been more */
};

/*
 * All that a file has ever been in the histories of these revisions, merged branches included, each content
 * once.
 */
NODISCARD bool store_versions(struct store *store, const struct str_list *revisions, const char *path,
			      struct arena *out, struct store_versions *ret, struct error *err);
/* The same of a file in every folder that ever was there, without the bytes: each content of each folder's
 * once. */
struct store_place {
	const char *name;   /* of the folder */
	const char *commit; /* one that has it */
	const char *blob;
};
VEC(store_place_list, struct store_place);
NODISCARD bool store_places(struct store *store, const struct str_list *revisions,
			    const struct store_below *below, struct arena *out,
			    struct store_place_list *ret_places, struct error *err);

/*
 * A commit with its whole history as a git bundle, in which it is the tip of `branch`: `git clone` opens
 * it. No bytes in a shallow clone, which does not have that history.
 */
NODISCARD bool store_bundle(struct store *store, const char *commit, const char *branch, struct arena *out,
			    struct bytes *ret, struct error *err);

/* `path` as git has it: from the top of its repository, of which `dir` of store_open may be a folder. */
const char *store_path(const struct store *store, const char *path, struct arena *out);

/* The folder for lock files, in the git folder that all worktrees share; absolute, perhaps not there yet. */
const char *store_lock_dir(const struct store *store, struct arena *out);

/* "remote" NULL is the default one: origin, else the only one. NULL when none is configured. */
const char *store_remote_name(struct store *store, const char *remote, struct arena *out);

struct store_push {
	const char *remote;		  /* NULL: the default one */
	const char *branch;		  /* NULL: the branch HEAD is on */
	const struct store_commit *again; /* what to commit on top when the remote has gone on; or NULL */
	int64_t deadline_ms;		  /* how long to try with `again`; 0: STORE_PUSH_DEADLINE_MS */
	bool (*keep_on)(void *ctx);	  /* asked before each further try; NULL: yes */
	void *keep_on_ctx;
};
enum { STORE_PUSH_DEADLINE_MS = 5 * 60 * 1000 };

/*
 * Pushes the branch; never by force. When the remote has gone on, its tip is fetched, `again` is
 * committed on top of that tip and pushed instead, with growing pauses until the deadline, also over a
 * remote that cannot be reached or fails meanwhile; the local branch stays where it is (it may be checked
 * out, and may hold commits of the user's), to be merged by whoever owns it. What no waiting mends ends
 * it at once: nobody is let in, or what the remote refuses again and again although nobody else moved
 * the branch. Without `again` a remote that has gone on is ERR_FAILED with a hint. *ret_commit is what the
 * remote's branch is at afterwards.
 */
NODISCARD bool store_push(struct store *store, const struct store_push *push, const struct clock *clock,
			  struct arena *out, const char **ret_commit, struct error *err);

/*
 * Reads a file from the remote's branch as it is there now. Not there, or no such branch: true, and
 * no bytes. No ref here is changed.
 */
NODISCARD bool store_read_remote(struct store *store, const char *branch, const char *path, struct arena *out,
				 struct bytes *ret, struct error *err);

/*
 * A note kept on the remote under a ref of its own (refs/seatshift/…), replaced by compare-and-swap:
 * the remote lock. `text` is the message of a commit with an empty tree.
 *
 * The swap is the server's own: git's push protocol names the old value for each ref, and the server
 * compares under its ref lock. libgit2 offers no --force-with-lease, but says which old value it will
 * send (the one the server just advertised) before it sends it, and the push is dropped there unless
 * that is the expected one. What remains: a server that does not compare (none of the known ones), and
 * a lost answer, after which the caller does not know who won and must read. A remote that is a folder
 * is opened and its ref swapped under its own lock file.
 */
struct store_note {
	const char *remote; /* NULL: the default one */
	const char *ref;    /* refs/seatshift/locks/contoso */
};
/* Not there: true with *ret_id NULL. */
NODISCARD bool store_note_read(struct store *store, const struct store_note *note, struct arena *out,
			       const char **ret_id, const char **ret_text, struct error *err);

/* What to put in place of what. */
struct store_note_change {
	const char *expected; /* the id that it must have; NULL: the ref must not exist */
	const char *text;     /* NULL: the ref is deleted */
	const struct clock *clock;
};
struct store_note_swapped {
	bool swapped;	/* false: the ref is not as expected, and was left alone */
	const char *id; /* the new one; NULL when deleted, or not swapped */
};
NODISCARD bool store_note_swap(struct store *store, const struct store_note *note,
			       const struct store_note_change *change, struct arena *out,
			       struct store_note_swapped *ret, struct error *err);

const char *store_version(struct arena *out); /* of libgit2 */

#endif
