/* Redaction: no known secret survives, everything else does. */
#include "core/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_texts(void **state)
{
	static const struct {
		const char *text, *expected; /* NULL: unchanged */
	} cases[] = {
		{"", NULL},
		{"nothing here", NULL},
		{"s3cret~one", "<redacted>"},
		{"a s3cret~one, twice: s3cret~one.", "a <redacted>, twice: <redacted>."},
		{"the longer one wins: s3cret~one-and-more", "the longer one wins: <redacted>"},
		{"s3cret~on", NULL},
		{"s3cret~ones3cret~one", "<redacted><redacted>"},
		{"short", NULL},
	};
	(void)state;
	struct redact *redact = redact_new();
	redact_add(redact, "s3cret~one", 10);
	redact_add(redact, "s3cret~one-and-more", 19);
	redact_add(redact, "s3cret~one", 10);
	redact_add(redact, "short", 5);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = 0;
		char *got = redact_text(redact, cases[i].text, strlen(cases[i].text), &len);
		if (!cases[i].expected) {
			assert_null(got);
			continue;
		}
		assert_string_equal(got, cases[i].expected);
		assert_int_equal(len, strlen(cases[i].expected));
		free(got);
	}
	redact_free(redact);
}

static void test_nothing_known(void **state)
{
	size_t len = 0;
	(void)state;
	assert_null(redact_text(NULL, "s3cret~one", 10, &len));
	redact_add(NULL, "s3cret~one", 10);
	redact_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts),
					   cmocka_unit_test(test_nothing_known)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
