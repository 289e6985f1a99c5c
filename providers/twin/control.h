/* The control calls under /twin/, which play everybody who is not the client under test. */
#ifndef PROVIDERS_TWIN_CONTROL_H
#define PROVIDERS_TWIN_CONTROL_H

#include "providers/twin/call.h"

/* Each reads the body given; false with err set answers 400. They write the answer's members, sorted. */
bool control_provision(struct call *call, const struct json *body, struct error *err);
bool control_redeem(struct call *call, const struct json *body, struct error *err);
bool control_cancel(struct call *call, const struct json *body, struct error *err);
bool control_contract(struct call *call, const struct json *body, struct error *err);
bool control_user(struct call *call, const struct json *body, struct error *err);
bool control_group(struct call *call, const struct json *body, struct error *err);
bool control_challenge(struct call *call, const struct json *body, struct error *err);
bool control_device(struct call *call, const struct json *body, struct error *err);

void control_counters(struct call *call);
void control_state(struct call *call);
void control_log(struct call *call);

#endif
