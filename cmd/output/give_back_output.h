/* EXIT in JSON and as of now: the last day on which the new seats can be given back. */
#ifndef CMD_GIVE_BACK_OUTPUT_H
#define CMD_GIVE_BACK_OUTPUT_H

#include "cmd/session/session.h"
#include "core/json.h"
#include "plans/standing/give_back.h"

/* As the member "exit"; nothing where no seats of the plan can be given back. */
void give_back_put_json(const struct give_back *back, struct arena *tmp, struct json_writer *w);
/*
 * Of a plan that nobody has begun: that nobody will have tried the seats while they can be given back, as of
 * now and by the customer's wave in fleet.yaml. NULL: somebody will, or they cannot be given back anyway.
 */
const char *give_back_late(struct app *app, const struct session *session, const struct plan *plan);

#endif
