/* What the files of the store share: errors, ids, paths. */
#include "plans/git/store_internal.h"

enum { FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 6400 };

struct store_patience store_patience(const struct clock *clock, const struct random *random, int64_t limit_ms)
{
	return (struct store_patience){.clock = clock,
				       .random = random,
				       .limit_ms = limit_ms,
				       .began_ms = clock_monotonic_ms(clock),
				       .longest_ms = FIRST_PAUSE_MS};
}

bool store_pause(struct store_patience *patience)
{
	int64_t passed = clock_monotonic_ms(patience->clock) - patience->began_ms;
	/* A clock that stands still, as in a test, must not make this wait for ever. */
	int64_t left = patience->limit_ms - (passed > patience->paused_ms ? passed : patience->paused_ms);
	if (left <= 0)
		return false;
	int64_t pause = patience->longest_ms;
	if (patience->random)
		pause = 1 + random_below(patience->random, patience->longest_ms);
	pause = pause < left ? pause : left;
	patience->longest_ms *= patience->longest_ms < LONGEST_PAUSE_MS ? 2 : 1;
	patience->paused_ms += pause;
	clock_sleep_ms(patience->clock, pause);
	return true;
}

bool store_fail(struct error *err, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	error_set(err, ERR_FAILED, "%s", last && last->message ? last->message : "git failed");
	va_list args;
	va_start(args, fmt);
	CLEANUP(mem_free_text) char *outer = mem_vprintf(fmt, args);
	va_end(args);
	return error_wrap(err, "%s", outer);
}

const char *store_id_text(struct arena *out, const git_oid *id)
{
	char text[STORE_ID_SIZE];
	git_oid_tostr(text, sizeof text, id);
	return arena_strdup(out, text);
}

char *store_full_path(const struct store *store, struct arena *out, const char *path)
{
	return arena_printf(out, "%s%s", store->prefix, path);
}
