/*
 * Signing in by device code (RFC 8628): a person enters a short code in a browser, anywhere.
 *
 * The authority is the customer's tenant, so that an account of another tenant is refused there.
 * The refresh token is kept in memory only, and renews the sign-in without asking again.
 */
#include "providers/graph/sign_in/token_source.h"

#include "core/quote.h"

#include <string.h>

/* Microsoft's codes live for 15 minutes; whatever a service says, nobody is waited for longer than
 * LONGEST_LIFE_S.
 */
enum {
	DEFAULT_INTERVAL_S = 5,
	SLOWER_BY_S = 5,
	LONGEST_INTERVAL_S = 60,
	DEFAULT_LIFE_S = 900,
	LONGEST_LIFE_S = 1800
};

struct device {
	struct http_timer timer;
	struct secret *code;	/* the device code, while it is waited for */
	struct secret *refresh; /* or NULL */
	int64_t interval_s, ends_ms;
};

static bool open(struct token_source *source, struct error *err)
{
	source->state = arena_alloc(source->arena, sizeof(struct device));
	if (source->options.terminal)
		return true;
	error_set(err, ERR_AUTH, "a device code needs a person at a terminal, and there is none");
	return error_hint(err, "In a pipeline, choose auth.method workload-identity or certificate.");
}

static void close(struct token_source *source)
{
	struct device *device = source->state;
	secret_free(device->code);
	secret_free(device->refresh);
}

/* Delegated permissions are asked for by name: the least that the work needs. */
static const char *scopes(const struct token_source *source, struct arena *out)
{
	const char *scope = source->options.scope;
	const char *end = strstr(scope, ".default");
	const char *resource = arena_strndup(out, scope, end ? (size_t)(end - scope) : strlen(scope));
	if (source->options.only_identity)
		return arena_printf(out, "%sUser.Read openid profile", resource);
	return arena_printf(out,
			    "%sOrganization.Read.All %sUser.ReadWrite.All %sGroupMember.Read.All "
			    "%sLicenseAssignment.ReadWrite.All offline_access openid profile",
			    resource, resource, resource, resource);
}

static void start(struct token_source *source);
static void poll(void *ctx);

static void keep(struct secret **kept, struct token_source *source, const char *text)
{
	secret_free(*kept);
	*kept = text ? secret_new(text, strlen(text)) : NULL;
	if (text)
		redact_add(source->options.redact, text, strlen(text));
}

static void accept(struct token_source *source, const struct json *body)
{
	struct device *device = source->state;
	const char *refresh = json_get_text(body, "refresh_token");
	http_client_set_person(source->options.client, false);
	keep(&device->code, source, NULL);
	if (refresh)
		keep(&device->refresh, source, refresh);
	token_accept(source, body, "the sign-in service");
}

static void wait(struct token_source *source)
{
	struct device *device = source->state;
	device->timer = (struct http_timer){.fire = poll, .ctx = source};
	http_client_after(source->options.client, &device->timer, device->interval_s * 1000);
}

static void on_poll(struct token_source *source, const struct token_answer *answer)
{
	struct device *device = source->state;
	const char *error = json_get_text(answer->body, "error");
	struct error err = ERROR_INIT;
	bool in_time = http_client_now_ms(source->options.client) < device->ends_ms;
	if (answer->response && answer->response->status == 200) {
		accept(source, answer->body);
	} else if (in_time && str_eq(error, "authorization_pending")) {
		wait(source);
	} else if (in_time && str_eq(error, "slow_down")) {
		if (device->interval_s < LONGEST_INTERVAL_S)
			device->interval_s += SLOWER_BY_S;
		wait(source);
	} else {
		http_client_set_person(source->options.client, false);
		token_refused(source, answer, &err);
		if (!answer->response || !in_time)
			error_wrap(&err, "nobody has signed in");
		token_fail(source, &err);
	}
}

static void poll(void *ctx)
{
	struct token_source *source = ctx;
	const struct device *device = source->state;
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	token_form_add(&form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
	token_form_add(&form, "client_id", source->options.client_id);
	token_form_add(&form, "device_code", secret_expose(device->code));
	if (source->claims)
		token_form_add(&form, "claims", source->claims);
	token_send(source, &(struct token_request){.method = HTTP_POST,
						   .url = token_endpoint(source, tmp),
						   .form = &form,
						   .answered = on_poll});
}

static void on_code(struct token_source *source, const struct token_answer *answer)
{
	struct device *device = source->state;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *code = json_get_text(answer->body, "device_code");
	const char *user_code = json_get_text(answer->body, "user_code");
	const char *where = json_get_text(answer->body, "verification_uri");
	int64_t life_s = DEFAULT_LIFE_S;
	struct error err = ERROR_INIT;
	if (!answer->response || answer->response->status != 200 || !code || !user_code || !where) {
		token_refused(source, answer, &err);
		token_fail(source, &err);
		return;
	}
	keep(&device->code, source, code);
	if (!token_read_seconds(json_get(answer->body, "interval"), &device->interval_s) ||
	    device->interval_s < 1 || device->interval_s > LONGEST_INTERVAL_S)
		device->interval_s = DEFAULT_INTERVAL_S;
	if (!token_read_seconds(json_get(answer->body, "expires_in"), &life_s))
		life_s = DEFAULT_LIFE_S;
	if (life_s > LONGEST_LIFE_S)
		life_s = LONGEST_LIFE_S;
	device->ends_ms = http_client_now_ms(source->options.client) + life_s * 1000;
	http_client_set_person(source->options.client, true);
	token_notice(source, "to sign in to tenant %s, open %s in a private window and enter the code %s",
		     source->options.tenant_id, quote_terminal_cut(tmp, where, 200),
		     quote_terminal_cut(tmp, user_code, 40));
	wait(source);
}

static void start(struct token_source *source)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	token_form_add(&form, "client_id", source->options.client_id);
	token_form_add(&form, "scope", scopes(source, tmp));
	if (source->claims)
		token_form_add(&form, "claims", source->claims);
	token_send(source, &(struct token_request){.method = HTTP_POST,
						   .url = arena_printf(tmp, "%s/%s/oauth2/v2.0/devicecode",
								       source->options.login_url,
								       source->options.tenant_id),
						   .form = &form,
						   .answered = on_code});
}

/* What cannot be renewed is asked for again. */
static void on_refresh(struct token_source *source, const struct token_answer *answer)
{
	struct device *device = source->state;
	struct error err = ERROR_INIT;
	if (answer->response && answer->response->status == 200) {
		accept(source, answer->body);
	} else if (answer->response && answer->response->status < 500) {
		keep(&device->refresh, source, NULL);
		start(source);
	} else {
		token_refused(source, answer, &err);
		token_fail(source, &err);
	}
}

static void fetch(struct token_source *source)
{
	struct device *device = source->state;
	if (!device->refresh || source->claims) {
		start(source);
		return;
	}
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct strbuf form = STRBUF_INIT(STRBUF_SMALL);
	token_form_add(&form, "grant_type", "refresh_token");
	token_form_add(&form, "client_id", source->options.client_id);
	token_form_add(&form, "refresh_token", secret_expose(device->refresh));
	token_form_add(&form, "scope", scopes(source, tmp));
	token_send(source, &(struct token_request){.method = HTTP_POST,
						   .url = token_endpoint(source, tmp),
						   .form = &form,
						   .answered = on_refresh});
}

const struct token_source_ops token_device_code = {.method = "device-code",
						   .as_client = true,
						   .answers_claims = true,
						   .open = open,
						   .fetch = fetch,
						   .close = close};
