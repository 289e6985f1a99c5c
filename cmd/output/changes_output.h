/* What changed from one plan of a customer to another, for a person and for a machine. */
#ifndef CMD_CHANGES_OUTPUT_H
#define CMD_CHANGES_OUTPUT_H

#include "cmd/outside/app.h"
#include "plans/saved/plan_folder.h"

/* `full`: all people, not the first few of each kind. ERR_INVALID when the plans are not of one customer. */
NODISCARD bool changes_output(struct app *app, const struct plan_folder *before,
			      const struct plan_folder *after, bool full, struct error *err);

#endif
