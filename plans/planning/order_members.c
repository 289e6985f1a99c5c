/* Members and their groups: who waits for whom, and the waves of that. */
#include "plans/planning/order_members.h"

#include "core/str.h"
#include "plans/planning/member_order.h"

/* An action that waits for another, by index. */
struct wait {
	size_t action;
	size_t before;
};
VEC(wait_list, struct wait);

/* Between the stages nothing has to be said: all of one waits for the other. */
static void add_waits(const struct ordered_members *o, size_t change, const struct member_order *order,
		      struct arena *tmp, struct wait_list *waits)
{
	size_t n = 0;
	if (o->changes->users.items[change].canary != o->canary)
		return;
	for (const struct membership *m = order->groups; m; m = m->next, n++) {
		const size_t own = o->action_of[change];
		const size_t group = o->group_action_of[m->group];
		if (o->changes->groups.items[m->group].canary != o->canary)
			continue;
		const struct wait wait = member_order_has_first(order, n) ? (struct wait){own, group}
									  : (struct wait){group, own};
		VEC_PUSH(tmp, waits, wait);
	}
}

/* An action's wave is above those of all that it waits for. False when actions wait for one another. */
static bool raise_waves(const struct wait_list *waits, size_t groups, int64_t *waves)
{
	/* The longest way goes through each group once, and through a member between two groups. */
	for (size_t round = 0; round < 2 * groups + 2; round++) {
		bool raised = false;
		for (size_t i = 0; i < waits->count; i++) {
			const struct wait *wait = &waits->items[i];
			if (waves[wait->before] < waves[wait->action])
				continue;
			waves[wait->action] = waves[wait->before] + 1;
			raised = true;
		}
		if (!raised)
			return true;
	}
	return false;
}

static bool find_order(const struct ordered_members *o, bool choose, struct arena *tmp,
		       struct wait_list *ret_waits, int64_t *waves)
{
	const struct action_list *actions = o->actions;
	struct wait_list waits = {0};
	const struct member_order *orders = member_orders(o->p, o->changes, choose, tmp);
	for (size_t i = 0; i < actions->count; i++)
		waves[i] = actions->items[i].wave;
	for (size_t i = 0; i < o->changes->users.count; i++)
		add_waits(o, i, &orders[i], tmp, &waits);
	*ret_waits = waits;
	return raise_waves(&waits, o->changes->groups.count, waves);
}

static void take_order(const struct ordered_members *o, const struct wait_list *waits, const int64_t *waves)
{
	struct arena *out = o->p->out;
	for (size_t i = 0; i < waits->count; i++) {
		struct action *action = &o->actions->items[waits->items[i].action];
		const char *before = o->actions->items[waits->items[i].before].id;
		action->wave = waves[waits->items[i].action];
		if (action->group_id)
			VEC_PUSH(out, &action->after, before);
		else
			action->after = str_list_with(out, &action->after, before);
	}
	for (size_t i = 0; i < o->changes->groups.count; i++)
		if (o->changes->groups.items[i].canary == o->canary)
			str_list_sort_unique(&o->actions->items[o->group_action_of[i]].after);
}

void order_members(const struct ordered_members *stage)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	int64_t *waves = arena_alloc_array(tmp, stage->actions->count + 1, sizeof *waves);
	struct wait_list waits;
	if (!stage->changes->groups.count)
		return;
	/* Where the members' needs go round in a circle no order is safe, and the proof says for whom. */
	if (find_order(stage, true, tmp, &waits, waves) || find_order(stage, false, tmp, &waits, waves))
		take_order(stage, &waits, waves);
}
