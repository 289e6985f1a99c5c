/* Access tokens: the table of methods, and a cache over any source. */
#include "providers/graph/token.h"

#include "providers/graph/jwt.h"
#include "providers/graph/token_source.h"

#include <stdlib.h>
#include <string.h>

enum { RENEW_EARLY_MS = 300000 };

static const struct token_source_ops *const methods[] = {
    &token_client_secret,
    &token_device_code,
    &token_ready_made,
};

struct token_source *token_source_new(const struct token_options *options, struct error *err)
{
	const struct token_source_ops *ops = NULL;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (str_eq(methods[i]->method, options->method))
			ops = methods[i];
	if (!ops) {
		error_set(err, ERR_AUTH, "no way of signing in is called '%s'",
			  options->method ? options->method : "");
		return NULL;
	}
	if (!ops->check(options, err))
		return NULL;
	struct arena *arena = arena_new();
	struct token_source *source = arena_alloc(arena, sizeof *source);
	*source = (struct token_source){.ops = ops, .options = *options, .arena = arena};
	struct token_options *copy = &source->options;
	copy->method = arena_strdup(arena, options->method);
	copy->login_url = arena_strdup(arena, options->login_url);
	copy->tenant_id = arena_strdup(arena, options->tenant_id);
	copy->scope = arena_strdup(arena, options->scope);
	copy->client_id = arena_strdup(arena, options->client_id);
	return source;
}

void token_source_fetch(struct token_source *source, token_fetched *fetched, void *ctx)
{
	source->ops->fetch(source, fetched, ctx);
}

void token_source_free(struct token_source *source)
{
	if (source)
		arena_free(source->arena);
}

struct kept_token {
	struct kept_token *older;
	struct secret *value;
};

struct token_cache {
	struct token_source *source;
	struct http_client *client;
	char *tenant_id;
	struct kept_token *newest;
	bool usable; /* the newest was not refused */
	bool fetching;
	int64_t renew_at_ms;
	struct token_waiter *waiters;
};

struct token_cache *token_cache_new(struct token_source *source, const char *tenant_id,
				    struct http_client *client)
{
	struct token_cache *cache = mem_alloc(sizeof *cache);
	*cache = (struct token_cache){.source = source, .client = client};
	cache->tenant_id = mem_strdup(tenant_id);
	return cache;
}

void token_cache_free(struct token_cache *cache)
{
	if (!cache)
		return;
	while (cache->newest) {
		struct kept_token *older = cache->newest->older;
		secret_free(cache->newest->value);
		free(cache->newest);
		cache->newest = older;
	}
	token_source_free(cache->source);
	free(cache->tenant_id);
	free(cache);
}

const struct secret *token_cache_current(const struct token_cache *cache)
{
	return cache->newest ? cache->newest->value : NULL;
}

static bool names_this_tenant(const struct token_cache *cache, const struct secret *token,
			      struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct jwt_claims claims;
	if (!jwt_read(token, tmp, &claims) || !claims.tenant_id ||
	    str_eq_fold(claims.tenant_id, cache->tenant_id))
		return true;
	error_set(err, ERR_WRONG_TENANT, "the token is for tenant '%.64s', not for '%s'",
		  claims.tenant_id, cache->tenant_id);
	return error_hint(err,
			  "Nothing was sent to Graph. Sign in with credentials that belong to the "
			  "customer's own tenant.");
}

static void keep(struct token_cache *cache, struct secret *token, int64_t lifetime_ms)
{
	struct kept_token *kept = mem_alloc(sizeof *kept);
	*kept = (struct kept_token){.older = cache->newest, .value = token};
	cache->newest = kept;
	cache->usable = true;
	/* A token with a very short life is used for half of it, so that none is asked for in a loop. */
	int64_t good_ms =
	    lifetime_ms > 2 * RENEW_EARLY_MS ? lifetime_ms - RENEW_EARLY_MS : lifetime_ms / 2;
	cache->renew_at_ms = http_client_now_ms(cache->client) + good_ms;
}

static void tell_waiters(struct token_cache *cache, const struct error *err)
{
	struct token_waiter *waiter = cache->waiters;
	cache->waiters = NULL;
	while (waiter) {
		struct token_waiter *next = waiter->next;
		waiter->ready(waiter->ctx, err ? NULL : token_cache_current(cache), err);
		waiter = next;
	}
}

static void on_fetched(void *ctx, struct secret *token, int64_t lifetime_ms,
		       const struct error *err)
{
	struct token_cache *cache = ctx;
	struct error wrong = ERROR_INIT;
	cache->fetching = false;
	if (token && !names_this_tenant(cache, token, &wrong)) {
		secret_free(token);
		err = &wrong;
	} else if (token) {
		keep(cache, token, lifetime_ms);
	}
	tell_waiters(cache, err);
	error_release(&wrong);
}

void token_cache_get(struct token_cache *cache, struct token_waiter *waiter)
{
	if (cache->newest && cache->usable &&
	    http_client_now_ms(cache->client) < cache->renew_at_ms) {
		waiter->ready(waiter->ctx, cache->newest->value, NULL);
		return;
	}
	waiter->next = cache->waiters;
	cache->waiters = waiter;
	if (cache->fetching)
		return;
	cache->fetching = true;
	cache->source->ops->fetch(cache->source, on_fetched, cache);
}

void token_cache_discard(struct token_cache *cache, const struct secret *token)
{
	if (token_cache_current(cache) == token)
		cache->usable = false;
}
