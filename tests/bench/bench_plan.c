/*
 * Processor seconds that planning takes, per stage, for 10,000 and 100,000 users, and their ratio: bench_plan
 *
 * Ten per cent of the users are listed by name, a tenth of those without a usage location; the others
 * are found as holders. Not a test: machines differ. Linear means a ratio of about ten.
 */
#include "plans/planning/guard.h"
#include "plans/planning/order.h"
#include "plans/planning/resolve.h"
#include "plans/planning/simulate.h"
#include "plans/saved/plan_file.h"
#include "providers/snapshot/snapshot.h"
#include "tests/support/tenant_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SMALL = 10000, LARGE = 100000, CANARIES = 20, PROTECTED = 2000 };

enum stage { RESOLVE, DIFF, GUARD, ORDER, SIMULATE, ENCODE, WHOLE, SNAPSHOT, STAGE_COUNT };
static const char *const names[] = {
	"resolve", "diff", "guard", "order", "simulate", "encode", "plan_build + encode", "snapshot read"};

struct input {
	struct desired desired;
	struct policy policy;
	struct live live;
};

/* Of this process alone: other work on the machine does not count. */
static double now(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static struct license_list holds(struct arena *arena, const struct sku *sku, size_t number)
{
	struct license_list list = {0};
	struct license license = {sku->id, {0}};
	if (number % 7 == 0)
		VEC_PUSH(arena, &license.disabled_plans, sku->service_plans.items[number % 5].id);
	VEC_PUSH(arena, &list, license);
	return list;
}

static void make_users(struct input *in, struct arena *arena, size_t count)
{
	const struct sku *advisor = live_ensure_sku(&in->live, "STANDARDPACK", arena);
	VEC_RESERVE(arena, &in->live.users, count);
	for (size_t i = 0; i < count; i++) {
		struct user user = {.id = arena_printf(arena, "%08zx-0000-4000-8000-000000000000",
						       i * 2654435761u % 0xffffffffu),
				    .upn = arena_printf(arena, "user%06zu@contoso.com", i),
				    .usage_location = i % 100 ? "US" : NULL,
				    .enabled = true};
		struct license_list list = holds(arena, advisor, i);
		VEC_PUSH(arena, &user.states,
			 (struct license_state){.sku_id = advisor->id,
						.state = "Active",
						.disabled_plans = list.items[0].disabled_plans});
		VEC_PUSH(arena, &in->live.users, user);
	}
}

static void make_live(struct input *in, struct arena *arena, size_t count)
{
	in->live = (struct live){
		.organization = {.id = "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f", .display_name = "Contoso Ltd"},
		.user_count = (int64_t)count};
	VEC_PUSH(arena, &in->live.organization.verified_domains,
		 (struct verified_domain){"contoso.onmicrosoft.com", true, true});
	struct sku *advisor = live_ensure_sku(&in->live, "STANDARDPACK", arena);
	VEC_PUSH(arena, &in->live.subscriptions,
		 (struct subscription){.id = "6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90",
				       .sku_id = advisor->id,
				       .part_number = advisor->part_number,
				       .status_text = "Enabled",
				       .seats = (int64_t)count});
	VEC_PUSH(arena, &in->live.holders_read, advisor->id);
	make_users(in, arena, count);
	live_roll_up(&in->live, arena);
}

static void make_desired(struct input *in, struct arena *arena, size_t count)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct diag_list diags = {0};
	const struct file_reader no_files = {0};
	strbuf_addf(
		&buf,
		"version: 1\ncustomer: contoso\n"
		"tenant: {id: 8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f, domain: contoso.onmicrosoft.com}\n"
		"agreement: {reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: 2026-11-02}\n"
		"defaults: {usage_location: US}\n"
		"moves:\n  - open: {sku: ENTERPRISEPACK, seats: %zu}\n"
		"    advisor: {sku: STANDARDPACK}\n    users:\n      - holders_of: advisor\n",
		count);
	for (size_t i = 0; i < count; i += 10)
		strbuf_addf(&buf, "      - user%06zu@contoso.com\n", i);
	strbuf_add(&buf, "canary:\n");
	for (size_t i = 0; i < CANARIES; i++)
		strbuf_addf(&buf, "  - user%06zu@contoso.com\n", i * 7);
	if (!desired_parse("customers/contoso.yaml", (struct bytes){strbuf_text(&buf), buf.len}, &no_files,
			   arena, &diags, &in->desired)) {
		fprintf(stderr, "%s\n", diag_text(arena, &diags.items[0], NULL));
		exit(1);
	}
	for (size_t i = 0; i < PROTECTED; i++)
		VEC_PUSH(arena, &in->policy.protected_users, arena_printf(arena, "admin%zu@contoso.com", i));
}

static void time_stages(const struct input *in, struct arena *arena, double *seconds)
{
	struct diag_list diags = {0};
	struct changes changes = {0};
	struct action_list actions = {0};
	int64_t prefixes;
	struct planning p = {.desired = &in->desired,
			     .policy = &in->policy,
			     .live = &in->live,
			     .users_by_name = user_index_new(arena, &in->live.users),
			     .skus = {.live = &in->live, .out = arena},
			     .out = arena,
			     .diags = &diags};
	double start = now();
	resolve_moves(&p);
	seconds[RESOLVE] = now() - start;
	start = now();
	diff_build(&p, &changes);
	seconds[DIFF] = now() - start;
	start = now();
	guard_check(&p, &changes);
	seconds[GUARD] = now() - start;
	start = now();
	order_build(&p, &changes, &actions);
	seconds[ORDER] = now() - start;
	start = now();
	bool proved = simulate_prove(&p, &actions, &prefixes);
	seconds[SIMULATE] = now() - start;
	if (!proved || diag_has_errors(&diags)) {
		fprintf(stderr, "%s\n", diag_text(arena, &diags.items[0], NULL));
		exit(1);
	}
}

static void time_whole(const struct input *in, struct arena *arena, double *seconds)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct diag_list diags = {0};
	struct plan plan;
	enum error_code code;
	double start = now();
	if (!plan_build(&(struct plan_inputs){&in->desired, &in->policy, &in->live}, arena, &diags, &plan,
			&code))
		exit(1);
	double built = now();
	plan_encode(&plan, &buf);
	seconds[ENCODE] = now() - built;
	seconds[WHOLE] = now() - start;
	fprintf(stdout, "%zu users: %zu actions, %zu bytes of plan, %zu MiB of arena\n", in->live.users.count,
		plan.actions.count, buf.len, arena_size(arena) >> 20);
}

static void time_snapshot(const struct input *in, struct arena *arena, double *seconds)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	const struct read_info info = {.read_at = "2026-11-22T12:00:00.000Z"};
	struct read_info again;
	struct live live;
	struct error err = ERROR_INIT;
	snapshot_encode(&in->live, &info, &buf);
	double start = now();
	if (!snapshot_decode(strbuf_text(&buf), buf.len, arena, &live, &again, &err))
		exit(1);
	seconds[SNAPSHOT] = now() - start;
}

static void run(size_t count, double *seconds)
{
	CLEANUP(arena_freep) struct arena *input_arena = arena_new();
	struct input in = {0};
	make_live(&in, input_arena, count);
	make_desired(&in, input_arena, count);
	CLEANUP(arena_freep) struct arena *stages = arena_new();
	time_stages(&in, stages, seconds);
	CLEANUP(arena_freep) struct arena *whole = arena_new();
	time_whole(&in, whole, seconds);
	time_snapshot(&in, input_arena, seconds);
}

int main(void)
{
	double small[STAGE_COUNT];
	double large[STAGE_COUNT];
	struct rusage usage;
	run(SMALL, small);
	run(LARGE, large);
	fprintf(stdout, "%-20s %10d %10d %8s\n", "seconds", SMALL, LARGE, "ratio");
	for (size_t i = 0; i < STAGE_COUNT; i++)
		fprintf(stdout, "%-20s %10.3f %10.3f %8.1f\n", names[i], small[i], large[i],
			small[i] > 0 ? large[i] / small[i] : 0);
	getrusage(RUSAGE_SELF, &usage);
	fprintf(stdout, "peak memory %ld MiB\n", usage.ru_maxrss >> 10);
	return 0;
}
