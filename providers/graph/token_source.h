/* What implementers of a method of signing in share. For files named token_*.c only. */
#ifndef PROVIDERS_GRAPH_TOKEN_SOURCE_H
#define PROVIDERS_GRAPH_TOKEN_SOURCE_H

#include "providers/graph/token.h"

struct token_source {
	const struct token_source_ops *ops;
	struct token_options options; /* texts copied */
	struct arena *arena;
	bool given; /* of a ready token: it was handed out already */
};

extern const struct token_source_ops token_client_secret;
extern const struct token_source_ops token_device_code;
extern const struct token_source_ops token_ready_made;

/* A form being built: name=value pairs, percent-encoded. It may hold a secret, so it is wiped. */
void token_form_add(struct strbuf *form, const char *name, const char *value);
/* Posts the form (emptied and wiped) to the tenant's token endpoint and reports what comes of it. */
void token_post(struct token_source *source, struct strbuf *form, token_fetched *fetched,
		void *ctx);

#endif
