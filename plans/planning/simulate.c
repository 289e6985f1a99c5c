/* The proof: order and redemptions; what it is made of is in simulate_users.c and simulate_seats.c. */
#include "core/str.h"
#include "plans/planning/simulate_internal.h"

#include <stdlib.h>
#include <string.h>

/* Ids are a0001, a0002, ... in the order of the file, so that each names one action. */
static bool check_id(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	const char *want = arena_printf(s->p->out, "a%04zu", at + 1);
	if (!str_eq(action->id, want))
		simulate_fail(s, at, "the plan", "scope", "the action should have the id %s", want);
	return !s->failed;
}

/* `after` names actions that stand before, and the wave is one more than the highest of theirs. */
static void check_order(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	const struct action *before_it = at ? action - 1 : NULL;
	/* Most actions of a wave share one list, which was gone through with the first. */
	if (at && action->after.count && before_it->after.items == action->after.items &&
	    before_it->after.count == action->after.count && before_it->wave == action->wave)
		return;
	const char *who = action->upn ? action->upn : "the plan";
	int64_t highest = -1;
	for (size_t i = 0; i < action->after.count && !s->failed; i++) {
		size_t before = simulate_index(s, action->after.items[i]);
		if (before == SIZE_MAX) {
			simulate_fail(s, at, who, "scope",
				      "it waits for '%s', which is no action of the plan",
				      planning_quote(s->p, action->after.items[i]));
			return;
		}
		int64_t wave = s->actions->items[before].wave;
		if (wave >= action->wave)
			simulate_fail(s, at, who, "scope", "it waits for %s, which is not in an earlier wave",
				      action->after.items[i]);
		highest = wave > highest ? wave : highest;
	}
	if (!s->failed && action->wave != highest + 1)
		simulate_fail(s, at, who, "scope", "it is in wave %lld and waits for wave %lld",
			      (long long)action->wave, (long long)highest);
}

static size_t rank_by_wave(struct simulation *s, size_t *order)
{
	size_t count = s->actions->count;
	size_t *starts = mem_alloc((count + 1) * sizeof *starts);
	for (size_t i = 0; i < count; i++)
		starts[s->actions->items[i].wave + 1]++;
	for (size_t i = 1; i <= count; i++)
		starts[i] += starts[i - 1];
	for (size_t i = 0; i < count; i++)
		order[starts[s->actions->items[i].wave]++] = i;
	free(starts);
	return count;
}

static void inherit(struct simulation *s, size_t at, size_t before)
{
	for (size_t w = 0; w < REDEEM_WORDS; w++)
		s->redeems_before[at][w] |= s->redeems_before[before][w];
	for (size_t r = 0; r < s->redeem_count; r++)
		if (s->redeem_actions[r] == before)
			s->redeems_before[at][r / 64] |= UINT64_C(1) << r % 64;
}

/* What each action waits for, as far as seats and usage locations are concerned. */
static void collect_before(struct simulation *s)
{
	size_t *order = mem_alloc((s->actions->count + 1) * sizeof *order);
	size_t count = rank_by_wave(s, order);
	for (size_t n = 0; n < count; n++) {
		const struct action *action = &s->actions->items[order[n]];
		const struct action *last = n ? &s->actions->items[order[n - 1]] : action;
		if (n && action->after.count && last->after.items == action->after.items &&
		    last->after.count == action->after.count && action->kind == last->kind &&
		    !s->has_location[order[n - 1]]) {
			memcpy(s->redeems_before[order[n]], s->redeems_before[order[n - 1]],
			       sizeof s->redeems_before[0]);
			continue;
		}
		for (size_t i = 0; i < action->after.count; i++) {
			size_t before = simulate_index(s, action->after.items[i]);
			const struct action *other = &s->actions->items[before];
			if (action->kind != ACTION_RETIRE_SUBSCRIPTION)
				inherit(s, order[n], before);
			if (other->kind == ACTION_SET_USAGE_LOCATION &&
			    str_eq(other->user_id, action->user_id))
				s->has_location[order[n]] = true;
		}
	}
	free(order);
}

static void check_arrival(struct simulation *s, size_t at, int64_t brings)
{
	const struct action *action = &s->actions->items[at];
	bool by_key = action->kind == ACTION_REDEEM_KEY;
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (m->redeem && str_eq(m->open->id, action->sku_id) && m->on_order == brings &&
		    by_key == (m->move->arrives_by == ARRIVE_BY_KEY))
			return;
	}
	simulate_fail(s, at, simulate_pool(s, action->sku_id)->part_number, "scope", "no move orders %s%s",
		      by_key ? "a key of " : "", planning_count(s->p, brings, "seat"));
}

static void check_reactivate(struct simulation *s, size_t at)
{
	const struct action *action = &s->actions->items[at];
	for (size_t i = 0; i < s->p->moves.count; i++) {
		const struct resolved_move *m = &s->p->moves.items[i];
		if (m->reactivate && str_eq(m->reactivate->id, action->subscription_id) &&
		    str_eq(m->open->id, action->sku_id) && m->reactivate->seats == action->seats)
			return;
	}
	simulate_fail(s, at, simulate_pool(s, action->sku_id)->part_number, "scope",
		      "no move brings this subscription back");
}

static void check_kinds(struct simulation *s)
{
	for (size_t i = 0; i < s->actions->count && !s->failed; i++) {
		const struct action *action = &s->actions->items[i];
		if (!check_id(s, i))
			return;
		if (action->kind == ACTION_ADD_PARTNER && !s->p->policy->partner_required)
			simulate_fail(s, i, "the tenant", "scope", "the policy requires no partner relation");
		int64_t brought;
		if (!simulate_brings(action, &brought))
			continue;
		if (action_brings_seats(action->kind))
			check_arrival(s, i, brought);
		else
			check_reactivate(s, i);
		if (s->redeem_count == REDEEMS_MAX)
			simulate_fail(s, i, "the plan", "scope", "too many purchases");
		else
			s->redeem_actions[s->redeem_count++] = i;
	}
	for (size_t i = 0; i < s->actions->count && !s->failed; i++)
		check_order(s, i);
}

static void prove(struct simulation *s)
{
	check_kinds(s);
	if (s->failed)
		return;
	collect_before(s);
	simulate_users(s);
	if (!s->failed)
		simulate_seats(s);
	if (!s->failed)
		simulate_retires(s);
}

bool simulate_prove(struct planning *p, const struct action_list *actions, int64_t *ret_prefixes)
{
	size_t redeems[REDEEMS_MAX];
	struct simulation s = {
		.p = p,
		.actions = actions,
		.touches = mem_alloc((p->live->users.count + 1) * sizeof *s.touches),
		.has_location = mem_alloc((actions->count + 1) * sizeof *s.has_location),
		.redeems_before = mem_alloc((actions->count + 1) * sizeof *s.redeems_before),
		.redeem_actions = redeems,
		.mark = mem_alloc((actions->count + 1) * sizeof *s.mark),
	};
	prove(&s);
	*ret_prefixes = (int64_t)actions->count + 1;
	free(s.touches);
	free(s.has_location);
	free(s.redeems_before);
	free(s.mark);
	return !s.failed;
}
