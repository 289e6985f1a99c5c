/* Of a fleet's customers, those whose seats are tried out too late to be given back. */
#ifndef CMD_FLEET_EXIT_H
#define CMD_FLEET_EXIT_H

#include "cmd/outside/app.h"
#include "core/json.h"
#include "plans/desired/fleet_file.h"

/*
 * How that is said of one in that wave, whose plan was just saved and printed as `plan`; NULL: it is in time.
 * Few plans are of seats that can be given back: only those are read whole.
 */
const char *fleet_exit_of(struct app *app, const struct fleet_file *file, size_t wave, const char *customer,
			  const struct json *plan);

#endif
