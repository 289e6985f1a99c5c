/* Running another program: output, arguments as they are, failures, deadlines. */
#include "core/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct process_case {
	const char *name;
	const char *argv[5]; /* argv[0] is looked up */
	const char *output;  /* NULL: not compared */
	int status;
	const char *error; /* NULL: none */
};

static const struct process_case cases[] = {
	{"output", {"printf", "a b"}, "a b", 0, NULL},
	{"no shell", {"printf", "%s", "$HOME; `id` *"}, "$HOME; `id` *", 0, NULL},
	{"nothing", {"true"}, "", 0, NULL},
	{"messages apart", {"sh", "-c", "echo noise >&2; echo out"}, "out\n", 0, NULL},
	{"standard input is empty", {"cat"}, "", 0, NULL},
	{"the environment is the caller's", {"env"}, "PATH=/usr/bin:/bin\n", 0, NULL},
	{"a failure", {"sh", "-c", "echo part; exit 3"}, NULL, 3, NULL},
	{"a signal", {"sh", "-c", "kill -9 $$"}, NULL, 137, NULL},
	{"no such program", {"seatshift-no-such-program"}, NULL, 0, "seatshift-no-such-program"},
	{"too long", {"sh", "-c", "sleep 20 & sleep 20"}, NULL, 0, "did not end within"},
	{"too much", {"head", "-c", "2000", "/dev/zero"}, NULL, 0, "more than 1000 bytes"},
};

static const char *const no_env[] = {"PATH=/usr/bin:/bin", NULL};

static bool run(const struct process_case *c, struct arena *arena, struct process_end *end, struct error *err)
{
	const char *argv[6] = {0};
	for (size_t i = 0; i < ARRAY_LEN(c->argv) && c->argv[i]; i++)
		argv[i] = c->argv[i];
	argv[0] = process_find("/usr/bin:/bin", argv[0], arena);
	if (!argv[0])
		return error_set(err, ERR_FAILED, "there is no '%s'", c->argv[0]);
	const struct process process = {
		.argv = argv, .env = no_env, .clock = &clock_system, .timeout_ms = 1500, .max_output = 1000};
	return process_run(&process, arena, end, err);
}

static void test_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct process_case *c = &cases[i];
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		struct process_end end = {0};
		struct error err = ERROR_INIT;
		bool good = run(c, arena, &end, &err);
		if (good != (c->error == NULL))
			fail_msg("%s: %s", c->name, good ? "no error" : err.message);
		if (good && c->output)
			assert_string_equal(secret_expose(end.output), c->output);
		if (good)
			assert_int_equal(end.status, c->status);
		else if (!strstr(err.message, c->error))
			fail_msg("%s: %s", c->name, err.message);
		secret_free(end.output);
		error_release(&err);
	}
}

static void test_start(void **state)
{
	(void)state;
	const char *there[] = {"/bin/true", NULL};
	const char *missing[] = {"/nonexistent/program", NULL};
	assert_true(process_start(&(struct process){.argv = there, .env = no_env}));
	assert_false(process_start(&(struct process){.argv = missing, .env = no_env}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_run), cmocka_unit_test(test_start)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
