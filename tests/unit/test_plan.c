/* What a plan takes for granted of a SKU that the tenant does not have yet, and what differs from it. */
#include "plans/planning/plan.h"

#include "tests/support/planning_fixture.h"
#include "tests/support/tenant_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define E3 "6fd2c87f-b296-42f0-b197-1e91e994b900"

static const char moves[] = "  - open: {sku: ENTERPRISEPACK, seats: 5}\n"
			    "    advisor: {sku: STANDARDPACK}\n"
			    "    users: [adele.vance@contoso.com]\n";
static const char tenant[] = "\"subscriptions\": [{\"sku\": \"STANDARDPACK\", \"seats\": 30}%s], "
			     "\"users\": [{\"upn\": \"adele.vance@contoso.com\", \"usage_location\": "
			     "\"US\", \"licenses\": [\"STANDARDPACK\"]}]";

static void build(struct planning_fixture *f, const char *more, struct plan *plan)
{
	struct arena *text = arena_new();
	enum error_code code;
	planning_fixture_make(f, moves, arena_printf(text, tenant, more));
	assert_true(plan_build(&(struct plan_inputs){&f->desired, &f->policy, &f->live}, f->arena, &f->diags,
			       plan, &code));
	arena_free(text);
}

static void test_only_what_the_tenant_lacks(void **state)
{
	(void)state;
	struct planning_fixture f;
	struct plan plan;
	build(&f, "", &plan);
	assert_int_equal(plan.assumes.count, 1);
	assert_string_equal(plan.assumes.items[0].sku, E3);
	assert_true(plan.assumes.items[0].service_plans.count > 10);
	arena_free(f.arena);
	build(&f, ", {\"sku\": \"ENTERPRISEPACK\", \"seats\": 5}", &plan);
	assert_int_equal(plan.assumes.count, 0);
	arena_free(f.arena);
}

static void test_differences_by_name(void **state)
{
	(void)state;
	struct planning_fixture f;
	struct plan plan;
	build(&f, "", &plan);
	(void)live_ensure_sku(&f.live, "ENTERPRISEPACK", f.arena);
	live_sort(&f.live);
	const struct sku *live = live_find_sku(&f.live, E3);
	struct str_list more = {0};
	struct str_list missing = {0};
	plan_compare_assumption(&plan.assumes.items[0], live, f.arena, &more, &missing);
	assert_int_equal(more.count + missing.count, 0);
	struct service_plan *first = &live->service_plans.items[0];
	const char *gone = first->name;
	first->id = "00000000-0000-0000-0000-000000000001";
	first->name = "NEW_SERVICE";
	plan_compare_assumption(&plan.assumes.items[0], live, f.arena, &more, &missing);
	assert_int_equal(more.count, 1);
	assert_string_equal(more.items[0], "NEW_SERVICE");
	assert_int_equal(missing.count, 1);
	assert_string_equal(missing.items[0], gone);
	arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_the_tenant_lacks),
		cmocka_unit_test(test_differences_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
