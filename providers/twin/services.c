/*
 * How far services are with somebody: licenseDetails, and a user's assignedPlans and provisionedPlans.
 *
 * After Microsoft Graph v1.0's pages on servicePlanInfo, provisionedPlan and assignedPlan (August 2026), and
 * answers of real tenants in public issues: a new licence's services are PendingInput until each has
 * confirmed it, here for settings.service_setup_ms; Intune for Office 365, the pages' own example, stays
 * PendingActivation until an administrator activates it; the file and POST /twin/user may say another state
 * of a person's service plan. Only some services are among provisionedPlans, and none names its plan there.
 */
#include "providers/twin/graph.h"

static const struct {
	const char *prefix; /* of a service plan's name */
	const char *service;
	bool is_provisioned; /* among provisionedPlans */
} services[] = {
	{"EXCHANGE_", "exchange", true},
	{"SHAREPOINT", "SharePoint", true},
	{"MCO", "MicrosoftCommunicationsOnline", true},
	{"TEAMS", "TeamspaceAPI", false},
	{"OFFICESUBSCRIPTION", "MicrosoftOffice", false},
	{"RMS_S_", "RMSOnline", false},
	{"POWERAPPS_", "PowerAppsService", false},
	{"BPOS_S_TODO", "To-Do", false},
	{"WHITEBOARD", "WhiteboardServices", false},
	{"", NULL, false}, /* the rest goes by its plan's own name */
};

static const char *service_of(const struct twin_plan *plan, bool *ret_is_provisioned)
{
	size_t row = 0;
	while (!str_starts(plan->name, services[row].prefix))
		row++;
	*ret_is_provisioned = services[row].is_provisioned;
	return services[row].service ? services[row].service : plan->name;
}

/* When the user got the SKU first, by any way that works. */
static int64_t given_at(const struct twin_user_version *now, const struct twin_sku *sku)
{
	int64_t given_ms = INT64_MAX;
	for (size_t i = 0; i < now->assignments.count; i++) {
		const struct twin_assignment *a = &now->assignments.items[i];
		if (a->sku == sku && !str_eq(a->state, "Error") && a->given_ms < given_ms)
			given_ms = a->given_ms;
	}
	return given_ms;
}

static bool is_alive(struct call *call, const struct twin_sku *sku)
{
	return twin_seats(call->twin, call->tenant, sku, "Enabled", false) +
		       twin_seats(call->twin, call->tenant, sku, "Warning", false) >
	       0;
}

static const char *plan_state(struct call *call, const struct twin_user *user,
			      const struct twin_user_version *now, const struct twin_sku *sku,
			      const struct twin_plan *plan)
{
	const struct str_list *said = &user->service_states;
	int64_t given_ms = given_at(now, sku);
	if (!is_alive(call, sku) || graph_plan_is_off(now, sku, plan->id))
		return "Disabled";
	for (size_t i = 0; i + 1 < said->count; i += 2)
		if (str_eq_fold(said->items[i], plan->name))
			return said->items[i + 1];
	if (given_ms && twin_now(call->twin) < given_ms + call->twin->settings.service_setup_ms)
		return "PendingInput";
	return str_eq(plan->name, "INTUNE_O365") ? "PendingActivation" : "Success";
}

/* ---- of a user in a list -------------------------------------------------------------------- */

struct each_plan {
	struct call *call;
	const struct twin_user *user;
	const struct twin_user_version *now;
	void (*put)(struct each_plan *e, const struct twin_assignment *a, const struct twin_plan *plan);
	struct json_writer *w;
};

static void put_each(struct each_plan *e)
{
	json_begin_array(e->w);
	for (size_t i = 0; i < e->now->assignments.count; i++) {
		const struct twin_assignment *a = &e->now->assignments.items[i];
		for (size_t k = 0; graph_is_first_source(e->now, i) && k < a->sku->plan_count; k++)
			if (!graph_plan_is_off(e->now, a->sku, a->sku->plans[k].id))
				e->put(e, a, &a->sku->plans[k]);
	}
	json_end_array(e->w);
}

static void put_assigned(struct each_plan *e, const struct twin_assignment *a, const struct twin_plan *plan)
{
	bool unused;
	json_begin_object(e->w);
	json_set_text(e->w, "assignedDateTime", call_time(e->call->arena, a->updated_ms));
	json_set_text(e->w, "capabilityStatus", is_alive(e->call, a->sku) ? "Enabled" : "Suspended");
	json_set_text(e->w, "service", service_of(plan, &unused));
	json_set_text(e->w, "servicePlanId", plan->id);
	json_end_object(e->w);
}

static void put_provisioned(struct each_plan *e, const struct twin_assignment *a,
			    const struct twin_plan *plan)
{
	bool is_provisioned;
	const char *service = service_of(plan, &is_provisioned);
	if (!is_provisioned)
		return;
	json_begin_object(e->w);
	json_set_text(e->w, "capabilityStatus", is_alive(e->call, a->sku) ? "Enabled" : "Suspended");
	json_set_text(e->w, "provisioningStatus", plan_state(e->call, e->user, e->now, a->sku, plan));
	json_set_text(e->w, "service", service);
	json_end_object(e->w);
}

void graph_put_assigned_plans(struct call *call, struct json_writer *w, const void *item)
{
	struct each_plan each = {call, item, graph_user_version(call, item), put_assigned, w};
	put_each(&each);
}

void graph_put_provisioned_plans(struct call *call, struct json_writer *w, const void *item)
{
	struct each_plan each = {call, item, graph_user_version(call, item), put_provisioned, w};
	put_each(&each);
}

/* ---- licenseDetails ------------------------------------------------------------------------- */

static void put_details(struct call *call, const struct twin_user *user, const struct twin_user_version *now,
			const struct twin_sku *sku)
{
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_set_text(w, "id", arena_printf(call->arena, "%s_%s", call->tenant->id, sku->id));
	json_put_key(w, "servicePlans");
	json_begin_array(w);
	for (size_t i = 0; i < sku->plan_count; i++) {
		json_begin_object(w);
		json_set_text(w, "appliesTo", twin_plan_applies_to(sku, &sku->plans[i]));
		json_set_text(w, "provisioningStatus", plan_state(call, user, now, sku, &sku->plans[i]));
		json_set_text(w, "servicePlanId", sku->plans[i].id);
		json_set_text(w, "servicePlanName", sku->plans[i].name);
		json_end_object(w);
	}
	json_end_array(w);
	json_set_text(w, "skuId", sku->id);
	json_set_text(w, "skuPartNumber", sku->part_number);
	json_end_object(w);
}

void graph_user_license_details(struct call *call)
{
	const struct twin_user *user = odata_allow(call, "") ? graph_find_user(call, call->keys[0]) : NULL;
	if (!user)
		return;
	const struct twin_user_version *now = graph_user_version(call, user);
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_set_text(w, "@odata.context",
		      arena_printf(call->arena, "%s/v1.0/$metadata#users('%s')/licenseDetails", call->base,
				   user->id));
	json_put_key(w, "value");
	json_begin_array(w);
	for (size_t i = 0; i < now->assignments.count; i++)
		if (graph_is_first_source(now, i))
			put_details(call, user, now, now->assignments.items[i].sku);
	json_end_array(w);
	json_end_object(w);
}
