/* What a plan changes in what users can do: service plans before and after. */
#include "plans/faces/render_model.h"

#include <stdlib.h>
#include <string.h>

static int compare_effects(const void *a, const void *b)
{
	return strcmp(((const struct service_effect *)a)->plan_name,
		      ((const struct service_effect *)b)->plan_name);
}

/*
 * Users whose licences in scope are alike are affected alike: each distinct case is worked out once.
 */
struct effect_case {
	const struct action *like;
	const struct license_list *held;
	int64_t users;
};
VEC(effect_case_list, struct effect_case);

static bool same_licenses(const struct license_list *a, const struct license_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!license_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static void count_case(struct effect_case_list *cases, const struct action *action,
		       const struct license_list *held, int64_t users, struct arena *out)
{
	for (size_t i = 0; i < cases->count; i++) {
		struct effect_case *c = &cases->items[i];
		if (same_licenses(c->held, held) && same_licenses(&c->like->add, &action->add) &&
		    str_list_equal(&c->like->remove, &action->remove)) {
			c->users += users;
			return;
		}
	}
	VEC_PUSH(out, cases, (struct effect_case){action, held, users});
}

/* The names of the service plans that these licences switch on, sorted. */
static void add_services(const struct live *live, const struct license *license, struct arena *tmp,
			 struct str_list *names)
{
	const struct sku_view *sku = sku_view_find(live, license->sku_id, tmp);
	for (size_t i = 0; sku && i < sku->plans.count; i++)
		if (sku->plans.items[i].for_users &&
		    !str_list_has(&license->disabled_plans, sku->plans.items[i].id))
			VEC_PUSH(tmp, names, sku->plans.items[i].name);
}

static void compare_services(const struct live *live, const struct effect_case *c, struct arena *tmp,
			     struct str_list *before, struct str_list *after)
{
	for (size_t i = 0; i < c->held->count; i++) {
		const struct license *license = &c->held->items[i];
		add_services(live, license, tmp, before);
		if (!str_list_has(&c->like->remove, license->sku_id) &&
		    !license_find(&c->like->add, license->sku_id))
			add_services(live, license, tmp, after);
	}
	for (size_t i = 0; i < c->like->add.count; i++)
		add_services(live, &c->like->add.items[i], tmp, after);
	str_list_sort_unique(before);
	str_list_sort_unique(after);
}

static struct service_effect *effect_of(struct service_effect_list *effects, const char *name,
					struct arena *out)
{
	for (size_t i = 0; i < effects->count; i++)
		if (str_eq(effects->items[i].plan_name, name))
			return &effects->items[i];
	VEC_PUSH(out, effects, (struct service_effect){.plan_name = arena_strdup(out, name)});
	return &effects->items[effects->count - 1];
}

/* Plans that hold another one whole, though their names say nothing of a family. */
static const struct {
	const char *plan, *holder;
} held_in[] = {
	{"OFFICEMOBILE_SUBSCRIPTION", "OFFICESUBSCRIPTION"},
	{"OFFICEMOBILE_SUBSCRIPTION", "OFFICE_BUSINESS"},
	{"RMS_S_BASIC", "RMS_S_ENTERPRISE"},
};

/* Another plan of its kind is there afterwards: not the same, but the service goes on. */
static bool has_counterpart(const char *name, const struct str_list *after)
{
	const char *family = service_family(name);
	for (size_t i = 0; i < after->count; i++)
		if (family && str_eq(family, service_family(after->items[i])))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(held_in); i++)
		if (str_eq(held_in[i].plan, name) && str_list_has(after, held_in[i].holder))
			return true;
	return false;
}

static void count_loss(struct service_effect *effect, const struct effect_case *c,
		       const struct str_list *after)
{
	if (has_counterpart(effect->plan_name, after))
		effect->replaced += c->users;
	else if (c->like->kind == ACTION_REMOVE_LICENSE)
		effect->removed += c->users;
	else
		effect->lost += c->users;
}

static void add_case(const struct live *live, const struct effect_case *c, struct arena *out,
		     struct service_effect_list *effects)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list before = {0};
	struct str_list after = {0};
	compare_services(live, c, tmp, &before, &after);
	for (size_t i = 0; i < after.count; i++)
		if (!str_list_has(&before, after.items[i]))
			effect_of(effects, after.items[i], out)->gained += c->users;
	for (size_t i = 0; i < before.count; i++)
		if (!str_list_has(&after, before.items[i]))
			count_loss(effect_of(effects, before.items[i], out), c, &after);
}

static void count_group(const struct live *live, const struct action *action, struct arena *out,
			struct effect_case_list *cases)
{
	const struct group *group = live_find_group(live, action->group_id);
	for (size_t i = 0; group && i < group->member_ids.count; i++) {
		const struct user *user = live_find_user(live, group->member_ids.items[i]);
		if (user)
			count_case(cases, action, &user->licenses, 1, out);
	}
}

void render_effects(struct render_model *m)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct plan *plan = m->plan;
	const struct live *live = m->live;
	struct service_effect_list *effects = &m->effects;
	struct effect_case_list cases = {0};
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (!action->add.count && !action->remove.count)
			continue;
		const struct user *user = action->user_id ? live_find_user(live, action->user_id) : NULL;
		if (user)
			count_case(&cases, action, &user->licenses, 1, tmp);
		else if (action->group_id)
			count_group(live, action, tmp, &cases);
	}
	for (size_t i = 0; i < cases.count; i++)
		add_case(live, &cases.items[i], m->arena, effects);
	if (effects->count)
		qsort(effects->items, effects->count, sizeof *effects->items, compare_effects);
}
