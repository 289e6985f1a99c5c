/* The steps of a plan as people see them: like actions together, and what comes after what. */
#include "core/programmes.h"
#include "plans/faces/render_model.h"

#include <stdlib.h>
#include <string.h>

enum { LOCATIONS_SHOWN = 3, STEPS_LINKED = 64 };

static bool same_skus(const struct license_list *a, const struct license_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->items[i].sku_id, b->items[i].sku_id))
			return false;
	return true;
}

static bool belongs(const struct render_step *step, const struct action *action)
{
	return step->info->by == BY_GRAPH && step->first->kind == action->kind &&
	       step->canary == action->canary && same_skus(&step->first->add, &action->add) &&
	       str_list_equal(&step->first->remove, &action->remove);
}

/* The last ones first: a plan's actions come in stages. */
static struct render_step *step_for(struct render_model *m, const struct action *action)
{
	for (size_t i = m->steps.count; i-- > 0;)
		if (belongs(&m->steps.items[i], action))
			return &m->steps.items[i];
	struct render_step step = {.first = action,
				   .info = action_info(action->kind),
				   .number = m->steps.count + 1,
				   .canary = action->canary};
	step.whole = step.info->by == BY_HAND || action->kind == ACTION_REMOVE_LICENSE ||
		     action->kind == ACTION_SWAP_GROUP_LICENSE;
	VEC_PUSH(m->arena, &m->steps, step);
	return &m->steps.items[m->steps.count - 1];
}

static const char *locations(const struct render_model *m, const struct render_step *step)
{
	struct str_list seen = {0};
	for (size_t i = 0; i < step->actions.count && seen.count <= LOCATIONS_SHOWN; i++)
		if (!str_list_has(&seen, step->actions.items[i]->usage_location))
			VEC_PUSH(m->arena, &seen, step->actions.items[i]->usage_location);
	bool more = seen.count > LOCATIONS_SHOWN;
	if (more)
		seen.count = LOCATIONS_SHOWN;
	str_list_sort_unique(&seen);
	return arena_printf(m->arena, "%s%s", render_name(m->arena, str_list_join(m->arena, &seen, ", ")),
			    more ? ", …" : "");
}

static const char *users_of(const struct render_model *m, const struct render_step *step)
{
	return say_number(m->arena, (int64_t)step->actions.count, "user", "users");
}

static const char *subject_of(const struct render_model *m, const struct render_step *step)
{
	const struct action *first = step->first;
	switch (first->kind) {
	case ACTION_ADD_PARTNER:
		return render_name(m->arena, m->plan->tenant_domain);
	case ACTION_REDEEM_KEY:
	case ACTION_RECEIVE_SEATS:
		return arena_printf(m->arena, "%s × %s", say_count(m->arena, first->seats),
				    render_part_number(m, first->sku_id, m->arena));
	case ACTION_SET_USAGE_LOCATION:
		return arena_printf(m->arena, "%s → %s", users_of(m, step), locations(m, step));
	case ACTION_ASSIGN_LICENSE:
	case ACTION_SWAP_LICENSE:
	case ACTION_REMOVE_LICENSE:
		return users_of(m, step);
	case ACTION_SWAP_GROUP_LICENSE:
		return step->actions.count > 1
			       ? say_number(m->arena, (int64_t)step->actions.count, "group", "groups")
			       : arena_printf(m->arena, "group %s", render_name(m->arena, render_who(first)));
	case ACTION_RETIRE_SUBSCRIPTION:
	case ACTION_REACTIVATE_SUBSCRIPTION:
		return arena_printf(m->arena, "%s %.8s…", render_part_number(m, first->sku_id, m->arena),
				    render_name(m->arena, first->subscription_id));
	case ACTION_KIND_COUNT:
		break;
	}
	return "";
}

static struct str_list changes_of(const struct render_model *m, const struct render_step *step)
{
	struct str_list parts = {0};
	for (size_t i = 0; i < step->first->add.count; i++)
		VEC_PUSH(m->arena, &parts,
			 arena_printf(m->arena, "+%s",
				      render_part_number(m, step->first->add.items[i].sku_id, m->arena)));
	for (size_t i = 0; i < step->first->remove.count; i++)
		VEC_PUSH(m->arena, &parts,
			 arena_printf(m->arena, "-%s",
				      render_part_number(m, step->first->remove.items[i], m->arena)));
	return parts;
}

const char *render_step_class(const struct render_step *step)
{
	if (action_brings_seats(step->first->kind))
		return "redeem";
	if (step->first->kind == ACTION_RETIRE_SUBSCRIPTION)
		return "retire";
	if (step->first->kind == ACTION_REMOVE_LICENSE)
		return "take";
	return step->info->by == BY_HAND ? "hand" : "graph";
}

static const char *provider_of(const struct render_model *m, const struct action *action)
{
	const char *provider = programme_meant(action->programme)->provider;
	return action->provisioned_by ? render_name(m->arena, action->provisioned_by)
	       : provider	      ? provider
				      : "whoever provisions them";
}

static const char *by_of(const struct render_model *m, const struct render_step *step)
{
	if (step->info->by == BY_GRAPH)
		return "";
	if (step->first->kind == ACTION_RECEIVE_SEATS)
		return arena_printf(m->arena, "by %s", provider_of(m, step->first));
	if (!step->first->cancel_by)
		return "by hand";
	const struct cancel_way *way = cancel_way_find(step->first->cancel_by);
	return *way->by ? way->by
			: arena_printf(m->arena, "by %s", render_name(m->arena, step->first->cancel_by));
}

/* The ids of the plan's actions are "a" and their place, from 1; anything else shows no arrow. */
static void link_step(const struct render_model *m, const size_t *step_of, struct render_step *step)
{
	const struct str_list *seen = NULL;
	for (size_t i = 0; i < step->actions.count; i++) {
		const struct str_list *after = &step->actions.items[i]->after;
		/* Lists are shared between actions: the same one again says nothing new. */
		if (seen && seen->items == after->items && seen->count == after->count)
			continue;
		seen = after;
		for (size_t j = 0; j < after->count; j++) {
			int64_t place;
			if (!str_parse_int(after->items[j] + (after->items[j][0] == 'a'), 1,
					   (int64_t)m->plan->actions.count, &place))
				continue;
			size_t from = step_of[place - 1];
			if (from < STEPS_LINKED && from + 1 != step->number)
				step->after_bits |= UINT64_C(1) << from;
		}
	}
}

/* Only direct ones: what a predecessor comes after is implied. Steps stand in an order that respects all. */
static void reduce_links(struct render_model *m)
{
	uint64_t before[STEPS_LINKED] = {0}; /* all that a step follows, directly or not */
	for (size_t i = 0; i < m->steps.count; i++) {
		struct render_step *step = &m->steps.items[i];
		uint64_t implied = 0;
		for (size_t j = 0; j < STEPS_LINKED && j < i; j++)
			if (step->after_bits >> j & 1)
				implied |= before[j];
		if (i < STEPS_LINKED)
			before[i] = step->after_bits | implied;
		step->after_bits &= ~implied;
		for (size_t j = 0; j < STEPS_LINKED; j++)
			if (step->after_bits >> j & 1)
				VEC_PUSH(m->arena, &step->after, arena_printf(m->arena, "%zu", j + 1));
	}
}

static int compare_who(const void *a, const void *b)
{
	const struct action *x = *(const struct action *const *)a;
	const struct action *y = *(const struct action *const *)b;
	int by_name = strcmp(render_who(x), render_who(y));
	return by_name ? by_name : strcmp(x->id, y->id);
}

/* People by name: whoever looks for somebody knows where to look. */
static void sort_people(struct render_step *step)
{
	for (size_t i = 0; i < step->actions.count; i++)
		if (!render_who(step->actions.items[i]))
			return;
	qsort(step->actions.items, step->actions.count, sizeof *step->actions.items, compare_who);
}

void render_steps(struct render_model *m)
{
	const struct action_list *actions = &m->plan->actions;
	size_t *step_of = arena_alloc_array(m->arena, actions->count + 1, sizeof *step_of);
	for (size_t i = 0; i < actions->count; i++) {
		struct render_step *step = step_for(m, &actions->items[i]);
		VEC_PUSH(m->arena, &step->actions, &actions->items[i]);
		step_of[i] = step->number - 1;
	}
	for (size_t i = 0; i < m->steps.count; i++) {
		struct render_step *step = &m->steps.items[i];
		step->subject = subject_of(m, step);
		step->changes = changes_of(m, step);
		step->change = str_list_join(m->arena, &step->changes, " ");
		step->by = by_of(m, step);
		link_step(m, step_of, step);
		sort_people(step);
	}
	reduce_links(m);
}
