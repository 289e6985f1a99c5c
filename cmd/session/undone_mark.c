/* The other end of an undo. */
#include "cmd/session/undone_mark.h"

#include "cmd/outside/identity.h"
#include "plans/saved/journal.h"

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
