/* URL origins and Retry-After. */
#include "core/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_origins(void **state)
{
	static const struct {
		const char *url, *origin;
		bool allowed;
	} cases[] = {
		{"https://graph.microsoft.com/v1.0/users", "https://graph.microsoft.com:443", true},
		{"HTTPS://Graph.Microsoft.com:443?x", "https://graph.microsoft.com:443", true},
		{"https://graph.microsoft.com:8443/", "https://graph.microsoft.com:8443", true},
		{"http://graph.microsoft.com/", "http://graph.microsoft.com:80", false},
		{"http://127.0.0.1:8080/v1.0", "http://127.0.0.1:8080", true},
		{"http://127.9.9.9/", "http://127.9.9.9:80", true},
		{"http://127.0.0.1.evil.example/", "http://127.0.0.1.evil.example:80", false},
		{"http://127.evil.example/", "http://127.evil.example:80", false},
		{"http://localhost:1/", "http://localhost:1", true},
		{"http://localhost.evil.example/", "http://localhost.evil.example:80", false},
		{"http://[::1]:9/", "http://[::1]:9", true},
		{"http://[::2]:9/", "http://[::2]:9", false},
		{"https://graph.microsoft.com@evil.example/", NULL, false},
		{"https://graph.microsoft.com\\@evil.example/", "https://graph.microsoft.com:443", true},
		{"https://graph.microsoft.com%2eevil.example/", NULL, false},
		{"ftp://graph.microsoft.com/", NULL, false},
		{"https:///users", NULL, false},
		{"https://host:99999/", NULL, false},
		{"/users", NULL, false},
	};
	(void)state;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *origin = http_origin(tmp, cases[i].url);
		if (!str_eq(origin, cases[i].origin) ||
		    (origin && http_origin_allowed(origin) != cases[i].allowed))
			fail_msg("%s: %s", cases[i].url, origin ? origin : "none");
	}
}

static void test_retry_after(void **state)
{
	static const struct {
		const char *text;
		int64_t wait_ms; /* -1: not understood */
	} cases[] = {
		{"0", 0},
		{"7", 7000},
		{" 7 ", 7000},
		{"7.0", 7000},
		{"7.2", 8000},
		{"0.001", 1000},
		{"Mon, 02 Nov 2026 10:00:05 GMT", 5000},
		{"Mon, 02 Nov 2026 09:59:00 GMT", 0},
		{"99999999", 86400000},
		{"9999999999999", -1},
		{"-1", -1},
		{"soon", -1},
		{"7s", -1},
		{"", -1},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t wait_ms;
		if (!http_retry_after_parse(cases[i].text, INT64_C(1793613600000), &wait_ms))
			wait_ms = -1;
		if (wait_ms != cases[i].wait_ms)
			fail_msg("'%s' gave %ld", cases[i].text, (long)wait_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_origins),
					   cmocka_unit_test(test_retry_after)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
