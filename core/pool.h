/*
 * Several programs at once, never more than a limit: each with an empty stdin, in a process group of its own,
 * with what it prints kept apart. Beside stdout and stderr each has descriptor 3 to write lines to that are
 * wanted while it runs.
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include "core/clock.h"
#include "core/error.h"

#include <stddef.h>

enum { POOL_LINES_FD = 3, POOL_SIZE_MAX = 256 };

struct pool_start {
	const char *const *argv; /* argv[0] is a path with a slash; ends with NULL */
	const char *const *env;	 /* "NAME=value", ends with NULL */
	void *tag;		 /* the caller's */
};

struct pool_end {
	void *tag;
	int status;	    /* exit status; 128 and more: ended by a signal; 127: could not be started */
	const char *output; /* of stdout; borrowed */
	size_t output_len;
	bool too_much;	      /* it printed more than max_output: `output` is the beginning */
	const char *messages; /* the end of what it wrote to stderr; borrowed */
};

struct pool {
	size_t limit;
	size_t max_output; /* of one program's stdout */
	const struct clock *clock;
	/* What to start now; false: nothing. Asked whenever there is room. */
	bool (*next)(void *ctx, struct pool_start *ret_start);
	void (*line)(void *ctx, void *tag, const char *line);
	void (*ended)(void *ctx, const struct pool_end *end);
	/* Several times a second. True: every program is to stop; each gets SIGINT once. */
	bool (*tick)(void *ctx);
	void *ctx;
};

/* Returns when nothing runs and `next` has nothing to start. */
void pool_run(const struct pool *pool);

#endif
