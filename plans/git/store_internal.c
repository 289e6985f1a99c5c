/* What the files of the store share: errors, ids, paths. */
#include "plans/git/store_internal.h"

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
