/*
 * Live state from Microsoft Graph over HTTP: implements providers/provider.h.
 *
 * Bound to one tenant for life: tokens are asked of that tenant's own authority, a readable token for
 * another tenant is refused before anything is sent to Graph, and the organisation read back must be
 * the same. One thread; requests overlap through one http_client.
 */
#ifndef PROVIDERS_GRAPH_GRAPH_H
#define PROVIDERS_GRAPH_GRAPH_H

#include "core/clock.h"
#include "core/http.h"
#include "core/random.h"
#include "core/secret.h"
#include "providers/graph/sign_in/token.h"
#include "providers/provider.h"

/* What the transport should allow: more than are in flight to begin with. */
enum { GRAPH_CONNECTIONS = 16 };

struct graph_options {
	struct http_transport *transport; /* borrowed; must outlive the provider */
	const struct clock *clock;
	const struct random *random;
	const char *tenant_id;
	const char *cloud;     /* "global" when NULL */
	const char *graph_url; /* SEATSHIFT_GRAPH_URL, or NULL */
	const char *login_url; /* SEATSHIFT_LOGIN_URL, or NULL */

	/*
	 * How to sign in (providers/graph/sign_in/token.h). NULL: the first method whose environment is
	 * complete. What a method needs comes from `env`; `client_id` and `secret` (a client secret or a
	 * ready token, borrowed) outrank it.
	 */
	const char *auth_method;
	const char *client_id;
	const struct secret *secret;
	struct env env;
	struct redact *redact;
	struct token_talk talk;
	bool terminal;
	bool tolerate_missing; /* permissions for reading are not demanded: see graph_access */
	const char *domain;    /* proved by OpenID discovery before any credential is used; NULL: not */

	/*
	 * The partner's own tenant, where its contracts and GDAP relationships are read; NULL: they are
	 * not. The same method signs in there; with "access-token" a token for that tenant is needed, and
	 * without one the relation stays unchecked.
	 */
	const char *partner_tenant_id;
	const struct secret *partner_token;

	/* Asked while reading: true ends the read with ERR_INTERRUPTED. NULL: never. */
	bool (*should_stop)(void *ctx);
	void *stop_ctx;

	size_t concurrency;  /* requests in flight to begin with; 0: 4 */
	int64_t deadline_ms; /* of a request with its repetitions; 0: five minutes */
	int64_t verify_ms;   /* how long an action is read back; 0: five minutes */
	/* Everything ends then, or so long after the last answer that was of use (core/http_client.h); 0:
	 * never. */
	int64_t ends_at_ms, patience_ms;
};

/* NULL with err set: ERR_INVALID (cloud, address, tenant id) or ERR_AUTH (method, credentials). */
struct provider *graph_new(const struct graph_options *options, struct error *err);

/* What its sign-in came to, once it has signed in. */
struct graph_access {
	const char *method;
	bool is_readable; /* the token says what is permitted */
	unsigned missing; /* enum permission bits, of all */
	const char *consent_link;
};
void graph_access(struct provider *p, struct arena *out, struct graph_access *ret);

#endif
