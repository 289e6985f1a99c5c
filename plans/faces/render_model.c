/* What the faces of a plan have in common: names, licences, users, cards. */
#include "plans/faces/render_model.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "plans/saved/journal_group.h"

#include <stdlib.h>
#include <string.h>

const char *render_name(struct arena *out, const char *text)
{
	return quote_terminal_cut(out, text, RENDER_NAME_MAX);
}

const char *render_open_label(const struct render_model *m, const struct plan_move *move)
{
	return m->plan->undoes ? "Before" : programme_meant(move->programme)->label;
}

void render_add_fact(struct render_model *m, const char *label, enum out_style style, const char *a,
		     const char *b, const char *c)
{
	VEC_PUSH(m->arena, &m->facts, (struct render_fact){label, style, false, {a, b, c}});
}

const char *render_who(const struct action *action)
{
	return action->upn ? action->upn : action->group_name ? action->group_name : action->group_id;
}

const char *render_part_number(const struct render_model *m, const char *sku_id, struct arena *out)
{
	for (size_t i = 0; i < m->plan->summary.moves.count; i++) {
		const struct plan_move *move = &m->plan->summary.moves.items[i];
		if (str_eq(move->open_sku, sku_id))
			return render_name(out, move->open_part_number);
		if (str_eq(move->advisor_sku, sku_id))
			return render_name(out, move->advisor_part_number);
	}
	const struct sku_view *view = sku_cache_get(m->skus, sku_id);
	return render_name(out, view ? view->part_number : sku_id);
}

const char *render_licenses(const struct render_model *m, const struct license_list *list, struct arena *out)
{
	struct str_list names = {0};
	for (size_t i = 0; i < list->count; i++)
		VEC_PUSH(out, &names, render_part_number(m, list->items[i].sku_id, out));
	return str_list_join(out, &names, ", ");
}

static int compare_plan_id(const void *key, const void *plan)
{
	return strcmp(key, ((const struct service_plan *)plan)->id);
}

const char *render_services_off(const struct render_model *m, const struct license_list *list,
				struct arena *out)
{
	struct str_list names = {0};
	for (size_t i = 0; i < list->count; i++) {
		const struct license *license = &list->items[i];
		const struct sku_view *view = sku_cache_get(m->skus, license->sku_id);
		for (size_t j = 0; j < license->disabled_plans.count; j++) {
			const char *id = license->disabled_plans.items[j];
			const struct service_plan *plan =
				view ? bsearch(id, view->plans.items, view->plans.count,
					       sizeof *view->plans.items, compare_plan_id)
				     : NULL;
			VEC_PUSH(out, &names, render_name(out, plan ? plan->name : id));
		}
	}
	return str_list_join(out, &names, ", ");
}

const char *render_outcome(const struct render_model *m, const struct action *action)
{
	if (!m->in->results)
		return "";
	const struct action_result *result = &m->in->results[action - m->plan->actions.items];
	if (result->is_waiting && action->group_id)
		return outcome_name(OUTCOME_WAITING);
	return result->ended ? outcome_name(result->outcome) : "";
}

const char *render_member_outcome(const struct render_model *m, const struct action *action,
				  const char *user_id)
{
	const char *all = render_outcome(m, action);
	const struct action_result *result =
		m->in->results ? &m->in->results[action - m->plan->actions.items] : NULL;
	if (!result || !result->group)
		return all;
	const char *well = result_is_verified(result) ? all : outcome_name(OUTCOME_VERIFIED);
	return journal_group_outcome(result->group, user_id, well, all);
}

static int compare_subjects(const void *a, const void *b)
{
	const struct action *const *x = a;
	const struct action *const *y = b;
	int by_name = strcmp(render_who(*x), render_who(*y));
	if (by_name)
		return by_name;
	const char *x_id = (*x)->user_id ? (*x)->user_id : (*x)->group_id;
	const char *y_id = (*y)->user_id ? (*y)->user_id : (*y)->group_id;
	int by_id = strcmp(x_id, y_id);
	return by_id ? by_id : *x < *y ? -1 : *x > *y;
}

/* Sorted by name, id and order in the plan, so what belongs to one user stands together, its location first.
 */
void render_subjects(const struct render_model *m, struct arena *out, struct render_subject_list *ret)
{
	VEC(, const struct action *) all = {0};
	for (size_t i = 0; i < m->plan->actions.count; i++) {
		const struct action *action = &m->plan->actions.items[i];
		if ((action->user_id || action->group_id) && render_who(action))
			VEC_PUSH(out, &all, action);
	}
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, compare_subjects);
	for (size_t i = 0; i < all.count; i++) {
		const struct action *action = all.items[i];
		struct render_subject *last = ret->count ? &ret->items[ret->count - 1] : NULL;
		bool goes_on = last && last->location && !last->change && action->user_id &&
			       str_eq(last->location->user_id, action->user_id);
		if (goes_on)
			last->change = action;
		else if (action->kind == ACTION_SET_USAGE_LOCATION)
			VEC_PUSH(out, ret,
				 (struct render_subject){.location =
								 action}); /* NOLINT(clang-analyzer-core*) */
		else
			VEC_PUSH(
				out, ret,
				(struct render_subject){.change = action}); /* NOLINT(clang-analyzer-core*) */
	}
}
