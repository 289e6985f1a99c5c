/*
 * The other end of an undo: the journal of the plan that is undone.
 *
 * That a plan was undone is kept in two places: in the journal of the one that undoes it, and in its own. A
 * run of an undo writes the second first, before any line of its own: if it ends between the two, the undone
 * plan is not carried on, and the undo can be. So neither removing a folder nor losing one of the files
 * brings back a plan that was taken back.
 */
#ifndef CMD_UNDONE_MARK_H
#define CMD_UNDONE_MARK_H

#include "cmd/outside/app.h"
#include "plans/saved/plan_folder.h"

/* The plan that `undo` undoes; ERR_INVALID when it is not there. */
NODISCARD bool undone_mark_load(struct app *app, const struct plan_folder *undo,
				struct plan_folder *ret_undone, struct error *err);
/* Appends the line to its journal, unless it is there already. */
NODISCARD bool undone_mark_write(struct app *app, const struct plan_folder *undo,
				 const struct plan_folder *undone, struct error *err);
/*
 * Who is as this plan left them may be so by another one's work: then that one is what is to be undone.
 * ERR_INVALID where the plan was undone and one that does not undo it was begun since.
 */
NODISCARD bool undone_is_its_own_work(struct app *app, const struct plan_folder *undone, struct error *err);
/*
 * What was not begun, and came too late: of an undo, the same of the plan that it undoes; of every plan,
 * ERR_STALE where it was overtaken (plans/saved/undone_by.h).
 */
NODISCARD bool undone_mark_check(struct app *app, const struct plan_folder *folder, struct error *err);
/* Why a plan is never applied any more, as that says; NULL: it may be. For showing only. */
const char *undone_mark_left_over(struct app *app, const struct plan_folder *folder);

#endif
