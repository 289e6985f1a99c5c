/* Permissions: what covers what, and how what is missing is named. */
#include "providers/graph/sign_in/permissions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_cover(void **state)
{
	static const struct {
		const char *granted;
		unsigned needs, missing;
	} cases[] = {
		{"Organization.Read.All", NEEDS_READ, NEED_USERS},
		{"organization.read.all", NEED_ORGANIZATION, 0},
		{"Directory.Read.All", NEEDS_READ | NEED_GROUPS | NEED_CONTRACTS, 0},
		{"Directory.Read.All", NEED_LICENSING, NEED_LICENSING},
		{"User.ReadWrite.All", NEED_USERS | NEED_LICENSING | NEED_USERS_WRITE, 0},
		{"User.Read", NEED_USERS, NEED_USERS},
		{"User.Read.All.More", NEED_USERS, NEED_USERS},
		{"Directory.AccessAsUser.All", NEEDS_READ | NEED_LICENSING, 0},
		{"", NEED_USERS, NEED_USERS},
		{"", 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct str_list granted = {0};
		VEC_PUSH(arena, &granted, cases[i].granted);
		assert_int_equal(permissions_missing(cases[i].needs, &granted), cases[i].missing);
		arena_free(arena);
	}
}

static void test_text(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	assert_string_equal(permissions_text(arena, NEED_ORGANIZATION),
			    "Organization.Read.All (\"Read organization "
			    "information\")");
	assert_string_equal(
		permissions_text(arena, NEEDS_READ),
		"Organization.Read.All (\"Read organization information\") and User.Read.All (\"Read all "
		"users' full profiles\")");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cover), cmocka_unit_test(test_text)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
