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
	digest_text(folder->snapshot.ptr, folder->snapshot.len, snapshot);
	if (!str_eq(json_get_text(root, "format"), REHEARSAL_FORMAT))
		return "it is in another format";
	if (!str_eq(json_get_text(root, "digest"), folder->digest))
		return "it is of another plan";
	return str_eq(json_get_text(root, "snapshot"), snapshot) ? NULL : "it is of another snapshot";
}

static int64_t number_of(const struct json *object, const char *key)
{
	int64_t number = 0;
	return json_int(json_get(object, key), &number) ? number : 0;
}

static const char *text_of(const struct json *object, const char *key, struct arena *out)
{
	const char *text = json_get_text(object, key);
	return text ? arena_strdup(out, text) : NULL;
}

static struct str_list texts_of(const struct json *list, struct arena *out)
{
	struct str_list texts = {0};
	JSON_EACH (item, list)
		if (json_text(item))
			VEC_PUSH(out, &texts, arena_strdup(out, json_text(item)));
	return texts;
}

static void read_details(const struct json *root, struct arena *out, struct rehearsed *ret)
{
	const struct json *plain = json_get(root, "undisturbed");
	const struct json *undo = json_get(root, "undo");
	const struct json *first = json_get(root, "first_divergence");
	ret->seed = number_of(root, "seed");
	ret->ended_early = number_of(root, "ended_early");
	ret->requests = number_of(plain, "requests");
	ret->working_ms = number_of(plain, "working_ms");
	ret->throttled = number_of(plain, "throttled");
	ret->undo_runs = number_of(undo, "runs");
	ret->undo_alike = number_of(undo, "alike");
	ret->first_disturbance = text_of(first, "disturbance", out);
	ret->first_found = text_of(first, "found", out);
	ret->first_seed = number_of(first, "seed");
	ret->modelled = texts_of(json_get(root, "modelled"), out);
	ret->not_modelled = texts_of(json_get(root, "not_modelled"), out);
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
	read_details(root, out, ret);
	ret->good = ret->good && ret->found && ret->runs > 0 && ret->alike == ret->runs;
	return true;
}

bool rehearsed_read(const char *dir, const struct plan_folder *folder, struct arena *out,
		    struct rehearsed *ret, struct error *err)
{
	struct bytes text;
	const char *path = rehearsed_path(folder, out);
	*ret = (struct rehearsed){0};
	if (!file_exists(path_join(out, dir, path)))
		return true;
	if (!file_read_within(dir, path, REHEARSAL_MAX_BYTES, out, &text, err))
		return unusable(folder, err);
	return rehearsed_parse(text.ptr, text.len, folder, out, ret, err);
}
