/* Claims challenges: found among several headers, decoded, and nothing else taken for one. */
#include "providers/graph/sign_in/claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* {"access_token":{"nbf":{}}} */
#define CLAIMS "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7fX19"

static void test_headers(void **state)
{
	static const struct {
		const char *value;
		bool found;
	} cases[] = {
		{"Bearer realm=\"\", error=\"insufficient_claims\", claims=\"" CLAIMS "\"", true},
		{"Bearer claims=\"" CLAIMS "\",error=\"insufficient_claims\"", true},
		{"Bearer error=\"invalid_token\", claims=\"" CLAIMS "\"", false},
		{"Bearer error=\"insufficient_claims_more\", claims=\"" CLAIMS "\"", false},
		{"Bearer error=\"insufficient_claims\"", false},
		{"Bearer error=\"insufficient_claims\", claims=\"!!\"", false},
		{"Bearer error=\"insufficient_claims\", claims=\"bm8ganNvbg\"", false},
		{"Bearer xerror=\"insufficient_claims\", claims=\"" CLAIMS "\"", false},
		{"", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct http_header_list headers = {0};
		VEC_PUSH(arena, &headers, (struct http_header){"www-authenticate", "Negotiate"});
		VEC_PUSH(arena, &headers, (struct http_header){"www-authenticate", cases[i].value});
		const char *claims = claims_challenge(&headers, arena);
		if (cases[i].found)
			assert_string_equal(claims, "{\"access_token\":{\"nbf\":{}}}");
		else
			assert_null(claims);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_headers)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
