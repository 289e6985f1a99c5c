/* The folder of a plan in a customers' repository. */
#include "plans/saved/plan_folder.h"

#include "core/file.h"
#include "core/quote.h"
#include "core/str.h"
#include "plans/saved/journal.h"
#include "providers/snapshot/snapshot.h"

#include <string.h>

enum { PLAN_MAX_BYTES = 512 * 1024 * 1024, ID_PREFIX_MIN = 4 };

const char plan_never_edited[] = "A plan is never edited: change the customer file and plan again.";

static bool same_file(const char *dir, const char *path, struct bytes text, struct arena *tmp)
{
	struct bytes there;
	struct error ignored = ERROR_INIT;
	if (!file_read_within(dir, path, PLAN_MAX_BYTES, tmp, &there, &ignored)) {
		error_release(&ignored);
		return false;
	}
	return bytes_equal(there, text);
}

struct journal_file plan_journal(const struct plan_folder *folder, const char *dir, struct arena *out)
{
	const char *path = folder->paths.journal;
	return (struct journal_file){
		.root = dir,
		.path = dir ? path_join(out, dir, path) : path,
		.head = {folder->plan.customer, folder->digest, folder->plan.tenant_id},
	};
}

/* One after the other: large ones are not there twice at the same time. */
static bool make_texts(struct plan_folder *folder, struct arena *out)
{
	struct strbuf plan = STRBUF_INIT(STRBUF_LARGE);
	plan_encode(&folder->plan, &plan);
	folder->text = (struct bytes){strbuf_dup(out, &plan), plan.len};
	bool good = !plan.failed;
	strbuf_release(&plan);
	struct strbuf snapshot = STRBUF_INIT(STRBUF_LARGE);
	snapshot_encode(&folder->live, &folder->info, &snapshot);
	folder->snapshot = (struct bytes){strbuf_dup(out, &snapshot), snapshot.len};
	good = good && !snapshot.failed;
	strbuf_release(&snapshot);
	return good;
}

bool plan_folder_name(const struct plan *plan, struct arena *out, struct plan_folder *ret_folder,
		      struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_LARGE);
	struct plan_folder folder = {.plan = *plan};
	plan_encode(plan, &bytes);
	if (bytes.failed)
		return error_set(err, ERR_FAILED, "the plan is too large to be saved");
	plan_digest(strbuf_text(&bytes), bytes.len, folder.digest, folder.id);
	plan_paths_of(out, plan->customer, folder.id, &folder.paths);
	*ret_folder = folder;
	return true;
}

bool plan_folder_make(const struct plan *plan, const struct live *live, const struct read_info *info,
		      struct arena *out, struct plan_folder *ret_folder, struct error *err)
{
	struct plan_folder folder = {.plan = *plan, .live = *live, .info = *info};
	if (!make_texts(&folder, out))
		return error_set(err, ERR_FAILED, "the plan is too large to be saved");
	plan_digest(folder.text.ptr, folder.text.len, folder.digest, folder.id);
	plan_paths_of(out, plan->customer, folder.id, &folder.paths);
	*ret_folder = folder;
	return true;
}

bool plan_folder_write(const char *dir, const struct plan_folder *folder, bool *ret_new, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *plan_path = path_join(tmp, dir, folder->paths.plan);
	const char *snapshot_path = path_join(tmp, dir, folder->paths.snapshot);
	*ret_new = !same_file(dir, folder->paths.plan, folder->text, tmp) || !file_exists(snapshot_path);
	/* The snapshot first: a folder with a plan in it is complete. */
	if (*ret_new &&
	    (!file_make_dirs(dir, path_join(tmp, dir, folder->paths.dir), err) ||
	     !file_write_atomic(dir, snapshot_path, folder->snapshot.ptr, folder->snapshot.len, err) ||
	     !file_write_atomic(dir, plan_path, folder->text.ptr, folder->text.len, err)))
		return error_wrap(err, "cannot save the plan");
	return true;
}

static bool is_id_prefix(const char *name)
{
	size_t len = strlen(name);
	return len >= ID_PREFIX_MIN && len < PLAN_ID_SIZE && strspn(name, "0123456789abcdef") == len;
}

bool plan_folder_is_copy(const char *dir, const char *path)
{
	/* The plan that is meant is loaded beside it. */
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct plan plan = {0};
	struct bytes text = {0};
	struct error unreadable = ERROR_INIT;
	const char *file = arena_printf(tmp, "%s/plan.json", path);
	bool read = file_read_within(dir, file, PLAN_MAX_BYTES, tmp, &text, &unreadable) &&
		    plan_decode(text.ptr, text.len, tmp, &plan, &unreadable);
	error_release(&unreadable);
	if (!read || !str_eq(plan.customer, path_name(path_dir(tmp, path))))
		return read;
	/* One that is only edited, or renamed, is not left out but told. */
	char digest[DIGEST_TEXT_SIZE], id[PLAN_ID_SIZE];
	plan_digest(text.ptr, text.len, digest, id);
	const char *own = path_join(tmp, dir, arena_printf(tmp, "plans/%s/%s/plan.json", plan.customer, id));
	return !str_eq(id, path_name(path)) && file_exists(own);
}

/* Of several with one id, those that lie where they belong; none of these: all, to be told. */
static void leave_copies_out(const char *dir, struct str_list *found, struct arena *out)
{
	struct str_list own = {0};
	for (size_t i = 0; found->count > 1 && i < found->count; i++)
		if (!plan_folder_is_copy(dir, found->items[i]))
			VEC_PUSH(out, &own, found->items[i]);
	if (own.count)
		*found = own;
}

/* No plan was found: a folder that is reached by a link may have it, and is not looked into. */
static bool refuse_linked(const char *dir, const struct str_list *customers, struct arena *out,
			  struct error *err)
{
	for (size_t i = 0; i < customers->count; i++) {
		const char *folder = arena_printf(out, "plans/%s", customers->items[i]);
		struct str_list ignored;
		if (file_is_dir(path_join(out, dir, folder)) &&
		    !file_list_within(dir, folder, out, &ignored, err))
			return false;
	}
	return true;
}

/* Every plan whose id begins with `prefix`, as paths relative to the repository. */
static bool find_by_prefix(const char *dir, const char *prefix, struct arena *out, struct str_list *ret_found,
			   struct error *err)
{
	struct str_list customers = {0};
	if (!file_list_within(dir, "plans", out, &customers, err))
		return false;
	for (size_t i = 0; i < customers.count; i++) {
		const char *folder = arena_printf(out, "plans/%s", customers.items[i]);
		struct str_list ids = {0};
		/* Somebody's link among them keeps nobody from the others. */
		if (!file_is_dir_within(dir, folder))
			continue;
		if (!file_list_within(dir, folder, out, &ids, err))
			return false;
		for (size_t j = 0; j < ids.count; j++)
			if (str_starts(ids.items[j], prefix))
				VEC_PUSH(out, ret_found, arena_printf(out, "%s/%s", folder, ids.items[j]));
	}
	return ret_found->count || refuse_linked(dir, &customers, out, err);
}

/* `name` as a path, seen from where the person is, made relative to the repository. */
static const char *folder_of_path(const char *dir, const char *name, struct arena *out)
{
	const char *folder = str_ends(name, "/plan.json") ? path_dir(out, name) : arena_strdup(out, name);
	size_t len = strlen(folder);
	if (len > 1 && folder[len - 1] == '/')
		folder = arena_strndup(out, folder, len - 1);
	/* The repository itself may stand in a folder that is called so. */
	for (const char *at = strstr(folder, "plans/"); at; at = strstr(at + 1, "plans/"))
		if ((at == folder || at[-1] == '/') && file_is_dir(path_join(out, dir, at)))
			return at;
	return NULL;
}

static bool find_folder(const char *dir, const char *name, struct arena *out, const char **ret_folder,
			struct error *err)
{
	*ret_folder = folder_of_path(dir, name, out);
	if (*ret_folder)
		return true;
	const char *shown = quote_terminal(out, name);
	if (!is_id_prefix(name)) {
		error_set(err, ERR_INVALID, "there is no plan '%s'", shown);
		return error_hint(
			err, "Give a plan's folder, its plan.json, or four or more hex digits of its id.");
	}
	struct str_list found = {0};
	if (!find_by_prefix(dir, name, out, &found, err))
		return false;
	leave_copies_out(dir, &found, out);
	if (found.count == 1) {
		*ret_folder = found.items[0];
		return true;
	}
	if (!found.count)
		error_set(err, ERR_INVALID, "there is no plan whose id begins with '%s'", shown);
	else
		error_set(err, ERR_INVALID, "%zu plans have ids that begin with '%s'", found.count, shown);
	return error_hint(err, "%s",
			  found.count ? str_list_join(out, &found, ", ")
				      : "'seatshift plan CUSTOMER' makes one.");
}

/* Facts of somebody else's tenant say nothing of this one, however well they fit. */
static bool is_of_its_tenant(const struct plan_folder *folder, struct arena *out, struct error *err)
{
	const char *id = folder->live.organization.id;
	if (str_eq_fold(id, folder->plan.tenant_id))
		return true;
	error_set(err, ERR_WRONG_TENANT, "'%s' is of tenant %s, and the plan of %s", folder->paths.snapshot,
		  quote_terminal_cut(out, id, 60), folder->plan.tenant_id);
	return error_hint(err, "%s", plan_never_edited);
}

static bool load_snapshot(const char *dir, struct arena *out, struct plan_folder *folder, struct error *err)
{
	if (!file_read_within(dir, folder->paths.snapshot, PLAN_MAX_BYTES, out, &folder->snapshot, err) ||
	    !snapshot_decode(folder->snapshot.ptr, folder->snapshot.len, out, &folder->live, &folder->info,
			     err))
		return error_wrap(err, "cannot read '%s'", folder->paths.snapshot);
	return is_of_its_tenant(folder, out, err);
}

static const char git_changed_lines[] = "Its line ends are CRLF, as git makes them: end .gitattributes with "
					"'plans/** -text' ('seatshift init' has "
					"it), commit that, and clone again.";

/* seatshift never writes one: somebody's editor did, or git on checkout. */
static bool has_crlf(struct bytes text)
{
	return text.ptr && memmem(text.ptr, text.len, "\r\n", 2) != NULL;
}

bool plan_folder_load(const char *dir, const char *name, struct arena *out, struct plan_folder *ret_folder,
		      struct error *err)
{
	const char *found = NULL;
	if (!find_folder(dir, name, out, &found, err))
		return false;
	struct plan_folder folder = {0};
	const char *path = arena_printf(out, "%s/plan.json", found);
	if (!file_read_within(dir, path, PLAN_MAX_BYTES, out, &folder.text, err) ||
	    !plan_decode(folder.text.ptr, folder.text.len, out, &folder.plan, err)) {
		error_wrap(err, "cannot use '%s/plan.json'", found);
		return err->hint ? false
				 : error_hint(err, "%s",
					      has_crlf(folder.text) ? git_changed_lines : plan_never_edited);
	}
	plan_digest(folder.text.ptr, folder.text.len, folder.digest, folder.id);
	plan_paths_of(out, folder.plan.customer, folder.id, &folder.paths);
	if (!str_eq(folder.paths.dir, found)) {
		error_set(err, ERR_INVALID, "'%s/plan.json' is plan %s of '%s': it was edited or moved",
			  found, folder.id, quote_terminal(out, folder.plan.customer));
		return error_hint(err, "%s", plan_never_edited);
	}
	if (!load_snapshot(dir, out, &folder, err))
		return false;
	*ret_folder = folder;
	return true;
}
