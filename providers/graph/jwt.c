/* A look into an access token, without verifying it. */
#include "providers/graph/jwt.h"

#include "core/json.h"

#include <string.h>

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t len, struct strbuf *out)
{
	unsigned bits = 0;
	int have = 0;
	while (len && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		int digit = digit_of(text[i]);
		if (digit < 0)
			return false;
		bits = (bits << 6 | (unsigned)digit) & 0xffffff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		strbuf_add_char(out, (char)(unsigned char)(bits >> have & 0xff));
	}
	return !out->failed && len % 4 != 1;
}

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
	ret->tenant_id = str_lower(out, json_get_text(claims, "tid"));
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
	return read_claims(strbuf_text(&payload), payload.len, out, ret);
}
