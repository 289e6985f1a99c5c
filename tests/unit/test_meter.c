/* A meter against a bucket that behaves like the service's: how much is used, and how often it is refused. */
#include "core/macros.h"
#include "providers/graph/wire/budget.h"
#include "providers/graph/wire/meter.h"
#include "tests/support/fake_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct bucket {
	double per_ms, size, spent;
	int64_t at_ms;
};

static bool take(struct bucket *bucket, int64_t now_ms)
{
	double left = bucket->spent - bucket->per_ms * (double)(now_ms - bucket->at_ms);
	bucket->spent = left > 0 ? left : 0;
	bucket->at_ms = now_ms;
	if (bucket->spent + 1 > bucket->size)
		return false;
	bucket->spent += 1;
	return true;
}

struct tally {
	int64_t accepted, refused;
};

/* Batches of 20 as fast as the meter lets them go, one every 5 ms at most, until `until_ms`. */
static struct tally play(struct meter *meter, struct bucket *bucket, int64_t from_ms, int64_t until_ms)
{
	struct tally sum = {0};
	int64_t closed_ms = from_ms;
	for (int64_t now_ms = from_ms; now_ms < until_ms; now_ms += 5) {
		if (now_ms < closed_ms || meter_open_at_ms(meter, 20, now_ms) > now_ms)
			continue;
		int64_t accepted = 0;
		meter_spend(meter, 20, now_ms);
		for (int i = 0; i < 20; i++)
			accepted += take(bucket, now_ms);
		meter_accepted(meter, accepted, now_ms);
		sum.accepted += accepted;
		sum.refused += 20 - accepted;
		if (accepted == 20)
			continue;
		closed_ms = now_ms + 1000;
		meter_refused(meter, now_ms, closed_ms);
	}
	return sum;
}

static void test_uses_what_is_allowed(void **state)
{
	static const int64_t rates[] = {20, 100, 400}; /* a second */
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct meter meter = {0};
		struct bucket bucket = {.per_ms = (double)rates[i] / 1000, .size = (double)rates[i] * 10};
		struct tally sum = play(&meter, &bucket, 0, 100000);
		double allowed = bucket.size + bucket.per_ms * 100000;
		assert_true((double)sum.accepted >= allowed * 0.95);
		assert_true((double)sum.refused < (double)sum.accepted * 0.03);
	}
}

/* Other software begins to spend half of it, and stops again. */
static void test_follows_a_change(void **state)
{
	struct meter meter = {0};
	struct bucket bucket = {.per_ms = 0.1, .size = 1000};
	(void)state;
	(void)play(&meter, &bucket, 0, 60000);
	bucket.per_ms = 0.05;
	(void)play(&meter, &bucket, 60000, 90000);
	struct tally half = play(&meter, &bucket, 90000, 150000);
	assert_true(half.accepted >= 2700 && half.accepted <= 3100);
	assert_true(half.refused <= 60);
	bucket.per_ms = 0.1;
	(void)play(&meter, &bucket, 150000, 600000);
	struct tally whole = play(&meter, &bucket, 600000, 660000);
	assert_true(whole.accepted >= 5400);
}

/* The service also refuses for no reason that a bucket explains: that must not slow things down for good. */
static void test_survives_noise(void **state)
{
	struct meter meter = {0};
	struct bucket bucket = {.per_ms = 0.1, .size = 1000};
	(void)state;
	for (int64_t at_ms = 0; at_ms < 120000; at_ms += 4000) {
		(void)play(&meter, &bucket, at_ms, at_ms + 4000);
		meter_refused(&meter, at_ms + 4000, at_ms + 4010);
	}
	struct tally after = play(&meter, &bucket, 120000, 180000);
	assert_true(after.accepted >= 4800);
}

static void test_free_until_refused(void **state)
{
	struct meter meter = {0};
	(void)state;
	meter_spend(&meter, 1000000, 5);
	assert_int_equal(meter_open_at_ms(&meter, 20, 7), 7);
	/* Refusals of what was sent before are one event. */
	meter_refused(&meter, 10, 1010);
	meter_refused(&meter, 20, 1020);
	assert_int_equal(meter.mode, METER_LEARNING);
	meter_accepted(&meter, 500, 30);
	assert_int_equal(meter.accepted, 0);
}

static void settle(struct budget *budget, int64_t accepted, int64_t refused, int64_t failed)
{
	budget_settle(budget, &(struct budget_round){.is_write = true,
						     .accepted = accepted,
						     .refused = refused,
						     .failed = failed,
						     .retry_after_ms = -1});
}

/* What is in flight when a limit shows is refused whole, so it stays small beside what was accepted before.
 */
static void test_more_in_flight_while_content(void **state)
{
	struct fake_clock clock;
	(void)state;
	fake_clock_init(&clock);
	struct budget *budget = budget_new(&clock.clock, 0);
	assert_int_equal(budget_in_flight(budget), 4);
	for (int64_t accepted = 20; accepted <= 20000; accepted += 20) {
		settle(budget, 20, 0, 0);
		size_t in_flight = budget_in_flight(budget);
		assert_true(in_flight <= BUDGET_MOST_IN_FLIGHT);
		assert_true(in_flight <= 4 || (int64_t)in_flight * 20 <= accepted / 20);
	}
	assert_int_equal(budget_in_flight(budget), BUDGET_MOST_IN_FLIGHT);
	settle(budget, 0, 20, 0);
	assert_int_equal(budget_in_flight(budget), BUDGET_MOST_IN_FLIGHT / 2);
	settle(budget, 0, 20, 0); /* of the same burst */
	assert_int_equal(budget_in_flight(budget), BUDGET_MOST_IN_FLIGHT / 2);
	settle(budget, 20, 0, 1);
	assert_int_equal(budget_in_flight(budget), BUDGET_MOST_IN_FLIGHT / 4);
	budget_free(budget);
}

static size_t in_flight_after(struct budget *budget, size_t planned, int64_t accepted)
{
	budget_expect_writes(budget, planned);
	settle(budget, accepted, 0, 0);
	return budget_in_flight(budget);
}

/* Where the documented quota covers all that is to be written, what was sent before included. */
static void test_sooner_where_the_quota_covers_all(void **state)
{
	struct fake_clock clock;
	(void)state;
	fake_clock_init(&clock);
	struct budget *few = budget_new(&clock.clock, 0);
	struct budget *many = budget_new(&clock.clock, 0);
	budget_count(many, HTTP_POST, "/users/a/assignLicense");
	assert_int_equal(in_flight_after(few, 3000, 600), 15);
	assert_int_equal(in_flight_after(many, 3000, 600), 4);
	/* Then it is not all ours. */
	settle(few, 0, 20, 0);
	assert_int_equal(in_flight_after(few, 2000, 600), 8);
	budget_free(few);
	budget_free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_uses_what_is_allowed),
					   cmocka_unit_test(test_follows_a_change),
					   cmocka_unit_test(test_survives_noise),
					   cmocka_unit_test(test_free_until_refused),
					   cmocka_unit_test(test_more_in_flight_while_content),
					   cmocka_unit_test(test_sooner_where_the_quota_covers_all)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
