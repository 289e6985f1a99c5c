/* Service plans: what a licence switches on, what stays off in a swap, and what would be lost. */
#include "plans/planning/services.h"

#include "core/catalog.h"
#include "core/service_ladders.h"
#include "core/service_rules.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/*
 * Families by name: a pattern is a prefix; the first that fits wins. A NULL family ends a look-up early:
 * EXCHANGE_S_FOUNDATION is a placeholder without a mailbox, archives and add-ons hold none either. What is
 * bought beside Teams is no other Teams.
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
	{"TEAMSPRO_", NULL},
	{"TEAMS_ADVCOMMS", NULL},
	{"TEAMSMULTIGEO", NULL},
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

/* A family's number, from 1, is that of its first row here; 0: none. */
static size_t family_number(const char *plan_name)
{
	size_t row = 0;
	size_t first = 0;
	while (row < ARRAY_LEN(families) && !str_starts(plan_name, families[row].prefix))
		row++;
	if (row == ARRAY_LEN(families) || !families[row].family)
		return 0;
	while (!str_eq(families[first].family, families[row].family))
		first++;
	return first + 1;
}

const char *service_family(const char *plan_name)
{
	size_t number = family_number(plan_name);
	return number ? families[number - 1].family : NULL;
}

bool service_replaces(const char *other, const char *name)
{
	const char *family = service_family(name);
	enum service_rank rank = service_rank_of(other, name);
	return rank != RANK_NONE ? rank == RANK_HOLDS : family && str_eq(family, service_family(other));
}

/* The tenant says it of a SKU that it has, the catalogue of one that it has not: a plan for the whole company
 * is nobody's gain or loss where either does. */
bool service_plan_counts(const struct service_plan *plan)
{
	return plan->for_users && !catalog_plan_is_for_company(plan->name);
}

static int compare_plans(const void *a, const void *b)
{
	return strcmp(((const struct service_plan *)a)->id, ((const struct service_plan *)b)->id);
}

static int compare_plan_id(const void *id, const void *plan)
{
	return strcmp(id, ((const struct service_plan *)plan)->id);
}

static const struct service_plan *find_by_id(const struct sku_view *sku, const char *id)
{
	const struct service_plan_list *plans = &sku->plans;
	return plans->count ? bsearch(id, plans->items, plans->count, sizeof *plans->items, compare_plan_id)
			    : NULL;
}

static struct ruled_plan rules_of(const struct service_plan *plan)
{
	struct ruled_plan ruled = {.id = plan->id, .name = plan->name};
	const struct service_exclusion *exclusion;
	const struct service_dependency *dependency;
	for (size_t i = 0; (exclusion = service_exclusion_at(i)); i++) {
		if (service_rule_names(exclusion->names, plan->name))
			ruled.one_of |= UINT64_C(1) << i;
		if (service_rule_names(exclusion->others, plan->name))
			ruled.other_of |= UINT64_C(1) << i;
	}
	for (size_t i = 0; (dependency = service_dependency_at(i)); i++) {
		if (str_eq_fold(dependency->name, plan->name))
			ruled.needs |= UINT64_C(1) << i;
		if (service_rule_names(dependency->any_of, plan->name))
			ruled.serves |= UINT64_C(1) << i;
	}
	return ruled;
}

/* What is known of each plan by its name, looked up once. */
static void add_rules(struct sku_view *view, struct arena *out)
{
	view->families = arena_alloc_array(out, view->plans.count + 1, sizeof *view->families);
	for (size_t i = 0; i < view->plans.count; i++) {
		const struct service_plan *plan = &view->plans.items[i];
		struct ruled_plan ruled = rules_of(plan);
		view->families[i] = family_number(plan->name);
		if (str_eq(service_family(plan->name), "mailbox"))
			VEC_PUSH(out, &view->mailbox_plans, plan->id);
		if (ruled.one_of || ruled.other_of || ruled.needs || ruled.serves)
			VEC_PUSH(out, &view->ruled, ruled);
	}
}

static const struct sku_view *view_of_live(const struct sku *sku, struct arena *out)
{
	struct sku_view *view = arena_alloc(out, sizeof *view);
	*view = (struct sku_view){
		.id = sku->id, .part_number = sku->part_number, .plans = sku->service_plans, .live = sku};
	add_rules(view, out);
	return view;
}

static const struct sku_view *view_of_catalog(const struct catalog_sku *sku, struct arena *out)
{
	struct sku_view *view = arena_alloc(out, sizeof *view);
	*view = (struct sku_view){.id = sku->id, .part_number = sku->part_number};
	for (size_t i = 0; i < sku->plan_count; i++)
		VEC_PUSH(out, &view->plans,
			 (struct service_plan){sku->plans[i].id, sku->plans[i].name,
					       !catalog_plan_is_for_company(sku->plans[i].name), NULL});
	if (view->plans.count)
		qsort(view->plans.items, view->plans.count, sizeof *view->plans.items, compare_plans);
	add_rules(view, out);
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
	const struct service_plan *found = find_by_id(sku, name_or_id);
	if (found)
		return found;
	for (size_t i = 0; i < sku->plans.count; i++) {
		const struct service_plan *plan = &sku->plans.items[i];
		if (str_eq_fold(plan->id, name_or_id) || str_eq_fold(plan->name, name_or_id))
			return plan;
	}
	return NULL;
}

/*
 * Adds to `off` every plan of `to` that serves what the plan of that id and family served; false when there
 * is none. What applies to the company stays on for everybody, whatever a licence says.
 */
static bool carry_one(const char *id, size_t family, const struct sku_view *to, struct arena *out,
		      struct str_list *off)
{
	const struct service_plan *itself = find_by_id(to, id);
	bool found = itself != NULL;
	if (itself && itself->for_users)
		VEC_PUSH(out, off, itself->id);
	for (size_t i = 0; family && i < to->plans.count; i++) {
		const struct service_plan *target = &to->plans.items[i];
		if (to->families[i] != family)
			continue;
		found = true;
		if (target->for_users)
			VEC_PUSH(out, off, target->id);
	}
	return found;
}

void services_carry_over(const struct sku_view *from, const struct str_list *off_in_from,
			 const struct sku_view *to, struct arena *out, struct str_list *ret_off,
			 struct str_list *ret_lost)
{
	VEC_RESERVE(out, ret_off, ret_off->count + off_in_from->count);
	for (size_t i = 0; i < off_in_from->count; i++) {
		const char *id = off_in_from->items[i];
		const struct service_plan *plan = sku_view_find_plan(from, id);
		size_t family = plan ? from->families[plan - from->plans.items] : family_number(id);
		if (!carry_one(plan ? plan->id : id, family, to, out, ret_off) && ret_lost)
			VEC_PUSH(out, ret_lost, plan ? plan->name : id);
	}
	str_list_sort_unique(ret_off);
}

static bool has_mailbox(const struct sku_view *sku, const struct str_list *off)
{
	for (size_t i = 0; i < sku->mailbox_plans.count; i++)
		if (!str_list_has(off, sku->mailbox_plans.items[i]))
			return true;
	return false;
}

const struct sku_view *sku_cache_get(struct sku_cache *cache, const char *sku_id)
{
	for (size_t i = 0; i < cache->count; i++)
		if (cache->views[i] && str_eq(cache->views[i]->id, sku_id))
			return cache->views[i];
	const struct sku_view *view = sku_view_find(cache->live, sku_id, cache->out);
	if (!view)
		return NULL;
	if (cache->count == cache->cap) {
		size_t cap = cache->cap ? cache->cap * 2 : 16;
		const struct sku_view **views = arena_alloc_array(cache->out, cap, sizeof *views);
		for (size_t i = 0; i < cache->count; i++)
			views[i] = cache->views[i];
		cache->views = views;
		cache->cap = cap;
	}
	cache->views[cache->count++] = view;
	return view;
}

/* A ruled plan that is switched on, and the SKU it comes with. */
struct active_plan {
	const struct ruled_plan *plan;
	const struct sku_view *sku;
	bool added;
};

enum { ACTIVE_MAX = 256 }; /* ruled plans on one user; a tenant's SKUs hold a few dozen in all */

/* Both are sorted: `*at` is how far the list of those that are off was gone through for the ids before. */
static bool is_off(const struct str_list *off, size_t *at, const char *id)
{
	int order = 1;
	while (*at < off->count && (order = strcmp(off->items[*at], id)) < 0)
		(*at)++;
	return *at < off->count && order == 0;
}

static size_t collect_active(struct sku_cache *cache, const struct license_list *list, bool added,
			     struct active_plan *active, size_t count)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct sku_view *sku = sku_cache_get(cache, list->items[i].sku_id);
		size_t at = 0;
		for (size_t j = 0; sku && j < sku->ruled.count && count < ACTIVE_MAX; j++)
			if (!is_off(&list->items[i].disabled_plans, &at, sku->ruled.items[j].id))
				active[count++] = (struct active_plan){&sku->ruled.items[j], sku, added};
	}
	return count;
}

static uint64_t disputed_exclusions(void)
{
	uint64_t disputed = 0;
	const struct service_exclusion *exclusion;
	for (size_t i = 0; (exclusion = service_exclusion_at(i)); i++)
		disputed |= (uint64_t)exclusion->disputed << i;
	return disputed;
}

/* The exclusions that keep the two apart. */
static uint64_t exclusions_between(const struct ruled_plan *a, const struct ruled_plan *b)
{
	uint64_t both = (a->one_of & b->one_of) | (a->one_of & b->other_of) | (a->other_of & b->one_of);
	return both && !str_eq(a->id, b->id) ? both : 0;
}

/* The first of the exclusions in `asked` that is broken; 0 when none is. */
static uint64_t find_conflict(const struct active_plan *active, size_t count, uint64_t asked,
			      struct service_clash *ret_clash)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; active[i].added && j < count; j++) {
			uint64_t broken = exclusions_between(active[i].plan, active[j].plan) & asked;
			if (!broken)
				continue;
			*ret_clash = (struct service_clash){active[i].plan->name, active[i].sku->part_number,
							    active[j].plan->name, active[j].sku->part_number,
							    NULL};
			return broken;
		}
	}
	return 0;
}

/* Some rules name a dozen plans; those that the user's SKUs hold, off as they are, are told first. */
static const char *name_needed(const struct service_dependency *rule,
			       const struct license_list *const lists[2], struct sku_cache *cache)
{
	enum { NAMED = 3 };
	struct str_list names = {0};
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct sku_view *sku = sku_cache_get(cache, lists[l]->items[i].sku_id);
			for (size_t j = 0; sku && j < sku->ruled.count; j++)
				if (service_rule_names(rule->any_of, sku->ruled.items[j].name))
					VEC_PUSH(cache->out, &names, sku->ruled.items[j].name);
		}
	if (names.count)
		str_list_sort_unique(&names);
	else
		for (size_t n = 0; n < SERVICE_RULE_MAX && rule->any_of[n]; n++)
			VEC_PUSH(cache->out, &names, rule->any_of[n]);
	if (names.count > NAMED)
		names.count = NAMED;
	return str_list_join(cache->out, &names, " or ");
}

/*
 * A plan of the new licence may lack what it needs; so may an old one whose support is taken away. The first
 * of the dependencies in `asked` that is not met; 0 when all are.
 */
static uint64_t find_dependency(const struct active_plan *active, size_t count, uint64_t asked,
				const struct active_plan **ret_plan)
{
	uint64_t served = 0;
	for (size_t i = 0; i < count; i++)
		served |= active[i].plan->serves;
	for (size_t i = 0; i < count; i++) {
		uint64_t missing = active[i].plan->needs & ~served & asked;
		if (!missing)
			continue;
		*ret_plan = &active[i];
		return missing & -missing;
	}
	return 0;
}

bool services_next_clash(struct sku_cache *cache, const struct license_list *held,
			 const struct license_list *added, enum clash_kind kind, uint64_t *asked,
			 struct service_clash *ret_clash)
{
	struct active_plan active[ACTIVE_MAX];
	size_t count = collect_active(cache, held, false, active, 0);
	count = collect_active(cache, added, true, active, count);
	uint64_t broken = 0;
	if (kind != CLASH_DEPENDENCY) {
		uint64_t disputed = disputed_exclusions();
		broken = find_conflict(active, count, *asked & (kind == CLASH_DISPUTE ? disputed : ~disputed),
				       ret_clash);
	} else {
		const struct active_plan *dependent;
		const struct license_list *const lists[] = {held, added};
		broken = find_dependency(active, count, *asked, &dependent);
		if (broken)
			*ret_clash = (struct service_clash){
				.plan = dependent->plan->name,
				.plan_sku = dependent->sku->part_number,
				.needs = name_needed(service_dependency_at((size_t)__builtin_ctzll(broken)),
						     lists, cache)};
	}
	*asked &= ~broken;
	return broken != 0;
}

bool services_find_clash(struct sku_cache *cache, const struct license_list *held,
			 const struct license_list *added, struct service_clash *ret_clash)
{
	uint64_t conflicts = UINT64_MAX, dependencies = UINT64_MAX;
	return services_next_clash(cache, held, added, CLASH_CONFLICT, &conflicts, ret_clash) ||
	       services_next_clash(cache, held, added, CLASH_DEPENDENCY, &dependencies, ret_clash);
}

bool sku_cache_has_mailbox(struct sku_cache *cache, const struct license_list *held)
{
	for (size_t i = 0; i < held->count; i++) {
		const struct sku_view *sku = sku_cache_get(cache, held->items[i].sku_id);
		if (sku && has_mailbox(sku, &held->items[i].disabled_plans))
			return true;
	}
	return false;
}
