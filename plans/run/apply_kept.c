/* What the service keeps otherwise than it was sent: whether somebody is without a service by it. */
#include "core/catalog.h"
#include "core/str.h"
#include "plans/planning/services.h"
#include "plans/run/apply_internal.h"

static bool serves_as(const struct service_plan *plan, const char *id, const char *name)
{
	const char *family = service_family(name);
	return str_eq(plan->id, id) || (family && str_eq(service_family(plan->name), family));
}

/* Whether the licence has the service plan, or one of its family, on. */
static bool has_on(const struct live *before, const struct license *license, const char *id,
		   struct arena *tmp)
{
	const struct sku_view *sku = sku_view_find(before, license->sku_id, tmp);
	for (size_t i = 0; sku && i < sku->plans.count; i++) {
		const struct service_plan *plan = &sku->plans.items[i];
		if (serves_as(plan, id, catalog_plan_text(id)) &&
		    !str_list_has(&license->disabled_plans, plan->id))
			return true;
	}
	return false;
}

static bool any_has_on(const struct live *before, const struct license_list *licenses,
		       const struct license_list *but, const char *id, struct arena *tmp)
{
	for (size_t i = 0; i < licenses->count; i++)
		if (!(but && license_find(but, licenses->items[i].sku_id)) &&
		    has_on(before, &licenses->items[i], id, tmp))
			return true;
	return false;
}

const char *run_lost(const struct run *run, const struct action *action, const struct str_list *off,
		     struct arena *out)
{
	const struct live *before = run->o->before;
	const struct user *user = before && action->user_id ? live_find_user(before, action->user_id) : NULL;
	struct str_list names = {0};
	for (size_t i = 0; before && i < off->count; i++) {
		const char *id = off->items[i];
		bool had = any_has_on(before, &action->expect.licenses, NULL, id, out);
		/* What neither comes nor goes by this action still serves. */
		bool stays = user && any_has_on(before, &user->licenses, &action->expect.licenses, id, out);
		if (had && !stays)
			VEC_PUSH(out, &names, catalog_plan_text(id));
	}
	if (!names.count)
		return NULL;
	return arena_printf(out,
			    "%s was on before; switch it on in the admin centre and apply again, or put it "
			    "under 'disable' and plan again",
			    str_list_join(out, &names, ", "));
}
