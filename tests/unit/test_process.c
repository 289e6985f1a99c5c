<<<<<<< HEAD
/* Running another program: output, arguments as they are, failures, deadlines. */
=======
/* Running programs: arguments as given, only the named environment, limits on time and output. */
>>>>>>> h9
#include "core/process.h"

#include <setjmp.h>
#include <stdarg.h>
<<<<<<< HEAD
#include <stdio.h>
=======
#include <stdint.h>
#include <stdlib.h>
>>>>>>> h9
#include <string.h>

#include <cmocka.h>

<<<<<<< HEAD
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
=======
static bool run(const char *const *argv, int64_t timeout_ms, struct arena *arena, struct process_end *end,
		struct error *err)
{
	static const char *const env[] = {"ONLY=this", NULL};
	return process_run(&(struct process){argv, env, 100, timeout_ms, &clock_system}, arena, end, err);
}

static void test_endings(void **state)
{
	static const struct {
		const char *script, *output, *messages;
		int status;
	} cases[] = {
		{"printf '%s' \"$1\"", "a 'b'; $(c)", "", 0},
		{"echo no >&2; exit 3", "", "no\n", 3},
		{"/usr/bin/env | /usr/bin/grep -c SEATSHIFT", "0\n", "", 1},
		{"kill -9 $$", "", "", 137},
		{"read line; printf '%s' \"[$line]\"", "[]", "", 0},
	};
	(void)state;
	assert_int_equal(setenv("SEATSHIFT_CANARY", "canary", 1), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const argv[] = {"/bin/sh", "-c", cases[i].script, "sh", "a 'b'; $(c)", NULL};
		struct arena *arena = arena_new();
		struct process_end end = {0};
		struct error err = ERROR_INIT;
		assert_true(run(argv, 20000, arena, &end, &err));
		assert_int_equal(end.status, cases[i].status);
		assert_string_equal(secret_expose(end.output), cases[i].output);
		assert_string_equal(end.messages, cases[i].messages);
		secret_free(end.output);
		arena_free(arena);
	}
}

static void test_limits(void **state)
{
	static const struct {
		const char *script, *problem;
		int64_t timeout_ms;
	} cases[] = {{"sleep 20", "did not end", 100},
		     {"exec >&- 2>&-; sleep 20", "did not end", 100},
		     {"while :; do echo 0123456789; done | head -c 100000", "more than 100 bytes", 20000}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const argv[] = {"/bin/sh", "-c", cases[i].script, NULL};
		struct arena *arena = arena_new();
		struct process_end end = {0};
		struct error err = ERROR_INIT;
		assert_false(run(argv, cases[i].timeout_ms, arena, &end, &err));
		assert_non_null(strstr(err.message, cases[i].problem));
		error_release(&err);
		arena_free(arena);
	}
}

static void test_not_there(void **state)
{
	const char *const argv[] = {"/nonexistent/program", NULL};
	struct arena *arena = arena_new();
	struct process_end end = {0};
	struct error err = ERROR_INIT;
	(void)state;
	assert_false(run(argv, 1000, arena, &end, &err));
	assert_non_null(strstr(err.message, "No such file"));
	error_release(&err);
	assert_string_equal(process_find("/nonexistent:/bin", "sh", arena), "/bin/sh");
	assert_null(process_find("/nonexistent", "sh", arena));
	assert_null(process_find("bin::.", "sh", arena));
	assert_null(process_find(NULL, "sh", arena));
	arena_free(arena);
>>>>>>> h9
}

int main(void)
{
<<<<<<< HEAD
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_run), cmocka_unit_test(test_start)};
=======
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_endings), cmocka_unit_test(test_limits),
					   cmocka_unit_test(test_not_there)};
>>>>>>> h9
	return cmocka_run_group_tests(tests, NULL, NULL);
}
