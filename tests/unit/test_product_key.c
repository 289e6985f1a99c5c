/* Product keys: shape, ending, unusual letters, and that no message holds one. */
#include "core/product_key.h"

#include "core/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *text, *ends_in, *key, *letters;
} cases[] = {
	{"with hyphens", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K", "7QX2K", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K", ""},
	{"without", "Q7WX4CNRYBTKVMH3PD9F7QX2K", NULL, "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K", ""},
	{"blanks around, small letters", "\t q7wx4-cnryb-tkvmh-3pd9f-7qx2k\r\n", "7QX2K",
	 "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K", ""},
	{"O for 0 and I for 1", "O7WX4-CNRYB-TKVMH-3PD9F-7QXIK", "7QXIK", "O7WX4-CNRYB-TKVMH-3PD9F-7QXIK",
	 "IO"},
	{"another ending", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K", "7QX2J", NULL, NULL},
	{"24", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2", NULL, NULL, NULL},
	{"26", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2KK", NULL, NULL, NULL},
	{"two keys", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K\nQ7WX4-CNRYB-TKVMH-3PD9F-7QX2K", NULL, NULL, NULL},
	{"a blank inside", "Q7WX4 CNRYB TKVMH 3PD9F 7QX2K", NULL, NULL, NULL},
	{"not ASCII", "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2\xc3\xa4", NULL, NULL, NULL},
	{"nothing", "", NULL, NULL, NULL},
	{"hyphens only", "-----", NULL, NULL, NULL},
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(secret_freep) struct secret *text = secret_new(cases[i].text, strlen(cases[i].text));
		CLEANUP(secret_freep) struct secret *key = NULL;
		struct product_key_check check;
		struct error err = ERROR_INIT;
		bool good = product_key_parse(text, cases[i].ends_in, &key, &check, &err);
		if (good != (cases[i].key != NULL))
			fail_msg("%s: %d", cases[i].name, good);
		if (!good) {
			assert_int_equal(err.code, ERR_INVALID);
			assert_null(strstr(err.message, "TKVMH"));
			error_release(&err);
			continue;
		}
		assert_string_equal(secret_expose(key), cases[i].key);
		assert_string_equal(check.letters, cases[i].letters);
		assert_int_equal(check.unusual, *cases[i].letters != '\0');
	}
}

static void test_a_nul_inside(void **state)
{
	(void)state;
	static const char bytes[] = "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K\0X";
	CLEANUP(secret_freep) struct secret *text = secret_new(bytes, sizeof bytes - 1);
	struct secret *key = NULL;
	struct product_key_check check;
	struct error err = ERROR_INIT;
	assert_false(product_key_parse(text, NULL, &key, &check, &err));
	error_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse), cmocka_unit_test(test_a_nul_inside)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
