/* What the files of the lock share: the record that is in the file and in the remote's note. */
#ifndef PLANS_LOCK_INTERNAL_H
#define PLANS_LOCK_INTERNAL_H

#include "plans/git/lock.h"

enum { LOCK_MAX_BYTES = 4096 };

struct lock_record {
	struct lock_holder holder;
	const char *machine; /* boot and process namespace: where a process id means something */
	const char *started; /* the process's start, in ticks since boot */
};

void lock_record_encode(const struct lock_record *record, struct strbuf *out);
NODISCARD bool lock_record_decode(const char *text, size_t len, struct arena *out, struct lock_record *ret);

/* Why a lock that is there does not count any more, as a line for the user; NULL when it does. */
const char *lock_record_why_stale(const struct lock_record *record, int64_t now_ms, struct arena *out);

/* Both "" when it cannot be told. */
const char *lock_machine(struct arena *out);
const char *lock_start_of(int64_t process, struct arena *out);

#endif
