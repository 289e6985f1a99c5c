/* The other end of an undo. */
#include "cmd/session/undone_mark.h"

#include "cmd/outside/identity.h"
#include "cmd/session/newest_plan.h"
#include "plans/saved/journal.h"
#include "plans/saved/undone_by.h"

bool undone_mark_load(struct app *app, const struct plan_folder *undo, struct plan_folder *ret_undone,
		      struct error *err)
{
	const char *name = arena_printf(app->arena, "plans/%s/%s", undo->plan.customer, undo->plan.undoes);
	return plan_folder_load(app->dir, name, app->arena, ret_undone, err) ||
	       error_wrap(err, "plan %s undoes plan %s, which cannot be used", undo->id, undo->plan.undoes);
}

static bool is_marked(const struct journal_entry_list *entries, const char *by)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event == JOURNAL_UNDONE && str_eq(entries->items[i].undone_by, by))
			return true;
	return false;
}

bool undone_mark_write(struct app *app, const struct plan_folder *undo, const struct plan_folder *undone,
		       struct error *err)
{
	CLEANUP(journal_freep) struct journal *journal = NULL;
	struct journal_entry_list entries = {0};
	const struct journal_file file = plan_journal(undone, app->dir, app->arena);
	const struct journal_entry entry = {
		.event = JOURNAL_UNDONE, .by = identity_who(app), .undone_by = undo->id};
	if (!journal_open(&file, app->clock, app->arena, &entries, &journal, err))
		return error_wrap(err, "cannot use the journal of plan %s", undone->id);
	return is_marked(&entries, undo->id) || journal_append(journal, &entry, err) ||
	       error_wrap(err, "cannot say in the journal of plan %s that it is undone", undone->id);
}

bool undone_is_its_own_work(struct app *app, const struct plan_folder *undone, struct error *err)
{
	struct undone_by by;
	struct newest_plan newest = {0};
	if (!plan_undone_by(app->dir, undone, app->arena, &by, err))
		return false;
	if (!by.id)
		return true;
	if (!newest_plan_of(app, undone->plan.customer, NEWEST_BEGUN, &newest, err))
		return false;
	if (!newest.found || str_eq(newest.folder.id, undone->id) ||
	    str_eq(newest.folder.plan.undoes, undone->id))
		return true;
	error_set(err, ERR_INVALID,
		  "plan %s was undone by plan %s, and plan %s was begun since: what is there now is that "
		  "one's work",
		  undone->id, by.id, newest.folder.id);
	return error_hint(err, "Undo that one: 'seatshift undo %.8s'.", newest.folder.id);
}

/* Of an undo that was not begun. */
static bool check_undo(struct app *app, const struct plan_folder *undo, struct error *err)
{
	struct plan_folder undone;
	struct journal_entry_list entries = {0};
	bool cut = false;
	const struct journal_file file = plan_journal(undo, app->dir, app->arena);
	if (!journal_read(&file, app->arena, &entries, &cut, err))
		return error_wrap(err, "cannot use the journal of plan %s", undo->id);
	return entries.count > 0 ||
	       (undone_mark_load(app, undo, &undone, err) && undone_is_its_own_work(app, &undone, err));
}

bool undone_mark_check(struct app *app, const struct plan_folder *folder, struct error *err)
{
	struct meanwhile by;
	if ((folder->plan.undoes && !check_undo(app, folder, err)) ||
	    !plan_overtaken_by(app->dir, folder, app->arena, &by, err))
		return false;
	if (!by.id)
		return true;
	error_set(err, ERR_STALE, "plan %s was made from what was read at %s, and %s", folder->id,
		  folder->info.read_at, meanwhile_text(&by, app->arena));
	return error_hint(err,
			  folder->plan.undoes ? "What is left to undo by now, a plan made anew says: '%s'."
					      : "Whoever wants to go there again makes a plan anew: '%s'.",
			  plan_again_command(&folder->plan, app->arena));
}

const char *undone_mark_left_over(struct app *app, const struct plan_folder *folder)
{
	struct error why = ERROR_INIT;
	struct plan_folder undone;
	const char *text = NULL;
	/* Where the other is not at hand nothing is known. */
	bool known = !folder->plan.undoes || undone_mark_load(app, folder, &undone, &why);
	if (known && !undone_mark_check(app, folder, &why) &&
	    (why.code == ERR_STALE || why.code == ERR_INVALID))
		text = arena_strdup(app->arena, why.message);
	error_release(&why);
	return text;
}
