/*
 * A plan's journal as git has it: committed, and pushed where a remote is configured, by whoever has added
 * to it; and compared with the remote's before anything is added.
 */
#ifndef CMD_JOURNAL_RECORD_H
#define CMD_JOURNAL_RECORD_H

#include "cmd/outside/app.h"
#include "plans/git/lock.h"
#include "plans/git/store.h"
#include "plans/saved/plan_folder.h"

/*
 * Whether the journal is to be committed: as the person says, else where CI=true. Opens the repository, if
 * there is one (else *ret_store stays NULL, which is an error only when committing was asked for). Says
 * before anything is written that nobody's name could be put under a commit.
 */
NODISCARD bool journal_record_open(struct app *app, bool commit, bool no_commit, struct store **ret_store,
				   bool *ret_commits, struct error *err);

/*
 * One at a time: a file for this machine, and a ref on the remote where one is configured. `break_id`: the
 * lock with this id is removed first, NULL: none is.
 */
NODISCARD bool journal_record_lock(struct app *app, struct store *store, const char *customer,
				   const char *break_id, struct lock **ret_lock, struct error *err);

struct journal_record {
	struct app *app;
	struct store *store; /* NULL outside git */
	const struct plan_folder *folder;
	const char *approved_branch; /* where it goes from a detached checkout */
	const char *path;	     /* of the journal in the working tree */
	/* Whose journal goes along: of the plan that this one undoes, or NULL (cmd/session/undone_mark.h). */
	const struct plan_folder *undone;
	int64_t push_deadline_ms;   /* how long to try to push; 0: the store's own */
	bool (*keep_on)(void *ctx); /* asked before each further try to push, or NULL */
	void *keep_on_ctx;
};

/* `verb` begins the commit's subject. When the remote has gone on, it is committed on top of that. */
NODISCARD bool journal_record_commit(const struct journal_record *record, const char *verb,
				     struct error *err);

/*
 * Between this checkout and this lock another run may have gone on, and its journal is on the remote only:
 * ERR_LOCKED when the remote's is ahead of this one, ERR_FAILED when it tells another story.
 */
NODISCARD bool journal_record_match_remote(const struct journal_record *record, struct error *err);

#endif
