/*
 * What a plan rests on, looked at when it can be: the services of a SKU that the tenant did not have when the
 * plan was made, and the subscription whose seats it found.
 */
#include "core/str.h"
#include "plans/run/apply_internal.h"

#include <string.h>

enum { DEFAULT_CONFIRM_MS = 3000, DATE_LEN = 10 };

static const char *assumption_problem(const struct plan_assumption *assumption, const struct live *live,
				      struct arena *out)
{
	const struct sku *sku = live_find_sku(live, assumption->sku);
	struct str_list more = {0};
	struct str_list missing = {0};
	if (!sku)
		return NULL;
	plan_compare_assumption(assumption, sku, out, &more, &missing);
	if (!more.count && !missing.count)
		return NULL;
	return arena_printf(out, "%s is not what the plan took for granted: the tenant's own%s%s%s%s%s",
			    sku->part_number, missing.count ? " lacks " : "",
			    missing.count ? str_list_join(out, &missing, ", ") : "",
			    missing.count && more.count ? ", and" : "", more.count ? " also has " : "",
			    more.count ? str_list_join(out, &more, ", ") : "");
}

static const struct subscription *seen_before(const struct run *run, const char *id)
{
	return run->o->before ? live_find_subscription(run->o->before, id) : NULL;
}

/* The subscription whose seats were there when the plan was made, and so came without a hand step. */
static const char *subscription_problem(const struct run *run, const char *id, const struct live *live,
					struct arena *out)
{
	const struct subscription *now = live_find_subscription(live, id);
	const struct subscription *then = seen_before(run, id);
	if (!now)
		return arena_printf(out, "subscription %s, whose seats the plan gives, is gone", id);
	if (now->status != SUBSCRIPTION_ENABLED)
		return arena_printf(out, "subscription %s, whose seats the plan gives, is %s", id,
				    now->status_text);
	if (now->is_trial && !(then && then->is_trial))
		return arena_printf(out, "subscription %s, whose seats the plan gives, is a trial", id);
	if (then && !str_eq_fold(now->sku_id, then->sku_id))
		return arena_printf(out, "subscription %s, whose seats the plan gives, is one of %s", id,
				    now->part_number);
	if (then && then->next_lifecycle && now->next_lifecycle &&
	    strncmp(now->next_lifecycle, then->next_lifecycle, DATE_LEN) < 0)
		return arena_printf(out,
				    "subscription %s, whose seats the plan gives, ends %.10s, and not %.10s",
				    id, now->next_lifecycle, then->next_lifecycle);
	return NULL;
}

static const char *find_problem(const struct run *run, const struct live *live, struct arena *out)
{
	struct str_list problems = {0};
	const struct plan *plan = run->o->plan;
	for (size_t i = 0; i < plan->assumes.count; i++) {
		/* Until the key has been seen, it is not known that the SKU is what it brought. */
		const char *problem = run_awaits_seats(run, plan->assumes.items[i].sku)
					      ? NULL
					      : assumption_problem(&plan->assumes.items[i], live, out);
		if (problem)
			VEC_PUSH(out, &problems, problem);
	}
	for (size_t i = 0; i < plan->summary.moves.count; i++) {
		const char *found = plan->summary.moves.items[i].open_subscription;
		const char *problem = found ? subscription_problem(run, found, live, out) : NULL;
		if (problem)
			VEC_PUSH(out, &problems, problem);
	}
	return problems.count ? str_list_join(out, &problems, "; ") : NULL;
}

/* A row that has just come may not be whole yet: what differs is looked at twice. */
bool run_check_basis(struct run *run, const struct live *live, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct read_scope scope = {.only_tenant = true};
	struct live again = {0};
	if (!find_problem(run, live, tmp))
		return true;
	clock_sleep_ms(run->o->clock, run->o->confirm_ms ? run->o->confirm_ms : DEFAULT_CONFIRM_MS);
	if (!run->o->provider->ops->read(run->o->provider, &scope, tmp, &again, err))
		return error_wrap(err, "cannot check what the plan rests on");
	run->differs = find_problem(run, &again, run->out);
	return true;
}

/* Whether what brings a SKU of which something was taken for granted has been seen. */
static bool has_come(const struct run *run)
{
	for (size_t i = 0; i < run->o->plan->actions.count; i++) {
		const struct action *action = &run->o->plan->actions.items[i];
		for (size_t j = 0; j < run->o->plan->assumes.count; j++)
			if (action_brings_seats(action->kind) && run->replay.results[i].ended &&
			    str_eq(action->sku_id, run->o->plan->assumes.items[j].sku))
				return true;
	}
	return false;
}

/* An earlier run may have seen the key's seats and stopped before this was asked. */
bool run_check_basis_again(struct run *run, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct read_scope scope = {.only_tenant = true};
	struct live live = {0};
	if (!has_come(run))
		return true;
	if (!run->o->provider->ops->read(run->o->provider, &scope, tmp, &live, err))
		return error_wrap(err, "cannot check what the plan rests on");
	return run_check_basis(run, &live, err);
}
