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

/* What is asked for: each call takes those of its table. */
struct asked {
	const char *sku, *as, *subscription, *id, *by, *status;
	int64_t seats, delay_ms, ends_ms; /* ends_ms: -1, not said */
};

static const struct load_member redeem_members[] = {
	LOADED_ELSEWHERE("tenant"),
	LOADED(asked, sku, "sku", LOAD_TEXT, .needed = true),
	LOADED(asked, seats, "seats", LOAD_INT, .max = INT32_MAX),
	LOADED(asked, as, "as", LOAD_TEXT),
	LOADED(asked, subscription, "subscription", LOAD_TEXT),
	LOADED(asked, ends_ms, "ends", LOAD_TIME),
	LOADED(asked, id, "id", LOAD_GUID),
	LOADED(asked, delay_ms, "delay_ms", LOAD_INT, .max = INT32_MAX),
	{0},
};

static const struct load_member provision_members[] = {
	LOADED_ELSEWHERE("tenant"),
	LOADED(asked, sku, "sku", LOAD_TEXT, .needed = true),
	LOADED(asked, seats, "seats", LOAD_INT, .min = 1, .max = INT32_MAX, .needed = true),
	LOADED(asked, by, "by", LOAD_GUID),
	LOADED(asked, subscription, "subscription", LOAD_TEXT),
	LOADED(asked, ends_ms, "ends", LOAD_TIME),
	LOADED(asked, id, "id", LOAD_GUID),
	LOADED(asked, delay_ms, "delay_ms", LOAD_INT, .max = INT32_MAX),
	{0},
};

static const struct load_member cancel_members[] = {
	LOADED_ELSEWHERE("tenant"),
	LOADED(asked, subscription, "subscription", LOAD_TEXT, .needed = true),
	LOADED(asked, status, "status", LOAD_TEXT),
	LOADED(asked, delay_ms, "delay_ms", LOAD_INT, .max = INT32_MAX),
	{0},
};

struct change {
	struct twin_subscription *subscription;
	const char *status; /* cancel; NULL: absent */
	int64_t seats;
	int64_t ends_ms; /* -1: unchanged */
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

/* Whose tenant, and which SKU of it, which it need not have yet. */
static bool find_sku(struct call *call, const struct json *body, const struct asked *asked,
		     struct twin_tenant **ret_tenant, struct twin_sku **ret_sku, struct error *err)
{
	*ret_tenant = load_named_tenant(call->twin, body, err);
	if (!*ret_tenant)
		return false;
	*ret_sku = twin_ensure_sku(call->twin, *ret_tenant, asked->sku);
	return *ret_sku || error_set(err, ERR_INVALID, "no SKU '%s' is known", asked->sku);
}

static bool begin(struct call *call, struct twin_tenant *tenant, const struct change *change,
		  int64_t delay_ms, void (*happen)(struct twin *twin, void *what))
{
	twin_schedule(call->twin, delay_ms, happen, arena_dup(call->twin->arena, change, sizeof *change));
	call->tenant = tenant;
	write_subscription(call, change->subscription);
	return true;
}

enum { YEAR_DAYS = 365 };
static const int64_t year_ms = INT64_C(86400000) * YEAR_DAYS;

bool control_redeem(struct call *call, const struct json *body, struct error *err)
{
	struct asked asked = {.as = "new-subscription", .ends_ms = -1};
	struct twin_tenant *tenant;
	struct twin_sku *sku;
	if (!load_object(call->twin, body, "redeem", redeem_members, &asked, err) ||
	    !find_sku(call, body, &asked, &tenant, &sku, err))
		return false;
	bool is_new = str_eq(asked.as, "new-subscription");
	bool extends = str_eq(asked.as, "extend-term");
	if (!is_new && !extends && !str_eq(asked.as, "add-seats"))
		return error_set(err, ERR_INVALID, "'as' must be new-subscription, add-seats or extend-term");
	struct change change = {.seats = extends ? 0 : asked.seats, .ends_ms = asked.ends_ms};
	change.subscription = is_new ? new_subscription(call, tenant, sku, asked.id)
				     : choose(tenant, sku, asked.subscription, err);
	if (!change.subscription)
		return false;
	/* A term of a year from activation, or a year more. */
	if (asked.ends_ms < 0 && is_new)
		change.ends_ms = change.subscription->created_ms + year_ms;
	else if (asked.ends_ms < 0 && extends && change.subscription->now->next_ms >= 0)
		change.ends_ms = change.subscription->now->next_ms + year_ms;
	return begin(call, tenant, &change, asked.delay_ms, arrive);
}

/* What a distributor does in a portal of their own: a subscription that their tenant created, with a term of
 * a year. */
bool control_provision(struct call *call, const struct json *body, struct error *err)
{
	struct asked asked = {.ends_ms = -1};
	struct twin_tenant *tenant;
	struct twin_sku *sku;
	if (!load_object(call->twin, body, "provision", provision_members, &asked, err) ||
	    !find_sku(call, body, &asked, &tenant, &sku, err))
		return false;
	struct change change = {.seats = asked.seats, .ends_ms = asked.ends_ms};
	change.subscription = asked.subscription ? choose(tenant, sku, asked.subscription, err)
						 : new_subscription(call, tenant, sku, asked.id);
	if (!change.subscription)
		return false;
	if (!asked.subscription) {
		change.subscription->owner_tenant = asked.by;
		if (asked.ends_ms < 0)
			change.ends_ms = change.subscription->created_ms + year_ms;
	}
	return begin(call, tenant, &change, asked.delay_ms, arrive);
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
	struct asked asked = {.status = "Suspended"};
	if (!load_object(call->twin, body, "cancel", cancel_members, &asked, err))
		return false;
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	if (!tenant)
		return false;
	struct change change = {.status = str_eq(asked.status, "absent") ? NULL : asked.status};
	change.subscription = choose(tenant, NULL, asked.subscription, err);
	return change.subscription && begin(call, tenant, &change, asked.delay_ms, cancel);
}
