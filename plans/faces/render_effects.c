/*
 * What a plan changes in what people can do: service plans before and after.
 *
 * Every service plan that a SKU of the plan has is one bit, so what a person has before and after is two
 * short sets, whatever differs from person to person: the work grows with the people and no faster.
 */
#include "plans/faces/render_model.h"

#include "core/catalog.h"

#include <stdlib.h>
#include <string.h>

enum { SET_WORDS = 8, SERVICES_MAX = 64 * SET_WORDS };

struct set {
	uint64_t words[SET_WORDS];
};

/* A SKU and the bits of its plans, in the order of `view->plans`: sorted by id. */
struct sku_bits {
	const char *sku_id;
	const struct sku_view *view; /* NULL: neither the tenant nor the catalogue knows it */
	size_t *bits;
	struct set all; /* those for users */
};

struct effects {
	struct render_model *m;
	struct arena *tmp;
	VEC(, struct sku_bits) skus;
	VEC(, struct service_effect) services; /* by bit */
	struct set *kin;		       /* by bit: what takes its place */
};

static bool has(const struct set *set, size_t bit)
{
	return set->words[bit / 64] >> bit % 64 & 1;
}

static void put(struct set *set, size_t bit, bool on)
{
	uint64_t mask = UINT64_C(1) << bit % 64;
	set->words[bit / 64] = on ? set->words[bit / 64] | mask : set->words[bit / 64] & ~mask;
}

static void unite(struct set *set, const struct set *with)
{
	for (size_t i = 0; i < SET_WORDS; i++)
		set->words[i] |= with->words[i];
}

static bool meet(const struct set *a, const struct set *b)
{
	uint64_t common = 0;
	for (size_t i = 0; i < SET_WORDS; i++)
		common |= a->words[i] & b->words[i];
	return common != 0;
}

/* Past SERVICES_MAX names (the largest tenants have some 300) they share the last bit. */
static size_t bit_of(struct effects *e, const char *name)
{
	for (size_t i = 0; i < e->services.count; i++)
		if (str_eq(e->services.items[i].plan_name, name))
			return i;
	if (e->services.count == SERVICES_MAX)
		return SERVICES_MAX - 1;
	const struct face_service *known = render_service(name);
	struct service_effect effect = {.plan_name = arena_strdup(e->m->arena, name),
					.shown = known ? known->shown : NULL,
					.purpose = known ? known->purpose : PURPOSE_OTHER};
	VEC_PUSH(e->tmp, &e->services, effect);
	return e->services.count - 1;
}

static const struct sku_bits *sku_bits_of(struct effects *e, const char *sku_id)
{
	for (size_t i = 0; i < e->skus.count; i++)
		if (str_eq(e->skus.items[i].sku_id, sku_id))
			return &e->skus.items[i];
	struct sku_bits sku = {.sku_id = sku_id, .view = sku_cache_get(e->m->skus, sku_id)};
	size_t count = sku.view ? sku.view->plans.count : 0;
	sku.bits = arena_alloc_array(e->tmp, count + 1, sizeof *sku.bits);
	for (size_t i = 0; i < count; i++) {
		sku.bits[i] = bit_of(e, sku.view->plans.items[i].name);
		/* The tenant says it of a SKU that it has, the catalogue of one that it has not: a plan for
		 * the whole company is nobody's gain or loss where either does. */
		if (sku.view->plans.items[i].for_users &&
		    !catalog_plan_is_for_company(sku.view->plans.items[i].name))
			put(&sku.all, sku.bits[i], true);
	}
	VEC_PUSH(e->tmp, &e->skus, sku);
	return &e->skus.items[e->skus.count - 1];
}

static int compare_id(const void *key, const void *plan)
{
	return strcmp(key, ((const struct service_plan *)plan)->id);
}

/* What this licence switches on. */
static struct set services_of(struct effects *e, const struct license *license)
{
	const struct sku_bits *sku = sku_bits_of(e, license->sku_id);
	struct set set = sku->all;
	for (size_t i = 0; sku->view && i < license->disabled_plans.count; i++) {
		const struct service_plan_list *plans = &sku->view->plans;
		const struct service_plan *plan = bsearch(license->disabled_plans.items[i], plans->items,
							  plans->count, sizeof *plans->items, compare_id);
		if (plan)
			put(&set, sku->bits[plan - plans->items], false);
	}
	return set;
}

/* Plans that hold another one whole, though their names say nothing of a family. */
static const struct {
	const char *plan, *holder;
} held_in[] = {
	{"OFFICEMOBILE_SUBSCRIPTION", "OFFICESUBSCRIPTION"},
	{"OFFICEMOBILE_SUBSCRIPTION", "OFFICE_BUSINESS"},
	{"RMS_S_BASIC", "RMS_S_ENTERPRISE"},
};

/* Another plan of its kind is there afterwards: not the same, but the service continues. */
static bool replaces(const char *other, const char *name)
{
	const char *family = service_family(name);
	if (family && str_eq(family, service_family(other)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(held_in); i++)
		if (str_eq(held_in[i].plan, name) && str_eq(held_in[i].holder, other))
			return true;
	return false;
}

static void find_kin(struct effects *e)
{
	e->kin = arena_alloc_array(e->tmp, e->services.count + 1, sizeof *e->kin);
	for (size_t i = 0; i < e->services.count; i++) {
		e->kin[i] = (struct set){{0}};
		for (size_t j = 0; j < e->services.count; j++)
			put(&e->kin[i], j,
			    i != j &&
				    replaces(e->services.items[j].plan_name, e->services.items[i].plan_name));
	}
}

static void compare_services(struct effects *e, const struct action *action, const struct license_list *held,
			     struct set *before, struct set *after)
{
	*before = *after = (struct set){{0}};
	for (size_t i = 0; i < held->count; i++) {
		const struct license *license = &held->items[i];
		const struct set set = services_of(e, license);
		unite(before, &set);
		if (!str_list_has(&action->remove, license->sku_id) &&
		    !license_find(&action->add, license->sku_id))
			unite(after, &set);
	}
	for (size_t i = 0; i < action->add.count; i++) {
		const struct set set = services_of(e, &action->add.items[i]);
		unite(after, &set);
	}
}

/* The first ones by name, sorted. */
static void add_loser(struct effects *e, struct str_list *losers, const char *who)
{
	size_t at = losers->count;
	while (at && strcmp(losers->items[at - 1], who) > 0)
		at--;
	if (at == LOSERS_NAMED)
		return;
	if (losers->count < LOSERS_NAMED)
		VEC_PUSH(e->m->arena, losers, who);
	for (size_t i = losers->count - 1; i > at; i--)
		losers->items[i] = losers->items[i - 1];
	losers->items[at] = who;
}

static void count_loss(struct effects *e, size_t bit, const struct action *action, const char *who)
{
	struct service_effect *effect = &e->services.items[bit];
	if (action->kind == ACTION_REMOVE_LICENSE) {
		effect->removed++;
		return;
	}
	effect->lost++;
	add_loser(e, &effect->losers, who);
}

static void count_user(struct effects *e, const struct action *action, const struct user *user)
{
	struct set before;
	struct set after;
	bool loses = false;
	compare_services(e, action, &user->licenses, &before, &after);
	for (size_t bit = 0; bit < e->services.count; bit++) {
		if (has(&before, bit) == has(&after, bit))
			continue;
		if (has(&after, bit)) {
			e->services.items[bit].gained++;
		} else if (meet(&e->kin[bit], &after)) {
			e->services.items[bit].replaced++;
		} else {
			count_loss(e, bit, action, user->upn);
			loses = true;
		}
	}
	e->m->people_losing += loses;
}

/* Calls `each` for every person whom an action concerns: the user, or the group's members. */
static void for_each_user(struct effects *e, void (*each)(struct effects *e, const struct action *action,
							  const struct user *user))
{
	const struct live *live = e->m->live;
	for (size_t i = 0; i < e->m->plan->actions.count; i++) {
		const struct action *action = &e->m->plan->actions.items[i];
		if (!action->add.count && !action->remove.count)
			continue;
		const struct user *user = action->user_id ? live_find_user(live, action->user_id) : NULL;
		const struct group *group = action->group_id ? live_find_group(live, action->group_id) : NULL;
		if (user)
			each(e, action, user);
		for (size_t j = 0; group && j < group->member_ids.count; j++)
			if ((user = live_find_user(live, group->member_ids.items[j])))
				each(e, action, user);
	}
}

static void learn_skus(struct effects *e, const struct action *action, const struct user *user)
{
	for (size_t i = 0; i < user->licenses.count; i++)
		sku_bits_of(e, user->licenses.items[i].sku_id);
	for (size_t i = 0; i < action->add.count; i++)
		sku_bits_of(e, action->add.items[i].sku_id);
}

static int compare_effects(const void *a, const void *b)
{
	const struct service_effect *x = a;
	const struct service_effect *y = b;
	bool x_lost = x->lost + x->removed > 0;
	bool y_lost = y->lost + y->removed > 0;
	if (x_lost != y_lost)
		return x_lost ? -1 : 1;
	if (x->purpose != y->purpose)
		return x->purpose < y->purpose ? -1 : 1;
	int by_name = strcmp(x->shown ? x->shown : "~", y->shown ? y->shown : "~");
	return by_name ? by_name : strcmp(x->plan_name, y->plan_name);
}

void render_effects(struct render_model *m)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct effects e = {.m = m, .tmp = tmp};
	for_each_user(&e, learn_skus);
	find_kin(&e);
	for_each_user(&e, count_user);
	for (size_t i = 0; i < e.services.count; i++) {
		const struct service_effect *effect = &e.services.items[i];
		if (effect->gained || effect->replaced || effect->lost || effect->removed)
			VEC_PUSH(m->arena, &m->effects, *effect);
	}
	if (m->effects.count)
		qsort(m->effects.items, m->effects.count, sizeof *m->effects.items, compare_effects);
}
