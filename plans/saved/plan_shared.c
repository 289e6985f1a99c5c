/* What actions share, given to each. */
#include "plans/saved/plan_shared.h"

#include <string.h>

static bool find_choice(const struct plan_shared *shared, const struct choice_numbers *own, size_t place,
			struct str_list *ret)
{
	if (place >= own->count || own->items[place] >= shared->chosen.choices.count)
		return false;
	*ret = shared->chosen.choices.items[own->items[place]];
	return true;
}

/* Gives the licences their choices, from the place `*at` on. */
static bool give_choices(const struct plan_shared *shared, const struct plan_shape *shape,
			 const struct action_member *members, void *base, size_t *at)
{
	for (const struct action_member *m = members; m->name; m++) {
		struct license_list *list = (void *)((char *)base + m->offset);
		if (m->type != MEMBER_LICENSES || !list->count)
			continue;
		list->items = arena_dup(shared->out, list->items, list->count * sizeof *list->items);
		list->cap = list->count;
		for (size_t i = 0; i < list->count; i++)
			if (!find_choice(shared, &shape->choices, shape->places.items[(*at)++],
					 &list->items[i].disabled_plans))
				return false;
	}
	return true;
}

static bool fill(const struct plan_shared *shared, struct plan_shape *shape,
		 const struct choice_numbers *choices)
{
	size_t at = 0;
	size_t bytes = choices->count * sizeof *choices->items;
	struct action *whole = &shape->whole;
	const struct action_info *info = action_info(shape->action.kind);
	if (shape->choices.items && shape->choices.count == choices->count &&
	    memcmp(shape->choices.items, choices->items, bytes) == 0)
		return true;
	shape->choices = *choices;
	*whole = shape->action;
	return give_choices(shared, shape, info->change, whole, &at) &&
	       give_choices(shared, shape, info->expect, &whole->expect, &at) &&
	       give_choices(shared, shape, info->result, &whole->result, &at);
}

/* The action becomes its shape, with what is its own. */
static void take(struct action *own, const struct action *shape, const char *why)
{
	struct action whole = *shape;
	whole.id = own->id;
	whole.after = own->after;
	whole.wave = own->wave;
	whole.canary = own->canary;
	whole.user_id = own->user_id;
	whole.upn = own->upn;
	whole.group_id = own->group_id;
	whole.group_name = own->group_name;
	whole.sku_id = own->sku_id;
	whole.subscription_id = own->subscription_id;
	whole.why = why;
	*own = whole;
}

static bool give(struct plan_shared *shared, const struct plan_numbers *numbers, struct action *action,
		 const char **ret_key)
{
	const struct choice_numbers choices = {shared->choices.items + numbers->first_choice,
					       numbers->choice_count, numbers->choice_count};
	*ret_key = "shape";
	if (numbers->shape >= shared->shapes.count)
		return false;
	*ret_key = "reason";
	if (numbers->reason >= shared->reasons.count)
		return false;
	*ret_key = "off";
	struct plan_shape *shape = &shared->shapes.items[numbers->shape];
	if (!fill(shared, shape, &choices))
		return false;
	take(action, &shape->whole, shared->reasons.items[numbers->reason]);
	return true;
}

bool plan_shared_give(struct plan_shared *shared, struct action_list *actions, const char **ret_key)
{
	/* So that a list of none has an address too. */
	VEC_PUSH(shared->tmp, &shared->choices, 0);
	for (size_t i = 0; i < actions->count; i++)
		if (!give(shared, &shared->numbers_of.items[i], &actions->items[i], ret_key))
			return false;
	return true;
}
