/* Running another program: output, arguments as they are, failures, deadlines. */
#include "core/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct process_case {
	const char *name;
	const char *argv[5];
	const char *output; /* NULL: an error is expected */
	const char *error;
};

static const struct process_case cases[] = {
	{"output", {"printf", "a b"}, "a b", NULL},
	{"no shell", {"printf", "%s", "$HOME; `id` *"}, "$HOME; `id` *", NULL},
	{"nothing", {"true"}, "", NULL},
	{"its messages are not ours", {"sh", "-c", "echo noise >&2; echo out"}, "out\n", NULL},
	{"standard input is empty", {"cat"}, "", NULL},
	{"a failure", {"sh", "-c", "echo part; exit 3"}, NULL, "exit status 3"},
	{"a signal", {"sh", "-c", "kill -9 $$"}, NULL, "signal 9"},
	{"no such program", {"seatshift-no-such-program"}, NULL, "seatshift-no-such-program"},
	{"too long", {"sh", "-c", "sleep 20 & sleep 20"}, NULL, "took more than"},
	{"too much", {"head", "-c", "2000", "/dev/zero"}, NULL, "more than 1000 bytes"},
};

static void test_capture(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct process_case *c = &cases[i];
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		CLEANUP(secret_freep) struct secret *output = NULL;
		struct str_list argv = {0};
		struct error err = ERROR_INIT;
		for (size_t j = 0; j < ARRAY_LEN(c->argv) && c->argv[j]; j++)
			VEC_PUSH(arena, &argv, c->argv[j]);
		const struct process_options options = {
			.argv = &argv, .clock = &clock_system, .timeout_ms = 1500, .max_output = 1000};
		bool good = process_capture(&options, &output, &err);
		if (good != (c->output != NULL))
			fail_msg("%s: %s", c->name, good ? "no error" : err.message);
		if (good)
			assert_string_equal(secret_expose(output), c->output);
		else if (!strstr(err.message, c->error))
			fail_msg("%s: %s", c->name, err.message);
		error_release(&err);
	}
}

static void test_start(void **state)
{
	(void)state;
	const char *there[] = {"true"};
	const char *missing[] = {"seatshift-no-such-program"};
	assert_true(process_start(&(struct str_list){.items = there, .count = 1}));
	assert_false(process_start(&(struct str_list){.items = missing, .count = 1}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_capture), cmocka_unit_test(test_start)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
