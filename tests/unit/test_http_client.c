/* Retries, waits, concurrency and the folded error, over a scripted transport and a fake clock. */
#include "core/http_client.h"
#include "tests/support/scripted_transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	int done;
	enum http_outcome outcome;
	int status;
	int64_t attempts, spent_ms;
	bool out_of_time;
	struct error err;
	struct http_call call;
};

static void on_done(void *ctx, const struct http_result *result)
{
	struct seen *seen = ctx;
	seen->done++;
	seen->outcome = result->response->outcome;
	seen->status = result->response->status;
	seen->attempts = result->attempts;
	seen->spent_ms = result->spent_ms;
	seen->out_of_time = result->out_of_time;
	if (seen->outcome != HTTP_ANSWERED)
		http_result_error(&seen->call, result, &seen->err);
}

static void run_within(int64_t deadline_ms, const struct scripted_answer *answers, size_t count,
		       enum http_repeat repeat, struct scripted *script, struct seen *seen)
{
	struct fake_clock clock;
	fake_clock_init(&clock);
	scripted_init(script, &clock, answers, count);
	CLEANUP(http_client_freep)
	struct http_client *client =
		http_client_new(&(struct http_client_options){.transport = &script->base,
							      .clock = &clock.clock,
							      .random = &fake_random,
							      .deadline_ms = deadline_ms});
	*seen = (struct seen){.call = {.request = {.url = "https://graph.microsoft.com/v1.0/x"},
				       .repeat = repeat,
				       .done = on_done,
				       .ctx = seen}};
	http_client_submit(client, &seen->call);
	while (http_client_pending(client))
		http_client_drive(client, 100000);
	assert_int_equal(seen->done, 1);
}

static void run(const struct scripted_answer *answers, size_t count, enum http_repeat repeat,
		struct scripted *script, struct seen *seen)
{
	run_within(60000, answers, count, repeat, script, seen);
}

static void test_policy(void **state)
{
	static const struct {
		const char *name;
		struct scripted_answer first;
		bool read_repeats, write_repeats;
	} cases[] = {
		{"not sent", {HTTP_NOT_SENT, 0, NULL, NULL, NULL, false}, true, true},
		{"bad certificate", {HTTP_NOT_SENT, 0, NULL, NULL, NULL, true}, false, false},
		{"lost", {HTTP_LOST, 0, NULL, NULL, NULL, false}, true, false},
		{"408", {HTTP_ANSWERED, 408, NULL, NULL, NULL, false}, true, false},
		{"423", {HTTP_ANSWERED, 423, NULL, NULL, NULL, false}, true, false},
		{"429", {HTTP_ANSWERED, 429, NULL, NULL, NULL, false}, true, false},
		{"500", {HTTP_ANSWERED, 500, NULL, NULL, NULL, false}, true, false},
		{"503", {HTTP_ANSWERED, 503, NULL, NULL, NULL, false}, true, false},
		{"504", {HTTP_ANSWERED, 504, NULL, NULL, NULL, false}, true, false},
		{"520", {HTTP_ANSWERED, 520, NULL, NULL, NULL, false}, true, false},
		{"511", {HTTP_ANSWERED, 511, NULL, NULL, NULL, false}, false, false},
		{"400", {HTTP_ANSWERED, 400, NULL, NULL, NULL, false}, false, false},
		{"401", {HTTP_ANSWERED, 401, NULL, NULL, NULL, false}, false, false},
		{"404", {HTTP_ANSWERED, 404, NULL, NULL, NULL, false}, false, false},
		{"501", {HTTP_ANSWERED, 501, NULL, NULL, NULL, false}, false, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (int write = 0; write < 2; write++) {
			struct scripted_answer answers[] = {cases[i].first, {.status = 200}};
			struct scripted script;
			struct seen seen;
			bool expected = write ? cases[i].write_repeats : cases[i].read_repeats;
			run(answers, 2, write ? HTTP_REPEAT_WRITE : HTTP_REPEAT_READ, &script, &seen);
			if ((script.count == 2) != expected)
				fail_msg("%s %s: sent %zu times", cases[i].name, write ? "write" : "read",
					 script.count);
			error_release(&seen.err);
			scripted_release(&script);
		}
	}
}

static bool is_never_usable(void *ctx, const struct http_response *response)
{
	(void)ctx, (void)response;
	return false;
}

/* A gateway that answers with HTML for good is told about soon, not waited for until the deadline. */
static void test_unusable(void **state)
{
	static const struct scripted_answer answers[] = {{.status = 200}, {.status = 200}, {.status = 200},
							 {.status = 200}, {.status = 200}, {.status = 200}};
	struct fake_clock clock;
	struct scripted script;
	struct seen seen;
	(void)state;
	fake_clock_init(&clock);
	scripted_init(&script, &clock, answers, ARRAY_LEN(answers));
	CLEANUP(http_client_freep)
	struct http_client *client = http_client_new(&(struct http_client_options){
		.transport = &script.base, .clock = &clock.clock, .random = &fake_random});
	seen = (struct seen){.call = {.request = {.url = "https://x/"},
				      .repeat = HTTP_REPEAT_READ,
				      .usable = is_never_usable,
				      .done = on_done,
				      .ctx = &seen}};
	http_client_submit(client, &seen.call);
	while (http_client_pending(client))
		http_client_drive(client, 100000);
	assert_int_equal(seen.done, 1);
	assert_int_equal(script.count, 4);
	error_release(&seen.err);
	scripted_release(&script);
}

static bool says_later(void *ctx, const struct http_response *response)
{
	(void)ctx;
	return response->status == 400;
}

/* An answer whose body says that it will pass: reads are tried again, writes are not. */
static void test_passing(void **state)
{
	static const struct scripted_answer answers[] = {{.status = 400}, {.status = 401}};
	(void)state;
	for (int write = 0; write < 2; write++) {
		struct fake_clock clock;
		struct scripted script;
		struct seen seen;
		fake_clock_init(&clock);
		scripted_init(&script, &clock, answers, ARRAY_LEN(answers));
		CLEANUP(http_client_freep)
		struct http_client *client = http_client_new(&(struct http_client_options){
			.transport = &script.base, .clock = &clock.clock, .random = &fake_random});
		seen = (struct seen){.call = {.request = {.url = "https://x/"},
					      .repeat = write ? HTTP_REPEAT_WRITE : HTTP_REPEAT_READ,
					      .passing = says_later,
					      .done = on_done,
					      .ctx = &seen}};
		http_client_submit(client, &seen.call);
		while (http_client_pending(client))
			http_client_drive(client, 100000);
		assert_int_equal(script.count, write ? 1 : 2);
		error_release(&seen.err);
		scripted_release(&script);
	}
}

static void test_waits(void **state)
{
	static const struct scripted_answer answers[] = {
		{HTTP_ANSWERED, 429, "retry-after", "7", NULL, false},
		{HTTP_ANSWERED, 429, "retry-after", "1.5", NULL, false},
		{HTTP_ANSWERED, 503, NULL, NULL, NULL, false},
		{HTTP_ANSWERED, 200, NULL, NULL, NULL, false}};
	struct scripted script;
	struct seen seen;
	(void)state;
	run(answers, ARRAY_LEN(answers), HTTP_REPEAT_READ, &script, &seen);
	assert_int_equal(script.requests[1].at_ms - script.requests[0].at_ms, 7000);
	assert_int_equal(script.requests[2].at_ms - script.requests[1].at_ms, 2000);
	/* The third wait doubled twice from half a second; no jitter was drawn: half of it. */
	assert_int_equal(script.requests[3].at_ms - script.requests[2].at_ms, 1000);
	assert_false(script.requests[2].new_connection);
	assert_true(script.requests[3].new_connection);
	assert_int_equal(seen.status, 200);
	assert_int_equal(seen.attempts, 4);
	scripted_release(&script);
}

static void test_deadline(void **state)
{
	static const struct scripted_answer answers[] = {
		{HTTP_ANSWERED, 429, "retry-after", "61", NULL, false}};
	struct scripted script;
	struct seen seen;
	(void)state;
	run(answers, 1, HTTP_REPEAT_READ, &script, &seen);
	assert_int_equal(script.count, 1);
	assert_int_equal(seen.spent_ms, 0);
	assert_true(seen.out_of_time);
	scripted_release(&script);
}

/* A try for which a few milliseconds are left brings nothing but a worse reason than the answer before it. */
static void test_too_little_time_is_no_try(void **state)
{
	static const struct {
		int64_t deadline_ms;
		size_t tries;
	} rows[] = {{2020, 1}, {2100, 2}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct scripted_answer answers[] = {
			{HTTP_ANSWERED, 503, "retry-after", "2", NULL, false},
			{HTTP_ANSWERED, 200, NULL, NULL, NULL, false}};
		struct scripted script;
		struct seen seen;
		run_within(rows[i].deadline_ms, answers, ARRAY_LEN(answers), HTTP_REPEAT_READ, &script,
			   &seen);
		assert_int_equal(script.count, rows[i].tries);
		assert_int_equal(seen.status, rows[i].tries == 1 ? 503 : 200);
		assert_int_equal(seen.out_of_time, rows[i].tries == 1);
		scripted_release(&script);
	}
}

static void test_the_last_answer_is_told_when_none_comes_any_more(void **state)
{
	static const struct scripted_answer answers[10] = {
		{.status = 503},	   {.outcome = HTTP_NOT_SENT}, {.outcome = HTTP_LOST},
		{.outcome = HTTP_LOST},	   {.outcome = HTTP_LOST},     {.outcome = HTTP_LOST},
		{.outcome = HTTP_LOST},	   {.outcome = HTTP_LOST},     {.outcome = HTTP_LOST},
		{.outcome = HTTP_NOT_SENT}};
	struct scripted script;
	struct seen seen;
	(void)state;
	run(answers, ARRAY_LEN(answers), HTTP_REPEAT_READ, &script, &seen);
	assert_non_null(strstr(seen.err.message, "; it last answered 503)"));
	error_release(&seen.err);
	scripted_release(&script);
}

static void test_folded_error(void **state)
{
	static const struct scripted_answer answers[] = {
		{.outcome = HTTP_NOT_SENT}, {.outcome = HTTP_NOT_SENT}, {.outcome = HTTP_LOST}};
	struct scripted script;
	struct seen seen;
	(void)state;
	run(answers, 3, HTTP_REPEAT_WRITE, &script, &seen);
	assert_int_equal(seen.err.code, ERR_NETWORK);
	assert_string_equal(seen.err.message, "no answer from 'https://graph.microsoft.com:443' to GET: "
					      "scripted (sent, answer lost; 3 attempts in 0.7 s)");
	error_release(&seen.err);
	scripted_release(&script);
}

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
			.call = {.request = {.url = "https://x/"}, .done = on_done, .ctx = &seen[i]}};
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

	seen = (struct seen){.call = {.request = {.url = "https://x/"}, .done = on_done, .ctx = &seen}};
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
			.call = {.request = {.url = "https://x/"}, .done = on_done, .ctx = &seen[i]}};
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
	s.seen.call = (struct http_call){.request = {.url = "https://x/"}, .done = on_done, .ctx = &s.seen};
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
			.call = {.request = {.url = "https://x/y"}, .done = on_done, .ctx = &slow}};
		struct seen quick = {
			.call = {.request = {.url = "https://x/z"}, .done = on_done, .ctx = &quick}};
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
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_passing),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_too_little_time_is_no_try),
		cmocka_unit_test(test_the_last_answer_is_told_when_none_comes_any_more),
		cmocka_unit_test(test_nothing_follows_an_answer_once_it_should_stop),
		cmocka_unit_test(test_folded_error),
		cmocka_unit_test(test_concurrency),
		cmocka_unit_test(test_timers_and_stop),
		cmocka_unit_test(test_what_begins_again_while_stopped),
		cmocka_unit_test(test_the_end_of_all_calls)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
