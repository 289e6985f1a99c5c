/* What becomes of one call: tries, waits, its deadline and the folded error, over a scripted transport. */
#include "core/http_client.h"
#include "tests/support/seen_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
				       .done = seen_on_done,
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
				      .done = seen_on_done,
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
					      .done = seen_on_done,
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
		cmocka_unit_test(test_folded_error)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
