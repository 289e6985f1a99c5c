/* What the parts of the proof share: failing, seats by SKU, actions by id, what waits for what. */
#include "plans/planning/simulate_internal.h"

#include "core/str.h"

#include <stdarg.h>
#include <stdlib.h>

void simulate_fail(struct simulation *s, size_t action, const char *who, const char *invariant,
		   const char *fmt, ...)
{
	if (s->failed)
		return;
	va_list args;
	va_start(args, fmt);
	const char *why = arena_vprintf(s->p->out, fmt, args);
	va_end(args);
	s->failed = true;
	planning_refuse(s->p, SS321, (struct place){0},
			"the plan is not safe: after prefix %zu (%s), %s: %s: %s", action + 1,
			planning_quote(s->p, s->actions->items[action].id), planning_quote(s->p, who),
			invariant, why)
		->help =
		"Nothing was planned. Change the customer file; if it looks right, report this as a fault.";
}

bool simulate_brings(const struct action *action, int64_t *ret_seats)
{
	*ret_seats = action->kind == ACTION_REDEEM_KEY ? action->result.seats - action->expect.seats
						       : action->seats;
	return action_brings_seats(action->kind) || action->kind == ACTION_REACTIVATE_SUBSCRIPTION;
}

struct pool *simulate_pool(struct simulation *s, const char *sku_id)
{
	for (size_t i = 0; i < s->pools.count; i++)
		if (str_eq(s->pools.items[i].sku_id, sku_id))
			return &s->pools.items[i];
	const struct sku *sku = live_find_sku(s->p->live, sku_id);
	const struct sku_view *view = sku_cache_get(&s->p->skus, sku_id);
	struct pool pool = {.sku_id = sku_id, .part_number = view ? view->part_number : sku_id};
	if (sku) {
		pool.assigned = sku->consumed;
		/* Units in their grace period still serve their holders. */
		pool.prepaid = sku->enabled + sku->warning;
	}
	VEC_PUSH(s->p->out, &s->pools, pool);
	return &s->pools.items[s->pools.count - 1];
}

size_t simulate_index(const struct simulation *s, const char *action_id)
{
	size_t number = 0;
	for (const char *c = action_id + (action_id[0] == 'a');
	     *c >= '0' && *c <= '9' && number <= s->actions->count; c++)
		number = number * 10 + (size_t)(*c - '0');
	if (number == 0 || number > s->actions->count)
		return SIZE_MAX;
	size_t index = number - 1;
	return str_eq(s->actions->items[index].id, action_id) ? index : SIZE_MAX;
}

void simulate_walk_back(struct simulation *s, size_t action)
{
	size_t *stack = mem_alloc((s->actions->count + 1) * sizeof *stack);
	size_t depth = 0;
	s->walk++;
	stack[depth++] = action;
	while (depth) {
		const struct str_list *after = &s->actions->items[stack[--depth]].after;
		for (size_t i = 0; i < after->count; i++) {
			size_t before = simulate_index(s, after->items[i]);
			if (s->mark[before] == s->walk)
				continue;
			s->mark[before] = s->walk;
			stack[depth++] = before;
		}
	}
	free(stack);
}
