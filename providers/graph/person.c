/* Proof that a person can sign in to a tenant. */
#include "providers/graph/person.h"

#include "providers/graph/endpoints.h"
#include "providers/graph/jwt.h"
#include "providers/graph/request.h"
#include "providers/graph/token.h"

enum { WAIT_MS = 1000 };

struct proving {
	const char *tenant_id;
	bool done;
	bool right;
	struct error err;
};

/* Stricter than for requests: a token that cannot be read proves nothing. */
static void on_token(void *ctx, struct secret *token, int64_t lifetime_ms, const struct error *err)
{
	struct proving *p = ctx;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct jwt_claims claims = {0};
	(void)lifetime_ms;
	p->done = true;
	if (!token) {
		graph_error_copy(err, &p->err);
		return;
	}
	bool readable = jwt_read(token, tmp, &claims) && claims.tenant_id;
	p->right = readable && str_eq_fold(claims.tenant_id, p->tenant_id);
	if (!readable)
		error_set(&p->err, ERR_WRONG_TENANT, "the sign-in does not say which tenant it was in");
	else if (!p->right)
		error_set(&p->err, ERR_WRONG_TENANT, "you signed in to tenant '%.64s', not to '%s'", claims.tenant_id,
			  p->tenant_id);
	secret_free(token);
}

bool person_prove(const struct person_options *options, struct error *err)
{
	const struct graph_options *graph = options->graph;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct endpoints endpoints;
	if (!endpoints_init(&endpoints, graph->cloud, graph->graph_url, graph->login_url, tmp, err))
		return false;
	CLEANUP(http_client_freep) struct http_client *client =
		http_client_new(&(struct http_client_options){.transport = graph->transport,
							      .clock = graph->clock,
							      .random = graph->random,
							      .concurrency = 1,
							      .deadline_ms = graph->deadline_ms});
	const struct token_options token = {.method = "device-code",
					    .login_url = endpoints.login,
					    .tenant_id = graph->tenant_id,
					    .scope = endpoints.scope,
					    .client_id = graph->client_id,
					    .prompt = options->prompt,
					    .cancelled = options->cancelled,
					    .prompt_ctx = options->ctx,
					    .client = client,
					    .random = graph->random};
	struct token_source *source = token_source_new(&token, err);
	if (!source)
		return false;
	struct proving proving = {.tenant_id = graph->tenant_id};
	token_source_fetch(source, on_token, &proving);
	while (!proving.done)
		http_client_drive(client, WAIT_MS);
	token_source_free(source);
	if (proving.right)
		return true;
	error_move(err, &proving.err);
	return false;
}
