/* Redaction: no known secret survives, everything else does. */
#include "core/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "eyJhbGciOiJub25lIn0x"
#define BODY "eyJ0aWQiOiIwMDAwMDAwMC0wMDAwIn0"
#define SIGNATURE "c2ln-bmF0_dXJl"

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
		/* A token, with and without its signature, cut anywhere, and the part that says the most. */
		{"Bearer " HEAD "." BODY "." SIGNATURE " end", "Bearer <redacted> end"},
		{HEAD "." BODY ".", "<redacted>."},
		{HEAD "." BODY, "<redacted>"},
		{HEAD "."
		      "eyJ0",
		 "<redacted>"},
		{"'" BODY "." SIGNATURE "'", "'<redacted>'"},
		{HEAD "%2E" BODY "%2e" SIGNATURE "&x=1", "<redacted>&x=1"},
		{"x%2E" BODY, "x%2E<redacted>"},
		{"token=" HEAD "\xe2\x80\xa6 (id)", "token=<redacted>\xe2\x80\xa6 (id)"},
		{"eyJhbGciOiJub25lIn", NULL},
		{"a%2", NULL},
		{"xeyJhbGciOiJub25lIn0abcdefg", NULL},
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

/* The forms were made by Python's base64, alone and with something before and behind. */
static void test_encoded(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"a=s3cret%7Eone%2Band%2Fmore&b", "a=<redacted>&b"},
		{"a=s3cret~one%2band%2fmore&b=%", "a=<redacted>&b=%"},
		{"%733cret~one+and/more", "<redacted>"},
		{"Basic czNjcmV0fm9uZSthbmQvbW9yZXg=", "Basic <redacted>Xg="},
		{"YXMzY3JldH5vbmUrYW5kL21vcmV4", "YX<redacted>V4"},
		{"YWJzM2NyZXR+b25lK2FuZC9tb3JleA==", "YWJ<redacted>eA=="},
		{"YWJzM2NyZXR-b25lK2FuZC9tb3JleA", "YWJ<redacted>eA"},
		{"YWJzM2NyZXR%2Bb25lK2FuZC9tb3JleA%3D%3D", "YWJ<redacted>eA%3D%3D"},
		{"Y2xpOnMzY3JldH5vbmUrYW5kL21vcmV4", "Y2xpOn<redacted>V4"},
		{"7333637265747e6f6e652b616e642f6d6f7265!", "<redacted>!"},
		{"7333637265747E6F6E652B616E642F6D6F7265!", "<redacted>!"},
		/* The last part of a token, which nothing else tells from a word. */
		{"it ends in " SIGNATURE "-and-longer.", "it ends in <redacted>."},
		{"s3cret%7Eone%2Band%2Fmor", NULL},
		{"100 %", NULL},
	};
	(void)state;
	struct redact *redact = redact_new();
	redact_add(redact, "s3cret~one+and/more", 19);
	static const char token[] = HEAD "." BODY "." SIGNATURE "-and-longer";
	redact_add(redact, token, sizeof token - 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = 0;
		char *got = redact_text(redact, cases[i].text, strlen(cases[i].text), &len);
		if (cases[i].expected)
			assert_string_equal(got, cases[i].expected);
		else
			assert_null(got);
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

static void test_before_cut(void **state)
{
	(void)state;
	struct redact *redact = redact_new();
	struct arena *arena = arena_new();
	static const char clean[] = "nothing here";
	redact_add(redact, "s3cret~one", 10);
	assert_string_equal(redact_before_cut(redact, "a s3cret~one", arena), "a <redacted>");
	assert_ptr_equal(redact_before_cut(redact, clean, arena), clean);
	assert_ptr_equal(redact_before_cut(NULL, clean, arena), clean);
	assert_null(redact_before_cut(redact, NULL, arena));
	arena_free(arena);
	redact_free(redact);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_encoded),
					   cmocka_unit_test(test_nothing_known),
					   cmocka_unit_test(test_before_cut)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
