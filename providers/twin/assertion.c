/* Client assertions (RFC 7523): signed by the client's own certificate, or by another identity provider. */
#include "providers/twin/login.h"

#include "core/base64.h"
#include "core/signing.h"
#include "providers/twin/identity.h"

#include <string.h>

enum { CLOCK_TOLERANCE_S = 300 };

struct assertion {
	const char *text;
	size_t signed_len; /* header, dot, claims */
	struct json *header, *claims;
	struct strbuf signature;
};

static void assertion_release(struct assertion *a)
{
	json_free(a->header);
	json_free(a->claims);
	strbuf_release(&a->signature);
}

static struct json *read_part(const char *text, size_t len)
{
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT(STRBUF_SMALL);
	struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (!base64_decode(text, len, &decoded))
		return NULL;
	if (!json_parse(strbuf_text(&decoded), decoded.len, &root, &err))
		error_release(&err);
	return root;
}

static bool split(const char *text, struct assertion *a)
{
	const char *first = strchr(text, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;
	if (!second)
		return false;
	a->text = text;
	a->signed_len = (size_t)(second - text);
	a->header = read_part(text, (size_t)(first - text));
	a->claims = read_part(first + 1, (size_t)(second - first - 1));
	return a->header && a->claims && base64_decode(second + 1, strlen(second + 1), &a->signature);
}

static bool check_times(struct call *call, const struct assertion *a, int code)
{
	int64_t now_s = twin_wall(call->twin) / 1000, from_s, until_s;
	bool readable = json_int(json_get(a->claims, "nbf"), &from_s) &&
			json_int(json_get(a->claims, "exp"), &until_s);
	if (readable && from_s <= now_s + CLOCK_TOLERANCE_S && now_s <= until_s + CLOCK_TOLERANCE_S)
		return true;
	return login_error(
		call, 401, "invalid_client", code,
		"Client assertion is not within its valid time range. Current time: %lld, expiry time of "
		"assertion %lld.",
		(long long)now_s, readable ? (long long)until_s : 0);
}

/* Which key it says to be signed with: by SHA-256 beside PS256, by SHA-1 beside RS256. */
static bool names_certificate(const struct twin_client *client, const struct assertion *a, bool is_pss)
{
	unsigned char hash[THUMBPRINT_SIZE];
	CLEANUP(strbuf_release) struct strbuf expected = STRBUF_INIT(STRBUF_SMALL);
	bool known = client->certificate && (is_pss ? certificate_thumbprint(client->certificate, hash)
						    : certificate_thumbprint_sha1(client->certificate, hash));
	if (known)
		base64url_encode(&expected, hash, is_pss ? THUMBPRINT_SIZE : THUMBPRINT_SHA1_SIZE);
	return known && str_eq(json_get_text(a->header, is_pss ? "x5t#S256" : "x5t"), strbuf_text(&expected));
}

static bool check_certificate(struct call *call, const struct twin_client *client, const struct assertion *a)
{
	bool is_pss = str_eq(json_get_text(a->header, "alg"), "PS256");
	bool known = names_certificate(client, a, is_pss);
	if (known && signature_verify(is_pss ? SIGNATURE_PS256 : SIGNATURE_RS256, client->certificate,
				      a->text, a->signed_len, a->signature.ptr, a->signature.len))
		return true;
	return login_error(
		call, 401, "invalid_client", 700027,
		"The certificate with identifier used to sign the client assertion is not registered on "
		"application. [Reason - %s]",
		known ? "The key was found, but the signature is not valid." : "The key was not found.");
}

/* RFC 7523, section 3: what was accepted once is not accepted again. */
static bool check_first_use(struct call *call, const char *id)
{
	struct str_list *used = &call->twin->assertion_ids;
	for (size_t i = 0; i < used->count; i++)
		if (str_eq(used->items[i], id))
			return login_error(call, 401, "invalid_client", 50013,
					   "Assertion failed validation: its 'jti' was used before.");
	VEC_PUSH(call->twin->arena, used, arena_strdup(call->twin->arena, id));
	return true;
}

/* The token endpoint, with the tenant named by its id or as the request did. */
static bool is_own_audience(struct call *call, const struct twin_tenant *tenant, const char *audience)
{
	static const char path[] = "oauth2/v2.0/token";
	return str_eq(audience, arena_printf(call->arena, "%s/%s/%s", call->base, tenant->id, path)) ||
	       str_eq(audience, arena_printf(call->arena, "%s/%s/%s", call->base, call->keys[0], path));
}

static bool check_own(struct call *call, const struct twin_tenant *tenant, const struct twin_client *client,
		      const struct assertion *a)
{
	const char *id = json_get_text(a->claims, "jti"), *kind = json_get_text(a->header, "alg");
	if ((!str_eq(kind, "PS256") && !str_eq(kind, "RS256")) ||
	    !str_eq(json_get_text(a->header, "typ"), "JWT") || !id || !*id)
		return login_error(call, 401, "invalid_client", 50027, "JWT token is invalid or malformed.");
	if (!str_eq_fold(json_get_text(a->claims, "sub"), client->id))
		return login_error(call, 401, "invalid_client", 50048,
				   "Subject must match Issuer claim in the "
				   "client assertion.");
	if (!is_own_audience(call, tenant, json_get_text(a->claims, "aud")))
		return login_error(call, 401, "invalid_client", 700023,
				   "Client assertion audience claim does not match Realm issuer.");
	return check_certificate(call, client, a) && check_times(call, a, 700024) &&
	       check_first_use(call, id);
}

static bool no_match(struct call *call, int code, const char *what, const struct assertion *a)
{
	return login_error(
		call, 401, "invalid_client", code,
		"No matching federated identity record found for presented assertion %s. Assertion Issuer: "
		"'%s'. Assertion Subject: '%s'. Assertion Audience: '%s'.",
		what, json_get_text(a->claims, "iss"), json_get_text(a->claims, "sub"),
		json_get_text(a->claims, "aud"));
}

/* By the credential's own key, or by the one of that name that the issuer publishes. */
static bool is_signed(struct call *call, const struct twin_federated *f, const struct assertion *a)
{
	const char *key =
		f->key ? f->key : identity_published_key(call->twin, json_get_text(a->header, "kid"));
	return key && str_eq(json_get_text(a->header, "alg"), "RS256") &&
	       signature_verify(SIGNATURE_RS256, key, a->text, a->signed_len, a->signature.ptr,
				a->signature.len);
}

/* The sign-in service's own tokens have no place here. */
static bool is_entra(const char *issuer)
{
	return issuer && (str_starts(issuer, "https://sts.windows.net/") ||
			  str_starts(issuer, "https://login.microsoftonline.com/"));
}

static bool check_federated(struct call *call, const struct twin_client *client, const struct assertion *a)
{
	const char *issuer = json_get_text(a->claims, "iss"), *subject = json_get_text(a->claims, "sub");
	const char *audience = json_get_text(a->claims, "aud");
	bool knows_issuer = false, nearly = false;
	if (!client->federated.count && !is_entra(issuer))
		return no_match(call, 70021, "", a);
	for (size_t i = 0; i < client->federated.count; i++) {
		const struct twin_federated *f = &client->federated.items[i];
		bool same_issuer = str_eq(f->issuer, issuer);
		knows_issuer = knows_issuer || same_issuer;
		nearly = nearly || (same_issuer && str_eq_fold(f->subject, subject));
		if (!same_issuer || !str_eq(f->subject, subject))
			continue;
		if (!str_eq(f->audience, audience))
			return no_match(call, 700212, "audience", a);
		if (!is_signed(call, f, a))
			return login_error(call, 401, "invalid_client", 50013,
					   "Assertion failed signature validation.");
		return check_times(call, a, 500133);
	}
	if (nearly)
		return no_match(call, 7002138, "subject; the letter case differs", a);
	if (!knows_issuer && is_entra(issuer))
		return login_error(
			call, 401, "invalid_client", 700229,
			"The app-only token cannot be used as the assertion of a federated credential.");
	return knows_issuer ? no_match(call, 700213, "subject", a) : no_match(call, 700211, "issuer", a);
}

bool login_check_assertion(struct call *call, const struct twin_tenant *tenant,
			   const struct twin_client *client, const struct call_param_list *form)
{
	static const char type[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
	CLEANUP(assertion_release) struct assertion a = {.signature = STRBUF_INIT(STRBUF_SMALL)};
	if (!str_eq(login_field(form, "client_assertion_type"), type))
		return login_error(call, 400, "invalid_request", 900144,
				   "The request body must contain the following parameter: "
				   "'client_assertion_type'.");
	if (!split(login_field(form, "client_assertion"), &a))
		return login_error(call, 401, "invalid_client", 50027, "JWT token is invalid or malformed.");
	if (str_eq_fold(json_get_text(a.claims, "iss"), client->id))
		return check_own(call, tenant, client, &a);
	return check_federated(call, client, &a);
}
