/* A fleet's folder. */
#include "plans/fleet/fleet_folder.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/quote.h"
#include "plans/saved/plan_file.h"

#include <string.h>

enum { FLEET_MAX_BYTES = 64 * 1024 * 1024, RESULT_MAX_BYTES = 64 * 1024, ID_PREFIX_MIN = 4 };
static const char fleets[] = "fleets", result_format[] = "seatshift-fleetresult/1";

static void set_paths(struct fleet_folder *folder, struct arena *out)
{
	folder->dir = arena_printf(out, "%s/%s", fleets, folder->fleet.id);
	folder->path = arena_printf(out, "%s/fleet.json", folder->dir);
}

bool fleet_folder_write(const char *dir, struct fleet *fleet, struct arena *out,
			struct fleet_folder *ret_folder, bool *ret_new, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_LARGE);
	fleet_encode(fleet, &bytes);
	struct fleet_folder folder = {.fleet = *fleet, .text = {strbuf_dup(out, &bytes), bytes.len}};
	set_paths(&folder, out);
	const char *path = path_join(out, dir, folder.path);
	*ret_new = !file_exists(path); /* the folder is named by what is in it */
	if (*ret_new && (!file_make_dirs(dir, path_join(out, dir, folder.dir), err) ||
			 !file_write_atomic(dir, path, folder.text.ptr, folder.text.len, err)))
		return error_wrap(err, "cannot save the fleet");
	*ret_folder = folder;
	return true;
}

/* ---- finding -------------------------------------------------------------------------------- */

static bool is_id_prefix(const char *name)
{
	size_t len = strlen(name);
	return len >= ID_PREFIX_MIN && len < PLAN_ID_SIZE && strspn(name, "0123456789abcdef") == len;
}

/* "…/fleets/ID" or "…/fleets/ID/fleet.json" as the path within the repository; NULL for anything else. */
static const char *folder_of_path(const char *name, struct arena *out)
{
	const char *folder = str_ends(name, "/fleet.json") ? path_dir(out, name) : arena_strdup(out, name);
	size_t len = strlen(folder);
	if (len > 1 && folder[len - 1] == '/')
		folder = arena_strndup(out, folder, len - 1);
	const char *id = path_name(folder);
	bool in_fleets = str_eq(path_name(path_dir(out, folder)), fleets);
	return in_fleets && is_id_prefix(id) ? arena_printf(out, "%s/%s", fleets, id) : NULL;
}

static bool find(const char *dir, const char *name, struct arena *out, struct str_list *ret_found,
		 struct error *err)
{
	struct str_list ids = {0};
	const char *prefix = str_lower(out, name);
	const char *folder = folder_of_path(name, out);
	if (folder) {
		VEC_PUSH(out, ret_found, folder);
		return true;
	}
	if (!is_id_prefix(prefix))
		return true;
	if (!file_list_within(dir, fleets, out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++)
		if (str_starts(ids.items[i], prefix))
			VEC_PUSH(out, ret_found, arena_printf(out, "%s/%s", fleets, ids.items[i]));
	return true;
}

/* A copy lies under another name than its digest: of several, those that lie where they belong. */
static bool is_in_place(const char *dir, const char *folder, struct arena *tmp)
{
	struct bytes text;
	char digest[DIGEST_TEXT_SIZE], id[PLAN_ID_SIZE];
	struct error unreadable = ERROR_INIT;
	const char *path = arena_printf(tmp, "%s/fleet.json", folder);
	if (!file_read_within(dir, path, FLEET_MAX_BYTES, tmp, &text, &unreadable)) {
		error_release(&unreadable);
		return false;
	}
	plan_digest(text.ptr, text.len, digest, id);
	return str_eq(id, path_name(folder));
}

static void leave_copies_out(const char *dir, struct str_list *found, struct arena *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list own = {0};
	for (size_t i = 0; found->count > 1 && i < found->count; i++)
		if (is_in_place(dir, found->items[i], tmp))
			VEC_PUSH(out, &own, found->items[i]);
	if (own.count)
		*found = own;
}

bool fleet_folder_is_meant(const char *dir, const char *name, struct arena *tmp)
{
	struct str_list found = {0};
	struct error ignored = ERROR_INIT;
	if (!find(dir, name, tmp, &found, &ignored))
		error_release(&ignored);
	return found.count > 0;
}

const char *fleet_folder_known(const char *dir, struct arena *out)
{
	enum { FEW = 10 };
	struct str_list ids = {0};
	struct error ignored = ERROR_INIT;
	if (!file_list_within(dir, fleets, out, &ids, &ignored))
		error_release(&ignored);
	if (!ids.count)
		return "'seatshift fleet plan' makes one.";
	bool many = ids.count > FEW;
	ids.count = many ? FEW : ids.count;
	return arena_printf(out, "Fleets here: %s%s.", quote_terminal(out, str_list_join(out, &ids, ", ")),
			    many ? " …" : "");
}

bool fleet_folder_load(const char *dir, const char *name, struct arena *out, struct fleet_folder *ret_folder,
		       struct error *err)
{
	struct str_list found = {0};
	struct fleet_folder folder = {0};
	if (!find(dir, name, out, &found, err))
		return false;
	leave_copies_out(dir, &found, out);
	if (found.count != 1) {
		const char *shown = quote_terminal(out, name);
		error_set(err, ERR_INVALID,
			  found.count ? "several fleets have ids that begin with '%s'"
				      : "there is no fleet '%s'",
			  shown);
		return error_hint(err, "%s",
				  found.count ? str_list_join(out, &found, ", ")
					      : arena_printf(out,
							     "Give its folder, or four or more hex digits of "
							     "its id. %s",
							     fleet_folder_known(dir, out)));
	}
	folder.dir = found.items[0];
	folder.path = arena_printf(out, "%s/fleet.json", folder.dir);
	if (!file_read_within(dir, folder.path, FLEET_MAX_BYTES, out, &folder.text, err)) {
		err->code = ERR_INVALID;
		return false;
	}
	if (!fleet_decode(folder.text.ptr, folder.text.len, out, &folder.fleet, err))
		return error_wrap(err, "cannot use '%s'", folder.path);
	if (!str_eq(folder.fleet.id, path_name(folder.dir)))
		return error_set(err, ERR_INVALID, "'%s' is fleet %s: it was edited, or moved", folder.path,
				 folder.fleet.id);
	*ret_folder = folder;
	return true;
}

/* ---- results -------------------------------------------------------------------------------- */

const char *fleet_result_path(const struct fleet_folder *folder, const char *customer, struct arena *out)
{
	return arena_printf(out, "%s/results/%s.json", folder->dir, customer);
}

void fleet_result_encode(const char *customer, const char *plan, const struct fleet_result *result,
			 struct strbuf *out)
{
	char at[TIMESTAMP_TEXT_SIZE];
	struct json_writer w = JSON_WRITER(out);
	timestamp_format(result->at_ms, at);
	json_begin_object(&w);
	json_set_text(&w, "at", at);
	json_set_text(&w, "customer", customer);
	json_set_text(&w, "format", result_format);
	json_set_text(&w, "message", result->message);
	json_set_text(&w, "plan", plan);
	json_set_int(&w, "status", result->status);
	json_end_object(&w);
	strbuf_add_char(out, '\n');
}

void fleet_result_read(const char *dir, const struct fleet_folder *folder, const char *customer,
		       struct arena *out, struct fleet_result *ret_result)
{
	struct error ignored = ERROR_INIT;
	CLEANUP(json_freep) struct json *root = NULL;
	struct bytes text;
	int64_t status = 0;
	const char *path = fleet_result_path(folder, customer, out);
	*ret_result = (struct fleet_result){0};
	if (!file_exists(path_join(out, dir, path)))
		return;
	if (!file_read_within(dir, path, RESULT_MAX_BYTES, out, &text, &ignored) ||
	    !json_parse(text.ptr, text.len, &root, &ignored)) {
		error_release(&ignored);
		return;
	}
	const char *at = json_get_text(root, "at");
	if (!str_eq(json_get_text(root, "format"), result_format) ||
	    !json_int(json_get(root, "status"), &status) || !at || !timestamp_parse(at, &ret_result->at_ms))
		return;
	ret_result->found = true;
	ret_result->status = (int)status;
	ret_result->message = arena_strdup(out, json_get_text(root, "message"));
}
