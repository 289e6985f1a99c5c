/* A plan as the result of a command, in the format that was asked for. */
#ifndef CMD_PLAN_OUTPUT_H
#define CMD_PLAN_OUTPUT_H

#include "cmd/session.h"
#include "plans/plan_folder.h"

/* `session` may be NULL: then nothing is known of limits and approvals. */
void plan_output(struct app *app, const struct plan_folder *folder, const struct session *session, bool full);
void plan_output_nothing(struct app *app, const char *customer);

#endif
