/* A fleet where a plan may be named as well: approve and verify. */
#ifndef CMD_FLEET_APPROVAL_H
#define CMD_FLEET_APPROVAL_H

#include "cmd/outside/app.h"
#include "plans/fleet/fleet_folder.h"
#include "plans/saved/plan_folder.h"

/* Whether the name means a fleet; a plan that it may mean comes first. */
bool fleet_is_meant(struct app *app, const char *name);

/*
 * The fleet, with each of its plans proved to be there and the one that it was made of; *ret_first is the
 * plan of its first member. ERR_INVALID names the first that is not.
 */
NODISCARD bool fleet_prove(struct app *app, const char *name, struct fleet_folder *ret_folder,
			   struct plan_folder *ret_first, struct error *err);

/* What is signed, for whoever signs it: waves, people, and who is left out. */
void fleet_describe(struct app *app, const struct fleet_folder *folder, struct strbuf *out);

/* `verify FLEET`. */
NODISCARD bool fleet_verify(struct app *app, const char *name, int *ret_status, struct error *err);

#endif
