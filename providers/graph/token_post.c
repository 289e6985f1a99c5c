/* The token endpoint: posting a form to it, and explaining its refusals (AADSTS codes). */
#include "providers/graph/token_source.h"

#include "core/json.h"
#include "core/quote.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_TIMEOUT_MS = 30000, MAX_TOKEN_BODY = 256 * 1024 };

struct post {
	struct http_call call;
	struct token_source *source;
	struct arena *arena;
	struct secret *form;
	token_fetched *fetched;
	void *ctx;
	char request_id[GUID_TEXT_SIZE];
};

/* What operators can do about the numbers they meet. They only explain: numbers can change. */
static const struct {
	int64_t number;
	const char *hint;
} explanations[] = {
    {90002, "There is no such tenant: check tenant.id, and that the cloud is the right one."},
    {90038, "The tenant lives in a national cloud: set 'cloud' in seatshift.yaml."},
    {900382, "The application is registered in another cloud: check 'cloud' in seatshift.yaml."},
    {900432, "The application is registered in another cloud: check 'cloud' in seatshift.yaml."},
    {700016, "The application is not known in this tenant: an administrator of the tenant has to "
	     "consent to it, or tenant.id or the client id is wrong."},
    {700011, "The client id is not registered anywhere: check AZURE_CLIENT_ID."},
    {7000112, "The application is disabled in this tenant."},
    {500011, "The tenant does not know this cloud's Graph: check 'cloud' in seatshift.yaml."},
    {7000215, "The client secret is wrong. Often the secret's id was given instead of its value."},
    {7000222, "The client secret has expired: create a new one for the application."},
    {7000218, "The application expects a secret or a certificate, and none was sent."},
    {700025, "The application is a public client, which must not send a secret."},
    {65001, "Nobody has consented to the application in this tenant yet."},
    {90094, "An administrator of the tenant has to consent to the application."},
    {90095, "An administrator of the tenant has to consent to the application."},
    {53003, "A conditional access policy of the tenant blocks this sign-in."},
    {530034, "A policy of the tenant blocks delegated administrators."},
    {50020, "The account is not in this tenant."},
    {90055, "The sign-in service asks to slow down: try again later."},
    {50196, "The sign-in service saw a loop of requests: wait some minutes."},
};

static const char *explain(const struct json *body)
{
	JSON_EACH (code, json_get(body, "error_codes")) {
		int64_t number;
		if (!json_int(code, &number))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(explanations); i++)
			if (explanations[i].number == number)
				return explanations[i].hint;
	}
	return NULL;
}

static void reserve(struct strbuf *buf, size_t more)
{
	size_t cap = buf->len + more + 1;
	if (cap <= buf->cap)
		return;
	/* Not realloc: it would leave the old bytes behind. */
	char *bytes = mem_alloc(cap);
	if (buf->ptr) {
		memcpy(bytes, buf->ptr, buf->len);
		secret_wipe(buf->ptr, buf->cap);
		free(buf->ptr);
	}
	buf->ptr = bytes;
	buf->cap = cap;
}

void token_form_add(struct strbuf *form, const char *name, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";
	reserve(form, strlen(name) + 3 * strlen(value) + 2);
	if (form->len)
		strbuf_add_char(form, '&');
	strbuf_add(form, name);
	strbuf_add_char(form, '=');
	for (const char *p = value; *p; p++) {
		unsigned char c = (unsigned char)*p;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("-._~", c);
		const char escaped[] = {'%', hex[c >> 4], hex[c & 0x0f]};
		strbuf_add_bytes(form, plain ? p : escaped, plain ? 1 : sizeof escaped);
	}
}

static void add_detail(struct strbuf *text, const struct json *body, const char *key)
{
	const char *value = json_get_text(body, key);
	if (value)
		strbuf_addf(text, "%s%s %s", text->len ? ", " : "", key, value);
}

/* `error`, the first line of its description, and what support asks for. */
static void refuse(const struct http_response *response, const struct json *body,
		   const struct post *post, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf details = STRBUF_INIT(STRBUF_SMALL);
	const char *error = json_get_text(body, "error");
	const char *description = json_get_text(body, "error_description");
	size_t line = description ? strcspn(description, "\r\n") : 0;
	const char *cut = description ? strstr(description, " Trace ID:") : NULL;
	if (cut && (size_t)(cut - description) < line)
		line = (size_t)(cut - description);
	add_detail(&details, body, "trace_id");
	add_detail(&details, body, "correlation_id");
	add_detail(&details, body, "timestamp");
	if (!details.len)
		strbuf_addf(&details, "client-request-id %s", post->request_id);
	enum error_code code = response->status == 429	 ? ERR_THROTTLED
			       : response->status >= 500 ? ERR_REMOTE
							 : ERR_AUTH;
	error_set(err, code, "cannot sign in to tenant '%s': %d %s: %s (%s)",
		  post->source->options.tenant_id, response->status,
		  quote_terminal_cut(tmp, error ? error : "no error code", 100),
		  line ? quote_terminal_cut(tmp, arena_strndup(tmp, description, line), 500)
		       : "no description",
		  quote_terminal_cut(tmp, strbuf_text(&details), 400));
	err->http_status = response->status;
	err->remote_code = error ? mem_strdup(error) : NULL;
	if (explain(body))
		error_hint(err, "%s", explain(body));
}

/* Managed identities give a string where others give a number. */
static bool read_seconds(const struct json *value, int64_t *ret_seconds)
{
	const char *text = json_text(value);
	if (text)
		return str_parse_int(text, 0, 1000000000, ret_seconds);
	return json_int(value, ret_seconds) && *ret_seconds >= 0;
}

static bool accept(const struct json *body, const struct post *post, struct secret **ret_token,
		   int64_t *ret_lifetime_ms, struct error *err)
{
	const char *token = json_get_text(body, "access_token");
	const char *type = json_get_text(body, "token_type");
	int64_t seconds;
	const char *missing = !token || !*token || strpbrk(token, "\r\n \t") ? "access_token"
			      : type && !str_eq_fold(type, "Bearer")	     ? "token_type 'Bearer'"
			      : !read_seconds(json_get(body, "expires_in"), &seconds) ? "expires_in"
										      : NULL;
	if (missing)
		return error_set(err, ERR_AUTH,
				 "the sign-in service of tenant '%s' gave no usable %s",
				 post->source->options.tenant_id, missing);
	*ret_token = secret_new(token, strlen(token));
	*ret_lifetime_ms = seconds * 1000;
	return true;
}

static void post_free(struct post *post)
{
	secret_free(post->form);
	struct arena *arena = post->arena;
	arena_free(arena);
}

static void on_answer(void *ctx, const struct http_result *result)
{
	struct post *post = ctx;
	const struct http_response *response = result->response;
	struct error err = ERROR_INIT;
	struct error unreadable = ERROR_INIT;
	CLEANUP(json_freep) struct json *body = NULL;
	struct secret *token = NULL;
	int64_t lifetime_ms = 0;
	if (response->outcome != HTTP_ANSWERED) {
		http_result_error(&post->call, result, &err);
		error_wrap(&err, "cannot sign in");
	} else {
		/* A gateway may answer with HTML: then there is no body to read. */
		if (!json_parse(response->body, response->body_len, &body, &unreadable))
			error_release(&unreadable);
		if (response->status != 200)
			refuse(response, body, post, &err);
		else
			(void)!accept(body, post, &token, &lifetime_ms, &err);
	}
	post->fetched(post->ctx, token, lifetime_ms, token ? NULL : &err);
	error_release(&err);
	post_free(post);
}

static bool is_json(void *ctx, const struct http_response *response)
{
	struct error ignored = ERROR_INIT;
	CLEANUP(json_freep) struct json *body = NULL;
	(void)ctx;
	bool ok = json_parse(response->body, response->body_len, &body, &ignored);
	error_release(&ignored);
	return ok;
}

static void prepare(void *ctx, struct http_request *request)
{
	struct post *post = ctx;
	(void)request;
	random_guid(post->source->options.random, post->request_id);
}

void token_post(struct token_source *source, struct strbuf *form, token_fetched *fetched, void *ctx)
{
	struct arena *arena = arena_new();
	struct post *post = arena_alloc(arena, sizeof *post);
	*post = (struct post){.source = source, .arena = arena, .fetched = fetched, .ctx = ctx};
	post->form = secret_new(strbuf_text(form), form->len);
	secret_wipe(form->ptr, form->cap);
	strbuf_release(form);
	struct http_request *request = &post->call.request;
	*request = (struct http_request){.method = HTTP_POST,
					 .secret_body = post->form,
					 .timeout_ms = TOKEN_TIMEOUT_MS,
					 .max_body = MAX_TOKEN_BODY};
	request->url = arena_printf(arena, "%s/%s/oauth2/v2.0/token", source->options.login_url,
				    source->options.tenant_id);
	VEC_PUSH(arena, &request->headers,
		 (struct http_header){"Content-Type", "application/x-www-form-urlencoded"});
	VEC_PUSH(arena, &request->headers, (struct http_header){"Accept", "application/json"});
	VEC_PUSH(arena, &request->headers,
		 (struct http_header){"client-request-id", post->request_id});
	post->call.repeat = HTTP_REPEAT_READ; /* asking for a token changes nothing */
	post->call.prepare = prepare;
	post->call.usable = is_json;
	post->call.done = on_answer;
	post->call.ctx = post;
	http_client_submit(source->options.client, &post->call);
}
