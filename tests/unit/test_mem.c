/* Arenas: zeroed, aligned, growing; no memory ends the program. */
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_zeroed_and_aligned(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	for (size_t size = 0; size < 3000; size += 7) {
		arena_strndup(arena, "xyz", size % 3);
		unsigned char *bytes = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, size);
	}
}

static void test_large_blocks_keep_the_small_one(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	char *first = arena_strdup(arena, "first");
	for (int i = 0; i < 4; i++) {
		char *large = arena_alloc(arena, 3 << 20);
		memset(large, 'x', 3 << 20);
		char *small = arena_strdup(arena, "small");
		assert_string_equal(small, "small");
		assert_int_equal(large[(3 << 20) - 1], 'x');
	}
	assert_string_equal(first, "first");
	assert_true(arena_size(arena) < (size_t)13 << 20);
}

static void test_texts(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	assert_null(arena_strdup(arena, NULL));
	assert_string_equal(arena_strndup(arena, "abc", 2), "ab");
	assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
	assert_memory_equal(arena_dup(arena, "a\0b", 3), "a\0b", 3);
	assert_non_null(arena_dup(arena, NULL, 0));
	CLEANUP(mem_free_text) char *text = mem_printf("%05d", 42);
	assert_string_equal(text, "00042");
	int *taken = mem_alloc(sizeof *taken);
	int *other = TAKE(taken);
	assert_null(taken);
	free(other);
}

static void overflow_arena(void)
{
	arena_alloc_array(arena_new(), SIZE_MAX / 4, 8);
}

static void overflow_heap(void)
{
	free(mem_realloc_array(NULL, SIZE_MAX / 4, 8));
}

static void larger_than_memory(void)
{
	arena_alloc(arena_new(), SIZE_MAX / 2);
}

static void nearly_everything(void)
{
	arena_alloc(arena_new(), SIZE_MAX);
}

static void text_of_everything(void)
{
	arena_strndup(arena_new(), "", SIZE_MAX);
}

static void test_no_memory_ends_the_program(void **state)
{
	(void)state;
	void (*const cases[])(void) = {overflow_arena, overflow_heap, larger_than_memory, nearly_everything,
				       text_of_everything};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		pid_t child = fork();
		if (child == 0) {
			close(STDERR_FILENO);
			cases[i]();
			_exit(0);
		}
		int status = 0;
		waitpid(child, &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 71)
			fail_msg("case %zu: status %d", i, status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_and_aligned),
		cmocka_unit_test(test_large_blocks_keep_the_small_one),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_no_memory_ends_the_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
