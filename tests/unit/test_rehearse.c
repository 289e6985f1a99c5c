/* A rehearsal that can fail: the facts are doctored, or what applies the plan is broken on purpose. */
#include "plans/rehearse/rehearse.h"

#include "tests/support/planning_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RUNS = 40 };

static const char moves[] = "  - open: {sku: ENTERPRISEPACK, seats: 5}\n"
			    "    advisor: {sku: STANDARDPACK}\n"
			    "    users: [holders_of: advisor]\n";
static const char tenant[] = "\"subscriptions\": [{\"sku\": \"STANDARDPACK\", \"seats\": 30}], \"users\": ["
			     "{\"upn\": \"adele.vance@contoso.com\", \"usage_location\": \"US\", "
			     "\"licenses\": [\"STANDARDPACK\"]},"
			     "{\"upn\": \"alex.wilber@contoso.com\", \"licenses\": [\"STANDARDPACK\"]},"
			     "{\"upn\": \"lee.gu@contoso.com\", \"usage_location\": \"GB\", \"licenses\": "
			     "[{\"sku\": \"STANDARDPACK\", "
			     "\"disable\": [\"SWAY\"]}]}]";

struct stage_fixture {
	struct planning_fixture f;
	struct plan_folder folder;
	char scratch[64];
	struct rehearsal result;
};

static void begin(struct stage_fixture *s)
{
	struct plan plan;
	enum error_code code;
	struct error err = ERROR_INIT;
	planning_fixture_make(&s->f, moves, tenant);
	s->f.desired.default_usage_location = "US";
	assert_true(plan_build(&(struct plan_inputs){&s->f.desired, &s->f.policy, &s->f.live}, s->f.arena,
			       &s->f.diags, &plan, &code));
	const struct read_info info = {.read_at = "2026-11-20T09:00:00Z"};
	assert_true(plan_folder_make(&plan, &s->f.live, &info, s->f.arena, &s->folder, &err));
	strcpy(s->scratch, "/tmp/test-rehearse-XXXXXX");
	assert_non_null(mkdtemp(s->scratch));
}

static void run(struct stage_fixture *s, void (*tamper)(void *ctx, struct provider *provider))
{
	struct error err = ERROR_INIT;
	const struct rehearsal_options options = {
		.folder = &s->folder,
		.desired = &s->f.desired,
		.policy = &s->f.policy,
		.runs = RUNS,
		.seed = 1,
		.latency_ms = 20,
		.scratch = s->scratch,
		.tamper = tamper,
	};
	if (!rehearse(&options, s->f.arena, &s->result, &err))
		fail_msg("%s", err.message);
}

static void end(struct stage_fixture *s)
{
	(void)unlink(arena_printf(s->f.arena, "%s/journal.jsonl", s->scratch));
	(void)unlink(arena_printf(s->f.arena, "%s/undo.jsonl", s->scratch));
	assert_int_equal(rmdir(s->scratch), 0);
	arena_free(s->f.arena);
}

static void test_all_alike(void **state)
{
	(void)state;
	struct stage_fixture s;
	begin(&s);
	run(&s, NULL);
	if (!rehearsal_is_good(&s.result))
		fail_msg("%s / %s / %s: %s", s.result.plain_problem, s.result.undo_problem,
			 s.result.first.disturbance, s.result.first.text);
	assert_int_equal(s.result.runs, RUNS);
	assert_int_equal(s.result.alike, RUNS);
	assert_true(s.result.ended_early > 10);
	assert_int_equal(s.result.plain.waits.count, 2);
	end(&s);
}

/* ---- the facts are doctored -------------------------------------------------------------------- */

static void test_a_licence_that_is_not_there(void **state)
{
	(void)state;
	struct stage_fixture s;
	begin(&s);
	s.folder.live.users.items[0].licenses.count = 0;
	s.folder.live.users.items[0].states.count = 0;
	run(&s, NULL);
	assert_false(rehearsal_is_good(&s.result));
	assert_non_null(s.result.plain_problem);
	assert_non_null(strstr(s.result.plain_problem, "stale"));
	assert_int_equal(s.result.runs, 0);
	end(&s);
}

/* The service has a rule that the planner does not know: what it refuses is named. */
static void test_another_rule(void **state)
{
	(void)state;
	struct stage_fixture s;
	begin(&s);
	s.folder.live.users.items[1].usage_location = NULL;
	struct action_list *actions = &s.folder.plan.actions;
	size_t kept = 0;
	for (size_t i = 0; i < actions->count; i++)
		if (actions->items[i].kind != ACTION_SET_USAGE_LOCATION)
			actions->items[kept++] = actions->items[i];
	if (kept == actions->count)
		fail_msg("the plan sets no usage location");
	actions->count = kept;
	for (size_t i = 0; i < kept; i++)
		actions->items[i].after = (struct str_list){0};
	run(&s, NULL);
	assert_false(rehearsal_is_good(&s.result));
	assert_non_null(s.result.plain_problem);
	end(&s);
}

/* ---- apply is broken on purpose ---------------------------------------------------------------- */

static struct provider_ops broken; /* of one test at a time */
static const struct provider_ops *whole;

static bool says_so_only(struct provider *p, const struct action *const *actions, size_t count,
			 const struct execute_hooks *hooks, struct error *err)
{
	(void)p;
	for (size_t i = 0; i < count; i++)
		if (!hooks->announce(hooks->ctx, &actions[i], 1, err) ||
		    !hooks->ended(hooks->ctx, actions[i], OUTCOME_VERIFIED, NULL, err))
			return false;
	return true;
}

/* What is written is not announced: after a crash nobody knows of it, and an undo does not either. */
static bool announces_nothing(void *ctx, const struct action *const *actions, size_t count, struct error *err)
{
	(void)ctx, (void)actions, (void)count, (void)err;
	return true;
}

static bool without_a_journal(struct provider *p, const struct action *const *actions, size_t count,
			      const struct execute_hooks *hooks, struct error *err)
{
	struct execute_hooks silent = *hooks;
	silent.announce = announces_nothing;
	return whole->execute(p, actions, count, &silent, err);
}

/* Takes first, and gives in a second call: between the two somebody has nothing. */
struct half {
	const struct execute_hooks *hooks;
	const struct action *original;
	bool last;
};

static bool half_announced(void *ctx, const struct action *const *actions, size_t count, struct error *err)
{
	const struct half *half = ctx;
	(void)actions, (void)count;
	return half->hooks->announce(half->hooks->ctx, &half->original, 1, err);
}

static bool half_ended(void *ctx, const struct action *action, enum outcome outcome, const char *detail,
		       struct error *err)
{
	const struct half *half = ctx;
	(void)action;
	return !half->last || half->hooks->ended(half->hooks->ctx, half->original, outcome, detail, err);
}

static bool in_two_calls(struct provider *p, const struct action *const *actions, size_t count,
			 const struct execute_hooks *hooks, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct action take = *actions[i];
		struct action give = *actions[i];
		struct half half = {hooks, actions[i], false};
		const struct execute_hooks halves = {
			.announce = half_announced, .ended = half_ended, .ctx = &half};
		take.add = take.result.licenses = (struct license_list){0};
		give.remove = (struct str_list){0};
		give.expect.licenses = (struct license_list){0};
		const struct action *one = &take;
		if (take.kind == ACTION_SWAP_LICENSE && !whole->execute(p, &one, 1, &halves, err))
			return false;
		half.last = true;
		one = &give;
		if (!whole->execute(p, &one, 1, &halves, err))
			return false;
	}
	return true;
}

static void spoil(void *ctx, struct provider *provider)
{
	(void)ctx;
	whole = provider->ops;
	bool (*execute)(struct provider *, const struct action *const *, size_t, const struct execute_hooks *,
			struct error *) = broken.execute;
	broken = *provider->ops;
	broken.execute = execute;
	provider->ops = &broken;
}

static void test_apply_that_only_says_so(void **state)
{
	(void)state;
	struct stage_fixture s;
	begin(&s);
	broken.execute = says_so_only;
	run(&s, spoil);
	assert_false(rehearsal_is_good(&s.result));
	assert_non_null(s.result.plain_problem);
	end(&s);
}

static void test_apply_that_announces_nothing(void **state)
{
	(void)state;
	struct stage_fixture s;
	begin(&s);
	broken.execute = without_a_journal;
	run(&s, spoil);
	assert_false(rehearsal_is_good(&s.result));
	assert_null(s.result.plain_problem);
	assert_non_null(s.result.undo_problem);
	assert_non_null(strstr(s.result.undo_problem, "after the undo"));
	end(&s);
}

static void test_apply_in_two_calls(void **state)
{
	(void)state;
	struct stage_fixture s;
	begin(&s);
	broken.execute = in_two_calls;
	run(&s, spoil);
	assert_false(rehearsal_is_good(&s.result));
	assert_non_null(s.result.plain_problem);
	assert_non_null(strstr(s.result.plain_problem, "in 2 calls"));
	end(&s);
}

/* The same seed, alone, is the same run. */
static void test_a_seed_repeats_its_run(void **state)
{
	(void)state;
	struct stage_fixture s, again;
	begin(&s);
	begin(&again);
	run(&s, NULL);
	run(&again, NULL);
	assert_memory_equal(s.result.rare, again.result.rare, sizeof s.result.rare);
	assert_int_equal(s.result.plain.requests, again.result.plain.requests);
	assert_int_equal(s.result.plain.working_ms, again.result.plain.working_ms);
	end(&s);
	end(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_alike),
		cmocka_unit_test(test_a_licence_that_is_not_there),
		cmocka_unit_test(test_another_rule),
		cmocka_unit_test(test_apply_that_only_says_so),
		cmocka_unit_test(test_apply_that_announces_nothing),
		cmocka_unit_test(test_apply_in_two_calls),
		cmocka_unit_test(test_a_seed_repeats_its_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
