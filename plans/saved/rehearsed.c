/* What a saved rehearsal says of its plan. */
#include "plans/saved/rehearsed.h"

#include "core/digest.h"
#include "core/file.h"
#include "core/json.h"
#include "core/str.h"

enum { REHEARSAL_MAX_BYTES = 1024 * 1024 };

/* A report counts for the plan and the snapshot that were rehearsed, and for no other. */
static const char *not_of_this(const struct json *root, const struct plan_folder *folder)
{
	char snapshot[DIGEST_TEXT_SIZE];
	digest_text(folder->snapshot_bytes, folder->snapshot_len, snapshot);
	if (!str_eq(json_get_text(root, "format"), REHEARSAL_FORMAT))
		return "it is in another format";
	if (!str_eq(json_get_text(root, "digest"), folder->digest))
		return "it is of another plan";
	return str_eq(json_get_text(root, "snapshot"), snapshot) ? NULL : "it is of another snapshot";
}

const char *rehearsed_path(const struct plan_folder *folder, struct arena *out)
{
	return arena_printf(out, "%s/rehearsal.json", folder->paths.dir);
}

static bool unusable(const struct plan_folder *folder, struct error *err)
{
	err->code = ERR_INVALID;
	return error_wrap(err, "cannot use the rehearsal of plan %s", folder->id);
}

bool rehearsed_parse(const char *bytes, size_t len, const struct plan_folder *folder, struct arena *out,
		     struct rehearsed *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	*ret = (struct rehearsed){0};
	if (!json_parse(bytes, len, &root, err))
		return unusable(folder, err);
	ret->why = not_of_this(root, folder);
	ret->version = arena_strdup(out, json_get_text(root, "version"));
	ret->found = !ret->why && json_bool(json_get(root, "good"), &ret->good) &&
		     json_int(json_get(root, "runs"), &ret->runs) &&
		     json_int(json_get(root, "alike"), &ret->alike);
	ret->good = ret->good && ret->found && ret->runs > 0 && ret->alike == ret->runs;
	return true;
}

bool rehearsed_read(const char *dir, const struct plan_folder *folder, struct arena *out,
		    struct rehearsed *ret, struct error *err)
{
	const char *bytes = NULL;
	size_t len = 0;
	const char *path = rehearsed_path(folder, out);
	*ret = (struct rehearsed){0};
	if (!file_exists(path_join(out, dir, path)))
		return true;
	if (!file_read_within(dir, path, REHEARSAL_MAX_BYTES, out, &bytes, &len, err))
		return unusable(folder, err);
	return rehearsed_parse(bytes, len, folder, out, ret, err);
}
