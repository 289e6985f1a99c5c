/* The newest plan of a customer, in the order in which git has them (plans/saved/newest.h). */
#ifndef CMD_NEWEST_PLAN_H
#define CMD_NEWEST_PLAN_H

#include "cmd/outside/app.h"
#include "plans/saved/newest.h"

NODISCARD bool newest_plan_of(struct app *app, const char *customer, enum newest which,
			      struct newest_plan *ret_newest, struct error *err);

#endif
