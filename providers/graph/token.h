/*
 * Access tokens: sources of them, one row per method of signing in, and a cache over any source.
 *
 * A source asks for one token each time; the cache keeps it, renews it five minutes before it ends,
 * lets all who wait share one request, and refuses a token that names another tenant before anything
 * is sent with it. Everything is asynchronous, over one http_client.
 */
#ifndef PROVIDERS_GRAPH_TOKEN_H
#define PROVIDERS_GRAPH_TOKEN_H

#include "core/http_client.h"
#include "core/secret.h"

struct token_options {
	const char *method;    /* of the table: "client-secret", "access-token" */
	const char *login_url; /* "https://login.microsoftonline.com" */
	const char *tenant_id; /* the authority: never "common" */
	const char *scope;
	const char *client_id;
	const struct secret *secret; /* the client secret, or the ready token; borrowed */
	/* "device-code": tells the person where to go and what to type; asked whether to give up. */
	void (*prompt)(void *ctx, const char *where, const char *user_code);
	bool (*cancelled)(void *ctx); /* may be NULL */
	void *prompt_ctx;
	struct http_client *client;
	const struct random *random;
};

/* Exactly one of `token` (the callee's to keep) and `err` (set, borrowed) is not NULL. */
typedef void token_fetched(void *ctx, struct secret *token, int64_t lifetime_ms,
			   const struct error *err);

struct token_source;
struct token_source_ops {
	const char *method;
	bool (*check)(const struct token_options *options,
		      struct error *err); /* is everything there? */
	void (*fetch)(struct token_source *source, token_fetched *fetched, void *ctx);
};

/* ERR_AUTH when the method is unknown or what it needs is missing. */
struct token_source *token_source_new(const struct token_options *options, struct error *err);
/* One token, without a cache. */
void token_source_fetch(struct token_source *source, token_fetched *fetched, void *ctx);
void token_source_free(struct token_source *source);

/* One who waits for a token; the owner's memory, unmoved until `ready`. */
struct token_waiter {
	void (*ready)(void *ctx, const struct secret *token,
		      const struct error *err); /* one is NULL */
	void *ctx;
	struct token_waiter *next;
};

struct token_cache;
struct token_cache *token_cache_new(struct token_source *source /* taken */, const char *tenant_id,
				    struct http_client *client);
void token_cache_free(struct token_cache *cache);
DEFINE_FREEP(struct token_cache, token_cache)

/* Calls back at once when there is a token that is good for five minutes more. */
void token_cache_get(struct token_cache *cache, struct token_waiter *waiter);
/* The token was refused: the next get asks for another, unless somebody has done so already. */
void token_cache_discard(struct token_cache *cache, const struct secret *token);
/* The newest; tokens live as long as the cache, so requests may borrow them. NULL before the first. */
const struct secret *token_cache_current(const struct token_cache *cache);

#endif
