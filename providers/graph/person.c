/* Proof that a person can sign in to a tenant. */
#include "providers/graph/person.h"

#include "providers/graph/sign_in/endpoints.h"
#include "providers/graph/sign_in/jwt.h"
#include "providers/graph/sign_in/token.h"
#include "providers/graph/wire/request.h"

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
		error_set(&p->err, ERR_WRONG_TENANT, "you signed in to tenant '%.64s', not to '%s'",
			  claims.tenant_id, p->tenant_id);
	secret_free(token);
}

static struct http_client *new_client(const struct graph_options *graph)
{
	return http_client_new(&(struct http_client_options){.transport = graph->transport,
							     .clock = graph->clock,
							     .random = graph->random,
							     .concurrency = 1,
							     .deadline_ms = graph->deadline_ms,
							     .ends_at_ms = graph->ends_at_ms,
							     .patience_ms = graph->patience_ms,
							     .waiting = graph->talk.waiting,
							     .waiting_ctx = graph->talk.ctx,
							     .tells_progress = true,
							     .should_stop = graph->should_stop,
							     .stop_ctx = graph->stop_ctx});
}

static struct token_source *new_source(const struct graph_options *graph, const struct endpoints *endpoints,
				       struct http_client *client, struct error *err)
{
	return token_source_new(&(struct token_options){.method = "device-code",
							.login_url = endpoints->login,
							.tenant_id = graph->tenant_id,
							.domain = graph->domain,
							.scope = endpoints->scope,
							.client_id = graph->client_id,
							.env = graph->env,
							.redact = graph->redact,
							.talk = graph->talk,
							.terminal = true,
							.only_identity = true,
							.client = client,
							.clock = graph->clock,
							.random = graph->random},
				err);
}

bool person_prove(const struct graph_options *graph, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct endpoints endpoints;
	if (!endpoints_init(&endpoints, graph->cloud, graph->graph_url, graph->login_url, tmp, err))
		return false;
	CLEANUP(http_client_freep) struct http_client *client = new_client(graph);
	CLEANUP(token_source_freep) struct token_source *source = new_source(graph, &endpoints, client, err);
	if (!source)
		return false;
	struct proving proving = {.tenant_id = graph->tenant_id};
	token_source_fetch(source, on_token, &proving);
	http_client_wait(client, &proving.done);
	if (proving.right)
		return true;
	if (graph->should_stop && graph->should_stop(graph->stop_ctx)) {
		error_release(&proving.err);
		return error_set(err, ERR_INTERRUPTED, "interrupted before anybody signed in");
	}
	error_move(err, &proving.err);
	return false;
}
