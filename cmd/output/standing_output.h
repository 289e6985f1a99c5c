/* Where a customer stands, in JSON. */
#ifndef CMD_STANDING_OUTPUT_H
#define CMD_STANDING_OUTPUT_H

#include "cmd/outside/app.h"
#include "plans/standing/status.h"

/* One customer's answer. What could not be had is in `error`; the rest is still shown. */
struct standing {
	const char *customer;
	struct newest_plan plan;
	struct status status;
	const char *read_at; /* of the facts; NULL: there are none */
	bool from_tenant;
	bool known; /* the customer's file could be read */
	struct error error;
};

/* `alone`: the document is about this customer only, and says what it is. */
void standing_set_json(struct app *app, const struct standing *standing, bool alone, struct json_writer *w);

#endif
