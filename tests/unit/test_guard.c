/* What must not be done though it could be, through guard.h: each refusal, and its neighbour that passes. */
#include "plans/planning/guard.h"
#include "plans/planning/resolve.h"
#include "tests/support/planning_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char tenant[] =
	"\"subscriptions\": [{\"sku\": \"STANDARDPACK\", \"seats\": 9},"
	"  {\"sku\": \"ENTERPRISEPACK\", \"seats\": 9}],"
	" \"users\": ["
	"  {\"upn\": \"adele.vance@contoso.com\", \"usage_location\": \"US\","
	"   \"licenses\": [{\"sku\": \"STANDARDPACK\", \"disable\": [\"YAMMER_ENTERPRISE\"]}]},"
	"  {\"upn\": \"alex.wilber@contoso.com\", \"licenses\": [\"STANDARDPACK\"]},"
	"  {\"upn\": \"lee.gu@contoso.com\", \"usage_location\": \"US\", \"licenses\": [\"ENTERPRISEPACK\"]},"
	"  {\"upn\": \"megan.bowen@contoso.com\", \"usage_location\": \"GB\"}]";

static const char moves[] = "  - open: {sku: ENTERPRISEPACK, seats: 9}\n"
			    "    advisor: {sku: STANDARDPACK}\n"
			    "    users: [adele.vance@contoso.com, lee.gu@contoso.com]\n"
			    "    unlisted: remove\n"
			    "defaults: {usage_location: US}\n";

static void check(struct planning_fixture *f, const char *limits, const char *policy_protected)
{
	struct changes changes = {0};
	struct arena *tmp = arena_new();
	planning_fixture_make(f, arena_printf(tmp, "%s%s", moves, limits), tenant);
	arena_free(tmp);
	if (policy_protected)
		VEC_PUSH(f->arena, &f->policy.protected_users, policy_protected);
	resolve_moves(&f->planning);
	diff_build(&f->planning, &changes);
	guard_check(&f->planning, &changes);
}

static void test_limits(void **state)
{
	static const struct {
		const char *limits;
		bool passes;
	} cases[] = {
		{"limits: {licenses_taken: 1}\n", true},
		{"limits: {licenses_taken: 0}\n", false}, /* alex.wilber loses one */
		{"limits: {licenses_taken: 1, users_changed: 2}\n", true},
		{"limits: {licenses_taken: 1, users_changed: 1}\n", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct planning_fixture f;
		check(&f, cases[i].limits, NULL);
		if (diag_has_errors(&f.diags) == cases[i].passes)
			fail_msg("%s: %s", cases[i].limits,
				 f.diags.count ? f.diags.items[0].message : "passes");
		arena_free(f.arena);
	}
}

static void test_protected(void **state)
{
	struct planning_fixture f;
	(void)state;
	check(&f, "limits: {licenses_taken: 1}\n", "ADELE.vance@contoso.com");
	assert_true(diag_has_errors(&f.diags));
	assert_non_null(strstr(f.diags.items[0].message, "adele.vance@contoso.com"));
	arena_free(f.arena);
	check(&f, "limits: {licenses_taken: 1}\n", "megan.bowen@contoso.com"); /* is not touched */
	assert_false(diag_has_errors(&f.diags));
	arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_limits), cmocka_unit_test(test_protected)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
