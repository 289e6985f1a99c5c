/*
 * Properties of the way back, over small random tenants and customer files: test_undo [FIRST-SEED [COUNT]]
 *
 * Every plan that is made is carried out on a twin of its tenant, and undone: then everybody holds what they
 * held, licence by licence and service by service, in one call each. The same with processes that end and
 * requests that fail, on both ways. The ways that are rarely gone are counted, and one that no run went is a
 * failure.
 */
#include "core/str.h"
#include "plans/rehearse/rehearse.h"
#include "providers/provider.h"
#include "tests/property/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 3 };

struct tally {
	int64_t trials, plans, runs, undone, failed;
	int64_t rare[RARE_PATH_COUNT];
};

/*
 * What is off and cannot be switched off by a call (the company's service plans) comes back on: that says
 * nothing of the way back.
 */
static bool is_company_plan_off(const struct live *live)
{
	static const char *const companys[] = {"882e1d05-acd1-4ccb-8708-6ee03664b117",
					       "6f23d6a9-adbf-481c-8538-b4c095654487",
					       "113feb6c-3fe4-4440-bddc-54d774bf0318"};
	for (size_t i = 0; i < live->users.count; i++)
		for (size_t j = 0; j < live->users.items[i].states.count; j++)
			for (size_t k = 0; k < ARRAY_LEN(companys); k++)
				if (str_list_has(&live->users.items[i].states.items[j].disabled_plans,
						 companys[k]))
					return true;
	return false;
}

/* A group is not given back what the tenant has no seats of; in one without members that is no refusal
 * before. */
static bool is_group_without_seats(const struct live *live)
{
	for (size_t i = 0; i < live->groups.count; i++) {
		const struct license_list *licenses = &live->groups.items[i].licenses;
		for (size_t j = 0; j < licenses->count; j++) {
			const struct sku *sku = live_find_sku(live, licenses->items[j].sku_id);
			if (!sku || sku->enabled + sku->warning <= 0)
				return true;
		}
	}
	return false;
}

static bool is_out_of_scope(const struct live *live)
{
	return is_company_plan_off(live) || is_group_without_seats(live);
}

static bool make_folder(struct trial *t, struct plan_folder *folder)
{
	struct live *live = arena_alloc(t->arena, sizeof *live);
	struct read_scope scope;
	struct plan plan;
	struct diag_list diags = {0};
	enum error_code code;
	struct error err = ERROR_INIT;
	const struct file_reader no_files = {0};
	trial_make(t);
	if (!desired_parse("customers/contoso.yaml", (struct bytes){t->yaml, strlen(t->yaml)}, &no_files,
			   t->arena, &diags, &t->desired))
		return false;
	model_read(&t->model, t->arena, t->seed, live);
	plan_read_scope(&t->desired, &t->policy, t->arena, &scope);
	if (!plan_build(&(struct plan_inputs){&t->desired, &t->policy, live}, t->arena, &diags, &plan,
			&code) ||
	    !plan.actions.count)
		return false;
	if (is_out_of_scope(live))
		return false;
	const struct read_info info = {.read_at = "2026-11-22T12:00:00.000Z"};
	return plan_folder_make(&plan, live, &info, t->arena, folder, &err);
}

static void judge(struct trial *t, const struct rehearsal *r, struct tally *tally)
{
	tally->plans++;
	tally->runs += r->runs;
	tally->undone += r->undone + r->undo_alike;
	for (int i = 0; i < RARE_PATH_COUNT; i++)
		tally->rare[i] += r->rare[i];
	if (r->plain_problem)
		trial_complain(t, "the plan does not do what it says", r->plain_problem);
	else if (!r->undone)
		trial_complain(t, "the way back does not lead to the start", r->undo_problem);
	else if (r->first.found)
		trial_complain(t,
			       arena_printf(t->arena, "a disturbed run (%s, seed %llu) ends otherwise",
					    r->first.disturbance, (unsigned long long)r->first.seed),
			       r->first.text);
}

static void run_trial(struct trial *t, const char *scratch, struct tally *tally)
{
	struct plan_folder folder;
	struct rehearsal result;
	struct error err = ERROR_INIT;
	tally->trials++;
	if (!make_folder(t, &folder))
		return;
	const struct rehearsal_options options = {
		.folder = &folder,
		.desired = &t->desired,
		.policy = &t->policy,
		.runs = RUNS,
		.seed = t->seed % 3 ? (uint64_t)t->seed * 8 + 1 : 1 + t->seed % 32,
		.latency_ms = 20,
		.scratch = scratch,
	};
	if (rehearse(&options, t->arena, &result, &err))
		judge(t, &result, tally);
	else
		trial_complain(t, "the rehearsal fails", err.message);
	error_release(&err);
}

static int finish(const struct tally *tally, bool whole)
{
	bool missing = false;
	printf("%lld trials: %lld plans, %lld disturbed runs, %lld undone\n", (long long)tally->trials,
	       (long long)tally->plans, (long long)tally->runs, (long long)tally->undone);
	for (int i = 0; i < RARE_PATH_COUNT; i++) {
		printf("  %-20s %lld\n", rare_path_name((enum rare_path)i), (long long)tally->rare[i]);
		missing = missing || (whole && !tally->rare[i]);
	}
	if (missing)
		printf("a rare path was never gone: nothing is known of it\n");
	return tally->failed || missing || (whole && tally->plans * 5 < tally->trials);
}

int main(int argc, char **argv)
{
	int64_t first = 1;
	int64_t count = 600;
	struct tally tally = {0};
	char scratch[] = "/tmp/test-undo-XXXXXX";
	char in_memory[] = "/dev/shm/test-undo-XXXXXX";
	if ((argc > 1 && !str_parse_int(argv[1], 0, UINT32_MAX, &first)) ||
	    (argc > 2 && !str_parse_int(argv[2], 1, 10000000, &count)))
		return 2;
	const char *dir = mkdtemp(in_memory);
	dir = dir ? dir : mkdtemp(scratch);
	for (int64_t i = 0; dir && i < count && tally.failed < 5; i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		struct trial trial = {.seed = (unsigned)(first + i),
				      .state = (unsigned)(first + i) * 2654435761u,
				      .arena = arena};
		run_trial(&trial, dir, &tally);
		tally.failed += trial.failed;
	}
	if (dir) {
		CLEANUP(arena_freep) struct arena *arena = arena_new();
		(void)unlink(arena_printf(arena, "%s/journal.jsonl", dir));
		(void)unlink(arena_printf(arena, "%s/undo.jsonl", dir));
		(void)rmdir(dir);
	}
	return finish(&tally, argc < 2);
}
