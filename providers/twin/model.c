/* The twin's data: look-ups, versions, and the events that change it by themselves. */
#include "providers/twin/model.h"

#include "core/catalog.h"
#include "core/digest.h"

#include <stdio.h>

int64_t twin_now(const struct twin *twin)
{
	return clock_monotonic_ms(twin->clock) + twin->offset_ms;
}

int64_t twin_wall(const struct twin *twin)
{
	return clock_now_ms(twin->clock) + twin->offset_ms;
}

const char *twin_derive_id(struct twin *twin, const char *scope, const char *name)
{
	char text[512];
	int len = snprintf(text, sizeof text, "%s %s", scope, name);
	char hex[SHA256_TEXT_SIZE];
	sha256_hex(text, len < (int)sizeof text ? (size_t)len : sizeof text - 1, hex);
	return arena_printf(twin->arena, "%.8s-%.4s-5%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
			    hex + 18);
}

const char *twin_new_id(struct twin *twin)
{
	char guid[GUID_TEXT_SIZE];
	random_guid(twin->random, guid);
	return arena_strdup(twin->arena, guid);
}

struct twin_tenant *twin_find_tenant(struct twin *twin, const char *id_or_domain)
{
	for (size_t i = 0; id_or_domain && i < twin->tenants.count; i++) {
		struct twin_tenant *tenant = twin->tenants.items[i];
		if (str_eq_fold(tenant->id, id_or_domain))
			return tenant;
		for (size_t d = 0; d < tenant->domains.count; d++) {
			if (tenant->domains.items[d].is_verified &&
			    str_eq_fold(tenant->domains.items[d].name, id_or_domain))
				return tenant;
		}
	}
	return NULL;
}

struct twin_sku *twin_find_sku(const struct twin_tenant *tenant, const char *id_or_part)
{
	for (size_t i = 0; i < tenant->skus.count; i++) {
		struct twin_sku *sku = tenant->skus.items[i];
		if (str_eq_fold(sku->id, id_or_part) || str_eq_fold(sku->part_number, id_or_part))
			return sku;
	}
	return NULL;
}

static const struct twin_count *count_new(struct twin *twin, const struct twin_count *prev, int64_t value)
{
	struct twin_count *count = arena_alloc(twin->arena, sizeof *count);
	count->prev = prev;
	count->written_ms = prev ? twin_now(twin) : TWIN_BEFORE_ALL;
	count->value = value;
	return count;
}

/* Service plans that Microsoft's examples of subscribedSkus and licenseDetails show as the company's. */
static bool is_for_company(const char *plan_name)
{
	static const char *const names[] = {"EXCHANGE_S_FOUNDATION", "INTUNE_O365"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(names[i], plan_name))
			return true;
	return false;
}

const char *twin_plan_applies_to(const struct twin_sku *sku, const struct twin_plan *plan)
{
	return plan->for_company ? "Company" : sku->applies_to;
}

struct twin_sku *twin_ensure_sku(struct twin *twin, struct twin_tenant *tenant, const char *id_or_part)
{
	struct twin_sku *found = twin_find_sku(tenant, id_or_part);
	const struct catalog_sku *known = found ? NULL : catalog_find_sku(id_or_part);
	if (!known)
		return found;
	struct twin_plan *plans = arena_alloc_array(twin->arena, known->plan_count, sizeof *plans);
	for (size_t i = 0; i < known->plan_count; i++)
		plans[i] = (struct twin_plan){known->plans[i].id, known->plans[i].name,
					      is_for_company(known->plans[i].name)};
	struct twin_sku *sku = arena_alloc(twin->arena, sizeof *sku);
	*sku = (struct twin_sku){.id = known->id,
				 .part_number = known->part_number,
				 .applies_to = "User",
				 .plans = plans,
				 .plan_count = known->plan_count,
				 .consumed = count_new(twin, NULL, 0)};
	VEC_PUSH(twin->arena, &tenant->skus, sku);
	return sku;
}

const struct twin_plan *twin_find_plan(const struct twin_sku *sku, const char *id_or_name)
{
	for (size_t i = 0; i < sku->plan_count; i++) {
		if (str_eq_fold(sku->plans[i].id, id_or_name) || str_eq_fold(sku->plans[i].name, id_or_name))
			return &sku->plans[i];
	}
	return NULL;
}

struct twin_subscription *twin_find_subscription(const struct twin_tenant *tenant, const char *id)
{
	for (size_t i = 0; i < tenant->subscriptions.count; i++) {
		struct twin_subscription *subscription = tenant->subscriptions.items[i];
		if (str_eq_fold(subscription->id, id) || str_eq_fold(subscription->commerce_id, id))
			return subscription;
	}
	return NULL;
}

struct twin_group *twin_find_group(const struct twin_tenant *tenant, const char *id_or_name)
{
	for (size_t i = 0; i < tenant->groups.count; i++) {
		struct twin_group *group = tenant->groups.items[i];
		if (str_eq_fold(group->id, id_or_name) || str_eq_fold(group->name, id_or_name))
			return group;
	}
	return NULL;
}

const struct twin_client *twin_find_client(const struct twin_tenant *tenant, const char *id)
{
	for (size_t i = 0; i < tenant->clients.count; i++) {
		if (str_eq_fold(tenant->clients.items[i].id, id))
			return &tenant->clients.items[i];
	}
	return NULL;
}

static uint32_t hash_fold(const char *text)
{
	uint32_t hash = 2166136261u;
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		hash = (hash ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 16777619u;
	}
	return hash;
}

static void index_put(struct twin_tenant *tenant, uint32_t hash, struct twin_user *user)
{
	size_t mask = tenant->index_cap - 1;
	size_t at = hash & mask;
	while (tenant->index[at]) {
		if (tenant->index[at] == user && tenant->index_hashes[at] == hash)
			return;
		at = (at + 1) & mask;
	}
	tenant->index[at] = user;
	tenant->index_hashes[at] = hash;
	tenant->index_count++;
}

void twin_index_user(struct twin *twin, struct twin_tenant *tenant, const char *key, struct twin_user *user)
{
	if (tenant->index_count * 2 >= tenant->index_cap) {
		struct twin_user **old = tenant->index;
		const uint32_t *old_hashes = tenant->index_hashes;
		size_t old_cap = tenant->index_cap;
		tenant->index_cap = old_cap ? old_cap * 4 : 64;
		tenant->index = arena_alloc_array(twin->arena, tenant->index_cap, sizeof *tenant->index);
		tenant->index_hashes =
			arena_alloc_array(twin->arena, tenant->index_cap, sizeof *tenant->index_hashes);
		tenant->index_count = 0;
		for (size_t i = 0; i < old_cap; i++) {
			if (old[i])
				index_put(tenant, old_hashes[i], old[i]);
		}
	}
	index_put(tenant, hash_fold(key), user);
}

static struct twin_user *find_user(const struct twin *twin, const struct twin_tenant *tenant, const char *key)
{
	if (!tenant->index_cap)
		return NULL;
	uint32_t hash = hash_fold(key);
	size_t mask = tenant->index_cap - 1;
	for (size_t at = hash & mask; tenant->index[at]; at = (at + 1) & mask) {
		struct twin_user *user = tenant->index[at];
		if (tenant->index_hashes[at] != hash)
			continue;
		const struct twin_user_version *version = twin ? twin_user_seen(twin, user) : user->now;
		if (version->exists && version->deleted_ms < 0 &&
		    (str_eq_fold(version->upn, key) || str_eq_fold(user->id, key)))
			return user;
	}
	return NULL;
}

struct twin_user *twin_find_user(struct twin *twin, struct twin_tenant *tenant, const char *id_or_upn)
{
	return find_user(twin, tenant, id_or_upn);
}

struct twin_user *twin_find_user_now(struct twin_tenant *tenant, const char *id_or_upn)
{
	return find_user(NULL, tenant, id_or_upn);
}

bool twin_holds(const struct twin_user_version *version, const struct twin_sku *sku)
{
	if (!version->exists || version->deleted_ms >= 0)
		return false;
	for (size_t i = 0; i < version->assignments.count; i++) {
		const struct twin_assignment *assignment = &version->assignments.items[i];
		if (assignment->sku == sku && !str_eq(assignment->state, "Error"))
			return true;
	}
	return false;
}

struct twin_user_version *twin_user_edit(struct twin *twin, const struct twin_user *user)
{
	struct twin_user_version *edit = arena_dup(twin->arena, user->now, sizeof *edit);
	edit->assignments = (struct twin_assignment_list){0};
	for (size_t i = 0; i < user->now->assignments.count; i++)
		VEC_PUSH(twin->arena, &edit->assignments, user->now->assignments.items[i]);
	edit->prev = user->now;
	return edit;
}

/* One user's licences before or after a write, added to or taken from the SKUs' counts. */
static void count_licenses(struct twin *twin, const struct twin_user_version *version,
			   const struct twin_user_version *other, int64_t step)
{
	for (size_t i = 0; version && i < version->assignments.count; i++) {
		struct twin_sku *sku = version->assignments.items[i].sku;
		bool seen_before = false;
		for (size_t k = 0; k < i; k++)
			seen_before = seen_before || version->assignments.items[k].sku == sku;
		if (seen_before || !twin_holds(version, sku) || (other && twin_holds(other, sku)))
			continue;
		sku->consumed = count_new(twin, sku->consumed, sku->consumed->value + step);
	}
}

void twin_user_commit(struct twin *twin, struct twin_user *user, struct twin_user_version *edit)
{
	edit->written_ms = twin_now(twin);
	count_licenses(twin, user->now, edit, -1);
	count_licenses(twin, edit, user->now, 1);
	user->now = edit;
}

struct twin_group_version *twin_group_edit(struct twin *twin, const struct twin_group *group)
{
	struct twin_group_version *edit = arena_dup(twin->arena, group->now, sizeof *edit);
	edit->licenses = (struct twin_group_license_list){0};
	for (size_t i = 0; i < group->now->licenses.count; i++)
		VEC_PUSH(twin->arena, &edit->licenses, group->now->licenses.items[i]);
	edit->members = (struct twin_user_list){0};
	for (size_t i = 0; i < group->now->members.count; i++)
		VEC_PUSH(twin->arena, &edit->members, group->now->members.items[i]);
	edit->prev = group->now;
	return edit;
}

void twin_group_commit(struct twin *twin, struct twin_group *group, struct twin_group_version *edit)
{
	edit->written_ms = twin_now(twin);
	group->now = edit;
}

struct twin_subscription_version *twin_subscription_edit(struct twin *twin,
							 const struct twin_subscription *subscription)
{
	struct twin_subscription_version *edit = arena_dup(twin->arena, subscription->now, sizeof *edit);
	edit->prev = subscription->now;
	return edit;
}

void twin_subscription_commit(struct twin *twin, struct twin_subscription *subscription,
			      struct twin_subscription_version *edit)
{
	edit->written_ms = twin_now(twin);
	subscription->now = edit;
}

const struct twin_user_version *twin_user_seen(const struct twin *twin, const struct twin_user *user)
{
	return TWIN_SEEN(twin_user_version, user->now, twin->settings.replica_lag_ms, twin_now(twin));
}

const struct twin_user_version *twin_user_listed(const struct twin *twin, const struct twin_user *user)
{
	const struct twin_settings *settings = &twin->settings;
	int64_t lag_ms = settings->listing_lag_ms > settings->replica_lag_ms ? settings->listing_lag_ms
									     : settings->replica_lag_ms;
	return TWIN_SEEN(twin_user_version, user->now, lag_ms, twin_now(twin));
}

const struct twin_group_version *twin_group_seen(const struct twin *twin, const struct twin_group *group)
{
	return TWIN_SEEN(twin_group_version, group->now, twin->settings.replica_lag_ms, twin_now(twin));
}

const struct twin_subscription_version *twin_subscription_seen(const struct twin *twin,
							       const struct twin_subscription *s)
{
	return TWIN_SEEN(twin_subscription_version, s->now, twin->settings.replica_lag_ms, twin_now(twin));
}

int64_t twin_consumed_seen(const struct twin *twin, const struct twin_sku *sku)
{
	return TWIN_SEEN(twin_count, sku->consumed, twin->settings.replica_lag_ms, twin_now(twin))->value;
}

int64_t twin_seats(const struct twin *twin, const struct twin_tenant *tenant, const struct twin_sku *sku,
		   const char *status, bool newest)
{
	int64_t seats = 0;
	for (size_t i = 0; i < tenant->subscriptions.count; i++) {
		const struct twin_subscription *subscription = tenant->subscriptions.items[i];
		const struct twin_subscription_version *version =
			newest ? subscription->now : twin_subscription_seen(twin, subscription);
		if (subscription->sku == sku && version->listed && str_eq(version->status, status))
			seats += version->seats;
	}
	return seats;
}

void twin_schedule(struct twin *twin, int64_t delay_ms, void (*happen)(struct twin *, void *), void *what)
{
	if (delay_ms <= 0) {
		happen(twin, what);
		return;
	}
	VEC_PUSH(twin->arena, &twin->events,
		 (struct twin_event){.due_ms = twin_now(twin) + delay_ms, .happen = happen, .what = what});
}

/* The stages a subscription goes through by itself: 30 days of grace, 90 days disabled, gone. */
static const struct {
	const char *status, *next;
	int64_t days; /* until the stage after `next`; -1: none */
} stages[] = {
	{"Enabled", "Warning", 30},
	{"Warning", "Suspended", 90},
	{"Suspended", "Deleted", -1},
	{"LockedOut", "Deleted", -1},
};

static void run_stage(struct twin *twin, struct twin_subscription *subscription)
{
	const struct twin_subscription_version *now = subscription->now;
	if (!now->listed || now->next_ms < 0 || now->next_ms > twin_wall(twin))
		return;
	for (size_t i = 0; i < ARRAY_LEN(stages); i++) {
		if (!str_eq(stages[i].status, now->status))
			continue;
		struct twin_subscription_version *edit = twin_subscription_edit(twin, subscription);
		edit->status = stages[i].next;
		edit->next_ms = stages[i].days < 0 ? -1 : now->next_ms + stages[i].days * 86400000;
		twin_subscription_commit(twin, subscription, edit);
		run_stage(twin, subscription);
		return;
	}
}

/* The earliest event that is due, taken off the list; of two at one time, the one scheduled first. */
static bool take_due(struct twin_event_list *events, int64_t now_ms, struct twin_event *ret_event)
{
	size_t found = events->count;
	for (size_t i = 0; i < events->count; i++) {
		if (events->items[i].due_ms <= now_ms &&
		    (found == events->count || events->items[i].due_ms < events->items[found].due_ms))
			found = i;
	}
	if (found == events->count)
		return false;
	*ret_event = events->items[found];
	events->count--;
	memmove(events->items + found, events->items + found + 1,
		(events->count - found) * sizeof *events->items);
	return true;
}

void twin_run_due(struct twin *twin)
{
	struct twin_event event;
	while (take_due(&twin->events, twin_now(twin), &event))
		event.happen(twin, event.what);
	for (size_t t = 0; t < twin->tenants.count; t++) {
		struct twin_subscription_list *list = &twin->tenants.items[t]->subscriptions;
		for (size_t i = 0; i < list->count; i++)
			run_stage(twin, list->items[i]);
	}
}
