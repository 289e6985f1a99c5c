/* Changes become ordered actions, through order.h: what comes after what, in waves. */
#include "plans/planning/order.h"
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
	"  {\"sku\": \"VISIOCLIENT\", \"seats\": 1}],"
	" \"users\": ["
	"  {\"upn\": \"adele.vance@contoso.com\", \"usage_location\": \"US\","
	"   \"licenses\": [{\"sku\": \"STANDARDPACK\", \"disable\": [\"YAMMER_ENTERPRISE\"]}]},"
	"  {\"upn\": \"alex.wilber@contoso.com\", \"licenses\": [\"STANDARDPACK\"]},"
	"  {\"upn\": \"lee.gu@contoso.com\", \"usage_location\": \"US\", \"licenses\": [\"STANDARDPACK\"]},"
	"  {\"upn\": \"megan.bowen@contoso.com\", \"usage_location\": \"GB\"}]";

static const char moves[] =
	"  - open: {sku: ENTERPRISEPACK, seats: 9}\n"
	"    advisor: {sku: STANDARDPACK, retire_by: 2026-12-01}\n"
	"    users: [adele.vance@contoso.com, alex.wilber@contoso.com, lee.gu@contoso.com,\n"
	"      megan.bowen@contoso.com]\n"
	"defaults: {usage_location: FR}\n"
	"canary: [adele.vance@contoso.com]\n";

struct fixture {
	struct planning_fixture of;
	struct action_list actions;
};

static void make(struct fixture *f, const char *more)
{
	struct changes changes = {0};
	*f = (struct fixture){0};
	struct arena *tmp = arena_new();
	planning_fixture_make(&f->of, arena_printf(tmp, "%s%s", moves, more), tenant);
	arena_free(tmp);
	resolve_moves(&f->of.planning);
	diff_build(&f->of.planning, &changes);
	order_build(&f->of.planning, &changes, &f->actions);
}

static const struct action *find(const struct fixture *f, enum action_kind kind, const char *upn)
{
	for (size_t i = 0; i < f->actions.count; i++)
		if (f->actions.items[i].kind == kind && (!upn || str_eq(f->actions.items[i].upn, upn)))
			return &f->actions.items[i];
	fail_msg("no %s of %s", action_info(kind)->name, upn ? upn : "any");
	return NULL;
}

/* By itself, or through what it comes after. */
static bool comes_after(const struct fixture *f, const struct action *action, const char *id)
{
	if (str_list_has(&action->after, id))
		return true;
	for (size_t i = 0; i < f->actions.count; i++)
		if (str_list_has(&action->after, f->actions.items[i].id) &&
		    comes_after(f, &f->actions.items[i], id))
			return true;
	return false;
}

static void test_the_key_comes_first_and_the_call_last(void **state)
{
	struct fixture f;
	(void)state;
	make(&f, "");
	assert_false(diag_has_errors(&f.of.diags));
	const struct action *redeem = find(&f, ACTION_REDEEM_KEY, NULL);
	const struct action *retire = find(&f, ACTION_RETIRE_SUBSCRIPTION, NULL);
	assert_ptr_equal(redeem, &f.actions.items[0]);
	assert_ptr_equal(retire, &f.actions.items[f.actions.count - 1]);
	for (size_t i = 0; i < f.actions.count; i++) {
		const struct action *action = &f.actions.items[i];
		bool licenses = action->kind == ACTION_SWAP_LICENSE || action->kind == ACTION_ASSIGN_LICENSE;
		if (!licenses)
			continue;
		assert_true(comes_after(&f, action, redeem->id));
		assert_true(comes_after(&f, retire, action->id));
	}
	arena_free(f.of.arena);
}

static void test_canaries_are_verified_before_the_rest(void **state)
{
	struct fixture f;
	(void)state;
	make(&f, "");
	const struct action *canary = find(&f, ACTION_SWAP_LICENSE, "adele.vance@contoso.com");
	const struct action *other = find(&f, ACTION_SWAP_LICENSE, "lee.gu@contoso.com");
	assert_true(canary->canary);
	assert_false(other->canary);
	assert_true(str_list_has(&other->after, canary->id));
	assert_true(other->wave > canary->wave);
	arena_free(f.of.arena);
}

static void test_a_location_precedes_its_licence(void **state)
{
	struct fixture f;
	(void)state;
	make(&f, "");
	const struct action *location = find(&f, ACTION_SET_USAGE_LOCATION, "alex.wilber@contoso.com");
	const struct action *swap = find(&f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	assert_string_equal(location->result.usage_location, "FR");
	assert_true(str_list_has(&swap->after, location->id));
	arena_free(f.of.arena);
}

/* No action comes after a later one, and none of a wave after one of its own. */
static void test_waves(void **state)
{
	struct fixture f;
	(void)state;
	make(&f, "");
	for (size_t i = 0; i < f.actions.count; i++) {
		for (size_t j = 0; j < f.actions.count; j++) {
			if (!str_list_has(&f.actions.items[i].after, f.actions.items[j].id))
				continue;
			assert_true(j < i);
			assert_true(f.actions.items[j].wave < f.actions.items[i].wave);
		}
	}
	arena_free(f.of.arena);
}

/*
 * On the way back members come after their group, but for whoever would be left without what the move is
 * about in between: Adele holds the SKU of it through the group alone until her own licence is there again.
 */
static void test_a_member_who_could_not_wait_comes_before_the_group(void **state)
{
	struct planning_fixture f;
	struct changes changes = {0};
	struct action_list actions = {0};
	(void)state;
	planning_fixture_make(
		&f,
		"  - open: {sku: O365_BUSINESS, seats: 9}\n"
		"    advisor: {sku: SMB_BUSINESS}\n"
		"    users: [adele.vance@contoso.com, alex.wilber@contoso.com]\n",
		"\"subscriptions\": [{\"sku\": \"SMB_BUSINESS\", \"seats\": 9},"
		"  {\"sku\": \"VISIOCLIENT\", \"seats\": 9}, {\"sku\": \"O365_BUSINESS\", \"seats\": 9}],"
		" \"users\": [{\"upn\": \"adele.vance@contoso.com\", \"usage_location\": \"US\"},"
		"  {\"upn\": \"alex.wilber@contoso.com\", \"usage_location\": \"US\","
		"   \"licenses\": [\"SMB_BUSINESS\"]}],"
		" \"groups\": [{\"name\": \"Staff\", \"licenses\": [\"SMB_BUSINESS\"],"
		"  \"members\": [\"adele.vance@contoso.com\", \"alex.wilber@contoso.com\"]}]");
	resolve_moves(&f.planning);
	f.planning.undoes = "3fa9c1d2e4b7";
	const struct license_list old = {(struct license[]){{f.planning.moves.items[0].open->id, {0}}}, 1, 1};
	const struct license_list visio = {
		(struct license[]){{live_find_sku_named(&f.live, "VISIOCLIENT")->id, {0}}}, 1, 1};
	const struct str_list smb = {(const char *[]){f.planning.moves.items[0].advisor->id}, 1, 1};
	for (size_t i = 0; i < f.live.users.count; i++)
		VEC_PUSH(f.arena, &changes.users,
			 (struct user_change){.user = &f.live.users.items[i], .add = old});
	VEC_PUSH(f.arena, &changes.groups,
		 (struct group_change){.group = &f.live.groups.items[0], .add = visio, .remove = smb});
	order_build(&f.planning, &changes, &actions);
	struct fixture all = {.actions = actions};
	const struct action *group = find(&all, ACTION_SWAP_GROUP_LICENSE, NULL);
	const struct action *adele = find(&all, ACTION_ASSIGN_LICENSE, "adele.vance@contoso.com");
	const struct action *alex = find(&all, ACTION_ASSIGN_LICENSE, "alex.wilber@contoso.com");
	assert_true(str_list_has(&group->after, adele->id) && group->wave == adele->wave + 1);
	assert_true(str_list_has(&alex->after, group->id) && alex->wave == group->wave + 1);
	assert_false(str_list_has(&adele->after, group->id));
	arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_key_comes_first_and_the_call_last),
		cmocka_unit_test(test_canaries_are_verified_before_the_rest),
		cmocka_unit_test(test_a_location_precedes_its_licence),
		cmocka_unit_test(test_waves),
		cmocka_unit_test(test_a_member_who_could_not_wait_comes_before_the_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
