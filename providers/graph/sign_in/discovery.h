/*
 * OpenID discovery, by itself: which tenant a domain belongs to, and what time the sign-in service
 * has. No credential is involved.
 */
#ifndef PROVIDERS_GRAPH_DISCOVERY_H
#define PROVIDERS_GRAPH_DISCOVERY_H

#include "core/http_client.h"

struct discovery {
	int status;	       /* of the answer */
	const char *tenant_id; /* lower case; NULL when the answer names none */
	bool unknown_domain;   /* the service says that no tenant has the domain */
	int64_t skew_ms;       /* how far this machine's clock is ahead of the service's; 0 when not told */
	bool skew_known;
};

/* Blocks. ERR_NETWORK when there is no answer. */
NODISCARD bool discovery_ask(struct http_client *client, const char *login_url, const char *domain,
			     struct arena *out, struct discovery *ret, struct error *err);

const char *discovery_url(const char *login_url, const char *domain, struct arena *out);
/* What an answer says; `response` was received at `now_ms` of this machine's clock. */
void discovery_read(const struct http_response *response, int64_t now_ms, struct arena *out,
		    struct discovery *ret);

#endif
