/* A cache over any source of access tokens. */
#include "providers/graph/sign_in/token_source.h"

#include "providers/graph/sign_in/jwt.h"

#include <stdlib.h>

enum { RENEW_EARLY_MS = 300000 };

struct kept_token {
	struct kept_token *older;
	struct secret *value;
};

struct token_cache {
	struct token_source *source;
	struct http_client *client;
	struct kept_token *newest;
	bool usable; /* the newest was not refused */
	bool fetching;
	int64_t renew_at_ms;
	struct token_waiter *waiters;
};

struct token_cache *token_cache_new(struct token_source *source, struct http_client *client)
{
	struct token_cache *cache = mem_alloc(sizeof *cache);
	*cache = (struct token_cache){.source = source, .client = client};
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
	free(cache);
}

const struct secret *token_cache_current(const struct token_cache *cache)
{
	return cache->newest ? cache->newest->value : NULL;
}

static void keep(struct token_cache *cache, struct secret *token, int64_t lifetime_ms)
{
	struct kept_token *kept = mem_alloc(sizeof *kept);
	*kept = (struct kept_token){.older = cache->newest, .value = token};
	cache->newest = kept;
	cache->usable = true;
	/* A token with a very short life is used for half of it, so that none is asked for in a
	 * loop. */
	int64_t good_ms = lifetime_ms > 2 * RENEW_EARLY_MS ? lifetime_ms - RENEW_EARLY_MS : lifetime_ms / 2;
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

static void on_fetched(void *ctx, struct secret *token, int64_t lifetime_ms, const struct error *err)
{
	struct token_cache *cache = ctx;
	struct error wrong = ERROR_INIT;
	cache->fetching = false;
	if (token && !token_check(cache->source, token, &wrong)) {
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
	if (cache->newest && cache->usable && http_client_now_ms(cache->client) < cache->renew_at_ms) {
		waiter->ready(waiter->ctx, cache->newest->value, NULL);
		return;
	}
	waiter->next = cache->waiters;
	cache->waiters = waiter;
	if (cache->fetching)
		return;
	cache->fetching = true;
	token_source_fetch(cache->source, on_fetched, cache);
}

void token_cache_discard(struct token_cache *cache, const struct secret *token)
{
	if (token_cache_current(cache) == token)
		cache->usable = false;
}

bool token_cache_challenge(struct token_cache *cache, const struct secret *token, const char *claims)
{
	struct token_source *source = cache->source;
	if (!source->ops->answers_claims)
		return false;
	/* Somebody else's request may have answered the same challenge already. */
	if (token_cache_current(cache) == token) {
		source->claims = arena_strdup(source->arena, claims);
		token_detail(source, "the tenant asks for a new sign-in (claims challenge)");
	}
	token_cache_discard(cache, token);
	return true;
}

const char *token_cache_method(const struct token_cache *cache)
{
	return token_source_method(cache->source);
}

bool token_cache_require(const struct token_cache *cache, unsigned needs, struct error *err)
{
	const struct secret *token = token_cache_current(cache);
	return !token || token_check_permissions(cache->source, token, needs, err);
}

void token_cache_access(const struct token_cache *cache, struct arena *out, struct token_access *ret)
{
	const struct secret *token = token_cache_current(cache);
	struct jwt_claims claims;
	*ret = (struct token_access){.consent_link = token_consent_link(cache->source, out)};
	if (!token || !jwt_read(token, out, &claims) || !claims.tenant_id)
		return;
	ret->is_readable = true;
	ret->missing = permissions_missing((1u << NEED_ALL_COUNT) - 1, &claims.roles);
}
