/* Seat arithmetic: what is needed of each Open SKU, what is there, what is on order. */
#include "plans/seats.h"

#include "core/str.h"

#include <stdlib.h>

static struct seat_count *count_of(struct planning *p, struct seat_count_list *counts,
				   const struct resolved_move *m)
{
	for (size_t i = 0; i < counts->count; i++)
		if (str_eq(counts->items[i].sku_id, m->open->id))
			return &counts->items[i];
	struct seat_count count = {.sku_id = m->open->id,
				   .part_number = m->open->part_number,
				   .place = m->move->seats_place};
	if (m->open->live) {
		count.there = m->open->live->enabled;
		count.needed = m->open->live->consumed;
	}
	VEC_PUSH(p->out, counts, count);
	return &counts->items[counts->count - 1];
}

static bool gets_through_group(const struct changes *changes, const struct user *user, const char *sku_id)
{
	for (size_t i = 0; i < user->states.count; i++) {
		const char *group_id = user->states.items[i].group_id;
		for (size_t g = 0; group_id && g < changes->groups.count; g++)
			if (str_eq(changes->groups.items[g].group->id, group_id) &&
			    license_find(&changes->groups.items[g].add, sku_id))
				return true;
	}
	return false;
}

/* Every user takes one seat of a SKU, however many ways it comes. */
static void add_new_holders(struct planning *p, const struct changes *changes, struct seat_count *count)
{
	size_t next = 0;
	for (size_t i = 0; i < p->live->users.count; i++) {
		const struct user *user = &p->live->users.items[i];
		const struct user_change *change = NULL;
		if (next < changes->users.count && changes->users.items[next].user == user)
			change = &changes->users.items[next++];
		bool holds = license_find(&user->licenses, count->sku_id);
		bool gets = (change && license_find(&change->add, count->sku_id)) ||
			    gets_through_group(changes, user, count->sku_id);
		bool loses = change && str_list_has(&change->remove, count->sku_id);
		count->needed += gets && !holds;
		count->holders += (gets || holds) && !loses;
	}
}

void seats_count(struct planning *p, const struct changes *changes, struct seat_count_list *ret_counts)
{
	for (size_t i = 0; i < p->moves.count; i++)
		count_of(p, ret_counts, &p->moves.items[i])->on_order += p->moves.items[i].on_order;
	for (size_t i = 0; i < ret_counts->count; i++)
		add_new_holders(p, changes, &ret_counts->items[i]);
}
