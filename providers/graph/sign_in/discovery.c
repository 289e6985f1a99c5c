/* OpenID discovery, by itself: which tenant a domain belongs to, and what time the service has. */
#include "providers/graph/sign_in/discovery.h"

#include "core/json.h"
#include "core/quote.h"

#include <string.h>

enum { UNKNOWN_TENANT = 90002, TIMEOUT_MS = 10000, DEADLINE_MS = 15000, MAX_BODY = 256 * 1024 };

const char *discovery_url(const char *login_url, const char *domain, struct arena *out)
{
	return arena_printf(out, "%s/%s/v2.0/.well-known/openid-configuration", login_url,
			    quote_url(out, domain));
}

/* The GUID in "https://login…/GUID/v2.0"; NULL when there is none, as with shared authorities. */
static const char *tenant_of_issuer(const char *issuer, struct arena *out)
{
	for (const char *p = issuer ? strchr(issuer, '/') : NULL; p; p = strchr(p + 1, '/')) {
		const char *part = arena_strndup(out, p + 1, strcspn(p + 1, "/"));
		if (str_is_guid(part))
			return str_lower(out, part);
	}
	return NULL;
}

static bool says_unknown(const struct json *body)
{
	JSON_EACH (code, json_get(body, "error_codes")) {
		int64_t number;
		if (json_int(code, &number) && number == UNKNOWN_TENANT)
			return true;
	}
	return false;
}

void discovery_read(const struct http_response *response, int64_t now_ms, struct arena *out,
		    struct discovery *ret)
{
	CLEANUP(json_freep) struct json *body = NULL;
	struct error ignored = ERROR_INIT;
	int64_t there_ms;
	const char *date = http_header_find(&response->headers, "date");
	if (!json_parse(response->body, response->body_len, &body, &ignored))
		error_release(&ignored);
	*ret = (struct discovery){.status = response->status, .unknown_domain = says_unknown(body)};
	if (response->status == 200)
		ret->tenant_id = tenant_of_issuer(json_get_text(body, "issuer"), out);
	if (!date || !http_date_parse(date, &there_ms))
		return;
	ret->skew_known = true;
	ret->skew_ms = now_ms - there_ms;
}

struct asking {
	struct http_call call;
	struct arena *out;
	struct discovery *ret;
	struct error *err;
	bool done;
};

static void on_result(void *ctx, const struct http_result *result)
{
	struct asking *a = ctx;
	a->done = true;
	if (result->response->outcome == HTTP_ANSWERED)
		discovery_read(result->response, http_client_wall_ms(a->call.client), a->out, a->ret);
	else
		http_result_error(&a->call, result, a->err);
}

bool discovery_ask(struct http_client *client, const char *login_url, const char *domain, struct arena *out,
		   struct discovery *ret, struct error *err)
{
	struct asking a = {.out = out, .ret = ret, .err = err};
	a.call.request = (struct http_request){.method = HTTP_GET,
					       .url = discovery_url(login_url, domain, out),
					       .timeout_ms = TIMEOUT_MS,
					       .max_body = MAX_BODY};
	a.call.deadline_ms = DEADLINE_MS;
	a.call.repeat = HTTP_REPEAT_READ;
	a.call.done = on_result;
	a.call.ctx = &a;
	http_client_submit(client, &a.call);
	http_client_wait(client, &a.done);
	return !err->code;
}
