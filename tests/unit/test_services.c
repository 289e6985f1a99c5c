/* Service plans, through services.h: what stays off in a swap, what gives a mailbox, what clashes. */
#include "plans/planning/services.h"
#include "tests/support/planning_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define E1 "18181a46-0d4e-45cd-891e-60aabd171b4e" /* STANDARDPACK */
#define E3 "6fd2c87f-b296-42f0-b197-1e91e994b900" /* ENTERPRISEPACK */

static const char tenant[] = "\"subscriptions\": [{\"sku\": \"STANDARDPACK\", \"seats\": 9}], \"users\": []";
static const char moves[] =
	"  - open: {sku: ENTERPRISEPACK, seats: 9}\n    users: [adele.vance@contoso.com]\n";

static const char *plan_id(const struct sku_view *sku, const char *name)
{
	const struct service_plan *plan = sku_view_find_plan(sku, name);
	if (!plan)
		fail_msg("%s has no %s", sku->part_number, name);
	return plan->id;
}

static void test_views(void **state)
{
	struct planning_fixture f;
	(void)state;
	planning_fixture_make(&f, moves, tenant);
	const struct sku_view *here = sku_view_find(&f.live, "STANDARDPACK", f.arena);
	const struct sku_view *listed = sku_view_find(&f.live, E3, f.arena);
	assert_non_null(here->live);
	assert_null(listed->live); /* the tenant lacks it: from the catalogue */
	assert_string_equal(listed->part_number, "ENTERPRISEPACK");
	assert_null(sku_view_find(&f.live, "NO_SUCH_SKU", f.arena));
	assert_ptr_equal(sku_cache_get(&f.planning.skus, E1), sku_cache_get(&f.planning.skus, E1));
	arena_free(f.arena);
}

static void test_carry_over(void **state)
{
	struct planning_fixture f;
	struct str_list off = {0}, carried = {0}, lost = {0};
	(void)state;
	planning_fixture_make(&f, moves, tenant);
	const struct sku_view *from = sku_view_find(&f.live, E1, f.arena);
	const struct sku_view *to = sku_view_find(&f.live, E3, f.arena);
	VEC_PUSH(f.arena, &off, plan_id(from, "YAMMER_ENTERPRISE"));   /* the same plan */
	VEC_PUSH(f.arena, &off, plan_id(from, "EXCHANGE_S_STANDARD")); /* the same family, another plan */
	services_carry_over(from, &off, to, f.arena, &carried, &lost);
	assert_int_equal(carried.count, 2);
	assert_true(str_list_has(&carried, plan_id(to, "YAMMER_ENTERPRISE")));
	assert_true(str_list_has(&carried, plan_id(to, "EXCHANGE_S_ENTERPRISE")));
	assert_int_equal(lost.count, 0);
	arena_free(f.arena);
}

static void test_mailbox(void **state)
{
	struct planning_fixture f;
	struct license e3 = {.sku_id = E3};
	struct license_list held = {0};
	(void)state;
	planning_fixture_make(&f, moves, tenant);
	struct sku_cache cache = {.live = &f.live, .out = f.arena};
	const struct sku_view *sku = sku_view_find(&f.live, E3, f.arena);
	assert_false(sku_cache_has_mailbox(&cache, &held));
	VEC_PUSH(f.arena, &held, e3);
	assert_true(sku_cache_has_mailbox(&cache, &held));
	VEC_PUSH(f.arena, &held.items[0].disabled_plans, plan_id(sku, "EXCHANGE_S_ENTERPRISE"));
	assert_false(sku_cache_has_mailbox(&cache, &held));
	arena_free(f.arena);
}

/* Office for the web needs SharePoint: off alone it clashes, off together it does not. */
/* Each pair the other way round is a loss: what does less replaces nothing that does more. */
static void test_what_does_less(void **state)
{
	static const char *const pairs[][2] = {
		{"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"},
		{"EXCHANGE_S_DESKLESS", "EXCHANGE_S_STANDARD"},
		{"EXCHANGE_S_DESKLESS", "EXCHANGE_S_ENTERPRISE_GOV"},
		{"EXCHANGE_S_ARCHIVE_ADDON", "EXCHANGE_S_ENTERPRISE"},
		{"SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE"},
		{"SHAREPOINTDESKLESS", "SHAREPOINTSTANDARD"},
		{"ONEDRIVESTANDARD", "ONEDRIVEENTERPRISE"},
		{"MCOIMP", "MCOSTANDARD"},
		{"OFFICEMOBILE_SUBSCRIPTION", "OFFICE_BUSINESS"},
		{"OFFICE_BUSINESS", "OFFICESUBSCRIPTION"},
		{"AAD_PREMIUM", "AAD_PREMIUM_P2"},
		{"RMS_S_BASIC", "RMS_S_ENTERPRISE"},
		{"ATP_ENTERPRISE", "THREAT_INTELLIGENCE"},
		{"MDE_LITE", "WINDEFATP"},
		{"BI_AZURE_P2", "BI_AZURE_P3"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		assert_true(service_replaces(pairs[i][1], pairs[i][0]));
		assert_false(service_replaces(pairs[i][0], pairs[i][1]));
	}
	/* Of one rung, and of one kind without any. */
	assert_true(service_replaces("EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD"));
	assert_true(service_replaces("FORMS_PLAN_E1", "FORMS_PLAN_E5"));
	/* Bought beside Teams. */
	assert_false(service_replaces("TEAMS1", "TEAMSPRO_WEBINAR"));
	assert_false(service_replaces("SHAREPOINTWAC", "OFFICESUBSCRIPTION"));
}

static void test_dependency(void **state)
{
	struct planning_fixture f;
	struct license_list held = {0};
	struct license e3 = {.sku_id = E3};
	struct service_clash clash;
	(void)state;
	planning_fixture_make(&f, moves, tenant);
	const struct sku_view *sku = sku_view_find(&f.live, E3, f.arena);
	VEC_PUSH(f.arena, &e3.disabled_plans, plan_id(sku, "SHAREPOINTENTERPRISE"));
	VEC_PUSH(f.arena, &held, e3);
	assert_true(services_find_clash(&f.planning.skus, &held, &held, &clash));
	assert_string_equal(clash.plan, "SHAREPOINTWAC");
	assert_non_null(strstr(clash.needs, "SHAREPOINTENTERPRISE"));
	VEC_PUSH(f.arena, &held.items[0].disabled_plans, plan_id(sku, "SHAREPOINTWAC"));
	str_list_sort_unique(&held.items[0].disabled_plans);
	assert_false(services_find_clash(&f.planning.skus, &held, &held, &clash));
	arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views),	       cmocka_unit_test(test_carry_over),
		cmocka_unit_test(test_mailbox),	       cmocka_unit_test(test_dependency),
		cmocka_unit_test(test_what_does_less),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
