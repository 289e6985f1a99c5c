/* Pipelines that give out identity tokens: GitHub Actions and Azure DevOps. Signed, with published
 * keys. */
#include "providers/twin/identity.h"

#include "core/base64.h"

#include <string.h>

enum { LIFETIME_S = 300, EARLY_S = 60 };
static const char key_id[] = "twin-1";

const char *identity_published_key(const struct twin *twin, const char *wanted)
{
	return twin->issuer_key && str_eq(wanted, key_id) ? signer_public_pem(twin->issuer_key, twin->arena)
							  : NULL;
}

static void add_part(struct strbuf *token, const struct strbuf *json)
{
	if (token->len)
		strbuf_add_char(token, '.');
	base64url_encode(token, json->ptr, json->len);
}

static void add_header(struct strbuf *token)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&json);
	json_begin_object(&w);
	json_set_text(&w, "alg", "RS256");
	json_set_text(&w, "kid", key_id);
	json_set_text(&w, "typ", "JWT");
	json_end_object(&w);
	add_part(token, &json);
}

const char *identity_sign(struct call *call, const struct strbuf *claims)
{
	CLEANUP(strbuf_release) struct strbuf token = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(strbuf_release) struct strbuf signature = STRBUF_INIT(STRBUF_SMALL);
	struct error err = ERROR_INIT;
	if (!call->twin->issuer_key)
		call->twin->issuer_key = signer_generate();
	add_header(&token);
	add_part(&token, claims);
	if (!signer_sign(call->twin->issuer_key, SIGNATURE_RS256, token.ptr, token.len, &signature, &err))
		error_release(&err);
	add_part(&token, &signature);
	call->twin->assertions_issued++;
	return strbuf_dup(call->arena, &token);
}

static const char *issue(struct call *call, const struct twin_identity *identity, const char *audience)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(STRBUF_SMALL);
	int64_t now_s = twin_wall(call->twin) / 1000;
	struct json_writer w = JSON_WRITER(&json);
	json_begin_object(&w);
	json_set_text(&w, "aud", audience);
	json_set_int(&w, "exp", now_s + LIFETIME_S);
	json_set_int(&w, "iat", now_s);
	json_set_text(&w, "iss", identity->issuer);
	json_set_text(&w, "jti", call->request_id);
	json_set_int(&w, "nbf", now_s - EARLY_S);
	json_set_text(&w, "sub", identity->subject);
	json_end_object(&w);
	return identity_sign(call, &json);
}

/* The identity whose secret is the request's bearer token; NULL: 401 answered. */
static const struct twin_identity *find_bearer(struct call *call, enum twin_identity_kind kind)
{
	const char *header = call_header(call, "authorization");
	bool is_bearer = header && strncasecmp(header, "bearer ", 7) == 0;
	for (size_t i = 0; is_bearer && i < call->twin->identities.count; i++) {
		const struct twin_identity *identity = &call->twin->identities.items[i];
		if (identity->kind == kind && str_eq(identity->secret, header + 7))
			return identity;
	}
	call->status = 401;
	json_begin_object(&call->w);
	json_set_text(&call->w, "message", "Unauthorized");
	json_end_object(&call->w);
	return NULL;
}

void identity_github(struct call *call)
{
	log_count(call->twin, "GET", "actions/token");
	const struct twin_identity *identity = find_bearer(call, IDENTITY_GITHUB);
	if (!identity)
		return;
	const char *audience = call_param(call, "audience");
	const char *token = issue(call, identity, audience ? audience : "https://github.com/fabrikam");
	json_begin_object(&call->w);
	json_set_int(&call->w, "count", (int64_t)strlen(token));
	json_set_text(&call->w, "value", token);
	json_end_object(&call->w);
}

/* Without the header that suppresses it, a browser would be led to a sign-in page. */
static bool is_answered_otherwise(struct call *call, const struct twin_identity *identity)
{
	if (!str_eq(call_header(call, "x-tfs-fedauthredirect"), "Suppress")) {
		call->status = 302;
		call_add_header(call, "Location", "https://spsprodweu1.vssps.visualstudio.com/_signin");
		return true;
	}
	bool known = str_eq_fold(call_param(call, "serviceConnectionId"), identity->service_connection);
	if (str_eq(call_param(call, "api-version"), "7.1") && known)
		return false;
	call->status = known ? 400 : 404;
	json_begin_object(&call->w);
	json_set_text(&call->w, "message",
		      known ? "No api-version was supplied." : "Service connection not found.");
	json_end_object(&call->w);
	return true;
}

void identity_azure_devops(struct call *call)
{
	log_count(call->twin, "POST", "azure-devops/oidctoken");
	call_add_header(call, "x-vss-e2eid", call->request_id);
	call_add_header(call, "x-msedge-ref", "Ref A: TWIN Ref B: LOOPBACK");
	const struct twin_identity *identity = find_bearer(call, IDENTITY_AZURE_DEVOPS);
	if (!identity || is_answered_otherwise(call, identity))
		return;
	json_begin_object(&call->w);
	json_set_text(&call->w, "oidcToken", issue(call, identity, identity->audience));
	json_end_object(&call->w);
}

void identity_keys(struct call *call)
{
	struct json_writer *w = &call->w;
	const char *n, *e;
	json_begin_object(w);
	json_put_key(w, "keys");
	json_begin_array(w);
	if (call->twin->issuer_key) {
		signer_public_numbers(call->twin->issuer_key, call->arena, &n, &e);
		json_begin_object(w);
		json_set_text(w, "alg", "RS256");
		json_set_text(w, "e", e);
		json_set_text(w, "kid", key_id);
		json_set_text(w, "kty", "RSA");
		json_set_text(w, "n", n);
		json_set_text(w, "use", "sig");
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}
