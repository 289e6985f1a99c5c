/* Service plans: what a licence switches on, what stays off in a swap, and what would be lost. */
#include "plans/services.h"

#include "core/catalog.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/*
 * Families by name: a pattern is a prefix; the first that fits wins. A NULL family ends a look-up early:
 * EXCHANGE_S_FOUNDATION is a placeholder without a mailbox, archives and add-ons hold none either.
 */
static const struct {
	const char *prefix;
	const char *family;
} families[] = {
	{"EXCHANGE_S_FOUNDATION", NULL},
	{"EXCHANGE_S_ARCHIVE", NULL},
	{"EXCHANGE_S_", "mailbox"},
	{"EXCHANGE_L_", "mailbox"},
	{"EXCHANGE_B_", "mailbox"},
	{"SHAREPOINTWAC", "office-online"},
	{"SHAREPOINTENTERPRISE", "sharepoint"},
	{"SHAREPOINTSTANDARD", "sharepoint"},
	{"SHAREPOINTDESKLESS", "sharepoint"},
	{"SHAREPOINTLITE", "sharepoint"},
	{"MCOSTANDARD", "skype"},
	{"MCOLITE", "skype"},
	{"MCOIMP", "skype"},
	{"TEAMS", "teams"},
	{"YAMMER_", "yammer"},
	{"OFFICESUBSCRIPTION", "office-apps"},
	{"OFFICE_BUSINESS", "office-apps"},
	{"OFFICE_PRO_PLUS_SUBSCRIPTION", "office-apps"},
	{"FORMS_PLAN_", "forms"},
	{"FLOW_O365_", "power-automate"},
	{"POWERAPPS_O365_", "power-apps"},
	{"STREAM_O365_", "stream"},
	{"KAIZALA_", "kaizala"},
	{"BPOS_S_TODO_", "to-do"},
	{"WHITEBOARD_PLAN", "whiteboard"},
	{"DYN365_CDS_O365_", "dataverse"},
	{"CDS_O365_", "dataverse-teams"},
	{"POWER_VIRTUAL_AGENTS_O365_", "virtual-agents"},
	{"PROJECT_O365_", "project"},
	{"ONEDRIVE", "onedrive"},
	{"VIVAENGAGE_", "viva-engage"},
	{"VIVA_LEARNING_SEEDED", "viva-learning"},
};

const char *service_family(const char *plan_name)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (str_starts(plan_name, families[i].prefix))
			return families[i].family;
	return NULL;
}

static int compare_plans(const void *a, const void *b)
{
	return strcmp(((const struct service_plan *)a)->id, ((const struct service_plan *)b)->id);
}

static const struct sku_view *view_of_live(const struct sku *sku, struct arena *out)
{
	struct sku_view *view = arena_alloc(out, sizeof *view);
	*view = (struct sku_view){sku->id, sku->part_number, sku->service_plans, sku};
	return view;
}

static const struct sku_view *view_of_catalog(const struct catalog_sku *sku, struct arena *out)
{
	struct sku_view *view = arena_alloc(out, sizeof *view);
	*view = (struct sku_view){.id = sku->id, .part_number = sku->part_number};
	for (size_t i = 0; i < sku->plan_count; i++)
		VEC_PUSH(out, &view->plans,
			 (struct service_plan){sku->plans[i].id, sku->plans[i].name, true, NULL});
	if (view->plans.count)
		qsort(view->plans.items, view->plans.count, sizeof *view->plans.items, compare_plans);
	return view;
}

const struct sku_view *sku_view_find(const struct live *live, const char *part_number_or_id,
				     struct arena *out)
{
	const struct sku *sku = live_find_sku_named(live, part_number_or_id);
	if (sku)
		return view_of_live(sku, out);
	const struct catalog_sku *known = catalog_find_sku(part_number_or_id);
	return known ? view_of_catalog(known, out) : NULL;
}

const struct service_plan *sku_view_find_plan(const struct sku_view *sku, const char *name_or_id)
{
	for (size_t i = 0; i < sku->plans.count; i++) {
		const struct service_plan *plan = &sku->plans.items[i];
		if (str_eq_fold(plan->id, name_or_id) || str_eq_fold(plan->name, name_or_id))
			return plan;
	}
	return NULL;
}

/* Adds to `off` every plan of `to` that serves what `plan` served; false when there is none. */
static bool carry_one(const struct service_plan *plan, const struct sku_view *to, struct arena *out,
		      struct str_list *off)
{
	const char *family = service_family(plan->name);
	bool found = false;
	for (size_t i = 0; i < to->plans.count; i++) {
		const struct service_plan *target = &to->plans.items[i];
		bool same = str_eq(target->id, plan->id) ||
			    (family && str_eq(service_family(target->name), family));
		if (!same)
			continue;
		VEC_PUSH(out, off, target->id);
		found = true;
	}
	return found;
}

void services_carry_over(const struct sku_view *from, const struct str_list *off_in_from,
			 const struct sku_view *to, struct arena *out, struct str_list *ret_off,
			 struct str_list *ret_lost)
{
	for (size_t i = 0; i < off_in_from->count; i++) {
		const struct service_plan *plan = sku_view_find_plan(from, off_in_from->items[i]);
		struct service_plan unnamed = {.id = off_in_from->items[i],
					       .name = off_in_from->items[i]};
		if (!carry_one(plan ? plan : &unnamed, to, out, ret_off) && ret_lost)
			VEC_PUSH(out, ret_lost, plan ? plan->name : unnamed.name);
	}
	str_list_sort_unique(ret_off);
}

bool services_has_mailbox(const struct sku_view *sku, const struct str_list *off)
{
	for (size_t i = 0; i < sku->plans.count; i++)
		if (str_eq(service_family(sku->plans.items[i].name), "mailbox") &&
		    !str_list_has(off, sku->plans.items[i].id))
			return true;
	return false;
}
