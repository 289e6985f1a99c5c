/*
 * What a plan changes in what people can do: service plans before and after.
 *
 * Every service plan that a SKU of the plan has is one bit, so what a person has before and after is two
 * short sets, whatever differs from person to person: the work grows with the people and no faster.
 */
#include "plans/faces/render_model.h"

#include "core/service_ladders.h"
#include "plans/planning/lasting.h"

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
	struct set *more;		       /* by bit: what does more than it */
	struct str_list cancelled;	       /* SKUs that stop working under whoever holds them then */
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
	const struct service_name *known = service_name_find(name);
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
		if (service_plan_counts(&sku.view->plans.items[i]))
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

static void find_kin(struct effects *e)
{
	const size_t count = e->services.count;
	e->kin = arena_alloc_array(e->tmp, count + 1, sizeof *e->kin);
	e->more = arena_alloc_array(e->tmp, count + 1, sizeof *e->more);
	for (size_t i = 0; i < count; i++) {
		const char *name = e->services.items[i].plan_name;
		e->kin[i] = e->more[i] = (struct set){{0}};
		for (size_t j = 0; j < count; j++) {
			const char *other = e->services.items[j].plan_name;
			put(&e->kin[i], j, i != j && service_replaces(other, name));
			put(&e->more[i], j, service_rank_of(name, other) == RANK_LESS);
		}
	}
}

/* The actions that concern one person, their own and those of their groups. */
struct touch {
	const struct action *action;
	const struct touch *next;
};

static bool is_touched(const struct touch *touches, const char *group_id, const char *sku_id)
{
	for (; touches; touches = touches->next) {
		const struct action *action = touches->action;
		bool same = group_id ? str_eq(action->group_id, group_id) : action->user_id != NULL;
		if (same && (str_list_has(&action->remove, sku_id) || license_find(&action->add, sku_id)))
			return true;
	}
	return false;
}

static void unite_license(struct effects *e, struct set *set, const struct license *license)
{
	const struct set services = services_of(e, license);
	unite(set, &services);
}

/* What a person has: `cancelled` of `kept` stops working when its subscription is cancelled. */
struct having {
	struct set before, after, kept, cancelled;
};

/* What stays with the person; without a subscription behind it, nothing goes on by it. */
static void keep_license(struct effects *e, struct having *h, const struct license *license)
{
	unite_license(e, &h->kept, license);
	unite_license(e, str_list_has(&e->cancelled, license->sku_id) ? &h->cancelled : &h->after, license);
}

/* What each source goes on giving: a licence that goes directly may stay through a group. */
static void unite_kept(struct effects *e, const struct touch *touches, const struct user *user,
		       struct having *h)
{
	for (size_t i = 0; i < user->licenses.count; i++) {
		const struct license *license = &user->licenses.items[i];
		bool has_state = false;
		for (size_t j = 0; j < user->states.count; j++) {
			const struct license_state *state = &user->states.items[j];
			if (!str_eq(state->sku_id, license->sku_id))
				continue;
			has_state = true;
			const struct license source = {state->sku_id, state->disabled_plans};
			if (!is_touched(touches, state->group_id, state->sku_id))
				keep_license(e, h, &source);
		}
		if (!has_state && !is_touched(touches, NULL, license->sku_id))
			keep_license(e, h, license);
	}
}

static struct having services_had(struct effects *e, const struct touch *touches, const struct user *user)
{
	struct having h = {0};
	for (size_t i = 0; i < user->licenses.count; i++)
		unite_license(e, &h.before, &user->licenses.items[i]);
	unite_kept(e, touches, user, &h);
	for (; touches; touches = touches->next)
		for (size_t i = 0; i < touches->action->add.count; i++)
			keep_license(e, &h, &touches->action->add.items[i]);
	return h;
}

/* Nothing comes in place of what goes. */
static bool only_takes(const struct touch *touches)
{
	for (; touches; touches = touches->next)
		if (touches->action->add.count)
			return false;
	return true;
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

/* What comes in its place and does less. */
static void find_lesser(struct effects *e, size_t bit, const struct having *h)
{
	struct str_list *lesser = &e->services.items[bit].lesser;
	for (size_t i = 0; i < e->services.count; i++) {
		const char *name = e->services.items[i].plan_name;
		if (has(&e->more[i], bit) && has(&h->after, i) && !has(&h->before, i) &&
		    !str_list_has(lesser, name))
			VEC_PUSH(e->m->arena, lesser, name);
	}
}

static void count_loss(struct effects *e, size_t bit, const struct having *h, const struct user *user,
		       bool taken)
{
	struct service_effect *effect = &e->services.items[bit];
	if (taken) {
		effect->removed++;
		return;
	}
	effect->lost++;
	add_loser(e, &effect->losers, user->upn);
	find_lesser(e, bit, h);
}

static void count_stranded(struct effects *e, const struct having *h, const struct user *user)
{
	struct render_stranded *stranded = &e->m->stranded;
	stranded->people++;
	add_loser(e, &stranded->names, user->upn);
	for (size_t i = 0; i < e->cancelled.count; i++)
		if (license_find(&user->licenses, e->cancelled.items[i]) &&
		    !str_list_has(&stranded->skus, e->cancelled.items[i]))
			VEC_PUSH(e->m->arena, &stranded->skus, e->cancelled.items[i]);
	for (size_t bit = 0; bit < e->services.count; bit++)
		if (has(&h->cancelled, bit) && (has(&h->after, bit) || meet(&e->kin[bit], &h->after)))
			stranded->partly = true;
}

static void count_user(struct effects *e, const struct touch *touches, const struct user *user)
{
	const struct having h = services_had(e, touches, user);
	bool loses = false;
	bool stranded = false;
	for (size_t bit = 0; bit < e->services.count; bit++) {
		struct service_effect *effect = &e->services.items[bit];
		if (has(&h.before, bit) == has(&h.after, bit))
			continue;
		if (has(&h.after, bit)) {
			effect->gained += !meet(&e->more[bit], &h.before);
		} else if (meet(&e->kin[bit], &h.after)) {
			effect->replaced++;
		} else if (has(&h.kept, bit)) {
			effect->cancelled++;
			stranded = true;
		} else {
			count_loss(e, bit, &h, user, only_takes(touches));
			loses = true;
		}
	}
	e->m->people_losing += loses;
	if (stranded)
		count_stranded(e, &h, user);
}

static void learn_skus(struct effects *e, const struct touch *touches, const struct user *user)
{
	for (size_t i = 0; i < user->licenses.count; i++)
		sku_bits_of(e, user->licenses.items[i].sku_id);
	for (; touches; touches = touches->next)
		for (size_t i = 0; i < touches->action->add.count; i++)
			sku_bits_of(e, touches->action->add.items[i].sku_id);
}

static void touch(struct effects *e, const struct touch **of_user, const struct user *user,
		  const struct action *action)
{
	size_t slot = (size_t)(user - e->m->live->users.items);
	struct touch *cell = arena_alloc(e->tmp, sizeof *cell);
	*cell = (struct touch){action, of_user[slot]};
	of_user[slot] = cell;
}

/* Per live user: what concerns the user directly, and as a member of a group. */
static const struct touch **touches_of(struct effects *e)
{
	const struct live *live = e->m->live;
	const struct touch **of_user = arena_alloc_array(e->tmp, live->users.count + 1, sizeof *of_user);
	for (size_t i = 0; i < e->m->plan->actions.count; i++) {
		const struct action *action = &e->m->plan->actions.items[i];
		if (!action->add.count && !action->remove.count)
			continue;
		const struct user *user = action->user_id ? live_find_user(live, action->user_id) : NULL;
		const struct group *group = action->group_id ? live_find_group(live, action->group_id) : NULL;
		if (user)
			touch(e, of_user, user, action);
		for (size_t j = 0; group && j < group->member_ids.count; j++)
			if ((user = live_find_user(live, group->member_ids.items[j])))
				touch(e, of_user, user, action);
	}
	return of_user;
}

/* Directly or through a group that the plan leaves as it is. */
static bool goes_on_holding(const struct touch *touches, const struct user *user, const char *sku_id)
{
	bool has_state = false;
	if (!license_find(&user->licenses, sku_id))
		return false;
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		if (!str_eq(state->sku_id, sku_id))
			continue;
		has_state = true;
		if (!is_touched(touches, state->group_id, sku_id))
			return true;
	}
	return !has_state && !is_touched(touches, NULL, sku_id);
}

static struct str_list retired_by(const struct plan *plan, struct arena *out)
{
	struct str_list ids = {0};
	for (size_t i = 0; i < plan->actions.count; i++)
		if (plan->actions.items[i].kind == ACTION_RETIRE_SUBSCRIPTION)
			VEC_PUSH(out, &ids, plan->actions.items[i].subscription_id);
	return ids;
}

/* What some move gives has its seats from there. */
static bool is_given(const struct plan *plan, const char *sku_id)
{
	for (size_t i = 0; i < plan->summary.moves.count; i++)
		if (str_eq(plan->summary.moves.items[i].open_sku, sku_id))
			return true;
	return false;
}

/* A SKU stops working where fewer seats are left than people hold it in the end. */
static void find_cancelled(struct effects *e, const struct touch **of_user)
{
	const struct plan *plan = e->m->plan;
	const struct user_list *users = &e->m->live->users;
	const struct str_list retired = retired_by(plan, e->tmp);
	for (size_t i = 0; i < plan->actions.count; i++) {
		const char *sku_id = plan->actions.items[i].sku_id;
		if (plan->actions.items[i].kind != ACTION_RETIRE_SUBSCRIPTION || is_given(plan, sku_id) ||
		    str_list_has(&e->cancelled, sku_id))
			continue;
		int64_t holders = 0;
		for (size_t j = 0; j < users->count; j++)
			holders += goes_on_holding(of_user[j], &users->items[j], sku_id);
		if (holders > seats_that_go_on(e->m->live, sku_id, &retired))
			VEC_PUSH(e->tmp, &e->cancelled, sku_id);
	}
}

static bool is_concerned(const struct effects *e, const struct touch *touches, const struct user *user)
{
	for (size_t i = 0; i < e->cancelled.count; i++)
		if (license_find(&user->licenses, e->cancelled.items[i]))
			return true;
	return touches != NULL;
}

/* Each person once, however many actions concern them, and whoever holds what is cancelled. */
static void for_each_user(struct effects *e, const struct touch **of_user,
			  void (*each)(struct effects *e, const struct touch *touches,
				       const struct user *user))
{
	const struct user_list *users = &e->m->live->users;
	for (size_t i = 0; i < users->count; i++)
		if (is_concerned(e, of_user[i], &users->items[i]))
			each(e, of_user[i], &users->items[i]);
}

static int compare_effects(const void *a, const void *b)
{
	const struct service_effect *x = a;
	const struct service_effect *y = b;
	bool x_lost = x->lost + x->removed + x->cancelled > 0;
	bool y_lost = y->lost + y->removed + y->cancelled > 0;
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
	const struct touch **of_user = touches_of(&e);
	find_cancelled(&e, of_user);
	for_each_user(&e, of_user, learn_skus);
	find_kin(&e);
	for_each_user(&e, of_user, count_user);
	for (size_t i = 0; i < e.services.count; i++) {
		const struct service_effect *effect = &e.services.items[i];
		if (effect->gained || effect->replaced || effect->lost || effect->removed ||
		    effect->cancelled)
			VEC_PUSH(m->arena, &m->effects, *effect);
	}
	if (m->effects.count)
		qsort(m->effects.items, m->effects.count, sizeof *m->effects.items, compare_effects);
}

const char *render_stranded_services(const struct render_model *m,
				     const char *(*name)(const struct render_model *m, const char *sku_id,
							 struct arena *out))
{
	struct str_list names = {0};
	for (size_t i = 0; i < m->stranded.skus.count; i++)
		VEC_PUSH(m->arena, &names, name(m, m->stranded.skus.items[i], m->arena));
	return arena_printf(m->arena, "%s of %s", m->stranded.partly ? "services" : "all services",
			    str_list_join(m->arena, &names, ", "));
}
