/* Which plan of the customer took a plan back. */
#include "plans/saved/undone_by.h"

#include "core/file.h"
#include "core/str.h"
#include "plans/saved/journal.h"
#include "plans/saved/replay.h"

#include <string.h>

enum { PLAN_MAX_BYTES = 512 * 1024 * 1024 };

/* Most plans undo nothing, and are large: the words are looked for before a plan is read. */
static bool names(const char *dir, const char *path, const char *words, bool *ret_names, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct bytes text;
	*ret_names = false;
	if (!file_exists(path_join(tmp, dir, path)))
		return true;
	if (!file_read_within(dir, path, PLAN_MAX_BYTES, tmp, &text, err))
		return false;
	*ret_names = memmem(text.ptr, text.len, words, strlen(words)) != NULL;
	return true;
}

/* A plan of the customer that undoes another and was begun. */
struct undo {
	struct undone_by by;
	const char *undoes;
};
VEC(undo_list, struct undo);

static bool look_at(const char *dir, const char *path, struct arena *out, struct undo_list *ret,
		    struct error *err)
{
	struct plan_folder other;
	struct journal_entry_list entries = {0};
	bool cut = false;
	if (plan_folder_is_copy(dir, path))
		return true;
	if (!plan_folder_load(dir, path, out, &other, err))
		return false;
	const struct journal_file journal = plan_journal(&other, dir, out);
	if (!other.plan.undoes)
		return true;
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", other.id);
	if (entries.count)
		VEC_PUSH(out, ret,
			 ((struct undo){{arena_strdup(out, other.id), entries.items[0].at},
					other.plan.undoes}));
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

/* The customer's other plans that have these words, undo a plan, and were begun. */
static bool find_undos(const char *dir, const struct plan_folder *folder, const char *words,
		       struct arena *out, struct undo_list *ret, struct error *err)
{
	struct str_list ids = {0};
	const char *plans = arena_printf(out, "plans/%s", folder->plan.customer);
	if (!file_list_within(dir, plans, out, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++) {
		const char *path = arena_printf(out, "%s/%s", plans, ids.items[i]);
		bool it_names = false;
		/* No plan takes itself back. */
		if (str_eq(ids.items[i], folder->id))
			continue;
		if (!names(dir, arena_printf(out, "%s/plan.json", path), words, &it_names, err) ||
		    (it_names && !look_at(dir, path, out, ret, err)))
			return false;
	}
	return true;
}

bool plan_undone_by(const char *dir, const struct plan_folder *folder, struct arena *out,
		    struct undone_by *ret, struct error *err)
{
	const char *words = arena_printf(out, "\"undoes\":\"%s\"", folder->id);
	struct undo_list undos = {0};
	*ret = (struct undone_by){0};
	if (!look_at_own(dir, folder, out, ret, err) || !find_undos(dir, folder, words, out, &undos, err))
		return false;
	for (size_t i = 0; i < undos.count; i++) {
		const struct undo *undo = &undos.items[i];
		if (str_eq(undo->undoes, folder->id) && (!ret->id || strcmp(undo->by.on, ret->on) < 0))
			*ret = undo->by;
	}
	return true;
}

/* What people said of it before its first run begins nothing. */
static bool has_run(const struct journal_entry_list *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event == JOURNAL_RUN_BEGIN)
			return true;
	return false;
}

static void take_later(struct meanwhile *ret, const struct meanwhile *other)
{
	if (other->on && (!ret->id || strcmp(other->on, ret->on) > 0))
		*ret = *other;
}

/* What was tried and came to nothing without a request is not in the way of an undo that does not have it. */
static bool did_something(const struct journal_entry *entry)
{
	struct action_result result = {.ended = true};
	return entry->event == JOURNAL_WRITE ||
	       (entry->event == JOURNAL_ENDED && outcome_parse(entry->outcome, &result.outcome) &&
		result_ended_well(&result));
}

/* When the plan that this one undoes did something last. Where that is not at hand, others say so. */
static bool look_at_undone(const char *dir, const struct plan_folder *folder, struct arena *out,
			   struct meanwhile *ret, struct error *err)
{
	struct plan_folder undone;
	struct journal_entry_list entries = {0};
	bool cut = false;
	struct meanwhile last = {.carried_further = true};
	const char *path = arena_printf(out, "plans/%s/%s", folder->plan.customer, folder->plan.undoes);
	if (!folder->plan.undoes ||
	    !file_exists(path_join(out, dir, arena_printf(out, "%s/plan.json", path))))
		return true;
	if (!plan_folder_load(dir, path, out, &undone, err))
		return false;
	const struct journal_file journal = plan_journal(&undone, dir, out);
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", undone.id);
	last.id = arena_strdup(out, undone.id);
	for (size_t i = 0; i < entries.count; i++)
		if (did_something(&entries.items[i]))
			last.on = entries.items[i].at;
	take_later(ret, &last);
	return true;
}

bool plan_meanwhile(const char *dir, const struct plan_folder *folder, struct arena *out,
		    struct meanwhile *ret, struct error *err)
{
	struct journal_entry_list entries = {0};
	struct undo_list undos = {0};
	bool cut = false;
	const struct journal_file journal = plan_journal(folder, dir, out);
	*ret = (struct meanwhile){0};
	if (!journal_read(&journal, out, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", folder->id);
	if (has_run(&entries))
		return true;
	if (!find_undos(dir, folder, "\"undoes\":\"", out, &undos, err))
		return false;
	for (size_t i = 0; i < undos.count; i++)
		take_later(ret, &(struct meanwhile){undos.items[i].by.id, undos.items[i].by.on, false});
	return look_at_undone(dir, folder, out, ret, err);
}

const char *meanwhile_text(const struct meanwhile *meanwhile, struct arena *out)
{
	return arena_printf(out, "plan %.12s, %s at %s", meanwhile->id,
			    meanwhile->carried_further ? "which it undoes, was carried further"
						       : "an undo, was begun",
			    meanwhile->on);
}

bool plan_overtaken_by(const char *dir, const struct plan_folder *folder, struct arena *out,
		       struct meanwhile *ret, struct error *err)
{
	if (!plan_meanwhile(dir, folder, out, ret, err))
		return false;
	if (ret->id && (!folder->info.read_at || strcmp(ret->on, folder->info.read_at) <= 0))
		*ret = (struct meanwhile){0};
	return true;
}
