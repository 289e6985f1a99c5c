/*
 * What a person calls things on the command line, from wherever in the repository they stand: the repository
 * itself, a customer, a plan, a hand step.
 */
#ifndef CMD_NAMES_H
#define CMD_NAMES_H

#include "cmd/outside/app.h"
#include "plans/saved/plan_folder.h"
#include "plans/saved/replay.h"

/*
 * Looks for the customers' repository as git does for its own: the folder that -C names, else the nearest one
 * above it, within the same git work tree, that holds seatshift.yaml. `app->dir` is that folder from then on.
 * ERR_INVALID when the file is somebody else's, who could be anybody that may write to a folder above.
 */
NODISCARD bool repository_find(struct app *app, struct error *err);
/* ERR_INVALID, with what to do, when there is none. */
NODISCARD bool repository_need(const struct app *app, struct error *err);

/* A path as the person sees it, made relative to the repository; any other name as it is. */
const char *name_in_repository(const struct app *app, const char *name);

/*
 * The plan that `name` stands for: its folder, its plan.json, four or more hex digits of its id in any case,
 * or a customer's name for the customer's newest plan. ERR_INVALID when there is none or more than one.
 */
NODISCARD bool plan_named(struct app *app, const char *name, struct plan_folder *ret_folder,
			  struct error *err);

/*
 * The hand step that `name` stands for: an id (a0002), the number that every face shows, or a kind, where
 * exactly one step of that kind is open or the plan has only one. Never the first of many: NULL and
 * ERR_INVALID with the list.
 */
const struct action *step_named(struct app *app, const struct plan_folder *folder,
				const struct replay *replay, const char *name, struct error *err);

#endif
