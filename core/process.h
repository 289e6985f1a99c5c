/*
 * Running another program: an argument list, never a shell; an environment named by the caller, never
 * the whole of ours; a limit on time and on what it may print.
 *
 * What it is to read is handed over in memory: its stdin, and files that it finds as /dev/fd/3,
 * /dev/fd/4, … in the order given. Nothing is left on disk, whatever happens.
 */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/secret.h"
#include "core/str.h"

struct process {
	const char *const *argv; /* argv[0] is a path with a slash; ends with NULL */
	const char *const *env;	 /* "NAME=value", ends with NULL */
	size_t max_output;
	int64_t timeout_ms;
	const struct clock *clock;
	const struct bytes *input; /* its stdin; NULL: empty */
	const struct bytes *files;
	size_t file_count; /* at most PROCESS_FILES_MAX */
	/*
	 * It may talk with the person at the terminal (a passphrase, a touch): it stays in our process
	 * group, and what it writes to stderr goes to ours instead of into `messages`.
	 */
	bool at_terminal;
	/* Asked meanwhile: true ends it, ERR_INTERRUPTED. NULL: never. */
	bool (*should_stop)(void *ctx);
	void *stop_ctx;
};
enum { PROCESS_FILES_MAX = 4, PROCESS_FIRST_FILE = 3 };

struct process_end {
	int status;	       /* exit status; 128 and more: ended by a signal */
	struct secret *output; /* what it wrote to stdout: it may be a secret. The caller frees it */
	const char *messages;  /* the end of what it wrote to stderr */
};

/* ERR_FAILED when it cannot be started, takes too long or prints too much. */
NODISCARD bool process_run(const struct process *process, struct arena *out, struct process_end *ret,
			   struct error *err);

/* Starts it and lets it be: for a browser. Its streams go nowhere. False when it cannot be started. */
bool process_start(const struct process *process);

/* The program's path by the folders of `path` ("/usr/bin:/bin"); NULL when it is in none. */
const char *process_find(const char *path, const char *name, struct arena *out);

#endif
