/* Running programs: the files they are given in memory, and nothing else that we hold open. */
#include "core/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const no_env[] = {NULL};

static struct process shell(const char *const argv[])
{
	return (struct process){
		.argv = argv, .env = no_env, .max_output = 4096, .timeout_ms = 20000, .clock = &clock_system};
}

static void test_input_and_files(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *const argv[] = {"/bin/sh", "-c",
				    "cat; cat /dev/fd/3; cat /dev/fd/4; cat /dev/fd/3; echo oops >&2; exit 7",
				    NULL};
	const struct bytes input = {"in ", 3};
	const struct bytes files[] = {{"one ", 4}, {"two ", 4}};
	struct process process = shell(argv);
	struct process_end end = {0};
	struct error err = ERROR_INIT;
	process.input = &input;
	process.files = files;
	process.file_count = ARRAY_LEN(files);
	assert_true(process_run(&process, arena, &end, &err));
	assert_int_equal(end.status, 7);
	assert_string_equal(secret_expose(end.output), "in one two one ");
	assert_string_equal(end.messages, "oops\n");
	secret_free(end.output);
}

static void test_much_input(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *const argv[] = {"/usr/bin/wc", "-c", NULL};
	enum { MUCH = 3 * 1024 * 1024 };
	char *bytes = arena_alloc(arena, MUCH);
	const struct bytes input = {bytes, MUCH};
	struct process process = shell(argv);
	struct process_end end = {0};
	struct error err = ERROR_INIT;
	process.input = &input;
	assert_true(process_run(&process, arena, &end, &err));
	assert_string_equal(secret_expose(end.output), "3145728\n");
	secret_free(end.output);
}

/* A child gets the descriptors that it was given and no others. */
static void test_nothing_else_is_handed_over(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *const argv[] = {"/bin/sh", "-c", "echo /proc/self/fd/*; env | grep -c SECRET", NULL};
	const struct bytes files[] = {{"x", 1}};
	struct process process = shell(argv);
	struct process_end end = {0};
	struct error err = ERROR_INIT;
	process.files = files;
	process.file_count = 1;
	assert_true(process_run(&process, arena, &end, &err));
	const char *seen = secret_expose(end.output);
	assert_non_null(strstr(seen, "/proc/self/fd/3"));
	assert_null(strstr(seen, "/proc/self/fd/64"));
	assert_null(strstr(seen, "/proc/self/fd/65"));
	secret_free(end.output);
}

static void test_endings(void **state)
{
	(void)state;
	static const struct {
		const char *script, *message;
	} cases[] = {{"sleep 30", "did not end within"}, {"yes | head -c 100000", "printed more than"}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		const char *const argv[] = {"/bin/sh", "-c", cases[i].script, NULL};
		const char *const path[] = {"PATH=/usr/bin:/bin", NULL};
		struct process process = shell(argv);
		struct process_end end = {0};
		struct error err = ERROR_INIT;
		process.env = path;
		process.timeout_ms = i ? 20000 : 300;
		assert_false(process_run(&process, arena, &end, &err));
		assert_non_null(strstr(err.message, cases[i].message));
		error_release(&err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_input_and_files),
		cmocka_unit_test(test_much_input),
		cmocka_unit_test(test_nothing_else_is_handed_over),
		cmocka_unit_test(test_endings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
