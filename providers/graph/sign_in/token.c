/* Access tokens: the table of methods, and what all of them share. */
#include "providers/graph/sign_in/token_source.h"

#include <string.h>

/* In the order in which they are looked for when the repository names none. */
static const struct token_source_ops *const methods[] = {
	&token_ready_made,	 &token_client_secret, &token_certificate, &token_workload_identity,
	&token_managed_identity, &token_azure_cli,     &token_device_code,
};

static bool none_complete(const struct env *env, struct error *err)
{
	const char *pipeline = token_pipeline_hint(env);
	error_set(err, ERR_AUTH,
		  "no credentials: neither AZURE_CLIENT_SECRET nor what any other way of signing in "
		  "needs is set");
	if (pipeline)
		return error_hint(err, "%s Or set AZURE_CLIENT_SECRET.", pipeline);
	return error_hint(err,
			  "Set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or AZURE_CLIENT_CERTIFICATE_PATH, "
			  "or AZURE_FEDERATED_TOKEN_FILE; or choose auth.method azure-cli or device-code "
			  "in seatshift.yaml.");
}

static const struct token_source_ops *find_method(const struct token_options *options, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		bool chosen = options->method ? str_eq(methods[i]->method, options->method)
					      : methods[i]->complete && methods[i]->complete(&options->env);
		if (chosen)
			return methods[i];
	}
	if (options->method)
		error_set(err, ERR_AUTH, "no way of signing in is called '%s'", options->method);
	else
		(void)!none_complete(&options->env, err);
	return NULL;
}

static struct token_source *copy_options(const struct token_options *options,
					 const struct token_source_ops *ops)
{
	struct arena *arena = arena_new();
	struct token_source *source = arena_alloc(arena, sizeof *source);
	*source = (struct token_source){.ops = ops, .options = *options, .arena = arena};
	struct token_options *copy = &source->options;
	const char *client_id =
		options->client_id ? options->client_id : env_get(&options->env, "AZURE_CLIENT_ID");
	copy->method = ops->method;
	copy->login_url = arena_strdup(arena, options->login_url);
	copy->tenant_id = arena_strdup(arena, options->tenant_id);
	copy->domain = arena_strdup(arena, options->domain);
	copy->scope = arena_strdup(arena, options->scope);
	copy->client_id = arena_strdup(arena, client_id);
	return source;
}

static bool has_client_id(const struct token_source *source, struct error *err)
{
	const char *client_id = source->options.client_id;
	if (!source->ops->as_client || (client_id && *client_id))
		return true;
	error_set(err, ERR_AUTH, "no credentials: there is no client id to sign in with");
	return error_hint(err, "Set auth.client_id in seatshift.yaml, or AZURE_CLIENT_ID.");
}

struct token_source *token_source_new(const struct token_options *options, struct error *err)
{
	const struct token_source_ops *ops = find_method(options, err);
	if (!ops)
		return NULL;
	struct token_source *source = copy_options(options, ops);
	if (has_client_id(source, err) && ops->open(source, err)) {
		token_detail(source, "signing in to tenant %s with the method '%s'%s",
			     source->options.tenant_id, ops->method,
			     options->method ? "" : ", the first whose environment is complete");
		return source;
	}
	token_source_free(source);
	return NULL;
}

void token_source_free(struct token_source *source)
{
	if (!source)
		return;
	if (source->ops->close)
		source->ops->close(source);
	token_early_free(source);
	secret_free(source->secret);
	struct arena *arena = source->arena;
	arena_free(arena);
}

const char *token_source_method(const struct token_source *source)
{
	return source->ops->method;
}

void token_source_fetch(struct token_source *source, token_fetched *fetched, void *ctx)
{
	source->fetched = fetched;
	source->ctx = ctx;
	if (source->options.domain && !source->proved)
		token_discover(source);
	else
		source->ops->fetch(source);
}
