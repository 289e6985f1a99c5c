/* Signing in with a client secret: the client credentials grant of OAuth 2.0, against the tenant
 * itself. */
#include "providers/graph/sign_in/token_source.h"

static bool complete(const struct env *env)
{
	return token_has_env(env, "AZURE_CLIENT_SECRET");
}

static bool open(struct token_source *source, struct error *err)
{
	const struct secret *given = source->options.secret;
	source->secret = given ? secret_new(secret_expose(given), secret_len(given))
			       : token_take_env(source, "AZURE_CLIENT_SECRET");
	if (source->secret && secret_len(source->secret) > 0)
		return true;
	error_set(err, ERR_AUTH, "no client secret to sign in with: AZURE_CLIENT_SECRET is not set");
	return error_hint(err, "Set AZURE_CLIENT_SECRET to the secret's value (not its id).");
}

static void fetch(struct token_source *source)
{
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	token_form_add(&form, "client_id", source->options.client_id);
	token_form_add(&form, "scope", source->options.scope);
	token_form_add(&form, "client_secret", secret_expose(source->secret));
	token_form_add(&form, "grant_type", "client_credentials");
	if (source->claims)
		token_form_add(&form, "claims", source->claims);
	token_post(source, &form);
}

const struct token_source_ops token_client_secret = {.method = "client-secret",
						     .as_client = true,
						     .is_prompt = true,
						     .answers_claims = true,
						     .complete = complete,
						     .open = open,
						     .fetch = fetch};
