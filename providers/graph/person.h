/*
 * Proof that a person can sign in to a tenant: by device code against that tenant's own authority, and
 * with a token that names the tenant. For what is shown only to people who are in the right place.
 */
#ifndef PROVIDERS_GRAPH_PERSON_H
#define PROVIDERS_GRAPH_PERSON_H

#include "providers/graph/graph.h"

struct person_options {
	const struct graph_options *graph; /* transport, clock, random, tenant, cloud, addresses, client id */
	void (*prompt)(void *ctx, const char *where, const char *user_code); /* tells the person what to do */
	bool (*cancelled)(void *ctx); /* asked between looks; may be NULL */
	void *ctx;
};

/*
 * True: somebody signed in, and the token's `tid` is the tenant. ERR_WRONG_TENANT when it names another
 * one, or none that can be read; ERR_AUTH when nobody signed in. The token is used for nothing.
 */
NODISCARD bool person_prove(const struct person_options *options, struct error *err);

#endif
