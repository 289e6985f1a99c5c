/* Carrying out actions: nobody is written twice, whatever goes wrong, and every outcome is told. */
#include "providers/graph/graph.h"
#include "tests/support/fake_graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	struct fake_graph *graph;
	size_t announced, requests, ended[OUTCOME_COUNT];
	size_t flushes, flushed; /* flushed: of the requests */
	size_t stop_after;	 /* requests; 0: never */
	bool refuse_announcing;
	bool announced_before; /* all, by a run that was killed */
	size_t concurrency;    /* 0: as usual */
};

static bool on_announce(void *ctx, const struct action *const *actions, size_t count, struct error *err)
{
	struct seen *seen = ctx;
	(void)actions;
	assert_true(count > 0 && count <= 20);
	if (seen->refuse_announcing)
		return error_set(err, ERR_IO, "disk full");
	seen->announced += count;
	seen->requests++;
	/* What is sent is on disk. */
	assert_true(seen->graph->write_batches <= seen->flushed);
	return true;
}

static bool on_flush(void *ctx, struct error *err)
{
	struct seen *seen = ctx;
	(void)err;
	seen->flushes++;
	seen->flushed = seen->requests;
	return true;
}

static bool on_ended(void *ctx, const struct action *action, enum outcome outcome, const char *detail,
		     struct error *err)
{
	struct seen *seen = ctx;
	(void)action;
	(void)err;
	if (outcome == OUTCOME_FAILED || outcome == OUTCOME_STALE || outcome == OUTCOME_UNKNOWN)
		assert_non_null(detail);
	seen->ended[outcome]++;
	return true;
}

static bool on_was_announced(void *ctx, const struct action *action)
{
	const struct seen *seen = ctx;
	(void)action;
	return seen->announced_before;
}

static bool on_should_stop(void *ctx)
{
	const struct seen *seen = ctx;
	return seen->stop_after && seen->requests >= seen->stop_after;
}

static const struct action *swap(struct arena *out, size_t index)
{
	struct action *action = arena_alloc(out, sizeof *action);
	*action = (struct action){.id = "a", .kind = ACTION_SWAP_LICENSE};
	action->user_id = fake_user_id(out, index);
	VEC_PUSH(out, &action->add, (struct license){.sku_id = FAKE_SKU_B});
	VEC_PUSH(out, &action->remove, FAKE_SKU_A);
	VEC_PUSH(out, &action->expect.licenses, (struct license){.sku_id = FAKE_SKU_A});
	VEC_PUSH(out, &action->result.licenses, (struct license){.sku_id = FAKE_SKU_B});
	action->expect.usage_location = action->result.usage_location = "US";
	return action;
}

static enum error_code run(struct fake_graph *graph, struct seen *seen)
{
	struct error err = ERROR_INIT;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(secret_freep) struct secret *secret = secret_new("s", 1);
	const struct action *actions[FAKE_USERS];
	for (size_t i = 0; i < FAKE_USERS; i++)
		actions[i] = swap(tmp, i);
	struct provider *p = graph_new(&(struct graph_options){.transport = &graph->base,
							       .clock = &graph->clock->clock,
							       .random = &fake_random,
							       .tenant_id = FAKE_TENANT,
							       .auth_method = "client-secret",
							       .client_id = "c",
							       .secret = secret,
							       .concurrency = seen->concurrency,
							       .verify_ms = 60000},
				       &err);
	assert_non_null(p);
	seen->graph = graph;
	bool good = p->ops->execute(p, actions, FAKE_USERS,
				    &(struct execute_hooks){.announce = on_announce,
							    .flush = on_flush,
							    .ended = on_ended,
							    .was_announced = on_was_announced,
							    .should_stop = on_should_stop,
							    .ctx = seen},
				    &err);
	enum error_code code = err.code;
	assert_true(good == (code == ERR_NONE));
	error_release(&err);
	p->ops->free(p);
	return code;
}

static size_t count_moved(const struct fake_graph *graph)
{
	size_t moved = 0;
	for (size_t i = 0; i < FAKE_USERS; i++) {
		assert_true(graph->users[i].writes <= 1);
		moved += graph->users[i].moved;
	}
	return moved;
}

/* How far what is read lags behind what was written. */
static const struct {
	int64_t lag_ms, list_lag_ms;
	bool no_lists;
} lags[] = {{0, 0, false}, {2500, 0, false}, {0, 5000, false}, {1500, 20000, false}, {0, 0, true}};

static void test_every_fault(void **state)
{
	(void)state;
	for (int fault = FAKE_FINE; fault <= FAKE_MISSING; fault++) {
		for (size_t lag = 0; lag < ARRAY_LEN(lags); lag++) {
			enum fake_fault faults[] = {(enum fake_fault)fault, FAKE_FINE,
						    (enum fake_fault)fault};
			struct fake_clock clock;
			struct fake_graph graph;
			struct seen seen = {0};
			fake_clock_init(&clock);
			fake_graph_init(&graph, &clock);
			graph.faults = faults;
			graph.fault_count = ARRAY_LEN(faults);
			graph.lag_ms = lags[lag].lag_ms;
			graph.list_lag_ms = lags[lag].list_lag_ms;
			graph.no_lists = lags[lag].no_lists;
			assert_int_equal(run(&graph, &seen), ERR_NONE);
			assert_int_equal(seen.ended[OUTCOME_VERIFIED], FAKE_USERS);
			assert_int_equal(count_moved(&graph), FAKE_USERS);
			if (fault == FAKE_FINE && lag == 0) {
				assert_int_equal(graph.write_batches, FAKE_BATCHES);
				assert_int_equal(graph.lists, 2);
				assert_int_equal(graph.read_batches, 0);
			}
			if (fault == FAKE_FINE && graph.no_lists)
				assert_int_equal(graph.read_batches, 2 * FAKE_BATCHES);
		}
	}
}

static void test_before_the_write(void **state)
{
	struct fake_clock clock;
	struct fake_graph graph;
	struct seen seen = {0};
	(void)state;
	fake_clock_init(&clock);
	fake_graph_init(&graph, &clock);
	graph.users[3].moved = true;
	graph.users[4].gone = true;
	graph.users[5].changed = true;
	assert_int_equal(run(&graph, &seen), ERR_NONE);
	assert_int_equal(seen.ended[OUTCOME_ALREADY], 1);
	assert_int_equal(seen.ended[OUTCOME_STALE], 2);
	assert_int_equal(seen.ended[OUTCOME_VERIFIED], FAKE_USERS - 3);
	assert_int_equal(seen.announced, FAKE_USERS - 3);
	assert_int_equal(graph.users[3].writes + graph.users[4].writes + graph.users[5].writes, 0);
}

static void test_refusals(void **state)
{
	static const struct {
		enum fake_fault fault;
		enum error_code code;
		size_t failed;
	} cases[] = {{FAKE_REFUSED, ERR_NONE, 20}, {FAKE_FORBIDDEN, ERR_AUTH, 20}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fake_clock clock;
		struct fake_graph graph;
		struct seen seen = {0};
		fake_clock_init(&clock);
		fake_graph_init(&graph, &clock);
		graph.faults = &cases[i].fault;
		graph.fault_count = 1;
		assert_int_equal(run(&graph, &seen), cases[i].code);
		assert_true(seen.ended[OUTCOME_FAILED] >= 10);
		assert_true(seen.ended[OUTCOME_FAILED] <= cases[i].failed);
	}
}

static void test_unseen_is_unknown(void **state)
{
	struct fake_clock clock;
	struct fake_graph graph;
	struct seen seen = {0};
	(void)state;
	fake_clock_init(&clock);
	fake_graph_init(&graph, &clock);
	graph.lag_ms = 3600 * 1000;
	assert_int_equal(run(&graph, &seen), ERR_NONE);
	assert_int_equal(seen.ended[OUTCOME_UNKNOWN], FAKE_USERS);
	assert_int_equal(count_moved(&graph), FAKE_USERS);
}

/* Killed right after sending, and replicas lag: sent again it would be written twice. */
static void test_goes_on_after_a_kill(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * (int)ARRAY_LEN(lags); i++) {
		bool sent = i % 2;
		struct fake_clock clock;
		struct fake_graph graph;
		struct seen seen = {.announced_before = true};
		fake_clock_init(&clock);
		fake_graph_init(&graph, &clock);
		graph.lag_ms = lags[i / 2].lag_ms;
		graph.list_lag_ms = lags[i / 2].list_lag_ms;
		graph.no_lists = lags[i / 2].no_lists;
		for (size_t k = 0; sent && k < FAKE_USERS; k++) {
			graph.users[k].moved = true;
			graph.users[k].writes = 1;
			graph.users[k].moved_at_ms = clock_monotonic_ms(&clock.clock);
		}
		assert_int_equal(run(&graph, &seen), ERR_NONE);
		assert_int_equal(seen.ended[OUTCOME_VERIFIED], FAKE_USERS);
		assert_int_equal(count_moved(&graph), FAKE_USERS);
		assert_int_equal(seen.announced, sent ? 0 : FAKE_USERS);
	}
}

/* One in flight, and all others that fill a batch announced with it: two flushes for five. */
static void test_announces_ahead(void **state)
{
	struct fake_clock clock;
	struct fake_graph graph;
	struct seen seen = {.concurrency = 1};
	(void)state;
	fake_clock_init(&clock);
	fake_graph_init(&graph, &clock);
	assert_int_equal(run(&graph, &seen), ERR_NONE);
	assert_int_equal(seen.ended[OUTCOME_VERIFIED], FAKE_USERS);
	assert_int_equal(graph.write_batches, FAKE_BATCHES);
	assert_int_equal(seen.flushes, 2);
	assert_int_equal(seen.flushed, FAKE_BATCHES);
}

/* The service closes for longer than a look is good for, and somebody is changed meanwhile: one who was
 * announced ahead, or one who was not. */
static void test_old_looks_write_nothing(void **state)
{
	static const enum fake_fault fault = FAKE_429;
	static const size_t changed[] = {25, 85};
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(changed); i++) {
		bool no_lists = i % 2;
		size_t who = changed[i / 2];
		struct fake_clock clock;
		struct fake_graph graph;
		struct seen seen = {.concurrency = 1};
		fake_clock_init(&clock);
		fake_graph_init(&graph, &clock);
		graph.faults = &fault;
		graph.fault_count = 1;
		graph.retry_after_s = 40;
		graph.no_lists = no_lists;
		graph.users[who].changed_at_ms = clock_monotonic_ms(&clock.clock) + 20000;
		assert_int_equal(run(&graph, &seen), ERR_NONE);
		assert_int_equal(seen.ended[OUTCOME_STALE], 1);
		assert_int_equal(graph.users[who].writes, 0);
		assert_int_equal(seen.ended[OUTCOME_VERIFIED], FAKE_USERS - 1);
		assert_int_equal(count_moved(&graph), FAKE_USERS - 1);
	}
}

static void test_stops(void **state)
{
	struct fake_clock clock;
	struct fake_graph graph;
	struct seen seen = {.stop_after = 1};
	(void)state;
	fake_clock_init(&clock);
	fake_graph_init(&graph, &clock);
	assert_int_equal(run(&graph, &seen), ERR_INTERRUPTED);
	assert_true(seen.ended[OUTCOME_VERIFIED] > 0 && seen.ended[OUTCOME_VERIFIED] < FAKE_USERS);
	assert_int_equal(seen.ended[OUTCOME_VERIFIED], count_moved(&graph));

	seen = (struct seen){.refuse_announcing = true};
	fake_graph_init(&graph, &clock);
	assert_int_equal(run(&graph, &seen), ERR_IO);
	assert_int_equal(graph.write_batches, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_fault),
					   cmocka_unit_test(test_before_the_write),
					   cmocka_unit_test(test_refusals),
					   cmocka_unit_test(test_unseen_is_unknown),
					   cmocka_unit_test(test_goes_on_after_a_kill),
					   cmocka_unit_test(test_announces_ahead),
					   cmocka_unit_test(test_old_looks_write_nothing),
					   cmocka_unit_test(test_stops)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
