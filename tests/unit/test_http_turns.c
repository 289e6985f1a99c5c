/* The client's turns: how many calls at once, timers, being stopped, and the end of all calls. */
#include "core/http_client.h"
#include "tests/support/seen_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_concurrency(void **state)
{
	static const struct scripted_answer answers[10] = {
		{.status = 200}, {.status = 200}, {.status = 200}, {.status = 200}, {.status = 200},
		{.status = 200}, {.status = 200}, {.status = 200}, {.status = 200}, {.status = 200}};
	struct fake_clock clock;
	struct scripted script;
	struct seen seen[10];
	(void)state;
	fake_clock_init(&clock);
	scripted_init(&script, &clock, answers, ARRAY_LEN(answers));
	CLEANUP(http_client_freep)
	struct http_client *client = http_client_new(&(struct http_client_options){
		.transport = &script.base, .clock = &clock.clock, .random = &fake_random, .concurrency = 3});
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		seen[i] = (struct seen){
			.call = {.request = {.url = "https://x/"}, .done = seen_on_done, .ctx = &seen[i]}};
		http_client_submit(client, &seen[i].call);
	}
	while (http_client_pending(client))
		http_client_drive(client, 1000);
	assert_int_equal(script.most_in_flight, 3);
	assert_int_equal(script.count, 10);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		assert_int_equal(seen[i].done, 1);
	scripted_release(&script);
}

static void count_up(void *ctx)
{
	(*(int *)ctx)++;
}

static void test_timers_and_stop(void **state)
{
	struct fake_clock clock;
	struct scripted script;
	struct seen seen;
	int fired = 0;
	(void)state;
	fake_clock_init(&clock);
	scripted_init(&script, &clock, NULL, 0);
	CLEANUP(http_client_freep)
	struct http_client *client = http_client_new(&(struct http_client_options){
		.transport = &script.base, .clock = &clock.clock, .random = &fake_random});
	struct http_timer late = {.fire = count_up, .ctx = &fired};
	struct http_timer never = {.fire = count_up, .ctx = &fired};
	http_client_after(client, &late, 5000);
	http_client_after(client, &never, 1);
	http_client_cancel(client, &never);
	http_client_drive(client, 60000);
	http_client_drive(client, 0);
	assert_int_equal(fired, 1);
	assert_int_equal(clock.slept_ms, 5000);
	/* What a timer did may end all that is waited for: nothing is slept on top of it. */
	http_client_after(client, &late, 0);
	http_client_drive(client, 60000);
	assert_int_equal(fired, 2);
	assert_int_equal(clock.slept_ms, 5000);

	seen = (struct seen){.call = {.request = {.url = "https://x/"}, .done = seen_on_done, .ctx = &seen}};
	http_client_submit(client, &seen.call);
	http_client_set_stopped(client, true);
	http_client_drive(client, 60000);
	assert_int_equal(seen.done, 1);
	assert_int_equal(seen.outcome, HTTP_NOT_SENT);
	assert_int_equal(script.count, 0);
	error_release(&seen.err);
	scripted_release(&script);
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

/* Between an answer and the caller's next turn nothing goes out that a signal has made pointless. */
static void test_nothing_follows_an_answer_once_it_should_stop(void **state)
{
	static const struct scripted_answer answers[2] = {{.status = 200}, {.status = 200}};
	struct fake_clock clock;
	struct scripted script;
	struct seen seen[2];
	bool stop = false;
	(void)state;
	fake_clock_init(&clock);
	scripted_init(&script, &clock, answers, ARRAY_LEN(answers));
	CLEANUP(http_client_freep)
	struct http_client *client = http_client_new(&(struct http_client_options){.transport = &script.base,
										   .clock = &clock.clock,
										   .random = &fake_random,
										   .concurrency = 1,
										   .should_stop = is_set,
										   .stop_ctx = &stop});
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		seen[i] = (struct seen){
			.call = {.request = {.url = "https://x/"}, .done = seen_on_done, .ctx = &seen[i]}};
		http_client_submit(client, &seen[i].call);
	}
	http_client_kick(client);
	assert_int_equal(script.count, 1);
	stop = true;
	while (!seen[0].done)
		script.base.ops->drive(&script.base, 1000);
	assert_int_equal(script.count, 1);
	http_client_drive(client, 1000); /* a run that winds down still looks */
	assert_int_equal(script.count, 2);
	scripted_release(&script);
}

/* Sets itself again and asks, as one does that waits for a person: stopped, that must neither end nor be
 * sent. */
struct stubborn {
	struct http_client *client;
	struct http_timer timer;
	struct seen seen;
	int fired;
};

static void set_again(void *ctx)
{
	struct stubborn *s = ctx;
	s->fired++;
	http_client_after(s->client, &s->timer, 5000);
	if (s->seen.done == s->fired - 1) {
		error_release(&s->seen.err);
		http_client_submit(s->client, &s->seen.call);
	}
}

static void test_what_begins_again_while_stopped(void **state)
{
	(void)state;
	struct fake_clock clock;
	struct scripted script;
	fake_clock_init(&clock);
	scripted_init(&script, &clock, NULL, 0);
	CLEANUP(http_client_freep)
	struct http_client *client = http_client_new(&(struct http_client_options){
		.transport = &script.base, .clock = &clock.clock, .random = &fake_random});
	struct stubborn s = {.client = client};
	s.timer = (struct http_timer){.fire = set_again, .ctx = &s};
	s.seen.call =
		(struct http_call){.request = {.url = "https://x/"}, .done = seen_on_done, .ctx = &s.seen};
	http_client_after(client, &s.timer, 5000);
	http_client_set_stopped(client, true);
	for (int turn = 1; turn <= 5; turn++) {
		http_client_drive(client, 1000);
		assert_int_equal(s.fired, turn);
	}
	assert_int_equal(script.count, 0);
	assert_int_equal(s.seen.outcome, HTTP_NOT_SENT);
	http_client_cancel(client, &s.timer);
	error_release(&s.seen.err);
	scripted_release(&script);
}

static int words;

static void hear(void *ctx, const char *line)
{
	*(const char **)ctx = strstr(line, "https://x:443") ? "named" : "?";
	words++;
}

static const struct {
	const char *name;
	int64_t ends_in_ms, patience_ms;
	bool useful; /* another call is answered meanwhile */
	int64_t given_up_ms;
} ends[] = {
	{"at a time", 10000, 0, true, 10000},
	{"without anything of use", 0, 10000, false, 10000},
	{"counted from what was of use", 0, 10000, true, 13000},
};

static void test_the_end_of_all_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct fake_clock clock;
		struct scripted script;
		static struct scripted_answer answers[SCRIPT_MAX];
		const char *heard = NULL;
		words = 0;
		fake_clock_init(&clock);
		for (size_t a = 0; a < SCRIPT_MAX; a++)
			answers[a] = (struct scripted_answer){
				.status = 503, .header = "retry-after", .value = "2"};
		scripted_init(&script, &clock, answers, SCRIPT_MAX);
		int64_t now_ms = clock_monotonic_ms(&clock.clock);
		CLEANUP(http_client_freep)
		struct http_client *client = http_client_new(&(struct http_client_options){
			.transport = &script.base,
			.clock = &clock.clock,
			.random = &fake_random,
			.ends_at_ms = ends[i].ends_in_ms ? now_ms + ends[i].ends_in_ms : 0,
			.patience_ms = ends[i].patience_ms,
			.waiting = hear,
			.waiting_ctx = &heard});
		struct seen slow = {
			.call = {.request = {.url = "https://x/y"}, .done = seen_on_done, .ctx = &slow}};
		struct seen quick = {
			.call = {.request = {.url = "https://x/z"}, .done = seen_on_done, .ctx = &quick}};
		http_client_submit(client, &slow.call);
		while (!slow.done) {
			if (ends[i].useful && clock_monotonic_ms(&clock.clock) - now_ms == 3000 &&
			    !quick.done) {
				answers[script.count].status = 200;
				http_client_submit(client, &quick.call);
				http_client_drive(client, 0);
			}
			http_client_drive(client, 500);
		}
		int64_t took_ms = clock_monotonic_ms(&clock.clock) - now_ms;
		if (took_ms > ends[i].given_up_ms || took_ms < ends[i].given_up_ms - 2500)
			fail_msg("%s: after %lld ms", ends[i].name, (long long)took_ms);
		assert_true(slow.out_of_time);
		assert_true(words >= 1 && words <= 2);
		assert_string_equal(heard, "named");
		error_release(&slow.err);
		error_release(&quick.err);
		scripted_release(&script);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_follows_an_answer_once_it_should_stop),
		cmocka_unit_test(test_concurrency), cmocka_unit_test(test_timers_and_stop),
		cmocka_unit_test(test_what_begins_again_while_stopped),
		cmocka_unit_test(test_the_end_of_all_calls)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
