/* The proof refuses every plan that is broken on purpose, and names prefix, user and invariant. */
#include "plans/planning/order.h"
#include "plans/planning/resolve.h"
#include "plans/planning/simulate.h"
#include "tests/support/planning_fixture.h"
#include "tests/support/tenant_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define E1 "04a7fb0d-32e0-4241-b4f5-3f7618cd1162"
#define E3 "6fd2c87f-b296-42f0-b197-1e91e994b900"

static const char moves[] = "  - open: {sku: ENTERPRISEPACK, seats: 5}\n"
			    "    advisor: {sku: MIDSIZEPACK, retire_by: 2026-12-01}\n"
			    "    users:\n"
			    "      - adele.vance@contoso.com\n"
			    "      - alex.wilber@contoso.com\n"
			    "      - group: Sales\n"
			    "    unlisted: remove\n"
			    "  - open: {sku: SMB_BUSINESS, seats: 2}\n"
			    "    advisor: {sku: O365_BUSINESS}\n"
			    "    users: [adele.vance@contoso.com]\n"
			    "defaults: {usage_location: US}\n"
			    "canary: [adele.vance@contoso.com]\n"
			    "limits: {licenses_taken: 9}\n";

static const char tenant[] =
	"\"subscriptions\": [{\"sku\": \"MIDSIZEPACK\", \"seats\": 30}, {\"sku\": \"O365_BUSINESS\", "
	"\"seats\": 4},"
	"  {\"sku\": \"VISIOCLIENT\", \"seats\": 9}],"
	" \"users\": ["
	"  {\"upn\": \"adele.vance@contoso.com\", \"usage_location\": \"US\","
	"   \"licenses\": [\"MIDSIZEPACK\", \"O365_BUSINESS\"]},"
	"  {\"upn\": \"alex.wilber@contoso.com\", \"licenses\": [\"MIDSIZEPACK\", \"VISIOCLIENT\"]},"
	"  {\"upn\": \"bianca.pisani@contoso.com\", \"usage_location\": \"US\", \"licenses\": "
	"[\"MIDSIZEPACK\"]},"
	"  {\"upn\": \"emily.braun@contoso.com\", \"usage_location\": \"US\"},"
	"  {\"upn\": \"lee.gu@contoso.com\", \"usage_location\": \"US\", \"licenses\": [\"MIDSIZEPACK\"]},"
	"  {\"upn\": \"megan.bowen@contoso.com\", \"usage_location\": \"US\"}],"
	" \"groups\": [{\"name\": \"Sales\", \"licenses\": [\"MIDSIZEPACK\"],"
	"  \"members\": [\"bianca.pisani@contoso.com\", \"emily.braun@contoso.com\"]}]";

/* A good plan, its planning, and a copy of its actions to be broken. */
struct fixture {
	struct planning_fixture of;
	struct arena *arena;
	struct action_list actions;
};

static void make(struct fixture *f)
{
	struct changes changes = {0};
	*f = (struct fixture){0};
	planning_fixture_make(&f->of, moves, tenant);
	f->arena = f->of.arena;
	resolve_moves(&f->of.planning);
	diff_build(&f->of.planning, &changes);
	order_build(&f->of.planning, &changes, &f->actions);
	assert_false(diag_has_errors(&f->of.diags));
}

static struct action *find(struct fixture *f, enum action_kind kind, const char *subject)
{
	for (size_t i = 0; i < f->actions.count; i++) {
		struct action *action = &f->actions.items[i];
		bool named = !subject || str_eq(action->upn, subject) ||
			     str_eq(action->group_name, subject) || str_eq(action->sku_id, subject);
		if (action->kind == kind && named)
			return action;
	}
	fail_msg("no %s %s", action_info(kind)->name, subject ? subject : "");
	return NULL;
}

/* Takes one id out of an action's `after`. */
static void drop_after(struct fixture *f, struct action *action, const char *id)
{
	struct str_list rest = {0};
	for (size_t i = 0; i < action->after.count; i++)
		if (!str_eq(action->after.items[i], id))
			VEC_PUSH(f->arena, &rest, action->after.items[i]);
	assert_int_equal(rest.count, action->after.count - 1);
	action->after = rest;
}

/* Appends an action that waits for what `like` waits for, and lets nothing wait for it. */
static struct action *append(struct fixture *f, struct action like)
{
	like.id = arena_printf(f->arena, "a%04zu", f->actions.count + 1);
	VEC_PUSH(f->arena, &f->actions, like);
	return &f->actions.items[f->actions.count - 1];
}

static void key_not_awaited(struct fixture *f)
{
	const struct action *redeem = find(f, ACTION_REDEEM_KEY, "b214fe43-f5a3-4703-beeb-fa97188220fc");
	drop_after(f, find(f, ACTION_SWAP_LICENSE, "adele.vance@contoso.com"), redeem->id);
}

/* The group no longer waits for the member's own direct licence to go. */
static void member_not_awaited(struct fixture *f)
{
	const struct action *own = find(f, ACTION_REMOVE_LICENSE, "bianca.pisani@contoso.com");
	struct action *group = find(f, ACTION_SWAP_GROUP_LICENSE, "Sales");
	drop_after(f, group, own->id);
	group->wave = own->wave;
}

static void same_wave(struct fixture *f)
{
	find(f, ACTION_REDEEM_KEY, E3)->wave = find(f, ACTION_SWAP_LICENSE, "adele.vance@contoso.com")->wave;
}

static void wave_too_late(struct fixture *f)
{
	find(f, ACTION_RETIRE_SUBSCRIPTION, E1)->wave++;
}

static void unknown_id(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	struct str_list after = {0};
	VEC_PUSH(f->arena, &after, "a9999");
	swap->after = after;
}

static void renamed(struct fixture *f)
{
	find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com")->id = "a0001";
}

static void two_calls(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	struct action add = *swap;
	swap->kind = ACTION_REMOVE_LICENSE;
	swap->add.count = 0;
	add.kind = ACTION_ASSIGN_LICENSE;
	add.remove.count = 0;
	append(f, add);
}

static void only_removed(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	swap->kind = ACTION_REMOVE_LICENSE;
	swap->add.count = 0;
}

static void only_added(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	swap->kind = ACTION_ASSIGN_LICENSE;
	swap->remove.count = 0;
}

static void mailbox_off(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	struct license_list add = {0};
	struct license license = swap->add.items[0];
	VEC_PUSH(f->arena, &license.disabled_plans, "efb87545-963c-4e0d-99df-69c6916d9eb0");
	VEC_PUSH(f->arena, &add, license);
	swap->add = add;
}

static void foreign_sku_added(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	struct license_list add = {0};
	VEC_PUSH(f->arena, &add, swap->add.items[0]);
	VEC_PUSH(f->arena, &add, (struct license){"c7df2760-2c81-4ef7-b578-5b5392b571df", {0}});
	swap->add = add;
}

/* A SKU of the plan, but of a move that does not name the user. */
static void sku_of_another_move(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	swap->add = find(f, ACTION_SWAP_LICENSE, "adele.vance@contoso.com")->add;
}

static void foreign_sku_removed(struct fixture *f)
{
	struct action *swap = find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	struct str_list remove = {0};
	VEC_PUSH(f->arena, &remove, swap->remove.items[0]);
	VEC_PUSH(f->arena, &remove, live_ensure_sku(&f->of.live, "VISIOCLIENT", f->arena)->id);
	swap->remove = remove;
}

static void stranger(struct fixture *f)
{
	struct action one_more = *find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com");
	one_more.upn = "megan.bowen@contoso.com";
	one_more.user_id = derived_id(f->arena, "user", one_more.upn);
	one_more.kind = ACTION_ASSIGN_LICENSE;
	one_more.remove.count = 0;
	append(f, one_more);
}

static void nobody(struct fixture *f)
{
	find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com")->user_id = E1;
}

static void location_not_awaited(struct fixture *f)
{
	const struct action *set = find(f, ACTION_SET_USAGE_LOCATION, "alex.wilber@contoso.com");
	drop_after(f, find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com"), set->id);
}

static void key_too_small(struct fixture *f)
{
	find(f, ACTION_REDEEM_KEY, E3)->result.seats = 3;
	f->of.planning.moves.items[0].on_order = 3;
	for (size_t i = 0; i < f->of.planning.moves.count; i++)
		if (str_eq(f->of.planning.moves.items[i].open->id, E3))
			f->of.planning.moves.items[i].on_order = 3;
}

static void key_of_no_move(struct fixture *f)
{
	find(f, ACTION_REDEEM_KEY, E3)->result.seats = 500;
}

static void retires_too_early(struct fixture *f)
{
	struct action *retire = find(f, ACTION_RETIRE_SUBSCRIPTION, E1);
	drop_after(f, retire, find(f, ACTION_SWAP_LICENSE, "alex.wilber@contoso.com")->id);
}

static void retires_at_once(struct fixture *f)
{
	struct action *retire = find(f, ACTION_RETIRE_SUBSCRIPTION, E1);
	retire->after.count = 0;
	retire->wave = 0;
}

static void retires_twice(struct fixture *f)
{
	append(f, *find(f, ACTION_RETIRE_SUBSCRIPTION, E1));
}

static void retires_another(struct fixture *f)
{
	find(f, ACTION_RETIRE_SUBSCRIPTION, E1)->subscription_id =
		live_find_sku_named(&f->of.live, "VISIOCLIENT")->subscription_ids.items[0];
}

/* Somebody who holds the SKU is passed over. */
static void holder_forgotten(struct fixture *f)
{
	struct action *removal = find(f, ACTION_REMOVE_LICENSE, "lee.gu@contoso.com");
	removal->remove.count = 0;
}

static void group_only_loses(struct fixture *f)
{
	find(f, ACTION_SWAP_GROUP_LICENSE, "Sales")->add.count = 0;
}

static void group_of_strangers(struct fixture *f)
{
	struct action *group = find(f, ACTION_SWAP_GROUP_LICENSE, "Sales");
	group->group_id = E1;
}

static void partner_unasked(struct fixture *f)
{
	const struct action partner = {.kind = ACTION_ADD_PARTNER};
	append(f, partner);
}

static const struct {
	const char *name;
	void (*break_it)(struct fixture *f);
	const char *who;
	const char *invariant;
} mutants[] = {
	{"a swap that does not wait for its key", key_not_awaited, "SMB_BUSINESS", "seats"},
	{"a member's own licence goes at the same time", member_not_awaited, "bianca.pisani@contoso.com",
	 "conflicts"},
	{"redeeming and swapping in one wave", same_wave, "the plan", "scope"},
	{"a wave too late", wave_too_late, "the plan", "scope"},
	{"waiting for an action that is not there", unknown_id, "alex.wilber@contoso.com", "scope"},
	{"one id twice", renamed, "the plan", "scope"},
	{"removing and adding in two calls", two_calls, "alex.wilber@contoso.com", "continuity"},
	{"removing without adding", only_removed, "alex.wilber@contoso.com", "continuity"},
	{"adding without removing", only_added, "alex.wilber@contoso.com", "conflicts"},
	{"the mailbox plan off", mailbox_off, "alex.wilber@contoso.com", "continuity"},
	{"a foreign SKU given", foreign_sku_added, "alex.wilber@contoso.com", "scope"},
	{"a SKU of another move given", sku_of_another_move, "alex.wilber@contoso.com", "scope"},
	{"a foreign SKU removed", foreign_sku_removed, "alex.wilber@contoso.com", "scope"},
	{"a user whom no move names", stranger, "megan.bowen@contoso.com", "scope"},
	{"a user who is not there", nobody, "alex.wilber@contoso.com", "scope"},
	{"a licence before the usage location", location_not_awaited, "alex.wilber@contoso.com", "scope"},
	{"a key that is too small", key_too_small, "ENTERPRISEPACK", "seats"},
	{"a key of no move", key_of_no_move, "ENTERPRISEPACK", "scope"},
	{"retiring before the last user", retires_too_early, "alex.wilber@contoso.com", "retire-last"},
	{"retiring at once", retires_at_once, "the plan", "retire-last"},
	{"retiring twice", retires_twice, "", "scope"},
	{"retiring another subscription", retires_another, "", "scope"},
	{"a holder forgotten", holder_forgotten, "lee.gu@contoso.com", "retire-last"},
	{"a group that only loses", group_only_loses, "bianca.pisani@contoso.com", "continuity"},
	{"a group that is not there", group_of_strangers, "Sales", "scope"},
	{"an invitation that nobody asked for", partner_unasked, "the tenant", "scope"},
};

static bool is_refused(size_t i)
{
	struct fixture f;
	int64_t prefixes;
	make(&f);
	mutants[i].break_it(&f);
	bool proved = simulate_prove(&f.of.planning, &f.actions, &prefixes);
	const struct diag none = {.message = "it was proved"};
	const struct diag *diag = f.of.diags.count ? &f.of.diags.items[f.of.diags.count - 1] : &none;
	bool right = !proved && diag->code == SS321 && strstr(diag->message, "after prefix ") &&
		     strstr(diag->message, mutants[i].who) &&
		     strstr(diag->message, arena_printf(f.arena, ": %s: ", mutants[i].invariant));
	if (!right)
		print_error("%s: %s\n", mutants[i].name, diag->message);
	arena_free(f.arena);
	return right;
}

static void test_mutants(void **state)
{
	(void)state;
	size_t survivors = 0;
	for (size_t i = 0; i < ARRAY_LEN(mutants); i++)
		survivors += !is_refused(i);
	assert_int_equal(survivors, 0);
}

static void test_good(void **state)
{
	(void)state;
	struct fixture f;
	int64_t prefixes = 0;
	make(&f);
	if (!simulate_prove(&f.of.planning, &f.actions, &prefixes))
		fail_msg("%s", f.of.diags.items[f.of.diags.count - 1].message);
	assert_int_equal(prefixes, f.actions.count + 1);
	arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_mutants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
