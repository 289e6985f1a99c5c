/* A plan that says which one it follows, proved. */
#include "plans/saved/follows.h"

#include "plans/saved/replay.h"
#include "plans/saved/undone_by.h"

/* Another plan of the same customer, with its journal. */
struct other {
	struct plan_folder folder;
	struct journal_entry_list entries;
};

static bool load_other(const char *dir, const struct plan_folder *folder, const char *id, struct arena *out,
		       struct other *ret, struct error *err)
{
	const char *name = arena_printf(out, "plans/%s/%s", folder->plan.customer, id);
	bool cut = false;
	if (!plan_folder_load(dir, name, out, &ret->folder, err))
		return false;
	const struct journal_file journal = plan_journal(&ret->folder, dir, out);
	return journal_read(&journal, out, &ret->entries, &cut, err);
}

static bool refuse(const struct plan_folder *folder, const char *why, struct error *err)
{
	error_set(err, ERR_INVALID, "plan %s says that it follows plan %s, %s", folder->id,
		  folder->plan.follows, why);
	return error_hint(err,
			  "Where it is so, the folders and journals of both are missing here; else plan "
			  "again: 'seatshift plan %s'.",
			  folder->plan.customer);
}

static bool prove_named(const char *dir, const struct plan_folder *folder, struct arena *out,
			struct error *err)
{
	struct other named = {0};
	struct error cause = ERROR_INIT;
	if (!load_other(dir, folder, folder->plan.follows, out, &named, &cause)) {
		refuse(folder, "which cannot be used", err);
		error_wrap(err, "%s", cause.message);
		error_release(&cause);
		return false;
	}
	if (!str_eq(named.folder.plan.tenant_id, folder->plan.tenant_id))
		return refuse(folder, "which is of another tenant", err);
	return named.entries.count > 0 || refuse(folder, "which was not begun", err);
}

/* The plan of the same facts, which is over: carried out, undone, or overtaken by an undo. */
static bool prove_ended(const char *dir, const struct plan_folder *folder, const struct plan *made,
			struct arena *out, struct error *err)
{
	struct plan first = *made;
	struct plan_folder named;
	struct other same = {0};
	struct undone_by by = {0};
	struct meanwhile later = {0};
	struct error none = ERROR_INIT;
	first.follows = NULL;
	if (!plan_folder_name(&first, out, &named, err))
		return false;
	if (!load_other(dir, folder, named.id, out, &same, &none) ||
	    !plan_undone_by(dir, &same.folder, out, &by, &none) ||
	    !plan_overtaken_by(dir, &same.folder, out, &later, &none)) {
		error_release(&none);
		return refuse(
			folder,
			arena_printf(out, "but of the same facts there is no plan %s that is over", named.id),
			err);
	}
	const struct replay replay = replay_new(&same.folder.plan, &same.entries, out);
	return by.id || later.id || (same.entries.count && replay_all_ended_well(&replay)) ||
	       refuse(folder,
		      arena_printf(out,
				   "but plan %s of the same facts is not over: that one is to be applied",
				   same.folder.id),
		      err);
}

bool plan_prove_follows(const char *dir, const struct plan_folder *folder, const struct plan *made,
			struct arena *out, struct error *err)
{
	return !folder->plan.follows ||
	       (prove_named(dir, folder, out, err) && prove_ended(dir, folder, made, out, err));
}
