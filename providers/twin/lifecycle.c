/*
 * What people do to subscriptions: redeeming a product key, provisioning seats, and cancelling.
 *
 *	POST /twin/redeem {"tenant", "sku", "seats", "as": "new-subscription" | "add-seats" | "extend-term",
 *	                   "subscription": which one the last two mean, "ends": TIME, "id": GUID, "delay_ms"}
 *	POST /twin/provision {"tenant", "sku", "seats", "by": the tenant of who provisions,
 *	                      "subscription": one that is there and gets them, "ends": TIME, "id": GUID,
 *"delay_ms"} POST /twin/cancel {"tenant", "subscription", "status": "Suspended" | ... | "absent", "delay_ms"}
 */
#include "providers/twin/control.h"
#include "providers/twin/load.h"

struct change {
	struct twin_tenant *tenant;
	struct twin_subscription *subscription;
	const char *status; /* cancel; NULL: absent */
	int64_t seats;
	int64_t ends_ms; /* -1: unchanged */
	bool is_new;
};

static void arrive(struct twin *twin, void *what)
{
	const struct change *change = what;
	struct twin_subscription_version *edit = twin_subscription_edit(twin, change->subscription);
	edit->listed = true;
	edit->status = "Enabled";
	edit->seats += change->seats;
	if (change->ends_ms >= 0)
		edit->next_ms = change->ends_ms;
	twin_subscription_commit(twin, change->subscription, edit);
}

static struct twin_subscription *new_subscription(struct call *call, struct twin_tenant *tenant,
						  struct twin_sku *sku, const char *id)
{
	struct twin *twin = call->twin;
	struct twin_subscription_version *v = arena_alloc(twin->arena, sizeof *v);
	*v = (struct twin_subscription_version){
		.written_ms = TWIN_BEFORE_ALL, .status = "Enabled", .next_ms = -1};
	struct twin_subscription *s = arena_alloc(twin->arena, sizeof *s);
	*s = (struct twin_subscription){.id = id ? id : twin_new_id(twin),
					.commerce_id = twin_new_id(twin),
					.sku = sku,
					/* Graph shows the day only. */
					.created_ms = twin_wall(twin) / 86400000 * 86400000,
					.now = v};
	VEC_PUSH(twin->arena, &tenant->subscriptions, s);
	return s;
}

/* The one named, or the only listed one of that SKU. */
static struct twin_subscription *choose(const struct twin_tenant *tenant, const struct twin_sku *sku,
					const char *id, struct error *err)
{
	struct twin_subscription *found = NULL;
	for (size_t i = 0; i < tenant->subscriptions.count; i++) {
		struct twin_subscription *s = tenant->subscriptions.items[i];
		bool fits = id ? str_eq_fold(s->id, id) || str_eq_fold(s->commerce_id, id)
			       : s->sku == sku && s->now->listed;
		if (fits && found) {
			error_set(err, ERR_INVALID, "more than one subscription fits; name one");
			return NULL;
		}
		found = fits ? s : found;
	}
	if (!found)
		error_set(err, ERR_INVALID, "no such subscription");
	return found;
}

static void write_subscription(struct call *call, const struct twin_subscription *s)
{
	json_set_text(&call->w, "sku", s->sku->id);
	json_set_text(&call->w, "subscription", s->id);
	json_set_text(&call->w, "tenant", call->tenant->id);
}

bool control_redeem(struct call *call, const struct json *body, struct error *err)
{
	const char *sku_name = NULL, *as = "new-subscription", *subscription = NULL, *id = NULL;
	int64_t seats = 0, delay_ms = 0, ends_ms = -1;
	if (!load_keys(body, "redeem", "tenant sku seats as subscription ends id delay_ms", err) ||
	    !load_text(call->twin, body, "sku", &sku_name, err) ||
	    !load_text(call->twin, body, "as", &as, err) ||
	    !load_text(call->twin, body, "subscription", &subscription, err) ||
	    !load_guid(call->twin, body, "id", &id, err) ||
	    !load_int(body, "seats", 0, INT32_MAX, &seats, err) ||
	    !load_int(body, "delay_ms", 0, INT32_MAX, &delay_ms, err) ||
	    !load_time(body, "ends", &ends_ms, err))
		return false;
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	if (!tenant)
		return false;
	struct twin_sku *sku = sku_name ? twin_ensure_sku(call->twin, tenant, sku_name) : NULL;
	if (!sku)
		return error_set(err, ERR_INVALID, "no SKU '%s' is known", sku_name ? sku_name : "");
	bool is_new = str_eq(as, "new-subscription");
	if (!is_new && !str_eq(as, "add-seats") && !str_eq(as, "extend-term"))
		return error_set(err, ERR_INVALID, "'as' must be new-subscription, add-seats or extend-term");
	struct change *change = arena_alloc(call->twin->arena, sizeof *change);
	*change = (struct change){.tenant = tenant, .ends_ms = ends_ms, .is_new = is_new};
	change->seats = str_eq(as, "extend-term") ? 0 : seats;
	change->subscription =
		is_new ? new_subscription(call, tenant, sku, id) : choose(tenant, sku, subscription, err);
	if (!change->subscription)
		return false;
	/* A term of a year from activation, or a year more. */
	const int64_t year_ms = INT64_C(365) * 86400000;
	if (ends_ms < 0 && is_new)
		change->ends_ms = change->subscription->created_ms + year_ms;
	else if (ends_ms < 0 && str_eq(as, "extend-term") && change->subscription->now->next_ms >= 0)
		change->ends_ms = change->subscription->now->next_ms + year_ms;
	twin_schedule(call->twin, delay_ms, arrive, change);
	call->tenant = tenant;
	write_subscription(call, change->subscription);
	return true;
}

/* What a distributor does in a portal of their own: a subscription that their tenant created, with a term of
 * a year. */
bool control_provision(struct call *call, const struct json *body, struct error *err)
{
	const char *sku_name = NULL, *subscription = NULL, *id = NULL, *by = NULL;
	int64_t seats = 0, delay_ms = 0, ends_ms = -1;
	if (!load_keys(body, "provision", "tenant sku seats by subscription ends id delay_ms", err) ||
	    !load_text(call->twin, body, "sku", &sku_name, err) ||
	    !load_text(call->twin, body, "subscription", &subscription, err) ||
	    !load_guid(call->twin, body, "id", &id, err) || !load_guid(call->twin, body, "by", &by, err) ||
	    !load_int(body, "seats", 1, INT32_MAX, &seats, err) ||
	    !load_int(body, "delay_ms", 0, INT32_MAX, &delay_ms, err) ||
	    !load_time(body, "ends", &ends_ms, err))
		return false;
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	if (!tenant)
		return false;
	struct twin_sku *sku = sku_name ? twin_ensure_sku(call->twin, tenant, sku_name) : NULL;
	if (!sku)
		return error_set(err, ERR_INVALID, "no SKU '%s' is known", sku_name ? sku_name : "");
	struct change *change = arena_alloc(call->twin->arena, sizeof *change);
	*change = (struct change){.tenant = tenant, .seats = seats, .ends_ms = ends_ms};
	change->subscription = subscription ? choose(tenant, sku, subscription, err)
					    : new_subscription(call, tenant, sku, id);
	if (!change->subscription)
		return false;
	if (!subscription) {
		change->subscription->owner_tenant = by;
		if (ends_ms < 0)
			change->ends_ms = change->subscription->created_ms + INT64_C(365) * 86400000;
	}
	twin_schedule(call->twin, delay_ms, arrive, change);
	call->tenant = tenant;
	write_subscription(call, change->subscription);
	return true;
}

static void cancel(struct twin *twin, void *what)
{
	const struct change *change = what;
	struct twin_subscription_version *edit = twin_subscription_edit(twin, change->subscription);
	edit->listed = change->status != NULL;
	edit->status = change->status ? change->status : "Deleted";
	/* A cancelled subscription skips the days of grace: 90 days until it is deleted. */
	edit->next_ms = str_eq(edit->status, "Suspended") || str_eq(edit->status, "LockedOut")
				? twin_wall(twin) + INT64_C(90) * 86400000
				: edit->next_ms;
	twin_subscription_commit(twin, change->subscription, edit);
}

bool control_cancel(struct call *call, const struct json *body, struct error *err)
{
	const char *subscription = NULL, *status = "Suspended";
	int64_t delay_ms = 0;
	if (!load_keys(body, "cancel", "tenant subscription status delay_ms", err) ||
	    !load_text(call->twin, body, "subscription", &subscription, err) ||
	    !load_text(call->twin, body, "status", &status, err) ||
	    !load_int(body, "delay_ms", 0, INT32_MAX, &delay_ms, err))
		return false;
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	if (!tenant)
		return false;
	if (!subscription)
		return error_set(err, ERR_INVALID, "'subscription' is needed");
	struct change *change = arena_alloc(call->twin->arena, sizeof *change);
	*change = (struct change){.tenant = tenant, .status = str_eq(status, "absent") ? NULL : status};
	change->subscription = choose(tenant, NULL, subscription, err);
	if (!change->subscription)
		return false;
	twin_schedule(call->twin, delay_ms, cancel, change);
	call->tenant = tenant;
	write_subscription(call, change->subscription);
	return true;
}
