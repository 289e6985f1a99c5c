/*
 * Workload identity federation: an assertion that somebody else signed, obtained anew each time.
 *
 * From a file (Kubernetes and the like, where it is rotated), from GitHub Actions, from Azure
 * DevOps, or from a variable (GitLab's id_tokens). The assertion is passed on unchanged; what it
 * says of itself is kept for messages, since a mismatch is the usual mistake.
 */
#include "providers/graph/sign_in/token_source.h"

#include "core/file.h"
#include "core/quote.h"
#include "providers/graph/sign_in/jwt.h"

#include <string.h>

enum { MAX_ASSERTION = 64 * 1024 };
static const char audience[] = "api://AzureADTokenExchange";

/* Sends it on; `text` is wiped by its owner. */
static void use(struct token_source *source, const struct secret *given)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *text = secret_expose(given);
	size_t len = strcspn(text, "\r\n \t");
	CLEANUP(secret_freep) struct secret *assertion = secret_new(text, len);
	struct error err = ERROR_INIT;
	struct jwt_claims claims;
	if (!len || text[len + strspn(text + len, "\r\n \t")]) {
		error_set(&err, ERR_AUTH, "the federated token is %s", len ? "more than one word" : "empty");
		error_hint(&err, "It has to be one JSON web token and nothing else.");
		token_fail(source, &err);
		return;
	}
	redact_add(source->options.redact, text, len);
	if (jwt_read(assertion, tmp, &claims))
		source->about = arena_printf(source->arena, "issuer '%s', subject '%s', audience '%s'",
					     quote_terminal_cut(tmp, claims.issuer, 200),
					     quote_terminal_cut(tmp, claims.subject, 200),
					     quote_terminal_cut(tmp, claims.audience, 200));
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	token_form_add_assertion(source, &form, secret_expose(assertion));
	token_post(source, &form);
}

static void fetch_file(struct token_source *source)
{
	const char *path = env_get(&source->options.env, "AZURE_FEDERATED_TOKEN_FILE");
	CLEANUP(secret_freep) struct secret *text = NULL;
	struct error err = ERROR_INIT;
	if (file_read_secret(path, MAX_ASSERTION, &text, &err)) {
		use(source, text);
		return;
	}
	err.code = ERR_AUTH;
	error_hint(&err, "AZURE_FEDERATED_TOKEN_FILE names it; it is read again for each sign-in.");
	token_fail(source, &err);
}

static void fetch_variable(struct token_source *source)
{
	CLEANUP(secret_freep) struct secret *text = token_take_env(source, "SEATSHIFT_ID_TOKEN");
	use(source, text);
}

/* `member` of the answer is the assertion. */
static void on_assertion(struct token_source *source, const struct token_answer *answer, const char *who,
			 const char *member, const char *hint)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct error err = ERROR_INIT;
	const char *text = json_get_text(answer->body, member);
	if (answer->response && answer->response->status == 200 && text) {
		CLEANUP(secret_freep) struct secret *assertion = secret_new(text, strlen(text));
		use(source, assertion);
		return;
	}
	if (!answer->response) {
		error_set(&err, answer->err->code, "%s gave no identity token: %s", who,
			  answer->err->message);
		error_hint(&err, "%s", answer->err->hint ? answer->err->hint : hint);
	} else {
		const struct http_header_list *headers = &answer->response->headers;
		const char *id = http_header_find(headers, "x-vss-e2eid");
		const char *ref = http_header_find(headers, "x-msedge-ref");
		error_set(&err, ERR_AUTH, "%s gave no identity token: it answered %d%s%s%s%s", who,
			  answer->response->status, id ? ", x-vss-e2eid " : "",
			  id ? quote_terminal_cut(tmp, id, 80) : "", ref ? ", x-msedge-ref " : "",
			  ref ? quote_terminal_cut(tmp, ref, 80) : "");
		error_hint(&err, "%s", hint);
	}
	token_fail(source, &err);
}

static void on_github(struct token_source *source, const struct token_answer *answer)
{
	on_assertion(source, answer, "GitHub Actions", "value",
		     "The job needs 'permissions: id-token: write'.");
}

static void fetch_github(struct token_source *source)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *url = env_get(&source->options.env, "ACTIONS_ID_TOKEN_REQUEST_URL");
	const char *with_audience = arena_printf(tmp, "%s%caudience=%s", url, strchr(url, '?') ? '&' : '?',
						 quote_url(tmp, audience));
	if (!source->secret)
		source->secret = token_take_env(source, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
	token_send(source, &(struct token_request){.method = HTTP_GET,
						   .url = with_audience,
						   .bearer = source->secret,
						   .answered = on_github});
}

static void on_azure_devops(struct token_source *source, const struct token_answer *answer)
{
	on_assertion(source, answer, "Azure DevOps", "oidcToken",
		     "Map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the step, and check that "
		     "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID names the service connection.");
}

static void fetch_azure_devops(struct token_source *source)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct env *env = &source->options.env;
	struct http_header_list headers = {0};
	VEC_PUSH(tmp, &headers, (struct http_header){"Content-Type", "application/json"});
	VEC_PUSH(tmp, &headers, (struct http_header){"X-TFS-FedAuthRedirect", "Suppress"});
	if (!source->secret)
		source->secret = token_take_env(source, "SYSTEM_ACCESSTOKEN");
	const char *url = arena_printf(
		tmp, "%s?api-version=7.1&serviceConnectionId=%s", env_get(env, "SYSTEM_OIDCREQUESTURI"),
		quote_url(tmp, env_get(env, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")));
	token_send(source, &(struct token_request){.method = HTTP_POST,
						   .url = url,
						   .headers = headers,
						   .bearer = source->secret,
						   .answered = on_azure_devops});
}

/* Where assertions come from, in the order in which they are looked for. */
static const struct provider {
	const char *name;
	const char *needs[3]; /* variables that all have to be set */
	void (*fetch)(struct token_source *source);
} providers[] = {
	{"a token file", {"AZURE_FEDERATED_TOKEN_FILE"}, fetch_file},
	{"GitHub Actions", {"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}, fetch_github},
	{"Azure DevOps",
	 {"SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"},
	 fetch_azure_devops},
	{"a variable", {"SEATSHIFT_ID_TOKEN"}, fetch_variable},
};

static const struct provider *find_provider(const struct env *env)
{
	for (size_t i = 0; i < ARRAY_LEN(providers); i++) {
		bool all = true;
		for (size_t k = 0; k < ARRAY_LEN(providers[i].needs); k++)
			all = all && (!providers[i].needs[k] || token_has_env(env, providers[i].needs[k]));
		if (all)
			return &providers[i];
	}
	return NULL;
}

const char *token_pipeline_hint(const struct env *env)
{
	static const struct {
		const char *variable; /* by which the pipeline is known */
		const char *hint;
	} rows[] = {
		{"GITHUB_ACTIONS", "In GitHub Actions the job needs 'permissions: id-token: write'."},
		{"SYSTEM_OIDCREQUESTURI",
		 "In Azure DevOps, map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the step, and "
		 "set "
		 "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID to the service connection's id."},
		{"GITLAB_CI", "In GitLab the job needs id_tokens: SEATSHIFT_ID_TOKEN: aud: "
			      "api://AzureADTokenExchange."},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (token_has_env(env, rows[i].variable))
			return rows[i].hint;
	return NULL;
}

static bool complete(const struct env *env)
{
	return find_provider(env) != NULL;
}

static bool open(struct token_source *source, struct error *err)
{
	const struct env *env = &source->options.env;
	const struct provider *provider = find_provider(env);
	if (provider) {
		token_detail(source, "the identity token comes from %s", provider->name);
		return true;
	}
	error_set(err, ERR_AUTH, "no identity token to sign in with: nothing here says where to get one");
	const char *hint = token_pipeline_hint(env);
	if (hint)
		return error_hint(err, "%s", hint);
	return error_hint(err, "Set AZURE_FEDERATED_TOKEN_FILE, or in GitLab give the job id_tokens: "
			       "SEATSHIFT_ID_TOKEN: aud: api://AzureADTokenExchange.");
}

static void fetch(struct token_source *source)
{
	find_provider(&source->options.env)->fetch(source);
}

const struct token_source_ops token_workload_identity = {.method = "workload-identity",
							 .as_client = true,
							 .is_prompt = true,
							 .answers_claims = true,
							 .complete = complete,
							 .open = open,
							 .fetch = fetch};
