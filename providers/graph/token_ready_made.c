/* A token that somebody else obtained, as in SEATSHIFT_ACCESS_TOKEN. It cannot be renewed. */
#include "providers/graph/token_source.h"

/* Its true life is not known: it is used until Graph refuses it. */
static const int64_t assumed_lifetime_ms = (int64_t)28 * 3600 * 1000;

static bool check(const struct token_options *options, struct error *err)
{
	if (options->secret && secret_len(options->secret) > 0)
		return true;
	return error_set(err, ERR_AUTH, "no access token: SEATSHIFT_ACCESS_TOKEN is empty");
}

static void fetch(struct token_source *source, token_fetched *fetched, void *ctx)
{
	const struct secret *token = source->options.secret;
	if (source->given) {
		struct error err = ERROR_INIT;
		error_set(&err, ERR_AUTH,
			  "Graph no longer accepts the access token that was given");
		error_hint(&err,
			   "A token in SEATSHIFT_ACCESS_TOKEN cannot be renewed: obtain a new one, "
			   "or set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.");
		fetched(ctx, NULL, 0, &err);
		error_release(&err);
		return;
	}
	source->given = true;
	fetched(ctx, secret_new(secret_expose(token), secret_len(token)), assumed_lifetime_ms,
		NULL);
}

const struct token_source_ops token_ready_made = {"access-token", check, fetch};
