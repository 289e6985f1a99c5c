/*
 * The error a fallible function reports, and the exit statuses.
 *
 * Contract: a fallible function returns bool and takes `struct error *err` last, never NULL. It
 * returns false exactly when it set `err`, once; on true `err` is untouched. Setting a set error is a
 * bug. Nothing here prints: only main turns an error into text and an exit status.
 *
 * Wording: lower case, no full stop; what failed, subject in single quotes, cause, numbers. A hint is
 * a full sentence that a person can act on.
 */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include "core/macros.h"

#include <stdbool.h>

/* One code for each way in which a caller acts differently; the table gives its exit status. */
enum error_code {
	ERR_NONE,
	ERR_FAILED,	  /* anything not below */
	ERR_IO,		  /* a file could not be read or written */
	ERR_NETWORK,	  /* no answer, or none that HTTP allows */
	ERR_REMOTE,	  /* the service answered with an error */
	ERR_INVALID,	  /* a file or the command line is wrong */
	ERR_AUTH,	  /* no token, a missing permission or role */
	ERR_WRONG_TENANT, /* identity does not match; nothing else was asked of that tenant */
	ERR_STALE,	  /* live state no longer matches the plan */
	ERR_DENIED,	  /* a limit, a policy or a preflight check refuses */
	ERR_UNAPPROVED,	  /* approval missing, invalid, expired or by the wrong person */
	ERR_WAITING,	  /* stopped at a step for a person */
	ERR_PARTIAL,	  /* some actions failed */
	ERR_LOCKED,	  /* another run holds the lock */
	ERR_THROTTLED,	  /* the deadline passed while throttled */
	ERR_INCOMPLETE,	  /* not everything could be read */
	ERR_INTERRUPTED,  /* stopped cleanly by a signal */
	ERR_CODE_COUNT
};

/* The process's exit status, also the "code" and "name" of an error in JSON. */
enum { EXIT_OK = 0, EXIT_CHANGES = 2 };

struct error_info {
	int status;
	const char *name;
	const char *meaning;
};
const struct error_info *error_info(enum error_code code);

struct error {
	enum error_code code;
	char *message;	   /* owned */
	char *hint;	   /* owned, or NULL */
	char *where;	   /* owned: "file:line:col", a user, a URL; or NULL */
	int http_status;   /* of the answer that caused it, or 0 */
	char *remote_code; /* Graph's or the sign-in service's own code, or NULL; owned */
};
#define ERROR_INIT                                                                                           \
	{                                                                                                    \
		.code = ERR_NONE                                                                             \
	}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...) PRINTF(3, 4);
bool error_wrap(struct error *err, const char *fmt, ...) PRINTF(2, 3); /* "outer: inner" */
bool error_hint(struct error *err, const char *fmt, ...) PRINTF(2, 3); /* replaces the hint */
bool error_where(struct error *err, const char *fmt, ...) PRINTF(2, 3);
void error_release(struct error *err);		       /* back to ERR_NONE */
void error_move(struct error *to, struct error *from); /* `to` must be unset; leaves `from` unset */

/* Tells the static analyzer, which sees one file at a time, that these always return false. */
#ifdef __clang_analyzer__
#define error_set(...) (error_set(__VA_ARGS__), false)
#define error_wrap(...) (error_wrap(__VA_ARGS__), false)
#define error_hint(...) (error_hint(__VA_ARGS__), false)
#define error_where(...) (error_where(__VA_ARGS__), false)
#endif

#endif
