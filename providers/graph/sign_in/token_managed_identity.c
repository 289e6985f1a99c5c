/*
 * A managed identity of Azure: App Service and Container Apps say where to ask in IDENTITY_ENDPOINT
 * and IDENTITY_HEADER; a virtual machine has its metadata service at a fixed link-local address.
 *
 * Never through a proxy. Answers hold numbers as texts. An identity lives in one tenant only, so
 * for most customers this method gives a token of the wrong one, which the check of the token
 * refuses.
 */
#include "providers/graph/sign_in/token_source.h"

#include "core/quote.h"

#include <string.h>

enum { TRY_TIMEOUT_MS = 10000, DEADLINE_MS = 30000 };

/* The pauses that Azure documents for its metadata service, and one more: 410 may last for 70 s. */
static const int64_t pauses_ms[] = {2000, 6000, 14000, 30000, 30000};

struct asking {
	struct http_timer timer;
	size_t tries;
};

static bool complete(const struct env *env)
{
	return token_has_env(env, "IDENTITY_ENDPOINT") && token_has_env(env, "IDENTITY_HEADER");
}

static bool open(struct token_source *source, struct error *err)
{
	const struct env *env = &source->options.env;
	struct asking *asking = arena_alloc(source->arena, sizeof *asking);
	source->state = asking;
	if (token_has_env(env, "IDENTITY_ENDPOINT") && !token_has_env(env, "IDENTITY_HEADER")) {
		error_set(err, ERR_AUTH, "IDENTITY_ENDPOINT is set, but IDENTITY_HEADER is not");
		return error_hint(err, "Azure sets both; Azure Arc's managed identities are not supported.");
	}
	source->secret = token_take_env(source, "IDENTITY_HEADER");
	return true;
}

/* The machine's metadata service, or for tests another one on loopback. */
static const char *machine_service(const struct env *env)
{
	const char *other = env_get(env, "AZURE_POD_IDENTITY_AUTHORITY_HOST");
	return other ? other : "http://169.254.169.254";
}

static const char *question(const struct token_source *source, struct arena *out)
{
	const struct token_options *options = &source->options;
	const char *end = strstr(options->scope, "/.default");
	const char *resource = arena_strndup(out, options->scope,
					     end ? (size_t)(end - options->scope) : strlen(options->scope));
	const char *endpoint = env_get(&options->env, "IDENTITY_ENDPOINT");
	if (endpoint)
		endpoint = arena_printf(out, "%s?api-version=2019-08-01", endpoint);
	else
		endpoint = arena_printf(out, "%s/metadata/identity/oauth2/token?api-version=2018-02-01",
					machine_service(&options->env));
	return arena_printf(out, "%s&resource=%s%s%s", endpoint, quote_url(out, resource),
			    options->client_id ? "&client_id=" : "",
			    options->client_id ? quote_url(out, options->client_id) : "");
}

static void refuse(struct token_source *source, const struct token_answer *answer)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct error err = ERROR_INIT;
	if (!answer->response) {
		error_set(&err, ERR_AUTH, "there is no managed identity here: %s", answer->err->message);
		error_hint(&err, "A managed identity exists only inside Azure: choose another auth.method.");
	} else {
		/* The two services word their refusals differently. */
		const char *code = json_get_text(answer->body, "error");
		const char *words = json_get_text(answer->body, "error_description");
		words = words ? words : json_get_text(answer->body, "message");
		error_set(&err, ERR_AUTH, "the managed identity gave no token: %d%s%s: %s",
			  answer->response->status, code ? " " : "", quote_terminal_cut(tmp, code, 80),
			  words ? quote_terminal_cut(tmp, words, 400) : "no description");
		error_hint(&err,
			   "Check that an identity is assigned to this machine or application, and that "
			   "auth.client_id or AZURE_CLIENT_ID, if set, is one of those assigned.");
	}
	token_fail(source, &err);
}

static void ask(void *ctx);

static bool may_come_right(const struct token_answer *answer)
{
	int status = answer->response ? answer->response->status : 0;
	return answer->is_lost || status == 404 || status == 410 || status == 429 || status >= 500;
}

static void on_answer(struct token_source *source, const struct token_answer *answer)
{
	struct asking *asking = source->state;
	int status = answer->response ? answer->response->status : 0;
	if (status == 200) {
		token_accept(source, answer->body, "the managed identity");
	} else if (may_come_right(answer) && asking->tries < ARRAY_LEN(pauses_ms)) {
		int64_t pause_ms = pauses_ms[asking->tries++];
		asking->timer = (struct http_timer){.fire = ask, .ctx = source};
		token_detail(source, "the managed identity %s%.0d; asking again in %lld s",
			     status ? "answered " : "did not answer", status, (long long)(pause_ms / 1000));
		http_client_after(source->options.client, &asking->timer, pause_ms);
	} else {
		refuse(source, answer);
	}
}

static void ask(void *ctx)
{
	struct token_source *source = ctx;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct token_request request = {.method = HTTP_GET,
					.url = question(source, tmp),
					.timeout_ms = TRY_TIMEOUT_MS,
					.deadline_ms = DEADLINE_MS,
					.is_metadata = true,
					.once = true,
					.answered = on_answer};
	if (source->secret) {
		request.secret_header = "X-IDENTITY-HEADER";
		request.secret_header_value = source->secret;
	} else {
		VEC_PUSH(tmp, &request.headers, (struct http_header){"Metadata", "true"});
	}
	token_send(source, &request);
}

static void fetch(struct token_source *source)
{
	struct asking *asking = source->state;
	asking->tries = 0;
	ask(source);
}

const struct token_source_ops token_managed_identity = {
	.method = "managed-identity", .complete = complete, .open = open, .fetch = fetch};
