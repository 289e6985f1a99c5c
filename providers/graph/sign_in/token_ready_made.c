/* A token that somebody else obtained, as in SEATSHIFT_ACCESS_TOKEN. It cannot be renewed. */
#include "providers/graph/sign_in/token_source.h"

static bool complete(const struct env *env)
{
	return token_has_env(env, "SEATSHIFT_ACCESS_TOKEN");
}

/* Read at once, so that a token of another tenant costs not one request. */
static bool open(struct token_source *source, struct error *err)
{
	const struct secret *given = source->options.secret;
	source->secret = given ? secret_new(secret_expose(given), secret_len(given))
			       : token_take_env(source, "SEATSHIFT_ACCESS_TOKEN");
	if (source->secret && secret_len(source->secret) > 0)
		return token_check(source, source->secret, err);
	return error_set(err, ERR_AUTH, "no access token: SEATSHIFT_ACCESS_TOKEN is empty");
}

static void fetch(struct token_source *source)
{
	/* Its true life is not known: it is used until Graph refuses it. */
	const int64_t assumed_lifetime_ms = (int64_t)28 * 3600 * 1000;
	if (source->secret) {
		token_deliver(source, TAKE(source->secret), assumed_lifetime_ms);
		return;
	}
	struct error err = ERROR_INIT;
	error_set(&err, ERR_AUTH, "Graph no longer accepts the access token that was given");
	error_hint(&err, "A token in SEATSHIFT_ACCESS_TOKEN cannot be renewed: obtain a new one, "
			 "or set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.");
	token_fail(source, &err);
}

const struct token_source_ops token_ready_made = {
	.method = "access-token", .is_ready = true, .complete = complete, .open = open, .fetch = fetch};
