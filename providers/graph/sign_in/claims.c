/* Claims challenges: what an answer says a token has to satisfy. */
#include "providers/graph/sign_in/claims.h"

#include "core/base64.h"
#include "core/json.h"

#include <string.h>

/* The value of `name="…"`; NULL when it is not there. */
static const char *parameter(const char *header, const char *name, size_t *ret_len)
{
	size_t name_len = strlen(name);
	for (const char *p = strstr(header, name); p; p = strstr(p + 1, name)) {
		bool at_word = p == header || strchr(" ,", p[-1]);
		if (!at_word || p[name_len] != '=' || p[name_len + 1] != '"')
			continue;
		const char *value = p + name_len + 2;
		*ret_len = strcspn(value, "\"");
		return value;
	}
	return NULL;
}

static const char *read_claims(const char *header, struct arena *out)
{
	static const char wanted[] = "insufficient_claims";
	size_t len;
	const char *error = parameter(header, "error", &len);
	if (!error || len != sizeof wanted - 1 || strncmp(error, wanted, len) != 0)
		return NULL;
	const char *claims = parameter(header, "claims", &len);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(json_freep) struct json *parsed = NULL;
	struct error ignored = ERROR_INIT;
	if (!claims || !base64_decode(claims, len, &text))
		return NULL;
	if (json_parse(strbuf_text(&text), text.len, &parsed, &ignored))
		return strbuf_dup(out, &text);
	error_release(&ignored);
	return NULL;
}

const char *claims_challenge(const struct http_header_list *headers, struct arena *out)
{
	for (size_t i = 0; i < headers->count; i++) {
		const char *claims = str_eq(headers->items[i].name, "www-authenticate")
					     ? read_claims(headers->items[i].value, out)
					     : NULL;
		if (claims)
			return claims;
	}
	return NULL;
}
