/*
 * Signing in by device code (RFC 8628): a person opens a page on any device, types a short code and
 * signs in there. What to do is handed to the `prompt`; then the token endpoint is asked, at the pace
 * the service sets, until the person has signed in or said no.
 */
#include "providers/graph/token_source.h"

#include "core/json.h"
#include "core/quote.h"

#include <string.h>

enum {
	REQUEST_TIMEOUT_MS = 30000,
	MAX_BODY = 64 * 1024,
	DEFAULT_INTERVAL_S = 5,
	MAX_INTERVAL_S = 60,
	SLOW_DOWN_S = 5,
	DEFAULT_LIFE_S = 900
};

struct sign_in {
	struct http_call call; /* the first request; afterwards unused */
	struct http_timer timer;
	struct token_source *source;
	struct arena *arena;
	struct secret *form;
	const char *device_code;
	int64_t interval_s;
	int64_t ends_ms; /* monotonic */
	token_fetched *fetched;
	void *ctx;
};

static bool check(const struct token_options *options, struct error *err)
{
	if (!options->client_id || !*options->client_id) {
		error_set(err, ERR_AUTH, "no client id to sign in with");
		return error_hint(err, "Set AZURE_CLIENT_ID, or auth.client_id in seatshift.yaml. The application must "
				       "allow public client flows.");
	}
	return options->prompt ||
	       error_set(err, ERR_AUTH, "nobody is there to sign in by device code");
}

/* The callee's arena holds this whole sign-in: it ends here. */
static void finish(struct sign_in *s, struct secret *token, int64_t lifetime_ms, const struct error *err)
{
	s->fetched(s->ctx, token, lifetime_ms, err);
	secret_free(s->form);
	struct arena *arena = s->arena;
	arena_free(arena);
}

static void fail(struct sign_in *s, enum error_code code, const char *message)
{
	struct error err = ERROR_INIT;
	error_set(&err, code, "cannot sign in to tenant '%s': %s", s->source->options.tenant_id, message);
	finish(s, NULL, 0, &err);
	error_release(&err);
}

static void poll_later(struct sign_in *s)
{
	http_client_after(s->source->options.client, &s->timer, s->interval_s * 1000);
}

static void on_polled(void *ctx, struct secret *token, int64_t lifetime_ms, const struct error *err)
{
	struct sign_in *s = ctx;
	bool slow = err && str_eq(err->remote_code, "slow_down");
	bool pending = slow || (err && str_eq(err->remote_code, "authorization_pending"));
	if (!pending) {
		finish(s, token, lifetime_ms, err);
		return;
	}
	if (slow)
		s->interval_s += SLOW_DOWN_S;
	if (http_client_now_ms(s->source->options.client) + s->interval_s * 1000 >= s->ends_ms)
		fail(s, ERR_AUTH, "the code has expired, and nobody signed in");
	else
		poll_later(s);
}

static void poll(void *ctx)
{
	struct sign_in *s = ctx;
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	if (s->source->options.cancelled && s->source->options.cancelled(s->source->options.prompt_ctx)) {
		fail(s, ERR_INTERRUPTED, "interrupted");
		return;
	}
	token_form_add(&form, "client_id", s->source->options.client_id);
	token_form_add(&form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
	token_form_add(&form, "device_code", s->device_code);
	token_post(s->source, &form, on_polled, s);
}

static int64_t seconds(const struct json *body, const char *key, int64_t min, int64_t max, int64_t otherwise)
{
	int64_t value;
	if (!json_int(json_get(body, key), &value) || value < min)
		return otherwise;
	return value > max ? max : value;
}

static void refuse(struct sign_in *s, int status, const struct json *body)
{
	const char *error = json_get_text(body, "error");
	const char *description = json_get_text(body, "error_description");
	size_t line = description ? strcspn(description, "\r\n") : 0;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	fail(s, ERR_AUTH,
	     arena_printf(tmp, "%d %s: %s", status, quote_terminal_cut(tmp, error ? error : "no error code", 100),
			  line ? quote_terminal_cut(tmp, arena_strndup(tmp, description, line), 300)
			       : "no description"));
}

static void begin(struct sign_in *s, const struct json *body)
{
	const char *device_code = json_get_text(body, "device_code");
	const char *user_code = json_get_text(body, "user_code");
	const char *where = json_get_text(body, "verification_uri");
	if (!device_code || !user_code || !where) {
		fail(s, ERR_AUTH, "the sign-in service gave no usable device code");
		return;
	}
	struct http_client *client = s->source->options.client;
	s->device_code = arena_strdup(s->arena, device_code);
	s->interval_s = seconds(body, "interval", 1, MAX_INTERVAL_S, DEFAULT_INTERVAL_S);
	s->ends_ms = http_client_now_ms(client) + 1000 * seconds(body, "expires_in", 1, 3600, DEFAULT_LIFE_S);
	s->source->options.prompt(s->source->options.prompt_ctx, where, user_code);
	poll_later(s);
}

static void on_answer(void *ctx, const struct http_result *result)
{
	struct sign_in *s = ctx;
	const struct http_response *response = result->response;
	struct error err = ERROR_INIT;
	CLEANUP(json_freep) struct json *body = NULL;
	if (response->outcome != HTTP_ANSWERED) {
		http_result_error(&s->call, result, &err);
		error_wrap(&err, "cannot sign in");
		finish(s, NULL, 0, &err);
		error_release(&err);
		return;
	}
	/* A gateway may answer with HTML: then there is no body to read. */
	if (!json_parse(response->body, response->body_len, &body, &err))
		error_release(&err);
	if (response->status != 200)
		refuse(s, response->status, body);
	else
		begin(s, body);
}

static void fetch(struct token_source *source, token_fetched *fetched, void *ctx)
{
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	struct arena *arena = arena_new();
	struct sign_in *s = arena_alloc(arena, sizeof *s);
	*s = (struct sign_in){.source = source, .arena = arena, .fetched = fetched, .ctx = ctx};
	s->timer = (struct http_timer){.fire = poll, .ctx = s};
	token_form_add(&form, "client_id", source->options.client_id);
	token_form_add(&form, "scope", source->options.scope);
	s->form = secret_new(strbuf_text(&form), form.len);
	strbuf_release(&form);
	struct http_request *request = &s->call.request;
	*request = (struct http_request){.method = HTTP_POST,
					 .secret_body = s->form,
					 .timeout_ms = REQUEST_TIMEOUT_MS,
					 .max_body = MAX_BODY};
	request->url = arena_printf(arena, "%s/%s/oauth2/v2.0/devicecode", source->options.login_url,
				    source->options.tenant_id);
	VEC_PUSH(arena, &request->headers,
		 (struct http_header){"Content-Type", "application/x-www-form-urlencoded"});
	VEC_PUSH(arena, &request->headers, (struct http_header){"Accept", "application/json"});
	s->call.repeat = HTTP_REPEAT_READ; /* a code that nobody uses expires */
	s->call.done = on_answer;
	s->call.ctx = s;
	http_client_submit(source->options.client, &s->call);
}

const struct token_source_ops token_device_code = {"device-code", check, fetch};
