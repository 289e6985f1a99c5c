/* When the next wave may begin, and how many customers on a day: on either side of each border. */
#include "core/clock.h"
#include "plans/fleet/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MEMBERS = 40, DAYS = 60, DAY_MS = 24 * 60 * 60 * 1000 };

static const int64_t midnight = 20000LL * DAY_MS;

struct world {
	struct fleet_stage stages[2];
	struct fleet_member rows[MEMBERS];
	struct member members[MEMBERS];
	struct fleet fleet;
};

/* Ten in the first wave, the others in the second; nobody has begun. */
static void make(struct world *world, struct limit max_failed, int64_t per_day)
{
	*world = (struct world){.stages = {{"pilot", UNTIL_MOVED, 1000}, {"rest", UNTIL_MOVED, 0}}};
	for (size_t i = 0; i < MEMBERS; i++) {
		world->rows[i].wave = i >= 10;
		world->members[i].state = MEMBER_NOT_STARTED;
	}
	world->fleet.waves.items = world->stages;
	world->fleet.waves.count = 2;
	world->fleet.members.items = world->rows;
	world->fleet.members.count = MEMBERS;
	world->fleet.max_failed = max_failed;
	world->fleet.per_day = per_day;
}

static void test_a_day_ends_at_midnight(void **state)
{
	struct world world;
	(void)state;
	make(&world, (struct limit){0}, 3);
	assert_int_equal(fleet_may_begin(&world.fleet, world.members, NULL, midnight), 3);
	for (size_t i = 0; i < 3; i++)
		world.members[i].began_ms = midnight - 1 - (int64_t)i;
	assert_int_equal(fleet_may_begin(&world.fleet, world.members, NULL, midnight - 1), 0);
	assert_int_equal(fleet_may_begin(&world.fleet, world.members, NULL, midnight), 3);
	world.members[3].began_ms = midnight;
	assert_int_equal(fleet_may_begin(&world.fleet, world.members, NULL, midnight), 2);
	world.fleet.per_day = 0;
	assert_true(fleet_may_begin(&world.fleet, world.members, NULL, midnight) == SIZE_MAX);
}

/* However many workers: together no more than the number, on any day, and everybody has a turn. */
static void test_workers_share_a_day(void **state)
{
	struct world world;
	(void)state;
	for (int64_t per_day = 1; per_day <= 20; per_day++) {
		make(&world, (struct limit){0}, per_day);
		for (int64_t count = 1; count <= 16; count++) {
			int64_t turns[16] = {0};
			for (int64_t day = 0; day < DAYS; day++) {
				int64_t all = 0;
				for (int64_t index = 0; index < count; index++) {
					const struct shard shard = {index, count};
					int64_t may = (int64_t)fleet_may_begin(
						&world.fleet, world.members, &shard, midnight + day * DAY_MS);
					all += may;
					turns[index] += may;
				}
				assert_int_equal(all, per_day);
			}
			/* As many turns as anybody else, but for one that has not come yet. */
			for (int64_t index = 1; index < count; index++)
				assert_true(turns[index] - turns[0] <= 1 && turns[0] - turns[index] <= 1);
		}
	}
}

static void test_a_worker_counts_its_own(void **state)
{
	struct world world;
	const struct shard shard = {1, 2};
	(void)state;
	make(&world, (struct limit){0}, 4);
	world.members[0].began_ms = world.members[2].began_ms = world.members[4].began_ms = midnight;
	assert_int_equal(fleet_may_begin(&world.fleet, world.members, &shard, midnight), 2);
	world.members[1].began_ms = midnight;
	assert_int_equal(fleet_may_begin(&world.fleet, world.members, &shard, midnight), 1);
}

static void test_soak(void **state)
{
	struct world world;
	(void)state;
	make(&world, (struct limit){0}, 0);
	for (size_t i = 0; i < 9; i++)
		world.members[i] = (struct member){.state = MEMBER_WAITING, .moved = true, .moved_ms = 5000};
	struct gate gate = gate_judge(&world.fleet, world.members, 0, 900000);
	assert_int_equal(gate.verdict, GATE_WAITING);
	assert_int_equal(gate.there, 9);
	assert_int_equal(gate.opens_ms, 0);
	world.members[9] =
		(struct member){.state = MEMBER_DONE, .moved = true, .done = true, .moved_ms = 7000};
	assert_int_equal(gate_judge(&world.fleet, world.members, 0, 7999).verdict, GATE_WAITING);
	assert_int_equal(gate_judge(&world.fleet, world.members, 0, 8000).verdict, GATE_OPEN);
	/* Who was undone is not there any more. */
	world.members[9] = (struct member){.state = MEMBER_FAILED, .undone = true};
	assert_int_equal(gate_judge(&world.fleet, world.members, 0, 900000).verdict, GATE_WAITING);
}

static void test_so_many_may_fail(void **state)
{
	static const struct {
		struct limit limit;
		size_t allowed;
	} rows[] = {
		{{.given = true, .value = 0}, 0},
		{{.given = true, .value = 2}, 2},
		{{.given = true, .is_percent = true, .value = 10}, 4},
		{{.given = true, .is_percent = true, .value = 12}, 4}, /* 4.8 */
	};
	struct world world;
	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		make(&world, rows[r].limit, 0);
		for (size_t i = 0; i <= rows[r].allowed; i++) {
			assert_false(fleet_has_to_stop(&world.fleet, world.members));
			world.members[MEMBERS - 1 - i].state = MEMBER_FAILED;
		}
		assert_true(fleet_has_to_stop(&world.fleet, world.members));
		assert_int_equal(gate_judge(&world.fleet, world.members, 0, 0).verdict, GATE_FAILED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_day_ends_at_midnight),	cmocka_unit_test(test_workers_share_a_day),
		cmocka_unit_test(test_a_worker_counts_its_own), cmocka_unit_test(test_soak),
		cmocka_unit_test(test_so_many_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
