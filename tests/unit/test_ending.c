/* What exit statuses mean to a fleet, over all of them and all pairs; and which slice a worker has. */
#include "core/macros.h"
#include "plans/fleet/ending.h"
#include "plans/fleet/shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Written down again, from the documentation and not from the program. */
static const int order[] = {5, 8, 7, 6, 4, 3, 13, 1, 10, 12, 11, 130, 9, 0};

static size_t place(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (order[i] == status)
			return i;
	return place(1);
}

static void test_worse_over_all_pairs(void **state)
{
	(void)state;
	for (int a = 0; a <= 255; a++) {
		for (int b = 0; b <= 255; b++) {
			int wanted = order[place(a) < place(b) ? place(a) : place(b)];
			if (ending_worse(a, b) != wanted || ending_worse(b, a) != wanted)
				fail_msg("%d and %d: %d, not %d", a, b, ending_worse(a, b), wanted);
		}
	}
}

static void test_endings(void **state)
{
	static const int well[] = {0, 9}, again[] = {10, 11, 12, 130};
	(void)state;
	for (int status = 0; status <= 255; status++) {
		enum ending wanted = ENDING_FAILED;
		for (size_t i = 0; i < ARRAY_LEN(well); i++)
			wanted = well[i] == status ? ENDING_WELL : wanted;
		for (size_t i = 0; i < ARRAY_LEN(again); i++)
			wanted = again[i] == status ? ENDING_AGAIN : wanted;
		assert_int_equal(ending_of(status), wanted);
	}
}

/* "NAME=value NAME=value" as an environment. */
static const char *read_env(void *ctx, const char *name)
{
	static char value[64];
	size_t len = strlen(name);
	for (const char *at = ctx; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
		if (strncmp(at, name, len) != 0 || at[len] != '=')
			continue;
		size_t size = strcspn(at + len + 1, " ");
		memcpy(value, at + len + 1, size);
		value[size] = '\0';
		return size ? value : NULL;
	}
	return NULL;
}

static void test_shards(void **state)
{
	static const struct {
		const char *name, *env;
		int64_t count;
		int64_t index, of; /* of 0: refused */
	} cases[] = {
		{"gitlab", "CI_NODE_INDEX=1 CI_NODE_TOTAL=8", 0, 0, 8},
		{"gitlab", "CI_NODE_INDEX=8 CI_NODE_TOTAL=8", 0, 7, 8},
		{"gitlab", "CI_NODE_INDEX=8 CI_NODE_TOTAL=8", 8, 7, 8},
		{"azure", "SYSTEM_JOBPOSITIONINPHASE=2 SYSTEM_TOTALJOBSINPHASE=4", 0, 1, 4},
		{"github", "STRATEGY_JOB_INDEX=0 STRATEGY_JOB_TOTAL=3", 0, 0, 3},
		{"kubernetes", "JOB_COMPLETION_INDEX=31", 32, 31, 32},
		{"slurm", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=4", 0, 0, 4},
		{"slurm", "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0", 0, 7, 8},
		/* One task of eight once more. */
		{"slurm", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=5", 8, 5, 8},
		{"1/1", "", 0, 0, 1},
		{"3/8", "CI_NODE_INDEX=1", 0, 2, 8},
		{"3/8", "", 8, 2, 8},
		/* What is left out is never all of it. */
		{"gitlab", "CI_NODE_TOTAL=8", 0, 0, 0},
		{"gitlab", "CI_NODE_TOTAL=1", 0, 0, 0},
		{"gitlab", "CI_NODE_INDEX=1", 0, 0, 0},
		{"gitlab", "", 8, 0, 0},
		{"azure", "SYSTEM_TOTALJOBSINPHASE=4", 0, 0, 0},
		{"azure", "SYSTEM_JOBPOSITIONINPHASE=1", 0, 0, 0},
		{"azure", "CI_NODE_INDEX=1 CI_NODE_TOTAL=8", 0, 0, 0},
		{"github", "STRATEGY_JOB_TOTAL=3", 0, 0, 0},
		{"github", "STRATEGY_JOB_INDEX=0", 0, 0, 0},
		{"github", "GITHUB_ACTIONS=true", 3, 0, 0},
		{"kubernetes", "JOB_COMPLETION_INDEX=0", 0, 0, 0},
		{"kubernetes", "", 32, 0, 0},
		{"slurm", "SLURM_ARRAY_TASK_COUNT=4", 0, 0, 0},
		{"slurm", "SLURM_ARRAY_TASK_ID=0", 0, 0, 0},
		{"slurm", "SLURM_JOB_ID=12", 4, 0, 0},
		{"slurm", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=5", 0, 0, 0},
		{"slurm",
		 "SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 "
		 "SLURM_ARRAY_TASK_STEP=2",
		 0, 0, 0},
		/* Nonsense. */
		{"gitlab", "CI_NODE_INDEX=0 CI_NODE_TOTAL=8", 0, 0, 0},
		{"gitlab", "CI_NODE_INDEX=9 CI_NODE_TOTAL=8", 0, 0, 0},
		{"gitlab", "CI_NODE_INDEX=one CI_NODE_TOTAL=8", 0, 0, 0},
		{"gitlab", "CI_NODE_INDEX=1 CI_NODE_TOTAL=8", 16, 0, 0},
		{"kubernetes", "JOB_COMPLETION_INDEX=32", 32, 0, 0},
		{"jenkins", "CI_NODE_INDEX=1 CI_NODE_TOTAL=8", 0, 0, 0},
		{"0/8", "", 0, 0, 0},
		{"9/8", "", 0, 0, 0},
		{"1/0", "", 0, 0, 0},
		{"1/", "", 0, 0, 0},
		{"/8", "", 0, 0, 0},
		{"", "", 0, 0, 0},
		{"3/8", "", 9, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		union {
			const char *text;
			void *ctx;
		} given = {cases[i].env};
		const struct env env = {read_env, given.ctx};
		struct error err = ERROR_INIT;
		struct shard shard = {-1, -1};
		bool found = shard_find(cases[i].name, cases[i].count, &env, arena, &shard, &err);
		if (found != (cases[i].of > 0))
			fail_msg("%s with '%s': %s", cases[i].name, cases[i].env,
				 found ? "found" : err.message);
		if (!found)
			assert_int_equal(error_info(err.code)->status, 3);
		else if (shard.index != cases[i].index || shard.count != cases[i].of)
			fail_msg("%s with '%s': %lld of %lld", cases[i].name, cases[i].env,
				 (long long)shard.index, (long long)shard.count);
		error_release(&err);
	}
}

/* Everybody is in exactly one slice, and slices differ by one at most. */
static void test_slices(void **state)
{
	(void)state;
	for (int64_t count = 1; count <= 33; count++) {
		size_t least = SIZE_MAX, most = 0, all = 0;
		for (int64_t index = 0; index < count; index++) {
			const struct shard shard = {index, count};
			size_t own = 0;
			for (size_t place = 0; place < 100; place++)
				own += shard_has(&shard, place);
			least = own < least ? own : least;
			most = own > most ? own : most;
			all += own;
		}
		assert_int_equal(all, 100);
		assert_true(most - least <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worse_over_all_pairs),
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_slices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
