/* Strings: comparison, numbers, UTF-8, nearest words, the builder. */
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_comparison(void **state)
{
	(void)state;
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq("a", NULL));
	assert_true(str_eq_fold("ABC-1", "abc-1"));
	assert_false(str_eq_fold("\xc3\x84", "\xc3\xa4"));
	assert_false(str_eq_fold("[", "{"));
	assert_true(str_cmp_fold("a", "B") < 0);
	assert_true(str_cmp_fold("ab", "A") > 0);
	assert_true(str_starts("plans/x", "plans/") && !str_starts("pl", "plans"));
	assert_true(str_ends("a.sig", ".sig") && !str_ends("sig", ".sig") && str_ends("x", ""));
	static const char text[] = "No Available licenses";
	assert_ptr_equal(str_find_fold(text, "available LIC"), text + 3);
	assert_ptr_equal(str_find_fold(text, ""), text);
	assert_null(str_find_fold(text, "licenses."));
	assert_null(str_find_fold("", "x"));
}

static void test_numbers(void **state)
{
	(void)state;
	int64_t value = 5;
	static const char *const bad[] = {
		"", "-", " 1", "1 ", "+1", "1x", "0x10", "--1", "9223372036854775808", "1.0"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_parse_int(bad[i], INT64_MIN, INT64_MAX, &value));
	assert_int_equal(value, 5);
	assert_true(str_parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
	assert_true(value == INT64_MIN);
	assert_true(str_parse_int("007", 0, 7, &value));
	assert_int_equal(value, 7);
	assert_false(str_parse_int("8", 0, 7, &value));
	assert_false(str_parse_int("-1", 0, 7, &value));
}

static void test_guid(void **state)
{
	(void)state;
	assert_true(str_is_guid("8f3c1d5e-6a0b-4c7d-9E2F-1a2b3c4d5e6f"));
	assert_false(str_is_guid("8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6g"));
	assert_false(str_is_guid("8f3c1d5e6a0b-4c7d-9e2f-1a2b3c4d5e6f0"));
	assert_false(str_is_guid("{f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6}"));
	assert_false(str_is_guid(""));
	assert_false(str_is_guid(NULL));
}

static void test_utf8(void **state)
{
	(void)state;
	static const char *const good[] = {"",
					   "a",
					   "\xc2\x80",
					   "\xdf\xbf",
					   "\xe0\xa0\x80",
					   "\xed\x9f\xbf",
					   "\xee\x80\x80",
					   "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xc2",
					  "\xe0\x9f\xbf",
					  "\xed\xa0\x80",
					  "\xf0\x8f\xbf\xbf",
					  "\xf4\x90\x80\x80",
					  "\xf5\x80\x80\x80",
					  "\xff",
					  "\xe2\x82",
					  "a\xc2 b"};
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(str_is_utf8(good[i], strlen(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (str_is_utf8(bad[i], strlen(bad[i])))
			fail_msg("case %zu", i);
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(str_distance("retire_by", "retire_by", 3), 0);
	assert_int_equal(str_distance("retrie_by", "retire_by", 3), 1);
	assert_int_equal(str_distance("kitten", "sitting", 5), 3);
	assert_int_equal(str_distance("kitten", "sitting", 2), 3);
	assert_int_equal(str_distance("", "abc", 3), 3);
	assert_int_equal(str_distance("ABC", "abc", 3), 0);
	assert_int_equal(str_distance("ab", "", 1), 2);
	const char *items[] = {"retire_by", "cancel_by", "sku"};
	const struct str_list list = {.items = items, .count = 3};
	assert_string_equal(str_nearest("retire_on", &list), "retire_by");
	assert_string_equal(str_nearest("sk", &list), "sku");
	assert_null(str_nearest("users", &list));
	assert_null(str_nearest("x", &(struct str_list){0}));
}

static void test_lists(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *items[] = {"b", "a", "B", "b", "a"};
	struct str_list list = {.items = items, .count = 5};
	str_list_sort_unique(&list);
	assert_string_equal(str_list_join(arena, &list, ", "), "B, a, b");
	assert_true(str_list_has(&list, "a") && !str_list_has(&list, "A") && str_list_has_fold(&list, "A"));
	assert_string_equal(str_list_join(arena, &(struct str_list){0}, ", "), "");
	assert_string_equal(str_lower(arena, "A\xc3\x84Z"), "a\xc3\x84z");
	assert_null(str_lower(arena, NULL));
}

static void test_builder(void **state)
{
	(void)state;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(5);
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_add(&buf, "abc");
	strbuf_addf(&buf, "%d", 42);
	assert_string_equal(strbuf_text(&buf), "abc42");
	assert_false(buf.failed);
	strbuf_add_char(&buf, 'x');
	assert_true(buf.failed);
	strbuf_add(&buf, "y");
	strbuf_addf(&buf, "%s", "z");
	assert_string_equal(strbuf_text(&buf), "");
	assert_int_equal(buf.len, 0);
	strbuf_clear(&buf);
	strbuf_add_bytes(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(strbuf_text(&buf), "a\0b", 4);
	CLEANUP(strbuf_release) struct strbuf large = STRBUF_INIT(100000);
	for (int i = 0; i < 100000; i++)
		strbuf_add_char(&large, 'x');
	assert_int_equal(large.len, 100000);
	assert_int_equal(strlen(strbuf_text(&large)), 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comparison), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_guid),	   cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_distance),   cmocka_unit_test(test_lists),
		cmocka_unit_test(test_builder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
