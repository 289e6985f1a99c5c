/* The parts of the sign-in service. */
#ifndef PROVIDERS_TWIN_LOGIN_H
#define PROVIDERS_TWIN_LOGIN_H

#include "providers/twin/call.h"

/* Answers with the sign-in service's error body; returns false. */
bool login_error(struct call *call, int status, const char *error, int code, const char *fmt, ...)
	PRINTF(5, 6);
/* Whether the client is one that is always refused; then it is answered. */
bool login_refused(struct call *call, const struct twin_client *client);
NODISCARD bool login_form(struct call *call, struct call_param_list *ret);
const char *login_field(const struct call_param_list *form, const char *name); /* or NULL */
NODISCARD bool login_require(struct call *call, const struct call_param_list *form, const char *name);
/* Makes a token valid and returns its text. */
const char *login_issue(struct call *call, struct twin_token token, bool is_app);

/* assertion.c: signature, thumbprint, audience, times; or a federated credential of the client. */
NODISCARD bool login_check_assertion(struct call *call, const struct twin_tenant *tenant,
				     const struct twin_client *client, const struct call_param_list *form);

/* challenge.c */
bool login_answers_challenge(const struct twin_tenant *tenant, const struct call_param_list *form);
bool login_challenge(struct call *call); /* refuses with it; false */

/* device.c; `authority` is NULL for the shared ones. */
void login_device_code(struct call *call, struct twin_tenant *authority);
void login_device_token(struct call *call, struct twin_tenant *authority, const struct call_param_list *form);
void login_refresh_token(struct call *call, struct twin_tenant *authority,
			 const struct call_param_list *form);

#endif
