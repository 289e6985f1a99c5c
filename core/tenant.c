/* A tenant as read: sorting, and look-ups. */
#include "core/tenant.h"

#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/* In the order of enum subscription_status. */
static const char *const status_words[] = {"Enabled", "Warning", "Suspended", "LockedOut", "Deleted"};

enum subscription_status subscription_status_parse(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(status_words); i++)
		if (str_eq(text, status_words[i]))
			return (enum subscription_status)i;
	return SUBSCRIPTION_UNKNOWN;
}

bool subscription_is_retired(const struct subscription *subscription)
{
	return subscription->status == SUBSCRIPTION_SUSPENDED ||
	       subscription->status == SUBSCRIPTION_LOCKED_OUT ||
	       subscription->status == SUBSCRIPTION_DELETED;
}

/* Every sorted item begins with its id, so one comparison serves all the lists. */
static int compare_by_first_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

_Static_assert(offsetof(struct sku, id) == 0, "sorted by its first member");
_Static_assert(offsetof(struct service_plan, id) == 0, "sorted by its first member");
_Static_assert(offsetof(struct subscription, id) == 0, "sorted by its first member");
_Static_assert(offsetof(struct user, id) == 0, "sorted by its first member");
_Static_assert(offsetof(struct group, id) == 0, "sorted by its first member");
_Static_assert(offsetof(struct license, sku_id) == 0, "sorted by its first member");
_Static_assert(offsetof(struct absent_user, upn) == 0, "sorted by its first member");

/* Sorts by id and keeps one of each; returns how many are left. */
static size_t sort_unique(void *items, size_t count, size_t size)
{
	if (count < 2)
		return count;
	qsort(items, count, size, compare_by_first_text);
	char *base = items;
	size_t kept = 1;
	for (size_t i = 1; i < count; i++) {
		if (compare_by_first_text(base + i * size, base + (kept - 1) * size) == 0)
			continue;
		if (i != kept)
			memcpy(base + kept * size, base + i * size, size);
		kept++;
	}
	return kept;
}

#define SORT_UNIQUE(list) ((list)->count = sort_unique((list)->items, (list)->count, sizeof *(list)->items))

static int compare_states(const void *a, const void *b)
{
	const struct license_state *x = a;
	const struct license_state *y = b;
	int by_sku = strcmp(x->sku_id, y->sku_id);
	if (by_sku)
		return by_sku;
	return strcmp(x->group_id ? x->group_id : "", y->group_id ? y->group_id : "");
}

static void sort_licenses(struct license_list *list)
{
	SORT_UNIQUE(list);
	for (size_t i = 0; i < list->count; i++)
		str_list_sort_unique(&list->items[i].disabled_plans);
}

static void sort_user(struct user *user)
{
	sort_licenses(&user->licenses);
	if (user->states.count > 1)
		qsort(user->states.items, user->states.count, sizeof *user->states.items, compare_states);
	for (size_t i = 0; i < user->states.count; i++)
		str_list_sort_unique(&user->states.items[i].disabled_plans);
}

void live_sort(struct live *live)
{
	SORT_UNIQUE(&live->skus);
	for (size_t i = 0; i < live->skus.count; i++) {
		SORT_UNIQUE(&live->skus.items[i].service_plans);
		str_list_sort_unique(&live->skus.items[i].subscription_ids);
	}
	SORT_UNIQUE(&live->subscriptions);
	SORT_UNIQUE(&live->users);
	for (size_t i = 0; i < live->users.count; i++)
		sort_user(&live->users.items[i]);
	SORT_UNIQUE(&live->groups);
	for (size_t i = 0; i < live->groups.count; i++) {
		sort_licenses(&live->groups.items[i].licenses);
		str_list_sort_unique(&live->groups.items[i].member_ids);
	}
	SORT_UNIQUE(&live->absent_users);
	str_list_sort_unique(&live->absent_groups);
	str_list_sort_unique(&live->holders_read);
}

static const void *find(const void *items, size_t count, size_t size, const char *id)
{
	return count && id ? bsearch(&id, items, count, size, compare_by_first_text) : NULL;
}

#define FIND(list, id) find((list)->items, (list)->count, sizeof *(list)->items, (id))

const struct sku *live_find_sku(const struct live *live, const char *sku_id)
{
	return FIND(&live->skus, sku_id);
}

const struct sku *live_find_sku_named(const struct live *live, const char *part_number_or_id)
{
	for (size_t i = 0; i < live->skus.count; i++) {
		const struct sku *sku = &live->skus.items[i];
		if (str_eq_fold(sku->id, part_number_or_id) ||
		    str_eq_fold(sku->part_number, part_number_or_id))
			return sku;
	}
	return NULL;
}

const struct subscription *live_find_subscription(const struct live *live, const char *id_or_commerce_id)
{
	const struct subscription *by_commerce = NULL;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *subscription = &live->subscriptions.items[i];
		if (str_eq_fold(subscription->id, id_or_commerce_id))
			return subscription;
		if (!by_commerce && subscription->commerce_id &&
		    str_eq_fold(subscription->commerce_id, id_or_commerce_id))
			by_commerce = subscription;
	}
	return by_commerce;
}

int64_t live_listed_seats(const struct live *live, const char *sku_id)
{
	int64_t seats = 0;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (str_eq_fold(s->sku_id, sku_id) &&
		    (s->status == SUBSCRIPTION_ENABLED || s->status == SUBSCRIPTION_WARNING))
			seats += s->seats;
	}
	return seats;
}

int64_t live_unlisted_seats(const struct live *live, const char *sku_id)
{
	const struct sku *sku = live_find_sku(live, sku_id);
	int64_t seats = sku ? sku->enabled + sku->warning + sku->suspended + sku->locked_out : 0;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (str_eq_fold(s->sku_id, sku_id) && s->status != SUBSCRIPTION_DELETED)
			seats -= s->seats;
	}
	return seats > 0 ? seats : 0;
}

int64_t live_disputed_seats(const struct live *live, const char *sku_id)
{
	const struct sku *sku = live_find_sku(live, sku_id);
	int64_t seats = sku ? sku->enabled + sku->warning - live_listed_seats(live, sku_id) : 0;
	return seats > 0 ? seats : 0;
}

bool live_subscription_is_gone(const struct live *live, const char *subscription_id, const char *sku_id)
{
	return !live_find_subscription(live, subscription_id) && !live_disputed_seats(live, sku_id);
}

bool live_subscription_is_retired(const struct live *live, const struct subscription *subscription)
{
	return subscription_is_retired(subscription) && !live_disputed_seats(live, subscription->sku_id);
}

const struct user *live_find_user(const struct live *live, const char *user_id)
{
	return FIND(&live->users, user_id);
}

const struct group *live_find_group(const struct live *live, const char *id_or_display_name)
{
	const struct group *by_id = FIND(&live->groups, id_or_display_name);
	if (by_id)
		return by_id;
	for (size_t i = 0; i < live->groups.count; i++)
		if (str_eq_fold(live->groups.items[i].id, id_or_display_name) ||
		    str_eq(live->groups.items[i].display_name, id_or_display_name))
			return &live->groups.items[i];
	return NULL;
}

bool group_is_dynamic(const struct group *group)
{
	return str_list_has(&group->types, "DynamicMembership");
}

bool group_is_processed(const struct group *group)
{
	return !group->processing_state || str_eq(group->processing_state, "ProcessingComplete");
}

const struct license *license_find(const struct license_list *list, const char *sku_id)
{
	/* A user holds a handful of licences: a walk beats a search. */
	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->items[i].sku_id, sku_id))
			return &list->items[i];
	return NULL;
}

const struct license_state *user_find_state(const struct user *user, const char *sku_id, const char *group_id)
{
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		if (str_eq(state->sku_id, sku_id) && str_eq(state->group_id, group_id))
			return state;
	}
	return NULL;
}

const struct license *user_direct_license(const struct user *user, const char *sku_id)
{
	const struct license *license = license_find(&user->licenses, sku_id);
	if (!license || user->states.count == 0)
		return license;
	bool any_source = false;
	for (size_t i = 0; i < user->states.count; i++) {
		if (!str_eq(user->states.items[i].sku_id, sku_id))
			continue;
		if (!user->states.items[i].group_id)
			return license;
		any_source = true;
	}
	/* A licence without any state entry: nothing says that a group gives it. */
	return any_source ? NULL : license;
}

const struct service_plan *sku_find_plan(const struct sku *sku, const char *plan_id)
{
	return FIND(&sku->service_plans, plan_id);
}

const struct service_plan *sku_find_plan_named(const struct sku *sku, const char *name_or_id)
{
	for (size_t i = 0; i < sku->service_plans.count; i++) {
		const struct service_plan *plan = &sku->service_plans.items[i];
		if (str_eq_fold(plan->id, name_or_id) || str_eq_fold(plan->name, name_or_id))
			return plan;
	}
	return NULL;
}

struct user_index {
	const struct user **slots;
	size_t mask;
};

static size_t hash_upn(const char *upn)
{
	size_t hash = 1469598103934665603u; /* FNV-1a, ASCII case folded */
	for (const char *p = upn; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		hash = (hash ^ c) * 1099511628211u;
	}
	return hash;
}

struct user_index *user_index_new(struct arena *arena, const struct user_list *users)
{
	size_t size = 16;
	while (size < users->count * 2)
		size *= 2;
	struct user_index *index = arena_alloc(arena, sizeof *index);
	index->slots = arena_alloc_array(arena, size, sizeof *index->slots);
	index->mask = size - 1;
	for (size_t i = 0; i < users->count; i++) {
		size_t slot = hash_upn(users->items[i].upn) & index->mask;
		while (index->slots[slot])
			slot = (slot + 1) & index->mask;
		index->slots[slot] = &users->items[i];
	}
	return index;
}

const struct user *user_index_find(const struct user_index *index, const char *upn)
{
	for (size_t slot = hash_upn(upn) & index->mask; index->slots[slot]; slot = (slot + 1) & index->mask)
		if (str_eq_fold(index->slots[slot]->upn, upn))
			return index->slots[slot];
	return NULL;
}
