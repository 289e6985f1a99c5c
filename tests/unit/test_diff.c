/* What each person needs, through diff.h: one change a person, nothing for who is as desired. */
#include "plans/planning/diff.h"
#include "plans/planning/resolve.h"
#include "tests/support/planning_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define E1 "18181a46-0d4e-45cd-891e-60aabd171b4e" /* STANDARDPACK */
#define E3 "6fd2c87f-b296-42f0-b197-1e91e994b900" /* ENTERPRISEPACK */

static const char tenant[] =
	"\"subscriptions\": [{\"sku\": \"STANDARDPACK\", \"seats\": 9},"
	"  {\"sku\": \"ENTERPRISEPACK\", \"seats\": 9}],"
	" \"users\": ["
	"  {\"upn\": \"adele.vance@contoso.com\", \"usage_location\": \"US\","
	"   \"licenses\": [{\"sku\": \"STANDARDPACK\", \"disable\": [\"YAMMER_ENTERPRISE\"]}]},"
	"  {\"upn\": \"alex.wilber@contoso.com\", \"licenses\": [\"STANDARDPACK\"]},"
	"  {\"upn\": \"lee.gu@contoso.com\", \"usage_location\": \"US\", \"licenses\": [\"ENTERPRISEPACK\"]},"
	"  {\"upn\": \"megan.bowen@contoso.com\", \"usage_location\": \"GB\"}]";

static const char moves[] =
	"  - open: {sku: ENTERPRISEPACK, seats: 9}\n"
	"    advisor: {sku: STANDARDPACK, retire_by: 2026-12-01}\n"
	"    users: [adele.vance@contoso.com, alex.wilber@contoso.com, lee.gu@contoso.com,\n"
	"      megan.bowen@contoso.com]\n"
	"defaults: {usage_location: FR}\n"
	"canary: [adele.vance@contoso.com]\n";

static void make(struct planning_fixture *f, const char *file, struct changes *ret_changes)
{
	*ret_changes = (struct changes){0};
	planning_fixture_make(f, file, tenant);
	resolve_moves(&f->planning);
	diff_build(&f->planning, ret_changes);
}

static const struct user_change *change_of(const struct changes *changes, const char *upn)
{
	for (size_t i = 0; i < changes->users.count; i++)
		if (str_eq(changes->users.items[i].user->upn, upn))
			return &changes->users.items[i];
	return NULL;
}

static void test_each_gets_what_is_missing(void **state)
{
	struct planning_fixture f;
	struct changes changes;
	(void)state;
	make(&f, moves, &changes);
	assert_false(diag_has_errors(&f.diags));
	assert_int_equal(changes.users.count, 3);
	assert_null(change_of(&changes, "lee.gu@contoso.com")); /* as desired */

	const struct user_change *holder = change_of(&changes, "alex.wilber@contoso.com");
	assert_int_equal(holder->add.count, 1);
	assert_string_equal(holder->add.items[0].sku_id, E3);
	assert_int_equal(holder->remove.count, 1);
	assert_string_equal(holder->remove.items[0], E1);
	assert_string_equal(holder->usage_location, "FR"); /* the default: there was none */
	assert_false(holder->location_is_wished);

	const struct user_change *newcomer = change_of(&changes, "megan.bowen@contoso.com");
	assert_int_equal(newcomer->add.count, 1);
	assert_int_equal(newcomer->remove.count, 0);
	assert_null(newcomer->usage_location); /* GB stays */
	arena_free(f.arena);
}

static void test_what_was_off_stays_off(void **state)
{
	struct planning_fixture f;
	struct changes changes;
	(void)state;
	make(&f, moves, &changes);
	const struct user_change *adele = change_of(&changes, "adele.vance@contoso.com");
	assert_true(adele->canary);
	assert_int_equal(adele->add.items[0].disabled_plans.count, 1);
	const struct sku_view *sku = sku_cache_get(&f.planning.skus, E3);
	const struct service_plan *off = sku_view_find_plan(sku, adele->add.items[0].disabled_plans.items[0]);
	assert_string_equal(off->name, "YAMMER_ENTERPRISE");
	arena_free(f.arena);
}

/* Two moves name one person: one change, with both licences in it. */
static void test_one_change_a_person(void **state)
{
	static const char both[] = "  - open: {sku: ENTERPRISEPACK, seats: 9}\n"
				   "    users: [megan.bowen@contoso.com]\n"
				   "  - open: {sku: STANDARDPACK, seats: 9}\n"
				   "    users: [megan.bowen@contoso.com]\n";
	struct planning_fixture f;
	struct changes changes;
	(void)state;
	make(&f, both, &changes);
	assert_int_equal(changes.users.count, 1);
	assert_int_equal(changes.users.items[0].add.count, 2);
	assert_string_equal(changes.users.items[0].add.items[0].sku_id, E1); /* sorted by SKU */
	arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_gets_what_is_missing),
		cmocka_unit_test(test_what_was_off_stays_off),
		cmocka_unit_test(test_one_change_a_person),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
