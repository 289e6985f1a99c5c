/* What the ways of signing in share: the form, refusals in the shape of the real service, and tokens. */
#include "providers/twin/login.h"

#include "core/base64.h"

#include <string.h>

bool login_error(struct call *call, int status, const char *error, int code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(call->arena, fmt, args);
	va_end(args);
	char stamp[TIMESTAMP_TEXT_SIZE];
	timestamp_format(twin_wall(call->twin), stamp);
	const char *when = arena_printf(call->arena, "%.10s %.8sZ", stamp, stamp + 11);
	char correlation[GUID_TEXT_SIZE];
	random_guid(call->twin->random, correlation);

	strbuf_clear(&call->out);
	call->w = (struct json_writer)JSON_WRITER(&call->out);
	call->status = status;
	struct json_writer *w = &call->w;
	json_begin_object(w);
	if (call->refusal_claims)
		json_set_text(w, "claims", call->refusal_claims);
	json_set_text(w, "correlation_id", correlation);
	json_set_text(w, "error", error);
	json_put_key(w, "error_codes");
	json_begin_array(w);
	json_put_int(w, code);
	json_end_array(w);
	json_set_text(w, "error_description",
		      arena_printf(call->arena, "AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
				   code, message, call->request_id, correlation, when));
	json_set_text(w, "error_uri", arena_printf(call->arena, "%s/error?code=%d", call->base, code));
	json_set_text(w, "timestamp", when);
	json_set_text(w, "trace_id", call->request_id);
	json_end_object(w);
	return false;
}

const char *login_field(const struct call_param_list *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++) {
		if (str_eq(form->items[i].name, name))
			return form->items[i].value;
	}
	return NULL;
}

bool login_form(struct call *call, struct call_param_list *ret)
{
	const char *type = call_header(call, "content-type");
	if (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
		return login_error(call, 400, "invalid_request", 900144,
				   "The request body must contain the following parameter: 'grant_type'.");
	for (const char *p = call->body; *p;) {
		size_t len = strcspn(p, "&");
		const char *equals = memchr(p, '=', len);
		size_t name_len = equals ? (size_t)(equals - p) : len;
		const char *name = call_decode(call->arena, p, name_len, true);
		const char *value =
			equals ? call_decode(call->arena, equals + 1, len - name_len - 1, true) : "";
		if (!name || !value)
			return login_error(call, 400, "invalid_request", 9002313,
					   "Invalid request. Request is malformed or invalid.");
		VEC_PUSH(call->arena, ret, (struct call_param){name, value});
		p += len + (p[len] == '&');
	}
	return true;
}

bool login_require(struct call *call, const struct call_param_list *form, const char *name)
{
	const char *value = login_field(form, name);
	if (value && *value)
		return true;
	return login_error(call, 400, "invalid_request", 900144,
			   "The request body must contain the following parameter: '%s'.", name);
}

static void write_claims(struct call *call, struct json_writer *w, const struct twin_token *token,
			 bool is_app, int64_t lifetime_s)
{
	int64_t now_s = twin_wall(call->twin) / 1000;
	json_begin_object(w);
	json_set_text(w, "app_displayname", "seatshift");
	json_set_text(w, "appid", token->client_id);
	json_set_text(w, "appidacr", is_app ? "1" : "0");
	json_set_text(w, "aud", call->twin->cloud->graph);
	json_set_int(w, "exp", now_s + lifetime_s);
	json_set_int(w, "iat", now_s);
	json_set_text(w, "idtyp", is_app ? "app" : "user");
	json_set_text(w, "iss", arena_printf(call->arena, "https://sts.windows.net/%s/", token->tenant->id));
	json_set_int(w, "nbf", now_s);
	if (token->has_principal)
		json_set_text(w, "oid", twin_derive_id(call->twin, token->tenant->id, token->client_id));
	if (is_app && token->roles.count)
		json_set_texts(w, "roles", &token->roles);
	if (!is_app)
		json_set_text(w, "scp", str_list_join(call->arena, &token->roles, " "));
	json_set_text(w, "tid", token->tenant->id);
	json_set_text(w, "uti", call->request_id);
	json_set_text(w, "ver", "1.0");
	json_end_object(w);
}

const char *login_issue(struct call *call, struct twin_token token, bool is_app)
{
	int64_t lifetime_s = call->twin->settings.token_lifetime_s;
	struct strbuf claims = STRBUF_INIT(STRBUF_SMALL), text = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&claims);
	write_claims(call, &w, &token, is_app, lifetime_s);
	static const char header[] = "{\"alg\":\"none\",\"typ\":\"JWT\"}";
	base64url_encode(&text, header, sizeof header - 1);
	strbuf_add_char(&text, '.');
	base64url_encode(&text, claims.ptr, claims.len);
	strbuf_add_char(&text, '.');
	char random[32];
	call->twin->random->fill(call->twin->random->ctx, random, sizeof random);
	base64url_encode(&text, random, sizeof random);
	token.text = strbuf_dup(call->twin->arena, &text);
	token.expires_ms = twin_now(call->twin) + lifetime_s * 1000;
	strbuf_release(&claims);
	strbuf_release(&text);
	VEC_PUSH(call->twin->arena, &call->twin->tokens, token);
	call->twin->tokens_issued++;
	return token.text;
}

/* What stands between answers in the service's place. */
static void answer_page(struct call *call, const char *body)
{
	strbuf_clear(&call->out);
	strbuf_add(&call->out, body);
	call->content_type = "text/html";
}

bool login_refused(struct call *call, const struct twin_client *client)
{
	struct twin_refusal *r = client->refusal;
	if (!r || r->times < 0)
		return false;
	if (r->times && --r->times == 0)
		r->times = -1;
	call->refusal_claims = r->claims;
	login_error(call, (int)r->status, r->error, (int)r->number,
		    "This application is always refused with this number.");
	if (r->body)
		answer_page(call, r->body);
	if (r->retry_after_s >= 0)
		call_add_header(call, "Retry-After",
				arena_printf(call->arena, "%lld", (long long)r->retry_after_s));
	return true;
}
