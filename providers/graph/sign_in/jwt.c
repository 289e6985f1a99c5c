/* A look into an access token, without verifying it. */
#include "providers/graph/sign_in/jwt.h"

#include "core/base64.h"
#include "core/json.h"

#include <string.h>

static void read_permissions(const struct json *claims, struct arena *out, struct jwt_claims *ret)
{
	const struct json *roles = json_get(claims, "roles");
	const char *scopes = json_get_text(claims, "scp");
	JSON_EACH (role, roles)
		if (json_text(role))
			VEC_PUSH(out, &ret->roles, arena_strdup(out, json_text(role)));
	for (const char *p = scopes ? scopes : ""; *p;) {
		size_t len = strcspn(p, " ");
		if (len)
			VEC_PUSH(out, &ret->roles, arena_strndup(out, p, len));
		p += len + strspn(p + len, " ");
	}
	ret->has_roles = roles || scopes;
	str_list_sort_unique(&ret->roles);
}

static bool read_claims(const char *text, size_t len, struct arena *out, struct jwt_claims *ret)
{
	CLEANUP(json_freep) struct json *claims = NULL;
	struct error ignored = ERROR_INIT;
	if (!json_parse(text, len, &claims, &ignored)) {
		error_release(&ignored);
		return false;
	}
	const char *client_id = json_get_text(claims, "appid");
	ret->tenant_id = str_lower(out, json_get_text(claims, "tid"));
	ret->issuer = arena_strdup(out, json_get_text(claims, "iss"));
	ret->subject = arena_strdup(out, json_get_text(claims, "sub"));
	ret->audience = arena_strdup(out, json_get_text(claims, "aud"));
	ret->client_id = arena_strdup(out, client_id ? client_id : json_get_text(claims, "azp"));
	ret->is_app = !json_get_text(claims, "scp");
	ret->has_principal = json_get_text(claims, "oid") != NULL;
	if (!json_int(json_get(claims, "exp"), &ret->expires_s))
		ret->expires_s = 0;
	read_permissions(claims, out, ret);
	return true;
}

bool jwt_read(const struct secret *token, struct arena *out, struct jwt_claims *ret)
{
	*ret = (struct jwt_claims){0};
	const char *text = secret_expose(token);
	const char *first = strchr(text, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;
	if (!second)
		return false;
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT(STRBUF_SMALL);
	if (!base64_decode(first + 1, (size_t)(second - first - 1), &payload))
		return false;
	bool read = read_claims(strbuf_text(&payload), payload.len, out, ret);
	secret_wipe(payload.ptr, payload.cap);
	return read;
}
