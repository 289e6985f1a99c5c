/* Bytes with their length: the beginning of others, and none at all. */
#include "core/bytes.h"

#include "core/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_comparison(void **state)
{
	(void)state;
	static const struct {
		struct bytes a, b;
		bool begins, equal; /* a begins with b; they are equal */
	} cases[] = {
		{{"ab\n", 3}, {"ab\n", 3}, true, true},	  {{"ab\n", 3}, {"ab", 2}, true, false},
		{{"ab", 2}, {"ab\n", 3}, false, false},	  {{"ab", 2}, {"aB", 2}, false, false},
		{{"a\0b", 3}, {"a\0c", 3}, false, false}, {{"a", 1}, {NULL, 0}, true, false},
		{{NULL, 0}, {"a", 1}, false, false},	  {{NULL, 0}, {"", 0}, true, true},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(bytes_begin_with(cases[i].a, cases[i].b), cases[i].begins);
		assert_int_equal(bytes_equal(cases[i].a, cases[i].b), cases[i].equal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_comparison)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
