/* Running programs: arguments as given, only the named environment, limits on time and output. */
#include "core/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_endings), cmocka_unit_test(test_limits),
					   cmocka_unit_test(test_not_there)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
