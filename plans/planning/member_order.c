/* Members and their groups: each member's order is one in which the member could stop anywhere. */
#include "plans/planning/member_order.h"

#include "core/str.h"
#include "plans/planning/between.h"

#include <stdlib.h>
#include <string.h>

enum { OWN = 1, BITS = 32 };

static int compare_change(const void *key, const void *item)
{
	return strcmp(key, ((const struct user_change *)item)->user->id);
}

static void add_members(const struct changes *changes, size_t at, struct member_order *orders,
			struct arena *out)
{
	const struct user_change_list *users = &changes->users;
	const struct str_list *members = &changes->groups.items[at].group->member_ids;
	for (size_t i = 0; users->count && i < members->count; i++) {
		const struct user_change *own = bsearch(members->items[i], users->items, users->count,
							sizeof *users->items, compare_change);
		if (!own)
			continue;
		struct membership *cell = arena_alloc(out, sizeof *cell);
		*cell = (struct membership){at, orders[own - users->items].groups};
		orders[own - users->items].groups = cell;
	}
}

/* Whether the member could stop anywhere when the groups of `first` go before the own change, the others
 * after it. */
static bool is_safe(const struct between *b, uint32_t first)
{
	const char *invariant;
	for (uint32_t done = 1; done < 1u << b->count; done++) {
		bool can_be = done & OWN ? !(first & ~done) : !(done & ~first);
		if (can_be && between_wrong(b, done, &invariant))
			return false;
	}
	return true;
}

/* On the way there groups wait for their members, on the way back it is the other way round. `*ret_free`:
 * those of the groups that are of the member's own stage. */
static uint32_t usual_order(const struct planning *p, const struct changes *changes, size_t change,
			    const struct member_order *order, uint32_t *ret_free)
{
	const bool is_canary = changes->users.items[change].canary;
	uint32_t first = p->undoes ? ~(uint32_t)OWN : 0;
	size_t n = 1;
	*ret_free = 0;
	for (const struct membership *m = order->groups; m && n < BITS; m = m->next, n++) {
		const uint32_t bit = UINT32_C(1) << n;
		if (changes->groups.items[m->group].canary == is_canary)
			*ret_free |= bit;
		else
			first = is_canary ? first & ~bit : first | bit;
	}
	return first;
}

static uint32_t choose_order(struct planning *p, const struct changes *changes, size_t change,
			     const struct member_order *order)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct user_change *own = &changes->users.items[change];
	struct between b = {.p = p,
			    .user = own->user,
			    .touches = {{NULL, &own->add, &own->remove}},
			    .count = 1,
			    .tmp = tmp};
	uint32_t free;
	const uint32_t usual = usual_order(p, changes, change, order, &free);
	for (const struct membership *m = order->groups; m; m = m->next) {
		const struct group_change *group = &changes->groups.items[m->group];
		if (b.count == TOUCHES_MAX) /* the proof refuses so many */
			return usual;
		b.touches[b.count++] = (struct touching){group->group->id, &group->add, &group->remove};
	}
	const uint32_t all = (UINT32_C(1) << b.count) - 1 - OWN;
	for (uint32_t other = 0; other <= all; other += 2)
		if (!(other & ~free) && is_safe(&b, (usual ^ other) & all))
			return usual ^ other;
	return usual;
}

const struct member_order *member_orders(struct planning *p, const struct changes *changes, bool choose,
					 struct arena *out)
{
	struct member_order *orders = arena_alloc_array(out, changes->users.count + 1, sizeof *orders);
	uint32_t free;
	for (size_t i = changes->groups.count; i-- > 0;)
		add_members(changes, i, orders, out);
	for (size_t i = 0; i < changes->users.count; i++)
		if (orders[i].groups)
			orders[i].first = choose ? choose_order(p, changes, i, &orders[i])
						 : usual_order(p, changes, i, &orders[i], &free);
	return orders;
}

bool member_order_has_first(const struct member_order *order, size_t n)
{
	return order->first >> (n + 1 < BITS ? n + 1 : BITS - 1) & 1;
}
