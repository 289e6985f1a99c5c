/*
 * One run at a time for each customer: a lock file for one machine, and a note on the git remote for all.
 *
 * Both hold the same JSON: who, host, process, since when, until when. A lock expires unless renewed,
 * and the holder must stop itself when it cannot renew (lock_renew fails): by then another may hold it.
 * Expiry is by wall clock, so machines that share a remote must agree on the time within the margin
 * that a holder leaves itself; renew at a third of `ttl_ms`.
 *
 * The file's content is the lock; flock on it only makes reading and replacing one step. A holder whose
 * process has ended on this same machine (same boot, same process namespace, same start time, so that
 * a process id used again is not taken for it) is stale and taken over, which is reported.
 *
 * The remote lock is swapped by the server (store_note_swap). What remains: a push whose answer is
 * lost may have won; then the lock is ours and expires by itself.
 */
#ifndef PLANS_LOCK_H
#define PLANS_LOCK_H

#include "core/clock.h"
#include "core/error.h"
#include "core/random.h"
#include "plans/git/store.h"

enum { LOCK_TTL_MS = 10 * 60 * 1000 };

struct lock_holder {
	const char *id; /* of this lock: what `break` names */
	const char *who;
	const char *host;
	int64_t process;
	int64_t since_ms;
	int64_t expires_ms;
};

struct lock_options {
	const char *dir;  /* for the file; made when not there: store_lock_dir, else ".seatshift" */
	const char *name; /* of the customer */
	const char *who;
	const char *host;
	int64_t ttl_ms; /* 0: LOCK_TTL_MS */
	const struct clock *clock;
	const struct random *random;
	struct store
		*store; /* with a remote: lock there too; NULL: this machine only. Must outlive the lock */
	const char *remote; /* NULL: the default one */
};

struct lock;

/*
 * ERR_LOCKED with who, host and since, and a hint, when another holds it. *ret_note is NULL, or one line
 * to tell the user: an expired or abandoned lock was taken over.
 */
NODISCARD bool lock_take(const struct lock_options *options, struct arena *out, struct lock **ret_lock,
			 const char **ret_note, struct error *err);
/* Pushes the expiry `ttl_ms` ahead. ERR_LOCKED when the lock is lost; any failure: stop writing. */
NODISCARD bool lock_renew(struct lock *lock, struct error *err);
int64_t lock_expires_ms(const struct lock *lock);
const char *lock_id(const struct lock *lock);
void lock_free(struct lock *lock); /* releases it, as far as it is still ours */
DEFINE_FREEP(struct lock, lock)

/* Removes the locks of `name`, here and on the remote, that have exactly this id. ERR_FAILED when none has.
 */
NODISCARD bool lock_break(const struct lock_options *options, const char *id, struct error *err);

#endif
