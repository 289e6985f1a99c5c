/* Members and their groups: each member's order is one in which the member could stop anywhere. */
#include "plans/planning/order_members.h"

#include "core/str.h"
#include "plans/planning/between.h"

#include <stdlib.h>
#include <string.h>

/* A group of the member that changes; a list in the order of the groups' actions. */
struct membership {
	size_t group; /* index of its action */
	const struct membership *next;
};

/* An action that waits for another, by index. */
struct wait {
	size_t action;
	size_t before;
};
VEC(wait_list, struct wait);

struct ordering {
	const struct member_stage *stage;
	const struct membership **of; /* per user change */
	struct arena *tmp;
};

static struct action *action_at(const struct ordering *o, size_t at)
{
	return &o->stage->actions->items[at];
}

static int compare_change(const void *key, const void *item)
{
	return strcmp(key, ((const struct user_change *)item)->user->id);
}

static void add_memberships(struct ordering *o, size_t at)
{
	const struct user_change_list *users = &o->stage->changes->users;
	const struct group *group = live_find_group(o->stage->p->live, action_at(o, at)->group_id);
	for (size_t i = 0; users->count && group && i < group->member_ids.count; i++) {
		const struct user_change *own = bsearch(group->member_ids.items[i], users->items,
							users->count, sizeof *users->items, compare_change);
		if (!own || own->canary != o->stage->canary)
			continue;
		struct membership *cell = arena_alloc(o->tmp, sizeof *cell);
		*cell = (struct membership){at, o->of[own - users->items]};
		o->of[own - users->items] = cell;
	}
}

/* ---- one member ------------------------------------------------------------------------------- */

/* Whether the member could stop anywhere when the groups of `first` go before the own action, the others
 * after it. */
static bool is_safe(const struct between *b, uint32_t first)
{
	const uint32_t own = 1;
	const char *invariant;
	for (uint32_t done = 1; done < 1u << b->count; done++) {
		bool can_be = done & own ? !(first & ~done) : !(done & ~first);
		if (can_be && between_wrong(b, done, &invariant))
			return false;
	}
	return true;
}

/* On the way there groups wait for their members, on the way back it is the other way round. */
static uint32_t usual_order(const struct ordering *o)
{
	const uint32_t own = 1;
	return o->stage->p->undoes ? ~own : 0;
}

/* The groups whose actions go before the member's own, by their place in the member's list, from 1. */
static uint32_t order_of(const struct ordering *o, size_t change)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct between b = {.p = o->stage->p,
			    .user = o->stage->changes->users.items[change].user,
			    .actions = {action_at(o, o->stage->action_of[change])},
			    .count = 1,
			    .tmp = tmp};
	for (const struct membership *m = o->of[change]; m; m = m->next) {
		if (b.count == TOUCHES_MAX) /* the proof refuses so many */
			return usual_order(o);
		b.actions[b.count++] = action_at(o, m->group);
	}
	const uint32_t groups = (1u << b.count) - 2;
	for (uint32_t other = 0; other <= groups; other += 2)
		if (is_safe(&b, (usual_order(o) ^ other) & groups))
			return usual_order(o) ^ other;
	return usual_order(o);
}

static void add_waits(const struct ordering *o, size_t change, uint32_t first, struct wait_list *waits)
{
	const size_t own = o->stage->action_of[change];
	size_t n = 1;
	for (const struct membership *m = o->of[change]; m; m = m->next, n++) {
		/* Of so many that the proof refuses them, all as the last. */
		bool group_first = first >> (n < 31 ? n : 31) & 1;
		const struct wait wait =
			group_first ? (struct wait){own, m->group} : (struct wait){m->group, own};
		VEC_PUSH(o->tmp, waits, wait);
	}
}

/* ---- all of them ------------------------------------------------------------------------------ */

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

/* Waits and waves; `choose`: by what is safe, otherwise as usual. */
static bool find_order(const struct ordering *o, bool choose, struct wait_list *ret_waits, int64_t *waves)
{
	const struct action_list *actions = o->stage->actions;
	struct wait_list waits = {0};
	for (size_t i = 0; i < actions->count; i++)
		waves[i] = actions->items[i].wave;
	for (size_t i = 0; i < o->stage->changes->users.count; i++)
		if (o->of[i])
			add_waits(o, i, choose ? order_of(o, i) : usual_order(o), &waits);
	*ret_waits = waits;
	return raise_waves(&waits, actions->count - o->stage->first_group, waves);
}

static void take_order(const struct ordering *o, const struct wait_list *waits, const int64_t *waves)
{
	struct arena *out = o->stage->p->out;
	for (size_t i = 0; i < waits->count; i++) {
		struct action *action = action_at(o, waits->items[i].action);
		const char *before = action_at(o, waits->items[i].before)->id;
		action->wave = waves[waits->items[i].action];
		if (action->group_id)
			VEC_PUSH(out, &action->after, before);
		else
			action->after = str_list_with(out, &action->after, before);
	}
	for (size_t i = o->stage->first_group; i < o->stage->actions->count; i++)
		str_list_sort_unique(&action_at(o, i)->after);
}

void order_members(const struct member_stage *stage)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct ordering o = {
		.stage = stage,
		.of = arena_alloc_array(tmp, stage->changes->users.count + 1, sizeof *o.of),
		.tmp = tmp,
	};
	int64_t *waves = arena_alloc_array(tmp, stage->actions->count + 1, sizeof *waves);
	struct wait_list waits;
	for (size_t at = stage->actions->count; at-- > stage->first_group;)
		add_memberships(&o, at);
	/* Where the members' needs go round in a circle no order is safe, and the proof says for whom. */
	if (!find_order(&o, true, &waits, waves) && !find_order(&o, false, &waits, waves))
		return;
	take_order(&o, &waits, waves);
}
