/* Any text as an access token (whose claims are looked at) and as a challenge that an answer makes.
 */
#include "core/base64.h"
#include "core/json.h"
#include "core/secret.h"
#include "providers/graph/sign_in/claims.h"
#include "providers/graph/sign_in/jwt.h"
#include "providers/graph/sign_in/permissions.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static void look_into(const char *text, struct arena *arena)
{
	CLEANUP(secret_freep) struct secret *token = secret_new(text, strlen(text));
	struct jwt_claims claims;
	if (!jwt_read(token, arena, &claims)) {
		assert(!claims.tenant_id && !claims.roles.count);
		return;
	}
	unsigned missing = permissions_missing((1u << NEED_ALL_COUNT) - 1, &claims.roles);
	(void)permissions_text(arena, missing);
	assert(claims.has_roles || !claims.roles.count);
}

static void take_challenge(const char *text, struct arena *arena)
{
	struct http_header_list headers = {0};
	struct error err = ERROR_INIT;
	CLEANUP(json_freep) struct json *root = NULL;
	VEC_PUSH(arena, &headers, (struct http_header){"www-authenticate", "Bearer realm=\"\""});
	VEC_PUSH(arena, &headers, (struct http_header){"www-authenticate", text});
	const char *claims = claims_challenge(&headers, arena);
	if (!claims)
		return;
	bool good = json_parse(claims, strlen(claims), &root, &err);
	assert(good);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)bytes, size);
	look_into(text, arena);
	/* The same as the middle part of a token, so that claims need not be guessed in base64. */
	CLEANUP(strbuf_release) struct strbuf token = STRBUF_INIT(STRBUF_LARGE);
	strbuf_add(&token, "eyJhbGciOiJub25lIn0.");
	base64url_encode(&token, bytes, size);
	strbuf_add(&token, ".sig");
	look_into(strbuf_text(&token), arena);
	take_challenge(text, arena);
	return 0;
}
