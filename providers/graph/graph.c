/* Live state from Microsoft Graph over HTTP: the provider. */
#include "providers/graph/graph.h"

#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/read/suggest.h"
#include "providers/graph/read/whose.h"
#include "providers/graph/sign_in/endpoints.h"
#include "providers/graph/wire/batch.h"
#include "providers/graph/write/execute.h"
#include "providers/graph/write/reprocess.h"

enum { PROOF_FRESH_MS = 30000, DEFAULT_DEADLINE_MS = 300000, DEFAULT_VERIFY_MS = 300000 };

struct graph {
	struct provider base;
	struct arena *arena;
	struct clock clock;
	struct random random;
	const char *tenant_id;
	struct graph_conn conn;
	struct graph_conn partner; /* shares client and budget; used when it has tokens */
	bool (*should_stop)(void *ctx);
	void *stop_ctx;
	int64_t verify_ms;
	bool identified;
	int64_t identified_ms;
	struct organization organization;	/* as it was then */
	struct holder_count_list holder_counts; /* as last read */
};

static struct graph *graph_of(struct provider *p)
{
	return (struct graph *)(void *)p;
}

static bool identify(struct provider *p, struct arena *out, struct organization *ret, struct error *err)
{
	struct graph *g = graph_of(p);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct live live = {0};
	struct reader reader = {.conn = &g->conn,
				.tenant_id = g->tenant_id,
				.should_stop = g->should_stop,
				.stop_ctx = g->stop_ctx,
				.out = out,
				.tmp = tmp,
				.live = &live};
	if (!read_identity(&reader, err))
		return false;
	g->identified = true;
	g->identified_ms = clock_monotonic_ms(&g->clock);
	organization_copy(&live.organization, g->arena, &g->organization);
	*ret = live.organization;
	return true;
}

static void remember_count(struct graph *g, const struct sku *sku)
{
	for (size_t i = 0; i < g->holder_counts.count; i++) {
		if (!str_eq(g->holder_counts.items[i].sku_id, sku->id))
			continue;
		g->holder_counts.items[i].holders = sku->consumed;
		return;
	}
	VEC_PUSH(g->arena, &g->holder_counts,
		 (struct holder_count){arena_strdup(g->arena, sku->id), sku->consumed});
}

/* Asked a moment ago: not again, unless the caller wants to be sure. */
static const struct organization *fresh_proof(const struct graph *g, const struct read_scope *scope)
{
	bool fresh = g->identified && clock_monotonic_ms(&g->clock) - g->identified_ms <= PROOF_FRESH_MS;
	return fresh && !scope->prove ? &g->organization : NULL;
}

static bool read_live(struct provider *p, const struct read_scope *scope, struct arena *out, struct live *ret,
		      struct error *err)
{
	struct graph *g = graph_of(p);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct live live = {0};
	CLEANUP(alike_freep) struct alike *alike = alike_new(out);
	struct organization organization;
	if (!g->identified && !identify(p, tmp, &organization, err))
		return false;
	struct reader reader = {.conn = &g->conn,
				.partner = g->partner.tokens ? &g->partner : NULL,
				.tenant_id = g->tenant_id,
				.should_stop = g->should_stop,
				.stop_ctx = g->stop_ctx,
				.scope = scope,
				.counts = &g->holder_counts,
				.proved = fresh_proof(g, scope),
				.out = out,
				.tmp = tmp,
				.live = &live,
				.alike = alike};
	bool good = read_all(&reader, err);
	arena_free(reader.scratch);
	if (!good)
		return false;
	for (size_t i = 0; i < live.skus.count; i++)
		remember_count(g, &live.skus.items[i]);
	*ret = live;
	return true;
}

static void suggest(struct provider *p, const struct str_list *upns, const struct str_list *groups,
		    struct arena *out, struct live *live)
{
	struct graph *g = graph_of(p);
	if (!g->identified)
		return;
	suggest_names(&g->conn, upns, out, live);
	suggest_groups(&g->conn, upns, groups, out, live);
}

/* What the application has to be permitted for these actions. */
static unsigned needs_of(const struct action *const *actions, size_t count)
{
	unsigned needs = 0;
	for (size_t i = 0; i < count; i++)
		needs |= actions[i]->kind == ACTION_SET_USAGE_LOCATION ? NEED_USERS_WRITE : NEED_LICENSING;
	return needs;
}

/* Many may be looked at by listing holders: how long those lists are is known after any read. */
static bool know_holder_counts(struct provider *p, size_t actions, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct live live;
	return actions <= BATCH_MAX || graph_of(p)->holder_counts.count ||
	       read_live(p, &(struct read_scope){.only_tenant = true}, tmp, &live, err);
}

/* As far as it can be known without asking: enough to choose between a list and asking for each. */
static void adjust_counts(struct graph *g, const struct action *action)
{
	for (size_t i = 0; i < g->holder_counts.count; i++) {
		struct holder_count *count = &g->holder_counts.items[i];
		bool had = license_find(&action->expect.licenses, count->sku_id) != NULL;
		bool has = license_find(&action->result.licenses, count->sku_id) != NULL;
		count->holders += has - had;
	}
}

static bool execute(struct provider *p, const struct action *const *actions, size_t count,
		    const struct execute_hooks *hooks, struct error *err)
{
	struct graph *g = graph_of(p);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct organization organization;
	if (!g->identified && !identify(p, tmp, &organization, err))
		return false;
	/* Graph has no dry run: a permission that is missing would show at the first write. */
	if (!token_cache_require(g->conn.tokens, needs_of(actions, count), err))
		return false;
	if (!know_holder_counts(p, count, err))
		return false;
	bool good = execute_actions(&(struct execution){.conn = &g->conn,
							.actions = actions,
							.count = count,
							.hooks = hooks,
							.verify_ms = g->verify_ms,
							.holder_counts = g->holder_counts},
				    err);
	for (size_t i = 0; i < count; i++)
		adjust_counts(g, actions[i]);
	return good;
}

static bool may_reprocess(const struct provider *p)
{
	const struct graph *g = (const struct graph *)(const void *)p;
	struct error err = ERROR_INIT;
	bool may = token_cache_require(g->conn.tokens, NEED_USERS_WRITE, &err);
	error_release(&err);
	return may;
}

static bool reprocess(struct provider *p, const struct action *action, const struct str_list *user_ids,
		      struct arena *out, struct reprocessed *ret, struct error *err)
{
	struct graph *g = graph_of(p);
	return reprocess_people(&(struct reprocess_request){.conn = &g->conn,
							    .action = action,
							    .user_ids = user_ids,
							    .should_stop = g->should_stop,
							    .stop_ctx = g->stop_ctx},
				out, ret, err);
}

static bool whose(struct provider *p, const struct str_list *names, struct arena *out,
		  struct name_owner_list *ret, struct error *err)
{
	return whose_names(&graph_of(p)->conn, names, out, ret, err);
}

static struct provider_stats stats(const struct provider *p)
{
	const struct graph *g = (const struct graph *)(const void *)p;
	return (struct provider_stats){.requests = http_client_sent(g->conn.client),
				       .writes = g->conn.writes,
				       .resource_units = budget_units(g->conn.budget),
				       .throttled = budget_throttle_count(g->conn.budget)};
}

static void graph_free(struct provider *p)
{
	struct graph *g = graph_of(p);
	token_cache_free(g->conn.tokens);
	token_cache_free(g->partner.tokens);
	http_client_free(g->conn.client);
	budget_free(g->conn.budget);
	arena_free(g->arena);
}

static const struct provider_ops ops = {
	.name = "graph",
	.identify = identify,
	.read = read_live,
	.suggest = suggest,
	.whose = whose,
	.execute = execute,
	.may_reprocess = may_reprocess,
	.reprocess = reprocess,
	.stats = stats,
	.free = graph_free,
};

static struct http_client *new_client(const struct graph_options *options, struct budget *budget)
{
	return http_client_new(&(struct http_client_options){.transport = options->transport,
							     .clock = options->clock,
							     .random = options->random,
							     .concurrency = options->concurrency,
							     .deadline_ms = options->deadline_ms,
							     .ends_at_ms = options->ends_at_ms,
							     .patience_ms = options->patience_ms,
							     .waiting = options->talk.waiting,
							     .waiting_ctx = options->talk.ctx,
							     .tells_progress = true,
							     .should_stop = options->should_stop,
							     .stop_ctx = options->stop_ctx,
							     .gate = budget_gate(budget)});
}

/* What a sign-in of this provider has in common, for whichever tenant. */
static struct token_options sign_in_options(struct graph *g, const struct graph_options *options,
					    const struct endpoints *endpoints)
{
	return (struct token_options){.method = options->auth_method,
				      .login_url = endpoints->login,
				      .scope = endpoints->scope,
				      .client_id = options->client_id,
				      .env = options->env,
				      .redact = options->redact,
				      .talk = options->talk,
				      .terminal = options->terminal,
				      .client = g->conn.client,
				      .clock = &g->clock,
				      .random = &g->random};
}

static struct token_cache *sign_in(struct graph *g, const struct token_options *options, struct error *err)
{
	struct token_source *source = token_source_new(options, err);
	return source ? token_cache_new(source, g->conn.client) : NULL;
}

static bool connect_customer(struct graph *g, const struct graph_options *options,
			     const struct endpoints *endpoints, struct error *err)
{
	struct token_options customer = sign_in_options(g, options, endpoints);
	customer.tenant_id = g->tenant_id;
	customer.domain = options->domain;
	customer.secret = options->secret;
	customer.needs = options->domain && !options->tolerate_missing ? NEEDS_READ : 0;
	g->conn.tokens = sign_in(g, &customer, err);
	return g->conn.tokens != NULL;
}

static bool connect_partner(struct graph *g, const struct graph_options *options,
			    const struct endpoints *endpoints, struct error *err)
{
	struct token_options partner = sign_in_options(g, options, endpoints);
	partner.method = token_cache_method(g->conn.tokens);
	bool ready_made = str_eq(partner.method, "access-token");
	partner.tenant_id = options->partner_tenant_id;
	partner.secret = ready_made ? options->partner_token : options->secret;
	if (!options->partner_tenant_id || (ready_made && !options->partner_token))
		return true;
	g->partner = g->conn;
	g->partner.tokens = sign_in(g, &partner, err);
	return g->partner.tokens || error_wrap(err, "the partner's own tenant");
}

static bool set_up(struct graph *g, const struct graph_options *options, struct error *err)
{
	struct endpoints endpoints;
	if (!endpoints_init(&endpoints, options->cloud, options->graph_url, options->login_url, g->arena,
			    err))
		return false;
	g->conn.redact = options->redact;
	g->conn.base = arena_printf(g->arena, "%s/v1.0", endpoints.graph);
	return connect_customer(g, options, &endpoints, err) && connect_partner(g, options, &endpoints, err);
}

struct provider *graph_new(const struct graph_options *options, struct error *err)
{
	if (!str_is_guid(options->tenant_id)) {
		error_set(err, ERR_INVALID, "the tenant id is not a GUID: '%s'", options->tenant_id);
		return NULL;
	}
	struct arena *arena = arena_new();
	struct graph *g = arena_alloc(arena, sizeof *g);
	*g = (struct graph){
		.base.ops = &ops, .arena = arena, .clock = *options->clock, .random = *options->random};
	g->tenant_id = str_lower(arena, options->tenant_id);
	g->verify_ms = options->verify_ms ? options->verify_ms : DEFAULT_VERIFY_MS;
	g->should_stop = options->should_stop;
	g->stop_ctx = options->stop_ctx;
	g->conn.random = &g->random;
	g->conn.deadline_ms = options->deadline_ms ? options->deadline_ms : DEFAULT_DEADLINE_MS;
	g->conn.budget = budget_new(&g->clock, options->concurrency);
	g->conn.client = new_client(options, g->conn.budget);
	if (set_up(g, options, err))
		return &g->base;
	graph_free(&g->base);
	return NULL;
}

void graph_access(struct provider *p, struct arena *out, struct graph_access *ret)
{
	const struct graph *g = graph_of(p);
	struct token_access access;
	token_cache_access(g->conn.tokens, out, &access);
	*ret = (struct graph_access){token_cache_method(g->conn.tokens), access.is_readable, access.missing,
				     access.consent_link};
}
