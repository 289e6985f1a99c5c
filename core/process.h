/*
 * Running another program: no shell, no terminal, a deadline, its output as a secret.
 *
 * Arguments are handed over as they are; nothing is expanded. The program's own messages (standard
 * error) are thrown away when its output is secret: they could hold it.
 */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include "core/clock.h"
#include "core/error.h"
#include "core/secret.h"
#include "core/vec.h"

struct process_options {
	const struct str_list *argv; /* the program, looked up in PATH, and its arguments */
	const struct clock *clock;
	int64_t timeout_ms;          /* 0: 30 s; then it is killed, with what it started */
	size_t max_output;           /* 0: 64 KiB; more is an error */
};

/* Its standard output, whole. ERR_FAILED when it cannot be run, fails, or takes too long. */
NODISCARD bool process_capture(const struct process_options *options, struct secret **ret_output,
			       struct error *err);

/* Starts it and lets it be; false when there is no such program. */
bool process_start(const struct str_list *argv);

#endif
