/* Services that go with a move, and are accepted by name. */
#include "plans/planning/losses.h"

#include "core/str.h"

#include <stdlib.h>
#include <string.h>

struct loss {
	const char *name;
	int64_t people;
};
VEC(loss_list, struct loss);

/* The first move of such a programme that names the user; NULL: none does. */
static const struct move *find_move(const struct planning *p, const struct user *user)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		const struct move *move = p->moves.items[i].move;
		if (programme_of(move->programme)->services_go && wish_find(&p->moves.items[i], user))
			return move;
	}
	return NULL;
}

static void add_services(struct planning *p, const struct license_list *held, struct arena *tmp,
			 struct str_list *names)
{
	for (size_t i = 0; i < held->count; i++) {
		const struct sku_view *sku = sku_cache_get(&p->skus, held->items[i].sku_id);
		for (size_t j = 0; sku && j < sku->plans.count; j++) {
			const struct service_plan *plan = &sku->plans.items[j];
			if (service_plan_counts(plan) &&
			    !str_list_has(&held->items[i].disabled_plans, plan->id))
				VEC_PUSH(tmp, names, plan->name);
		}
	}
	str_list_sort_unique(names);
}

static bool is_served(const struct str_list *after, const char *name)
{
	for (size_t i = 0; i < after->count; i++)
		if (str_eq(after->items[i], name) || service_replaces(after->items[i], name))
			return true;
	return false;
}

static struct str_list find_lost(struct planning *p, const struct user_effect *effect, struct arena *tmp)
{
	struct str_list before = {0};
	struct str_list after = {0};
	struct str_list lost = {0};
	add_services(p, &effect->user->licenses, tmp, &before);
	add_services(p, &effect->after, tmp, &after);
	for (size_t i = 0; i < before.count; i++)
		if (!is_served(&after, before.items[i]))
			VEC_PUSH(tmp, &lost, before.items[i]);
	return lost;
}

static void count_losses(struct arena *tmp, const struct str_list *lost, struct loss_list *losses)
{
	for (size_t i = 0; i < lost->count; i++) {
		size_t at = 0;
		while (at < losses->count && !str_eq(losses->items[at].name, lost->items[i]))
			at++;
		if (at == losses->count)
			VEC_PUSH(tmp, losses, (struct loss){lost->items[i], 0});
		losses->items[at].people++;
	}
}

static bool same_licenses(const struct license_list *a, const struct license_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!license_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct loss *)a)->name, ((const struct loss *)b)->name);
}

/* Most people hold what the one before them holds: then they lose the same. */
static const struct move *find_losses(struct planning *p, const struct user_effect_list *effects,
				      struct arena *tmp, struct loss_list *ret_losses)
{
	const struct move *first = NULL;
	const struct user_effect *last = NULL;
	struct str_list lost = {0};
	for (size_t i = 0; i < effects->count; i++) {
		const struct user_effect *effect = &effects->items[i];
		const struct move *move = find_move(p, effect->user);
		if (!move)
			continue;
		if (!last || !same_licenses(&last->user->licenses, &effect->user->licenses) ||
		    !same_licenses(&last->after, &effect->after))
			lost = find_lost(p, effect, tmp);
		last = effect;
		first = first ? first : move;
		count_losses(tmp, &lost, ret_losses);
	}
	if (ret_losses->count)
		qsort(ret_losses->items, ret_losses->count, sizeof *ret_losses->items, by_name);
	return first;
}

/* One line, whoever loses which of them: SERVICES names people and services. */
static void warn_of_accepted(struct planning *p, const struct str_list *names, int64_t people)
{
	if (names->count)
		planning_warn(p, SS248, "%s for %s, as the file accepts: %s",
			      arena_printf(p->out, "%s %s",
					   planning_count(p, (int64_t)names->count, "service"),
					   names->count == 1 ? "goes" : "go"),
			      planning_count(p, people, "user"),
			      planning_quote(p, str_list_join(p->out, names, ", ")));
}

static void refuse(struct planning *p, const struct move *move, const struct str_list *refused)
{
	const char *names = planning_quote(p, str_list_join(p->out, refused, ", "));
	if (refused->count)
		planning_refuse(p, SS338, move->programme_place, "%s would go, and %s not accepted: %s",
				planning_count(p, (int64_t)refused->count, "service"),
				refused->count == 1 ? "is" : "are", names)
			->help =
			arena_printf(p->out,
				     "Write down which of them the customer does without, under 'accept: "
				     "{lost_services: [%s]}'; or take a SKU that has them.",
				     names);
}

void losses_check(struct planning *p, const struct user_effect_list *effects)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct loss_list losses = {0};
	struct str_list refused = {0};
	struct str_list accepted = {0};
	int64_t people = 0;
	const struct move *move = p->undoes ? NULL : find_losses(p, effects, tmp, &losses);
	for (size_t i = 0; i < losses.count; i++) {
		const struct loss *loss = &losses.items[i];
		const bool is_accepted = str_list_has_fold(&p->desired->lost_services, loss->name);
		VEC_PUSH(tmp, is_accepted ? &accepted : &refused, loss->name);
		people = is_accepted && loss->people > people ? loss->people : people;
	}
	warn_of_accepted(p, &accepted, people);
	refuse(p, move, &refused);
}
