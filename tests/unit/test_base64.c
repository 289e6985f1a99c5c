/* Base64: RFC 4648's vectors, both alphabets, and what is refused. */
#include "core/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_vectors(void **state)
{
	static const struct {
		const char *plain, *encoded;
	} cases[] = {
		{"", ""},	    {"f", "Zg"},	  {"fo", "Zm8"},	  {"foo", "Zm9v"},
		{"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strbuf there = STRBUF_INIT(100), back = STRBUF_INIT(100);
		base64url_encode(&there, cases[i].plain, strlen(cases[i].plain));
		assert_string_equal(strbuf_text(&there), cases[i].encoded);
		assert_true(base64_decode(strbuf_text(&there), there.len, &back));
		assert_string_equal(strbuf_text(&back), cases[i].plain);
		strbuf_release(&there);
		strbuf_release(&back);
	}
}

static void test_standard(void **state)
{
	static const struct {
		const char *plain, *encoded;
	} cases[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xfb\xff\xfe", "+//+"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strbuf there = STRBUF_INIT(100);
		base64_encode(&there, cases[i].plain, strlen(cases[i].plain));
		assert_string_equal(strbuf_text(&there), cases[i].encoded);
		strbuf_release(&there);
	}
}

static void test_decoding(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {{"+//+", true},   {"Zg==", true},	{"Zg", true},	{"Z", false},
		     {"Zm9v!", false}, {"Zm 9", false}, {"====", true}, {"Zm9vY", false}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strbuf out = STRBUF_INIT(100);
		assert_int_equal(base64_decode(cases[i].text, strlen(cases[i].text), &out), cases[i].good);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_standard),
					   cmocka_unit_test(test_decoding)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
