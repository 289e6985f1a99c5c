/*
 * A look into an access token, without verifying it.
 *
 * Graph's tokens are opaque to clients by contract and may change form: one that cannot be read is
 * fine, and nothing depends on it. What can be read allows an early refusal (`tid`) and a friendly
 * list of permissions (`roles`, `scp`). The authoritative check is GET /organization.
 */
#ifndef PROVIDERS_GRAPH_JWT_H
#define PROVIDERS_GRAPH_JWT_H

#include "core/secret.h"
#include "core/str.h"

struct jwt_claims {
	const char *tenant_id; /* lower case; NULL when not there, as all texts here */
	const char *issuer, *subject, *audience;
	const char *client_id; /* "appid" or "azp" */
	struct str_list roles; /* application or delegated permissions, sorted */
	bool has_roles;	       /* false: the token says nothing of permissions */
	bool is_app;	       /* no person signed in */
	bool has_principal;    /* false: the application is nobody in that tenant yet */
	int64_t expires_s;     /* since 1970; 0 when not there */
};

/* False when the token cannot be read; `*ret` is then empty. */
bool jwt_read(const struct secret *token, struct arena *out, struct jwt_claims *ret);

#endif
