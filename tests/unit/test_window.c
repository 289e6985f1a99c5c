/* The double-billing window: when it opens, what it costs so far, when it is over. */
#include "plans/standing/window.h"

#include "core/clock.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int32_t day(const char *text)
{
	int32_t number;
	if (!text)
		return WINDOW_NO_DAY;
	assert_true(date_parse(text, &number));
	return number;
}

struct window_case {
	const char *name;
	const char *both_since, *retired_on, *advisor_ends, *retire_by, *today;
	bool retired;
	const char *first, *last_safe;
	int64_t days, seat_days;
	bool open, over, passed;
};

static const struct window_case cases[] = {
	{"not begun", NULL, NULL, "2027-01-10T00:00:00Z", "2026-12-01", "2026-11-22", false, NULL,
	 "2026-12-01", 0, 0, false, false, false},
	{"first day", "2026-11-22", NULL, NULL, "2026-12-01", "2026-11-22", false, "2026-11-22", "2026-12-01",
	 1, 30, true, false, false},
	{"a fortnight", "2026-11-09", NULL, "2026-11-30T10:00:00Z", "2026-12-01", "2026-11-22", false,
	 "2026-11-09", "2026-11-29", 14, 420, true, false, false},
	{"on retire_by", "2026-11-09", NULL, NULL, "2026-12-01", "2026-12-01", false, "2026-11-09",
	 "2026-12-01", 23, 690, true, false, false},
	{"past retire_by", "2026-11-09", NULL, NULL, "2026-12-01", "2026-12-02", false, "2026-11-09",
	 "2026-12-01", 24, 720, true, false, true},
	{"past retire_by, never begun", NULL, NULL, NULL, "2026-12-01", "2026-12-02", false, NULL,
	 "2026-12-01", 0, 0, false, false, true},
	{"over", "2026-11-09", "2026-11-11", NULL, "2026-11-10", "2026-12-24", true, "2026-11-09",
	 "2026-11-10", 3, 90, false, true, false},
	{"gone, nobody knows when", "2026-11-09", NULL, NULL, NULL, "2026-12-24", true, "2026-11-09", NULL, 0,
	 0, false, true, false},
	{"a clock that is behind", "2026-11-09", NULL, NULL, NULL, "2026-11-08", false, "2026-11-09", NULL, 0,
	 0, false, false, false},
	{"over the turn of a leap year's February", "2028-02-28", NULL, NULL, NULL, "2028-03-01", false,
	 "2028-02-28", NULL, 3, 90, true, false, false},
};

static void test_compute(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct window_case *c = &cases[i];
		const struct window_facts facts = {.has_advisor = true,
						   .both_since = day(c->both_since),
						   .retired = c->retired,
						   .retired_on = day(c->retired_on),
						   .advisor_seats = 30,
						   .advisor_ends = c->advisor_ends,
						   .retire_by = c->retire_by};
		struct window w = window_compute(&facts, day(c->today));
		bool good = w.any && w.first_day == day(c->first) && w.last_safe_day == day(c->last_safe) &&
			    w.days == c->days && w.seat_days == c->seat_days && w.open == c->open &&
			    w.over == c->over && w.retire_by_passed == c->passed && w.seats == 30;
		if (!good)
			fail_msg("%s: days %lld, seat-days %lld, open %d, over %d, passed %d", c->name,
				 (long long)w.days, (long long)w.seat_days, w.open, w.over,
				 w.retire_by_passed);
	}
}

static void test_nothing_to_retire(void **state)
{
	(void)state;
	const struct window_facts facts = {.both_since = day("2026-11-09"), .retired_on = WINDOW_NO_DAY};
	struct window w = window_compute(&facts, day("2026-11-22"));
	assert_false(w.any);
	assert_int_equal(w.first_day, WINDOW_NO_DAY);
	assert_int_equal(w.days, 0);
}

static struct window one(const char *since, const char *retired_on, const char *retire_by, const char *today)
{
	const struct window_facts facts = {.has_advisor = true,
					   .both_since = day(since),
					   .retired = retired_on,
					   .retired_on = day(retired_on),
					   .advisor_seats = 10,
					   .retire_by = retire_by};
	return window_compute(&facts, day(today));
}

static void test_merge(void **state)
{
	(void)state;
	const struct window windows[] = {one("2026-11-01", "2026-11-03", "2026-11-05", "2026-11-22"),
					 one("2026-11-20", NULL, "2026-12-01", "2026-11-22"),
					 {.any = false}};
	struct window all = window_merge(windows, ARRAY_LEN(windows));
	assert_true(all.any && all.open && !all.over);
	assert_int_equal(all.first_day, day("2026-11-01"));
	assert_int_equal(all.last_day, WINDOW_NO_DAY);
	assert_int_equal(all.seats, 20);
	assert_int_equal(all.seat_days, 60);
	assert_int_equal(all.retire_by, day("2026-12-01")); /* that of the closed one presses nobody */
	all = window_merge(windows, 1);
	assert_true(all.over && !all.open);
	assert_int_equal(all.last_day, day("2026-11-03"));
	assert_false(window_merge(NULL, 0).any);
	assert_false(window_merge(NULL, 0).over);
}

/* A plan of one move: redeem (when asked for) and retire, and a journal that ends them. */
struct fixture {
	struct action actions[2];
	struct plan plan;
	struct plan_move move;
	struct subscription subscriptions[2];
	struct live live;
	struct journal_entry entries[3];
	const char *ids[3];
	struct journal_entry_list list;
};

static void add_entry(struct fixture *f, const char *action, const char *at, const char *outcome)
{
	size_t n = f->list.count++;
	f->ids[n] = action;
	f->entries[n] = (struct journal_entry){.at = at,
					       .event = JOURNAL_ENDED,
					       .outcome = outcome,
					       .actions = {.items = &f->ids[n], .count = 1, .cap = 1}};
	f->list.items = f->entries;
}

static struct fixture *new_fixture(bool redeem)
{
	struct fixture *f = test_calloc(1, sizeof *f);
	f->actions[0] = (struct action){.id = "a0001", .kind = ACTION_REDEEM_KEY, .sku_id = "open"};
	f->actions[1] = (struct action){.id = "a0002",
					.kind = ACTION_RETIRE_SUBSCRIPTION,
					.sku_id = "advisor",
					.subscription_id = "s1"};
	f->move = (struct plan_move){.open_sku = "open",
				     .advisor_sku = "advisor",
				     .advisor_subscription = "s1",
				     .advisor_seats = 30,
				     .open_subscription = redeem ? NULL : "s2",
				     .retire_by = "2026-12-01"};
	f->plan.actions.items = redeem ? f->actions : f->actions + 1;
	f->plan.actions.count = redeem ? 2 : 1;
	f->subscriptions[0] = (struct subscription){.id = "s1", .created = "2025-12-01T00:00:00Z"};
	f->subscriptions[1] = (struct subscription){.id = "s2", .created = "2026-11-12T00:00:00Z"};
	f->live.subscriptions = (struct subscription_list){.items = f->subscriptions, .count = 2};
	return f;
}

static void test_facts_from_journal(void **state)
{
	(void)state;
	struct fixture *f = new_fixture(true);
	struct window_facts facts = window_facts_of(&f->plan, &f->move, &f->live, false, NULL);
	assert_true(facts.has_advisor && !facts.retired);
	assert_int_equal(facts.both_since, WINDOW_NO_DAY);
	add_entry(f, "a0001", "2026-11-09T23:59:59.999Z", "verified");
	facts = window_facts_of(&f->plan, &f->move, &f->live, false, &f->list);
	assert_int_equal(facts.both_since, day("2026-11-09"));
	add_entry(f, "a0002", "2026-11-14T00:00:00.000Z", "attested");
	facts = window_facts_of(&f->plan, &f->move, &f->live, false, &f->list);
	assert_false(facts.retired); /* somebody says so */
	add_entry(f, "a0002", "2026-11-15T00:00:00.000Z", "verified");
	facts = window_facts_of(&f->plan, &f->move, &f->live, false, &f->list);
	assert_true(facts.retired);
	assert_int_equal(facts.retired_on, day("2026-11-15"));
	test_free(f);
}

static void test_facts_from_subscriptions(void **state)
{
	(void)state;
	struct fixture *f = new_fixture(false);
	struct window_facts facts = window_facts_of(&f->plan, &f->move, &f->live, false, NULL);
	assert_int_equal(facts.both_since, day("2026-11-12"));
	f->subscriptions[0].created = "2026-11-20T00:00:00Z"; /* the Advisor one came later */
	facts = window_facts_of(&f->plan, &f->move, &f->live, false, NULL);
	assert_int_equal(facts.both_since, day("2026-11-20"));
	f->subscriptions[0].status = SUBSCRIPTION_SUSPENDED;
	facts = window_facts_of(&f->plan, &f->move, &f->live, false, NULL);
	assert_true(facts.retired);
	assert_int_equal(facts.retired_on, WINDOW_NO_DAY);
	test_free(f);
}

static void test_text(void **state)
{
	(void)state;
	struct arena *out = arena_new();
	struct window w = one("2026-11-09", NULL, "2026-12-01", "2026-11-22");
	assert_string_equal(window_text(&w, out),
			    "twice since 2026-11-09, 14 days × 10 seats = 140 seat-days; "
			    "last safe day 2026-12-01");
	w = one("2026-11-09", NULL, "2026-12-01", "2026-12-05");
	assert_non_null(strstr(window_text(&w, out), "RETIRE_BY 2026-12-01 HAS PASSED"));
	w = one("2026-11-09", "2026-11-09", NULL, "2026-12-05");
	assert_string_equal(window_text(&w, out),
			    "twice from 2026-11-09 to 2026-11-09, 1 day × 10 seats = 10 seat-days; over");
	w = one(NULL, NULL, NULL, "2026-12-05");
	assert_string_equal(window_text(&w, out), "once");
	arena_free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compute),
		cmocka_unit_test(test_nothing_to_retire),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_facts_from_journal),
		cmocka_unit_test(test_facts_from_subscriptions),
		cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
