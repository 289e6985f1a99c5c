/* Signing in with a client secret: the client credentials grant of OAuth 2.0, against the tenant itself. */
#include "providers/graph/token_source.h"

static bool check(const struct token_options *options, struct error *err)
{
	if (!options->client_id || !*options->client_id) {
		error_set(err, ERR_AUTH, "no client id to sign in with");
		return error_hint(err, "Set AZURE_CLIENT_ID, or auth.client_id in seatshift.yaml.");
	}
	if (options->secret && secret_len(options->secret) > 0)
		return true;
	error_set(err, ERR_AUTH, "no client secret to sign in with");
	return error_hint(err, "Set AZURE_CLIENT_SECRET to the secret's value (not its id).");
}

static void fetch(struct token_source *source, token_fetched *fetched, void *ctx)
{
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	token_form_add(&form, "client_id", source->options.client_id);
	token_form_add(&form, "scope", source->options.scope);
	token_form_add(&form, "client_secret", secret_expose(source->options.secret));
	token_form_add(&form, "grant_type", "client_credentials");
	token_post(source, &form, fetched, ctx);
}

const struct token_source_ops token_client_secret = {"client-secret", check, fetch};
