/*
 * The published limits: a bucket of resource units and one of writes, per app and tenant.
 *
 * Both fill at a steady rate up to their limit. A refused request costs too, so a client that does not
 * wait stays refused.
 */
#include "providers/twin/graph.h"

static struct twin_bucket *find_bucket(struct call *call)
{
	struct twin_bucket_list *list = &call->tenant->buckets;
	for (size_t i = 0; i < list->count; i++) {
		if (str_eq(list->items[i].client_id, call->token->client_id))
			return &list->items[i];
	}
	VEC_PUSH(call->twin->arena, list, (struct twin_bucket){.client_id = call->token->client_id});
	return &list->items[list->count - 1];
}

/* What an app may spend depends on the size of the tenant. */
static int64_t unit_limit(const struct call *call)
{
	size_t users = call->tenant->users.count;
	if (call->twin->settings.resource_units)
		return call->twin->settings.resource_units;
	return users < 50 ? 3500 : users <= 500 ? 5000 : 8000;
}

/* Adds to what is spent; the seconds to wait when that is over the limit, else 0. */
static int64_t spend(double *spent, int64_t *at_ms, int64_t now_ms, int64_t cost, int64_t limit,
		     int64_t window_ms)
{
	double rate = (double)limit / (double)window_ms;
	double left = *spent - rate * (double)(now_ms - *at_ms);
	*spent = left > 0 ? left : 0;
	*at_ms = now_ms;
	if (*spent + (double)cost > (double)limit) {
		double over = *spent + (double)cost - (double)limit;
		/* Part of a refused request counts as well, up to a limit so that waiting always helps. */
		if (*spent < 1.5 * (double)limit)
			*spent += 0.1 * (double)cost;
		return (int64_t)(over / rate / 1000.0) + 1;
	}
	*spent += (double)cost;
	return 0;
}

bool throttle_charge(struct call *call, int64_t units, bool is_write)
{
	const struct twin_settings *settings = &call->twin->settings;
	if (!settings->throttle)
		return true;
	struct twin_bucket *bucket = find_bucket(call);
	int64_t now = twin_now(call->twin);
	const char *why = "ResourceUnitLimitExceeded";
	int64_t wait_s = spend(&bucket->units, &bucket->units_at_ms, now, units, unit_limit(call),
			       settings->window_ms);
	if (!wait_s && is_write) {
		wait_s = spend(&bucket->writes, &bucket->writes_at_ms, now, 1, settings->writes,
			       settings->writes_window_ms);
		why = "WriteLimitExceeded";
	}
	if (!wait_s)
		return true;
	call->twin->throttled++;
	call_add_header(call, "Retry-After", arena_printf(call->arena, "%lld", (long long)wait_s));
	call_add_header(call, "x-ms-throttle-information", why);
	call_add_header(call, "x-ms-throttle-scope",
			arena_printf(call->arena, "Tenant_Application/ReadWrite/%s/%s",
				     call->token->client_id, call->tenant->id));
	return call_error(call, 429, "TooManyRequests", "Please retry again later.");
}
