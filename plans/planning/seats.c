/* Seat arithmetic: what is needed of each Open SKU, what is there, what is on order. */
#include "plans/planning/seats.h"

#include "core/str.h"
#include "plans/planning/lasting.h"

/* A way back need not last, and what is in its grace period can be assigned. */
static int64_t usable_seats(const struct planning *p, const struct sku_view *sku)
{
	return p->undoes ? sku->live->enabled + sku->live->warning
			 : sku->live->enabled - seats_enabled_but_passing(p, sku->id);
}

static struct seat_count *count_of(struct planning *p, struct seat_count_list *counts,
				   const struct resolved_move *m)
{
	for (size_t i = 0; i < counts->count; i++)
		if (str_eq(counts->items[i].sku_id, m->open->id))
			return &counts->items[i];
	struct seat_count count = {.sku_id = m->open->id,
				   .part_number = m->open->part_number,
				   .place = m->move->seats_place,
				   .open = m->open_lasting};
	if (m->open->live) {
		count.there = usable_seats(p, m->open);
		count.needed = count.final = m->open->live->consumed;
	}
	for (size_t i = 0; i < p->moves.count; i++)
		count.retired = count.retired || (p->moves.items[i].advisor_found &&
						  str_eq(p->moves.items[i].advisor->id, count.sku_id));
	VEC_PUSH(p->out, counts, count);
	return &counts->items[counts->count - 1];
}

/* Every user takes one seat of a SKU, however many ways it comes. */
static void add_effect(struct seat_count *count, const struct user_effect *effect)
{
	bool holds = license_find(&effect->user->licenses, count->sku_id);
	bool will_hold = license_find(&effect->after, count->sku_id);
	count->needed += will_hold && !holds;
	count->final += (int64_t)will_hold - (int64_t)holds;
	count->holders += (int64_t)will_hold - (int64_t)holds;
}

static void count_holders(const struct planning *p, struct seat_count *count)
{
	for (size_t i = 0; i < p->live->users.count; i++)
		count->holders += license_find(&p->live->users.items[i].licenses, count->sku_id) != NULL;
}

void seats_count(struct planning *p, const struct user_effect_list *effects,
		 struct seat_count_list *ret_counts)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		struct seat_count *count = count_of(p, ret_counts, &p->moves.items[i]);
		count->on_order += p->moves.items[i].on_order;
		count->open += p->moves.items[i].on_order;
	}
	for (size_t i = 0; i < ret_counts->count; i++) {
		count_holders(p, &ret_counts->items[i]);
		for (size_t j = 0; j < effects->count; j++)
			add_effect(&ret_counts->items[i], &effects->items[j]);
	}
}
