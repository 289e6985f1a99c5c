/* What each user holds before and after all changes. */
#include "plans/planning/effects.h"

#include "core/str.h"

#include <stdlib.h>
#include <string.h>

static struct str_list both_off(const struct str_list *a, const struct str_list *b, struct arena *out)
{
	struct str_list off = {0};
	for (size_t i = 0; i < a->count; i++)
		if (str_list_has(b, a->items[i]))
			VEC_PUSH(out, &off, a->items[i]);
	return off;
}

void effects_add_source(struct license_list *list, const struct license *source, struct arena *out)
{
	size_t at = 0;
	while (at < list->count && strcmp(list->items[at].sku_id, source->sku_id) < 0)
		at++;
	if (at < list->count && str_eq(list->items[at].sku_id, source->sku_id)) {
		struct license *held = &list->items[at];
		held->disabled_plans = both_off(&held->disabled_plans, &source->disabled_plans, out);
		return;
	}
	VEC_PUSH(out, list, *source);
	memmove(&list->items[at + 1], &list->items[at], (list->count - 1 - at) * sizeof *list->items);
	list->items[at] = *source;
}

/* The groups that change, per user, as linked cells: each user is in few of them. */
struct membership {
	const struct group_change *group;
	const struct membership *next;
};

struct building {
	struct planning *p;
	const struct membership **of_user; /* per live user */
};

static void collect_members(struct building *b, const struct group_change *group)
{
	for (size_t i = 0; i < group->group->member_ids.count; i++) {
		const struct user *user = live_find_user(b->p->live, group->group->member_ids.items[i]);
		if (!user)
			continue;
		struct membership *cell = arena_alloc(b->p->out, sizeof *cell);
		size_t slot = (size_t)(user - b->p->live->users.items);
		*cell = (struct membership){group, b->of_user[slot]};
		b->of_user[slot] = cell;
	}
}

static bool group_drops(const struct membership *groups, const char *group_id, const char *sku_id)
{
	for (; groups; groups = groups->next)
		if (str_eq(groups->group->group->id, group_id) &&
		    (str_list_has(&groups->group->remove, sku_id) ||
		     license_find(&groups->group->add, sku_id)))
			return true;
	return false;
}

static bool change_drops(const struct user_change *change, const char *sku_id)
{
	return change && (str_list_has(&change->remove, sku_id) || license_find(&change->add, sku_id));
}

/* The sources that stay. Where Graph gave none for a licence, it counts as direct. */
static void keep_sources(struct building *b, const struct user_effect *effect,
			 const struct membership *groups, struct license_list *after)
{
	const struct user *user = effect->user;
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		bool drops = state->group_id ? group_drops(groups, state->group_id, state->sku_id)
					     : change_drops(effect->change, state->sku_id);
		struct license source = {state->sku_id, state->disabled_plans};
		if (!drops && license_find(&user->licenses, state->sku_id))
			effects_add_source(after, &source, b->p->out);
	}
	for (size_t i = 0; i < user->licenses.count; i++) {
		const struct license *license = &user->licenses.items[i];
		bool has_state = false;
		for (size_t j = 0; j < user->states.count; j++)
			has_state = has_state || str_eq(user->states.items[j].sku_id, license->sku_id);
		if (!has_state && !change_drops(effect->change, license->sku_id))
			effects_add_source(after, license, b->p->out);
	}
}

static void work_out(struct building *b, struct user_effect *effect, const struct membership *groups)
{
	struct license_list after = {0};
	keep_sources(b, effect, groups, &after);
	for (size_t i = 0; effect->change && i < effect->change->add.count; i++)
		effects_add_source(&after, &effect->change->add.items[i], b->p->out);
	for (; groups; groups = groups->next)
		for (size_t i = 0; i < groups->group->add.count; i++)
			effects_add_source(&after, &groups->group->add.items[i], b->p->out);
	effect->after = after;
}

void effects_build(struct planning *p, const struct changes *changes, struct user_effect_list *ret_effects)
{
	const struct user_list *users = &p->live->users;
	struct building b = {p, mem_alloc(users->count * sizeof *b.of_user)};
	size_t next = 0;
	for (size_t i = 0; i < changes->groups.count; i++)
		collect_members(&b, &changes->groups.items[i]);
	VEC_RESERVE(p->out, ret_effects, changes->users.count + 1);
	for (size_t i = 0; i < users->count; i++) {
		struct user_effect effect = {.user = &users->items[i], .by_group = b.of_user[i] != NULL};
		if (next < changes->users.count && changes->users.items[next].user == effect.user)
			effect.change = &changes->users.items[next++];
		if (!effect.change && !effect.by_group)
			continue;
		work_out(&b, &effect, b.of_user[i]);
		VEC_PUSH(p->out, ret_effects, effect);
	}
	free(b.of_user);
}
