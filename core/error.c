/* The error a fallible function reports, and the exit statuses. */
#include "core/error.h"

#include "core/mem.h"
#include "core/product_key_find.h"
#include "core/url_secret.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct error_info error_infos[] = {
	[ERR_NONE] = {0, "ok", "done, or nothing to do"},
	[ERR_FAILED] = {1, "error", "anything not below"},
	[ERR_IO] = {1, "error", "a file could not be read or written"},
	[ERR_NETWORK] = {1, "error", "no answer from the network"},
	[ERR_REMOTE] = {1, "error", "the service answered with an error"},
	[ERR_INVALID] = {3, "invalid", "a file or the command line is wrong"},
	[ERR_AUTH] = {4, "auth", "no token, a missing permission or role"},
	[ERR_WRONG_TENANT] = {5, "wrong-tenant",
			      "identity does not match; nothing else was asked of that tenant"},
	[ERR_STALE] = {6, "stale", "live state no longer matches the plan"},
	[ERR_DENIED] = {7, "denied", "a limit, a policy or a preflight check refuses"},
	[ERR_UNAPPROVED] = {8, "unapproved", "approval missing, invalid, expired or by the wrong person"},
	[ERR_WAITING] = {9, "waiting", "stopped at a step for a person; apply again to resume"},
	[ERR_PARTIAL] = {10, "partial", "some actions failed; apply again to resume"},
	[ERR_LOCKED] = {11, "locked", "another run holds the lock"},
	[ERR_THROTTLED] = {12, "throttled", "the deadline passed while throttled; apply again to resume"},
	[ERR_INCOMPLETE] = {13, "incomplete", "not everything could be read; no plan was made"},
	[ERR_INTERRUPTED] = {130, "interrupted", "stopped cleanly by a signal; apply again to resume"},
};
_Static_assert(ARRAY_LEN(error_infos) == ERR_CODE_COUNT, "one row per error code");

const struct error_info *error_info(enum error_code code)
{
	return &error_infos[code];
}

/* What error.h tells the analyzer would stand in the way of the definitions. */
#undef error_set
#undef error_wrap
#undef error_hint
#undef error_where

enum { LONGEST = 2000, HEAD = 1400, TAIL = 400 };

/* Begin and end say what is wrong; what is quoted stands between. */
static void shorten(char *text)
{
	static const char mark[] = "…";
	size_t len = strlen(text);
	if (len <= LONGEST)
		return;
	char *head_end = text + HEAD;
	char *tail = text + len - TAIL;
	while (((unsigned char)*head_end & 0xc0) == 0x80)
		head_end--;
	while (((unsigned char)*tail & 0xc0) == 0x80)
		tail++;
	memcpy(head_end, mark, sizeof mark - 1);
	memmove(head_end + sizeof mark - 1, tail, strlen(tail) + 1);
}

/* What somebody else's text brings along must neither get out in a message of ours nor drown it. */
static char *made_fit(char *text)
{
	product_key_mask(text);
	url_secret_mask(text);
	shorten(text);
	return text;
}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
	assert(err && err->code == ERR_NONE && code != ERR_NONE);
	va_list args;
	va_start(args, fmt);
	err->message = made_fit(mem_vprintf(fmt, args));
	va_end(args);
	err->code = code;
	return false;
}

static void replace(char **text, char *with)
{
	char *old = *text;
	*text = with;
	free(old);
}

bool error_wrap(struct error *err, const char *fmt, ...)
{
	assert(err->code != ERR_NONE);
	va_list args;
	va_start(args, fmt);
	CLEANUP(mem_free_text) char *outer = mem_vprintf(fmt, args);
	va_end(args);
	replace(&err->message, made_fit(mem_printf("%s: %s", outer, err->message)));
	return false;
}

bool error_hint(struct error *err, const char *fmt, ...)
{
	assert(err->code != ERR_NONE);
	va_list args;
	va_start(args, fmt);
	replace(&err->hint, made_fit(mem_vprintf(fmt, args)));
	va_end(args);
	return false;
}

bool error_where(struct error *err, const char *fmt, ...)
{
	assert(err->code != ERR_NONE);
	va_list args;
	va_start(args, fmt);
	replace(&err->where, made_fit(mem_vprintf(fmt, args)));
	va_end(args);
	return false;
}

void error_release(struct error *err)
{
	free(err->message);
	free(err->hint);
	free(err->where);
	free(err->remote_code);
	*err = (struct error)ERROR_INIT;
}

void error_move(struct error *to, struct error *from)
{
	assert(to->code == ERR_NONE);
	*to = *from;
	*from = (struct error)ERROR_INIT;
}
