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
	const char *tenant_id; /* lower case; NULL when not there */
	struct str_list roles; /* application or delegated permissions, sorted */
	bool has_roles;	       /* false: the token says nothing of permissions */
};

/* False when the token cannot be read; `*ret` is then empty. */
bool jwt_read(const struct secret *token, struct arena *out, struct jwt_claims *ret);

/* Base64 of either alphabet, padded or not, into `out`; false when it is not that. */
NODISCARD bool base64_decode(const char *text, size_t len, struct strbuf *out);

#endif
