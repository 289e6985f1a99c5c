/* Requests of token sources: sending one, and the tenant's token endpoint. */
#include "providers/graph/sign_in/token_source.h"

#include "core/quote.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_TIMEOUT_MS = 30000, MAX_TOKEN_BODY = 256 * 1024, SKEW_TOLD_MS = 120000 };

struct sending {
	struct http_call call;
	struct token_source *source;
	struct arena *arena;
	struct secret *form;
	token_answered *answered;
	void (*write_form)(struct token_source *source, struct strbuf *form);
	char request_id[GUID_TEXT_SIZE];
};

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
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     strchr("-._~", c);
		const char escaped[] = {'%', hex[c >> 4], hex[c & 0x0f]};
		strbuf_add_bytes(form, plain ? p : escaped, plain ? 1 : sizeof escaped);
	}
}

/* A wrong clock makes assertions invalid, and its owner look for the fault elsewhere. */
static void compare_clocks(struct token_source *source, const struct http_response *response)
{
	int64_t there_ms;
	const char *date = http_header_find(&response->headers, "date");
	if (!date || !http_date_parse(date, &there_ms))
		return;
	source->skew_ms = http_client_wall_ms(source->options.client) - there_ms;
	int64_t off_ms = source->skew_ms < 0 ? -source->skew_ms : source->skew_ms;
	if (off_ms < SKEW_TOLD_MS || source->skew_told)
		return;
	source->skew_told = true;
	token_notice(source, "this machine's clock is %lld s %s the sign-in service's: set it",
		     (long long)(off_ms / 1000), source->skew_ms < 0 ? "behind" : "ahead of");
}

static void on_result(void *ctx, const struct http_result *result)
{
	struct sending *s = ctx;
	struct token_source *source = s->source;
	const struct http_response *response = result->response;
	struct error err = ERROR_INIT, unreadable = ERROR_INIT;
	CLEANUP(json_freep) struct json *body = NULL;
	struct token_answer answer = {.request_id = s->request_id};
	if (response->outcome != HTTP_ANSWERED) {
		http_result_error(&s->call, result, &err);
		answer.err = &err;
		answer.is_lost = response->outcome == HTTP_LOST;
	} else {
		answer.response = response;
		compare_clocks(source, response);
		/* A gateway may answer with HTML: then there is no body to read. */
		if (!json_parse(response->body, response->body_len, &body, &unreadable))
			error_release(&unreadable);
		answer.body = body;
	}
	s->answered(source, &answer);
	error_release(&err);
	secret_free(s->form);
	arena_free(TAKE(s->arena));
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

static bool is_passing(void *ctx, const struct http_response *response)
{
	struct error ignored = ERROR_INIT;
	CLEANUP(json_freep) struct json *body = NULL;
	(void)ctx;
	if (!json_parse(response->body, response->body_len, &body, &ignored))
		error_release(&ignored);
	return token_is_passing(body);
}

static void take_form(struct sending *s, struct strbuf *form)
{
	secret_free(s->form);
	s->form = secret_new(strbuf_text(form), form->len);
	secret_wipe(form->ptr, form->cap);
	strbuf_release(form);
	s->call.request.secret_body = s->form;
}

static void prepare(void *ctx, struct http_request *request)
{
	struct sending *s = ctx;
	(void)request;
	random_guid(s->source->options.random, s->request_id);
	if (s->write_form) {
		struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
		s->write_form(s->source, &form);
		take_form(s, &form);
	}
}

static void add_header(struct sending *s, const char *name, const char *value)
{
	VEC_PUSH(s->arena, &s->call.request.headers, (struct http_header){name, value});
}

void token_send(struct token_source *source, const struct token_request *request)
{
	struct arena *arena = arena_new();
	struct sending *s = arena_alloc(arena, sizeof *s);
	*s = (struct sending){.source = source,
			      .arena = arena,
			      .answered = request->answered,
			      .write_form = request->write_form};
	struct http_request *http = &s->call.request;
	*http = (struct http_request){.method = request->method,
				      .url = arena_strdup(arena, request->url),
				      .bearer = request->bearer,
				      .secret_header = request->secret_header,
				      .secret_header_value = request->secret_header_value,
				      .timeout_ms =
					      request->timeout_ms ? request->timeout_ms : TOKEN_TIMEOUT_MS,
				      .max_body = MAX_TOKEN_BODY,
				      .no_proxy = request->is_metadata,
				      .is_metadata = request->is_metadata};
	if (request->form)
		take_form(s, request->form);
	if (request->form || request->write_form)
		add_header(s, "Content-Type", "application/x-www-form-urlencoded");
	for (size_t i = 0; i < request->headers.count; i++)
		add_header(s, arena_strdup(arena, request->headers.items[i].name),
			   arena_strdup(arena, request->headers.items[i].value));
	add_header(s, "Accept", "application/json");
	add_header(s, "client-request-id", s->request_id);
	/* Asking for a token changes nothing. */
	s->call.repeat = request->once ? HTTP_REPEAT_WRITE : HTTP_REPEAT_READ;
	s->call.deadline_ms = request->deadline_ms;
	s->call.prepare = prepare;
	s->call.usable = is_json;
	s->call.passing = is_passing;
	s->call.done = on_result;
	s->call.ctx = s;
	http_client_submit(source->options.client, &s->call);
}

bool token_read_seconds(const struct json *value, int64_t *ret_seconds)
{
	const char *text = json_text(value);
	if (text)
		return str_parse_int(text, 0, INT32_MAX, ret_seconds);
	return json_int(value, ret_seconds) && *ret_seconds >= 0;
}

/* How long it lives; App Service says only when it ends. */
static bool read_lifetime(const struct token_source *source, const struct json *body, int64_t *ret_seconds)
{
	int64_t ends_s;
	if (token_read_seconds(json_get(body, "expires_in"), ret_seconds))
		return true;
	if (!token_read_seconds(json_get(body, "expires_on"), &ends_s))
		return false;
	*ret_seconds = ends_s - http_client_wall_ms(source->options.client) / 1000;
	*ret_seconds = *ret_seconds > 0 ? *ret_seconds : 0;
	return true;
}

void token_accept(struct token_source *source, const struct json *body, const char *who)
{
	const char *token = json_get_text(body, "access_token");
	const char *type = json_get_text(body, "token_type");
	int64_t seconds = 0;
	const char *missing = !token || !*token || strpbrk(token, "\r\n \t") ? "access_token"
			      : type && !str_eq_fold(type, "Bearer")	     ? "token_type 'Bearer'"
			      : !read_lifetime(source, body, &seconds)	     ? "expires_in"
									     : NULL;
	if (!missing) {
		token_deliver(source, secret_new(token, strlen(token)), seconds * 1000);
		return;
	}
	struct error err = ERROR_INIT;
	error_set(&err, ERR_AUTH, "%s gave no usable %s", who, missing);
	token_fail(source, &err);
}

static void on_token(struct token_source *source, const struct token_answer *answer)
{
	struct error err = ERROR_INIT;
	if (answer->response && answer->response->status == 200) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		token_accept(
			source, answer->body,
			arena_printf(tmp, "the sign-in service of tenant '%s'", source->options.tenant_id));
		return;
	}
	token_refused(source, answer, &err);
	token_fail(source, &err);
}

const char *token_endpoint(const struct token_source *source, struct arena *out)
{
	return arena_printf(out, "%s/%s/oauth2/v2.0/token", source->options.login_url,
			    source->options.tenant_id);
}

void token_post(struct token_source *source, struct strbuf *form)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	token_send(source, &(struct token_request){.method = HTTP_POST,
						   .url = token_endpoint(source, tmp),
						   .form = form,
						   .answered = on_token});
}

void token_form_add_assertion(const struct token_source *source, struct strbuf *form, const char *assertion)
{
	token_form_add(form, "client_id", source->options.client_id);
	token_form_add(form, "scope", source->options.scope);
	token_form_add(form, "client_assertion_type",
		       "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	token_form_add(form, "client_assertion", assertion);
	token_form_add(form, "grant_type", "client_credentials");
	if (source->claims)
		token_form_add(form, "claims", source->claims);
}

void token_post_fresh(struct token_source *source,
		      void (*write_form)(struct token_source *source, struct strbuf *form))
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	token_send(source, &(struct token_request){.method = HTTP_POST,
						   .url = token_endpoint(source, tmp),
						   .write_form = write_form,
						   .answered = on_token});
}
