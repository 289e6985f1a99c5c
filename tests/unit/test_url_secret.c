/* Passwords in addresses: not in a message, however malformed the address is; names of people stay. */
#include "core/url_secret.h"

#include "core/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_mask(void **state)
{
	static const struct {
		const char *text, *masked; /* NULL: as it was */
	} cases[] = {
		{"not a web address: 'https://alex:canary@x.example/y'",
		 "not a web address: 'https://***@x.example/y'"},
		{"Unsupported proxy syntax in 'http://alex:ca@na/ry@proxy'",
		 "Unsupported proxy syntax in 'http://***@proxy'"},
		{"https:/alex:canary@x", "https:/***@x"},
		{"https:\\\\alex:canary@x", "https:\\\\***@x"},
		{"//alex:canary@x", "//***@x"},
		{"alex:canary@x.example:8080", "***@x.example:8080"},
		{"https://ghp_canary@github.com/x", "https://***@github.com/x"},
		{"https://:canary@x", "https://***@x"},
		{"https://a:@x", "https://**@x"},
		{"ssh://git:canary@x/y", "ssh://***@x/y"},
		{"two: http://a:canary@x and http://b:canary@y", "two: http://***@x and http://***@y"},
		{"ssh://git@github.com/x", NULL},
		{"git@github.com:contoso/moves.git", NULL},
		{"'adele.vance@contoso.com' is not in the tenant", NULL},
		{"customers/contoso.yaml:26:14: adele@contoso.com", NULL},
		{"/home/a@b/x", NULL},
		{"@", NULL},
		{"a:@", "**@"},
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[200];
		snprintf(text, sizeof text, "%s", cases[i].text);
		url_secret_mask(text);
		assert_string_equal(text, cases[i].masked ? cases[i].masked : cases[i].text);
	}
}

static void test_hide(void **state)
{
	static const char *const urls[] = {"https://alex:can%40ary%2fword@x", "alex:can%40ary%2fword@x",
					   "https:/can%40ary%2fword@x"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct redact *redact = redact_new();
		size_t len;
		url_secret_hide(redact, urls[i]);
		static const char *const shown[] = {"it is can%40ary%2fword", "it is can@ary/word"};
		for (size_t s = 0; s < ARRAY_LEN(shown); s++) {
			char *clean = redact_text(redact, shown[s], strlen(shown[s]), &len);
			assert_non_null(clean);
			assert_memory_equal(clean, "it is <redacted>", len);
			free(clean);
		}
		redact_free(redact);
	}
	url_secret_hide(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mask), cmocka_unit_test(test_hide)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
