/* Quoting: nasty texts are inert in each target. */
#include "core/quote.h"

#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const nasty[] = {
	"",
	"\x1b[31mred\x1b[0m",
	"\x1b]0;title\x07",
	"two\nlines\r\n\tand more",
	"\xc2\x9b"
	"31m", /* C1 control: CSI */
	"\xe2\x80\xae"
	"drowssap",			   /* right-to-left override */
	"\xe2\x81\xa6isolate\xe2\x81\xa9", /* bidi isolates */
	"zero\xe2\x80\x8bwidth\xef\xbb\xbf",
	"\xe2\x80\xa8line\xe2\x80\xa9para",
	"\xf3\xa0\x80\x81tag",
	"bad \xff\xfe bytes \xc3",
	"\xed\xa0\x80surrogate",
	"' or 1 eq 1 or '",
	"a/b?c=d&e#f%20+",
	"'; DROP TABLE users; --",
	"$(rm -rf ~) `id` \xe2\x80\x99",
	"\x7f\x08\x08\x08",
};

static void test_terminal(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(nasty); i++) {
		const char *text = quote_terminal(arena, nasty[i]);
		assert_true(str_is_utf8(text, strlen(text)));
		for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
			assert_true(*p >= 0x20 && *p != 0x7f);
			assert_false(p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f);
			assert_false(p[0] == 0xe2 && p[1] == 0x80 &&
				     (p[2] == 0xae || p[2] == 0xa8 || p[2] == 0x8b));
			assert_false(p[0] == 0xf3 && p[1] == 0xa0);
			assert_false(p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf);
		}
	}
	assert_string_equal(quote_terminal(arena, "a\nb\t\x1b\xe2\x80\xae"), "a\\nb\\t\\x1b\\u202e");
	assert_string_equal(quote_terminal(arena, "\xff"
						  "a\xc3"),
			    "\xef\xbf\xbd"
			    "a\xef\xbf\xbd");
	assert_string_equal(quote_terminal(arena, "Ad\xc3\xa8le \xe6\xbc\xa2 \xf0\x9f\x98\x80"),
			    "Ad\xc3\xa8le \xe6\xbc\xa2 \xf0\x9f\x98\x80");
	assert_string_equal(quote_terminal(arena, NULL), "");
}

/* What Azure Pipelines and GitHub Actions take for an order in a job's log. */
static void test_log_commands(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{"##vso[task.setvariable variable=x]y", "\\x23#vso[task.setvariable variable=x]y"},
		{"before ##VSO[x]", "before \\x23#VSO[x]"},
		{"###vso[x]", "#\\x23#vso[x]"},
		{"##[error]x", "\\x23#[error]x"},
		{"::add-mask::x", "\\x3a:add-mask::x"},
		{"  ::error::x", "  \\x3a:error::x"},
		{"\xe3\x80\x80::error::x", "\xe3\x80\x80\\x3a:error::x"}, /* every blank that .NET trims */
		{"\xc2\xa0 ::error::x", "\\xa0 \\x3a:error::x"},
		{"\xe1\x9a\x80\xe2\x80\x83::error::x", "\\u1680\\u2003\\x3a:error::x"},
		{"##teamcity[message]", "\\x23#teamcity[message]"},
		{"a::b ## c #[d]", "a::b ## c #[d]"},
		{"fe80::1", "fe80::1"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(quote_terminal(arena, cases[i].text), cases[i].quoted);
}

/* Together they act, or in the middle of a text of several lines. */
static void test_whole_logs(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum quote_log_form form;
		const char *quoted; /* NULL: nothing to do */
	} cases[] = {
		{"one\ntwo :: three # four", QUOTE_LOG_TEXT, NULL},
		{"one ::x\n \xe2\x80\x82::error::\n##[x", QUOTE_LOG_TEXT,
		 "one ::x\n \\u2002\\x3a:error::\n\\x23#[x"},
		{"{\"name\":\"a\xc2\x9b"
		 "31m \xe2\x80\xae b \xf3\xa0\x81\x81\"}",
		 QUOTE_LOG_JSON, "{\"name\":\"a\\u009b31m \\u202e b \\udb40\\udc41\"}"},
		{"{\"name\":\"##vso[x]\"}\n", QUOTE_LOG_JSON, "{\"name\":\"\\u0023#vso[x]\"}\n"},
		{"{\"name\":\"::\"}\n", QUOTE_LOG_JSON, NULL},
		{"", QUOTE_LOG_TEXT, NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(mem_free_text)
		char *quoted = quote_log(cases[i].text, strlen(cases[i].text), cases[i].form);
		if (cases[i].quoted)
			assert_string_equal(quoted ? quoted : "", cases[i].quoted);
		else
			assert_true(!quoted || strcmp(quoted, cases[i].text) == 0);
	}
}

/* Whatever Unicode says is to be ignored, and blanks that are not seen as such (Default_Ignorable_Code_Point,
 * Zs). */
static void test_invisible_characters(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{"a\xf0\x9d\x85\xb3z", "a\\u1d173z"},
		{"a\xf0\x9d\x85\xbaz", "a\\u1d17az"},
		{"a\xf0\x9b\xb2\xa0z", "a\\u1bca0z"},
		{"a\xf0\x9b\xb2\xa3z", "a\\u1bca3z"},
		{"a\xf0\x9b\xb2\xa4z", NULL},
		{"a\xf0\x9d\x85\xb2z", NULL},
		{"a\xc2\xa0z", "a\\xa0z"},
		{"a\xe2\x80\xafz", "a\\u202fz"},
		{"a\xe2\xa0\x80z", "a\\u2800z"},
		{"\xe5\xb1\xb1\xe7\x94\xb0\xe3\x80\x80\xe5\xa4\xaa", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(quote_terminal(arena, cases[i].text),
				    cases[i].quoted ? cases[i].quoted : cases[i].text);
}

static void test_cut(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	assert_string_equal(quote_terminal_cut(arena, "\xc3\xa4\xc3\xb6\xc3\xbc", 3),
			    "\xc3\xa4\xc3\xb6\xc3\xbc");
	assert_string_equal(quote_terminal_cut(arena, "\xc3\xa4\xc3\xb6\xc3\xbc", 2),
			    "\xc3\xa4\xc3\xb6\xe2\x80\xa6");
	assert_string_equal(quote_terminal_cut(arena, "abc", 0), "\xe2\x80\xa6");
	assert_string_equal(quote_terminal_cut(arena, "", 0), "");
}

static void test_url(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(nasty); i++)
		for (const char *p = quote_url(arena, nasty[i]); *p; p++)
			assert_non_null(strchr(
				"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%", *p));
	assert_string_equal(quote_url(arena, "a b/\xc3\xa4+~"), "a%20b%2F%C3%A4%2B~");
}

static void test_odata(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	assert_string_equal(quote_odata(arena, "o'brien''s"), "'o''brien''''s'");
	assert_string_equal(quote_odata(arena, ""), "''");
	for (size_t i = 0; i < ARRAY_LEN(nasty); i++) {
		const char *text = quote_odata(arena, nasty[i]);
		size_t quotes = 0;
		for (const char *p = text; *p; p++)
			quotes += *p == '\'';
		assert_int_equal(quotes % 2, 0);
	}
}

static void test_yaml(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"contoso", "contoso"},
		{"adele.vance@contoso.com", "adele.vance@contoso.com"},
		{"8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f", "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f"},
		{"", "\"\""},
		{NULL, "\"\""},
		{"NO", "\"NO\""},
		{"null", "\"null\""},
		{"2026-11-02", "\"2026-11-02\""},
		{"1e5", "\"1e5\""},
		{"- a", "\"- a\""},
		{"Contoso: Ltd # x", "\"Contoso: Ltd # x\""},
		{"*alias &anchor !tag", "\"*alias &anchor !tag\""},
		{"say \"hi\" \\ bye", "\"say \\\"hi\\\" \\\\ bye\""},
		{"a\nb: c\t", "\"a\\x0ab: c\\x09\""},
		{"\xc2\x85\xe2\x80\xa8", "\"\\x85\\u2028\""},
		{"\xe2\x80\xaeltd", "\"\\u202eltd\""},
		{"\xf3\xa0\x80\x81", "\"\\U000e0001\""},
		{"Caf\xc3\xa9", "\"Caf\xc3\xa9\""},
		{"bad \xff", "\"bad \\ufffd\""},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(quote_yaml(arena, rows[i].text), rows[i].expected);
	for (size_t i = 0; i < ARRAY_LEN(nasty); i++)
		for (const char *p = quote_yaml(arena, nasty[i]); *p; p++)
			assert_false((unsigned char)*p < 0x20 || *p == 0x7f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_terminal),
					   cmocka_unit_test(test_cut),
					   cmocka_unit_test(test_log_commands),
					   cmocka_unit_test(test_whole_logs),
					   cmocka_unit_test(test_invisible_characters),
					   cmocka_unit_test(test_url),
					   cmocka_unit_test(test_odata),
					   cmocka_unit_test(test_yaml)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
