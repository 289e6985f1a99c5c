/*
 * Claims challenges: POST /twin/challenge {"tenant", "claims": {...}} makes the tenant refuse every token
 * that was not asked for with these claims; without "claims" it stops.
 */
#include "core/base64.h"
#include "providers/twin/control.h"
#include "providers/twin/load.h"
#include "providers/twin/login.h"

#include <string.h>

bool control_challenge(struct call *call, const struct json *body, struct error *err)
{
	struct twin_tenant *tenant = NULL;
	if (!load_keys(body, "challenge", "tenant claims", err) ||
	    !(tenant = load_named_tenant(call->twin, body, err)))
		return false;
	const struct json *claims = json_get(body, "claims");
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&text);
	if (claims)
		json_put_value(&w, claims);
	tenant->challenge = claims ? strbuf_dup(call->twin->arena, &text) : NULL;
	json_set_text(&call->w, "tenant", tenant->id);
	return true;
}

/* Whether the form answers the tenant's challenge: the same claims, however they are written. */
bool login_answers_challenge(const struct twin_tenant *tenant, const struct call_param_list *form)
{
	const char *given = login_field(form, "claims");
	CLEANUP(json_freep) struct json *parsed = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct error ignored = ERROR_INIT;
	if (!given || !tenant->challenge)
		return false;
	if (!json_parse(given, strlen(given), &parsed, &ignored)) {
		error_release(&ignored);
		return false;
	}
	struct json_writer w = JSON_WRITER(&text);
	json_put_value(&w, parsed);
	return str_eq(strbuf_text(&text), tenant->challenge);
}

bool login_challenge(struct call *call)
{
	CLEANUP(strbuf_release) struct strbuf encoded = STRBUF_INIT(STRBUF_SMALL);
	base64url_encode(&encoded, call->tenant->challenge, strlen(call->tenant->challenge));
	call_add_header(call, "WWW-Authenticate", "Negotiate");
	call_add_header(
		call, "WWW-Authenticate",
		arena_printf(call->arena,
			     "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/v2.0/authorize\", "
			     "error=\"insufficient_claims\", claims=\"%s\"",
			     call->base, strbuf_text(&encoded)));
	return call_error(
		call, 401, "InvalidAuthenticationToken",
		"Continuous access evaluation resulted in challenge with result: InteractionRequired.");
}
