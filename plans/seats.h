/* Seat arithmetic: what is needed of each Open SKU, what is there, what is on order. Pure. */
#ifndef PLANS_SEATS_H
#define PLANS_SEATS_H

#include "plans/diff.h"

struct seat_count {
	const char *sku_id;
	const char *part_number;
	int64_t needed;   /* users who hold the SKU once all changes are made, those outside the plan included */
	int64_t holders;  /* wanted users who hold it then */
	int64_t there;    /* enabled units now; units in their grace period do not count */
	int64_t on_order; /* brought by redeem steps */
	struct place place;
};
VEC(seat_count_list, struct seat_count);

void seats_count(struct planning *p, const struct changes *changes, struct seat_count_list *ret_counts);

#endif
