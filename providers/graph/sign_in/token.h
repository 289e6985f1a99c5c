/*
 * Access tokens: sources of them, one row per method of signing in, and a cache over any source.
 *
 * A source asks for one token each time; the cache keeps it, renews it five minutes before it ends,
 * lets all who wait share one request, and refuses a token that names another tenant, another resource
 * or another application before anything is sent with it. Before a token is used for anything, OpenID
 * discovery of the customer's domain has to name the customer's tenant; before a person is asked to sign in,
 * too. Everything is asynchronous,
 * over one http_client; nothing is kept on disk.
 */
#ifndef PROVIDERS_GRAPH_TOKEN_H
#define PROVIDERS_GRAPH_TOKEN_H

#include "core/env.h"
#include "core/http_client.h"
#include "core/redact.h"
#include "core/secret.h"
#include "providers/graph/sign_in/permissions.h"

/* What people are told meanwhile; each may be NULL. One line, no secret. */
struct token_talk {
	void (*detail)(void *ctx, const char *line);  /* with -v */
	void (*notice)(void *ctx, const char *line);  /* always: a device code to enter, a wrong clock */
	void (*waiting)(void *ctx, const char *line); /* what is waited for, when it takes long */
	void *ctx;
};

struct token_options {
	const char *method;    /* of the table; NULL: the first whose environment is complete */
	const char *login_url; /* "https://login.microsoftonline.com" */
	const char *tenant_id; /* the authority: never "common" */
	const char *domain;    /* has to belong to the tenant, by OpenID discovery; NULL: is not asked */
	const char *scope;
	const char *client_id; /* NULL: AZURE_CLIENT_ID */
	const struct secret
		*secret; /* client secret or ready token, instead of the environment's; borrowed */
	struct env env;
	struct redact *redact; /* gets every secret that comes up; or NULL */
	struct token_talk talk;
	bool terminal;	    /* a person is there to enter a device code */
	bool only_identity; /* device code: who signs in is all that counts, no permission is asked for */
	unsigned needs;	    /* enum permission bits: a readable token without one is refused */
	struct http_client *client;
	const struct clock *clock;
	const struct random *random;
};

/* Exactly one of `token` (the callee's to keep) and `err` (set, borrowed) is not NULL. */
typedef void token_fetched(void *ctx, struct secret *token, int64_t lifetime_ms, const struct error *err);

struct token_source;

/* ERR_AUTH when the method is unknown or what it needs is missing. */
struct token_source *token_source_new(const struct token_options *options, struct error *err);
void token_source_free(struct token_source *source);
DEFINE_FREEP(struct token_source, token_source)
const char *token_source_method(const struct token_source *source);
void token_source_fetch(struct token_source *source, token_fetched *fetched, void *ctx);

/* One who waits for a token; the owner's memory, unmoved until `ready`. */
struct token_waiter {
	void (*ready)(void *ctx, const struct secret *token, const struct error *err); /* one is NULL */
	void *ctx;
	struct token_waiter *next;
};

struct token_cache;
struct token_cache *token_cache_new(struct token_source *source /* taken */, struct http_client *client);
void token_cache_free(struct token_cache *cache);
DEFINE_FREEP(struct token_cache, token_cache)

/* Calls back at once when there is a token that is good for five minutes more. */
void token_cache_get(struct token_cache *cache, struct token_waiter *waiter);
/* The token was refused: the next get asks for another, unless somebody has done so already. */
void token_cache_discard(struct token_cache *cache, const struct secret *token);
/*
 * The same, when the refusal said what a token has to satisfy (a claims challenge, JSON). False when
 * the method cannot ask for such a token.
 */
bool token_cache_challenge(struct token_cache *cache, const struct secret *token, const char *claims);
/* The newest; tokens live as long as the cache, so requests may borrow them. NULL before the first. */
const struct secret *token_cache_current(const struct token_cache *cache);
const char *token_cache_method(const struct token_cache *cache);
/* ERR_AUTH, with all that is missing, when the newest token can be read and lacks a permission. */
NODISCARD bool token_cache_require(const struct token_cache *cache, unsigned needs, struct error *err);

/* What the newest token says of itself. */
struct token_access {
	bool is_readable;
	unsigned missing; /* of all permissions there are */
	const char *consent_link;
};
void token_cache_access(const struct token_cache *cache, struct arena *out, struct token_access *ret);

#endif
