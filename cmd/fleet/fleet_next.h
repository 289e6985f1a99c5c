/* What comes next of a fleet that is not begun: the same order as of one plan. */
#ifndef CMD_FLEET_NEXT_H
#define CMD_FLEET_NEXT_H

#include "cmd/outside/app.h"
#include "plans/desired/desired.h"
#include "plans/fleet/fleet_folder.h"

/* "Approve it with: seatshift approve …": words and the command, as it works where it is typed. */
const char *fleet_next(struct app *app, const struct policy *policy, const struct fleet_folder *folder);

#endif
