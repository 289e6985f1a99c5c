/* The catalogue is whole, and no SKU breaks the rules between service plans by itself. */
#include "core/catalog.h"
#include "core/macros.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_look_ups(void **state)
{
	(void)state;
	const struct catalog_sku *sku = catalog_find_sku("enterprisepack");
	assert_non_null(sku);
	assert_string_equal(sku->id, "6fd2c87f-b296-42f0-b197-1e91e994b900");
	assert_string_equal(sku->display_name, "Office 365 E3");
	assert_int_equal(sku->plan_count, 37);
	assert_ptr_equal(catalog_find_sku("6FD2C87F-B296-42F0-B197-1E91E994B900"), sku);
	assert_null(catalog_find_sku("NO_SUCH_SKU"));
	assert_null(catalog_find_sku(""));
	const struct catalog_plan *plan = catalog_find_plan("TEAMS1");
	assert_non_null(plan);
	assert_ptr_equal(catalog_find_plan("57FF2DA0-773E-42DF-B2AF-FFB7A2317929"), plan);
	assert_null(catalog_find_plan("NO_SUCH_PLAN"));
}

static void test_every_row_is_whole(void **state)
{
	(void)state;
	size_t count = 0;
	for (const struct catalog_sku *sku; (sku = catalog_sku_at(count)); count++) {
		assert_true(str_is_guid(sku->id));
		assert_ptr_equal(catalog_find_sku(sku->id), sku);
		assert_true(sku->plan_count > 0);
		for (size_t i = 0; i < sku->plan_count; i++) {
			assert_true(str_is_guid(sku->plans[i].id));
			assert_true(*sku->plans[i].name != '\0');
		}
	}
	assert_int_equal(count, 64);
}

static bool has_plan(const struct catalog_sku *sku, const char *name)
{
	for (size_t i = 0; i < sku->plan_count; i++) {
		if (str_eq(sku->plans[i].name, name))
			return true;
	}
	return false;
}

static void test_no_sku_conflicts_with_itself(void **state)
{
	(void)state;
	const struct catalog_sku *sku;
	for (size_t s = 0; (sku = catalog_sku_at(s)); s++) {
		for (size_t i = 0; i < sku->plan_count; i++) {
			for (size_t k = 0; k < sku->plan_count; k++)
				assert_false(catalog_plans_conflict(sku->plans[i].id, sku->plans[k].id));
		}
	}
}

static void test_rules_name_known_plans(void **state)
{
	(void)state;
	const struct catalog_exclusive *exclusive;
	for (size_t i = 0; (exclusive = catalog_exclusive_at(i)); i++) {
		for (size_t k = 0; k < CATALOG_RULE_MAX && exclusive->names[k]; k++)
			assert_non_null(catalog_find_plan(exclusive->names[k]));
	}
	const struct catalog_dependency *dependency;
	for (size_t i = 0; (dependency = catalog_dependency_at(i)); i++) {
		assert_non_null(catalog_find_plan(dependency->name));
		for (size_t k = 0; k < CATALOG_RULE_MAX && dependency->any_of[k]; k++)
			assert_non_null(catalog_find_plan(dependency->any_of[k]));
	}
}

static void test_conflicts(void **state)
{
	(void)state;
	assert_true(catalog_plans_conflict("EXCHANGE_S_STANDARD", "efb87545-963c-4e0d-99df-69c6916d9eb0"));
	assert_true(catalog_plans_conflict("SHAREPOINTENTERPRISE", "SHAREPOINTSTANDARD"));
	assert_false(catalog_plans_conflict("EXCHANGE_S_STANDARD", "EXCHANGE_S_STANDARD"));
	assert_false(catalog_plans_conflict("EXCHANGE_S_STANDARD", "SHAREPOINTENTERPRISE"));
	assert_false(catalog_plans_conflict("EXCHANGE_S_STANDARD", "NO_SUCH_PLAN"));
}

/* What a large SKU brings along is enough for its own add-ons. */
static void test_suites_meet_their_dependencies(void **state)
{
	(void)state;
	static const char *const suites[] = {"SPB", "ENTERPRISEPREMIUM", "SPE_E5",
					     "ENTERPRISEPREMIUM_NOPSTNCONF"};
	const struct catalog_dependency *rule;
	for (size_t s = 0; s < ARRAY_LEN(suites); s++) {
		const struct catalog_sku *sku = catalog_find_sku(suites[s]);
		assert_non_null(sku);
		for (size_t i = 0; (rule = catalog_dependency_at(i)); i++) {
			bool met = !has_plan(sku, rule->name);
			for (size_t k = 0; k < CATALOG_RULE_MAX && rule->any_of[k]; k++)
				met = met || has_plan(sku, rule->any_of[k]);
			assert_true(met);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_ups),
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_no_sku_conflicts_with_itself),
		cmocka_unit_test(test_rules_name_known_plans),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_suites_meet_their_dependencies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
