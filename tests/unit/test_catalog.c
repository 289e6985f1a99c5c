/* The catalogue is whole. */
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
	assert_int_equal(count, 114);
}

/* What customers are moved to now, by the names that they see. */
static void test_todays_products(void **state)
{
	(void)state;
	static const char *const products[][2] = {
		{"Microsoft_365_Business_Basic_(no Teams)", "Microsoft 365 Business Basic (no Teams)"},
		{"MICROSOFT_365_BUSINESS_STANDARD_NO_TEAMS", "Microsoft 365 Business Standard (no Teams)"},
		{"Office_365_w/o_Teams_Bundle_Business_Premium",
		 "Microsoft 365 Business Premium EEA (no Teams)"},
		{"O365_w/o Teams Bundle_M3", "Microsoft 365 E3 EEA (no Teams)"},
		{"MICROSOFT_365_E7", "Microsoft 365 E7"},
		{"Microsoft_365_F3_EEA_(no_Teams)", "Microsoft 365 F3 EEA (no Teams)"},
		{"Microsoft_365_E3", "Microsoft 365 E3 (500 seats min)_HUB"},
		{"SPE_E5_CALLINGMINUTES", "Microsoft 365 E5 with Calling Minutes"},
		{"Microsoft_365_E5_EEA_(no_Teams)_without_Audio_Conferencing",
		 "Microsoft 365 E5 EEA (no Teams) without Audio Conferencing"},
		{"SPE_F5_SECCOMP", "Microsoft 365 F5 Security + Compliance Add-on"},
		{"M365_Copilot", "Microsoft Copilot for Microsoft 365"},
		{"Microsoft_365_Business_Premium_Donation_(Non_Profit_Pricing)",
		 "Microsoft 365 Business Premium Donation"},
		{"Microsoft_Teams_Enterprise_New", "Microsoft Teams Enterprise"},
	};
	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		const struct catalog_sku *sku = catalog_find_sku(products[i][0]);
		assert_non_null(sku);
		assert_string_equal(sku->display_name, products[i][1]);
	}
}

static void test_plans_of_the_company(void **state)
{
	(void)state;
	assert_true(catalog_plan_is_for_company("intune_o365"));
	assert_true(catalog_plan_is_for_company("EXCHANGE_S_FOUNDATION"));
	assert_false(catalog_plan_is_for_company("INTUNE_A"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_ups),
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_todays_products),
		cmocka_unit_test(test_plans_of_the_company),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
