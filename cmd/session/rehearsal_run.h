/* A rehearsal as a command runs it: with a folder for the journals of its stage. */
#ifndef CMD_REHEARSAL_RUN_H
#define CMD_REHEARSAL_RUN_H

#include "cmd/outside/app.h"
#include "plans/rehearse/rehearse.h"

enum { REHEARSAL_LATENCY_MS = 80 };

/* `options->scratch` is set here. */
NODISCARD bool rehearsal_run(struct app *app, const struct rehearsal_options *options,
			     struct rehearsal *ret_result, struct error *err);

#endif
