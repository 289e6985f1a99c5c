/* What the files of the store share. The only place that names libgit2; nobody but store*.c includes it. */
#ifndef PLANS_STORE_INTERNAL_H
#define PLANS_STORE_INTERNAL_H

#include "plans/git/store.h"

#include <git2.h>
#include <git2/sys/commit_graph.h>

enum {
	STORE_ID_SIZE = GIT_OID_HEXSZ + 1,
	STORE_LOCAL_PATIENCE_MS = 30 * 1000,
	STORE_LOCK_PATIENCE_MS = 3 * 1000
};

/*
 * Waiting for others who write to the same place: growing pauses, each of a random length, so that many who
 * lost the same race do not meet again.
 */
struct store_patience {
	const struct clock *clock;
	const struct random *random; /* NULL: every pause has its full length */
	int64_t limit_ms;	     /* how long in all */
	int64_t began_ms;	     /* monotonic */
	int64_t paused_ms;
	int64_t longest_ms; /* the next pause is at most this */
};
struct store_patience store_patience(const struct clock *clock, const struct random *random,
				     int64_t limit_ms);
/* Pauses; false when there is no time left for one more try. */
bool store_pause(struct store_patience *patience);

struct store {
	git_repository *repo;
	char *prefix; /* of the folder opened, within the repository: "" or "customers-repo/" */
	struct store_outside outside;
	struct secret *login; /* the header that a helper's answer became, or NULL */
	char *login_url;      /* for which remote */
};

#define STORE_CLEANUP(type)                                                                                  \
	static inline void type##_freep(type **p)                                                            \
	{                                                                                                    \
		type##_free(*p);                                                                             \
	}
STORE_CLEANUP(git_blob)
STORE_CLEANUP(git_commit)
STORE_CLEANUP(git_config)
STORE_CLEANUP(git_index)
STORE_CLEANUP(git_object)
STORE_CLEANUP(git_odb)
STORE_CLEANUP(git_reference)
STORE_CLEANUP(git_remote)
STORE_CLEANUP(git_repository)
STORE_CLEANUP(git_revwalk)
STORE_CLEANUP(git_signature)
STORE_CLEANUP(git_transaction)
STORE_CLEANUP(git_tree)
STORE_CLEANUP(git_tree_entry)
STORE_CLEANUP(git_worktree)

/* "fmt: what libgit2 said", as ERR_FAILED. Call right after the function that failed. */
bool store_fail(struct error *err, const char *fmt, ...) PRINTF(2, 3);
const char *store_id_text(struct arena *out, const git_oid *id);
char *store_full_path(const struct store *store, struct arena *out, const char *path);

/* The ref of a branch: NULL is HEAD's, which may be unborn; ERR_FAILED with a hint when detached. */
bool store_branch_ref(struct store *store, const char *branch, struct arena *out, const char **ret_ref,
		      struct error *err);
/* The commit of a revision; *ret_commit NULL when there is none. */
bool store_find_commit(struct store *store, const char *revision, git_commit **ret_commit, struct error *err);

/* The id of what is at `path`, all zeros when nothing is. */
bool store_id_at(const git_commit *commit, const char *path, git_oid *ret, struct error *err);
/* What is at `path` in a commit's tree; NULL when nothing is. An empty path is the whole tree. */
bool store_find_object(const git_commit *commit, const char *path, git_object **ret, struct error *err);

struct store_log_entry store_entry_of(const git_commit *commit, struct arena *out);
struct bytes store_content(const git_blob *blob, struct arena *out); /* a copy of it */

/* Writes objects for one commit on top of `parent` (or NULL). */
struct store_written {
	git_oid tree;
	git_oid id; /* of the commit: the parent's when nothing changes */
	bool made;
};
bool store_write_commit(struct store *store, const struct store_commit *commit, const git_commit *parent,
			const struct clock *clock, struct store_written *ret, struct error *err);

/*
 * Sets `ref` to `to` (NULL: deletes it) if it is at `from` (NULL: is not there), under git's own lock of
 * that ref. *ret_swapped false: it is elsewhere. A lock held by another process is waited for briefly.
 */
struct store_swap {
	const char *ref;
	const git_oid *from;
	const git_oid *to;
	const char *reason; /* for the reflog */
	const struct random *random;
};
bool store_swap_ref(git_repository *repo, const struct store_swap *swap, const struct clock *clock,
		    bool *ret_swapped, struct error *err);

/* How a remote is asked to let in: plans/git/store_credentials.c. */
struct store_access {
	struct store *store;
	const char *url;      /* may hold a password */
	git_strarray headers; /* to send with each request; secret */
	bool refused;	      /* the server wants to know who is there, whatever was sent */
	bool url_tried, helper_tried;
	int user_asked, agent_asked; /* within one connection */
};
/* `url` must outlive it. Release it in any case. */
void store_access_open(struct store *store, const char *url, struct arena *out, struct store_access *ret);
/* After a failure: there is something else to show, so it is worth another try. */
bool store_access_again(struct store_access *access);
void store_access_release(struct store_access *access);
/* libgit2's question for credentials. */
int store_access_answer(struct store_access *access, const char *user, unsigned int allowed,
			git_credential **ret);

/*
 * Teaches libgit2, which does not know shallow clones, that the commits history was cut at have no
 * parents: through a commit graph that says so, in a folder of its own. git itself does not see it.
 */
bool store_graft_shallow(struct store *store, struct error *err);
bool store_is_cut_at(struct store *store, const git_commit *commit); /* a shallow clone's boundary */

/* Of every line that names a further author, however it is written: the names, and the addresses within "<>".
 */
void store_other_authors(const char *message, struct arena *out, struct str_list *ret);

#endif
