/* Which plan of the customer took a plan back. */
#include "plans/saved/undone_by.h"

#include "core/file.h"
#include "core/str.h"
#include "plans/saved/journal.h"

#include <string.h>

enum { PLAN_MAX_BYTES = 512 * 1024 * 1024 };

/* Most plans undo nothing, and are large: the words are looked for before a plan is read. */
static bool names(const char *path, const char *words, bool *ret_names, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct bytes text;
	*ret_names = false;
	if (!file_exists(path))
		return true;
	if (!file_read(path, PLAN_MAX_BYTES, tmp, &text, err))
		return false;
	*ret_names = memmem(text.ptr, text.len, words, strlen(words)) != NULL;
	return true;
}

static bool look_at(const char *dir, const char *path, const struct plan_folder *folder, struct arena *out,
		    struct undone_by *ret, struct error *err)
{
	struct plan_folder other;
	struct journal_entry_list entries = {0};
	bool cut = false;
	if (plan_folder_is_copy(dir, path, out))
		return true;
	if (!plan_folder_load(dir, path, out, &other, err))
		return false;
	const struct journal_file journal = plan_journal(&other, dir, out);
	if (!str_eq(other.plan.undoes, folder->id) || str_eq(other.id, folder->id))
		return true;
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", other.id);
	if (entries.count && (!ret->id || strcmp(entries.items[0].at, ret->on) < 0))
		*ret = (struct undone_by){arena_strdup(out, other.id), entries.items[0].at};
	return true;
}

static bool look_at_own(const char *dir, const struct plan_folder *folder, struct arena *out,
			struct undone_by *ret, struct error *err)
{
	struct journal_entry_list entries = {0};
	bool cut = false;
	const struct journal_file journal = plan_journal(folder, dir, out);
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", folder->id);
	for (size_t i = 0; i < entries.count && !ret->id; i++)
		if (entries.items[i].event == JOURNAL_UNDONE && entries.items[i].undone_by)
			*ret = (struct undone_by){entries.items[i].undone_by, entries.items[i].at};
	return true;
}

typedef bool looker(const char *dir, const char *path, const struct plan_folder *folder, struct arena *out,
		    struct undone_by *ret, struct error *err);

/* At the customer's other plans that have these words. */
static bool look_at_all(const char *dir, const struct plan_folder *folder, const char *words, looker *look,
			struct arena *out, struct undone_by *ret, struct error *err)
{
	struct str_list ids = {0};
	const char *plans = arena_printf(out, "plans/%s", folder->plan.customer);
	if (!file_is_dir(path_join(out, dir, plans)))
		return true;
	if (!file_list(path_join(out, dir, plans), out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++) {
		const char *path = arena_printf(out, "%s/%s", plans, ids.items[i]);
		bool it_names = false;
		/* No plan takes itself back. */
		if (str_eq(ids.items[i], folder->id))
			continue;
		if (!names(path_join(out, dir, arena_printf(out, "%s/plan.json", path)), words, &it_names,
			   err) ||
		    (it_names && !look(dir, path, folder, out, ret, err)))
			return false;
	}
	return true;
}

bool plan_undone_by(const char *dir, const struct plan_folder *folder, struct arena *out,
		    struct undone_by *ret, struct error *err)
{
	const char *plans = arena_printf(out, "plans/%s", folder->plan.customer);
	const char *words = arena_printf(out, "\"undoes\":\"%s\"", folder->id);
	*ret = (struct undone_by){0};
	if (!file_is_dir(path_join(out, dir, plans)))
		return true;
	if (!look_at_own(dir, folder, out, ret, err))
		return false;
	return look_at_all(dir, folder, words, look_at, out, ret, err);
}

/* The last that was begun. */
static bool look_for_later(const char *dir, const char *path, const struct plan_folder *folder,
			   struct arena *out, struct undone_by *ret, struct error *err)
{
	struct plan_folder other;
	struct journal_entry_list entries = {0};
	bool cut = false;
	if (plan_folder_is_copy(dir, path, out))
		return true;
	if (!plan_folder_load(dir, path, out, &other, err))
		return false;
	const struct journal_file journal = plan_journal(&other, dir, out);
	if (!other.plan.undoes)
		return true;
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", other.id);
	const char *since = ret->id ? ret->on : folder->info.read_at;
	if (entries.count && strcmp(entries.items[0].at, since) > 0)
		*ret = (struct undone_by){arena_strdup(out, other.id), entries.items[0].at};
	return true;
}

bool plan_overtaken_by(const char *dir, const struct plan_folder *folder, struct arena *out,
		       struct undone_by *ret, struct error *err)
{
	struct journal_entry_list entries = {0};
	bool cut = false;
	const struct journal_file journal = plan_journal(folder, dir, out);
	*ret = (struct undone_by){0};
	if (folder->plan.undoes || !folder->info.read_at)
		return true;
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", folder->id);
	return entries.count > 0 || look_at_all(dir, folder, "\"undoes\":\"", look_for_later, out, ret, err);
}
