/* Claims challenges: what an answer says a token has to satisfy (continuous access evaluation). */
#ifndef PROVIDERS_GRAPH_CLAIMS_H
#define PROVIDERS_GRAPH_CLAIMS_H

#include "core/http.h"

/*
 * The claims of the WWW-Authenticate header with error="insufficient_claims", as JSON text; NULL
 * when there is none that can be read.
 */
const char *claims_challenge(const struct http_header_list *headers, struct arena *out);

#endif
