/*
 * Proof that a person can sign in to a tenant: by device code against that tenant's own authority, and
 * with a token that names the tenant. For what is shown only to people who are in the right place.
 */
#ifndef PROVIDERS_GRAPH_PERSON_H
#define PROVIDERS_GRAPH_PERSON_H

#include "providers/graph/graph.h"

/*
 * True: somebody signed in, and the token's `tid` is the tenant. ERR_WRONG_TENANT when it names another
 * one, or none that can be read; ERR_AUTH when nobody signed in. The token is used for nothing. What the
 * person has to do is told through `graph->talk.notice`; `should_stop` gives up.
 */
NODISCARD bool person_prove(const struct graph_options *graph, struct error *err);

#endif
