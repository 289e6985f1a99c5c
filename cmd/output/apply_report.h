/* How a run ended, for a person and for a machine: the result of `apply`. */
#ifndef CMD_APPLY_REPORT_H
#define CMD_APPLY_REPORT_H

#include "cmd/outside/app.h"
#include "plans/run/apply.h"
#include "plans/saved/plan_folder.h"

/* On standard output, or where --out says; as JSON where --format says so. */
void apply_report_print(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
			int64_t requests);

#endif
