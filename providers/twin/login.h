/* The parts of the sign-in service. */
#ifndef PROVIDERS_TWIN_LOGIN_H
#define PROVIDERS_TWIN_LOGIN_H

#include "providers/twin/call.h"

/* Answers with the sign-in service's error body; returns false. */
bool login_error(struct call *call, int status, const char *error, int code, const char *fmt, ...)
	PRINTF(5, 6);
NODISCARD bool login_form(struct call *call, struct call_param_list *ret);
const char *login_field(const struct call_param_list *form, const char *name); /* or NULL */
NODISCARD bool login_require(struct call *call, const struct call_param_list *form, const char *name);
/* Makes a token valid and returns its text. */
const char *login_issue(struct call *call, struct twin_token token, bool is_app);

/* device.c; `authority` is NULL for the shared ones. */
void login_device_code(struct call *call, struct twin_tenant *authority);
void login_device_token(struct call *call, struct twin_tenant *authority, const struct call_param_list *form);

#endif
