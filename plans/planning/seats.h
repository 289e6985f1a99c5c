/* Seat arithmetic: what is needed of each Open SKU, what is there, what is on order. Pure. */
#ifndef PLANS_SEATS_H
#define PLANS_SEATS_H

#include "plans/planning/effects.h"

struct seat_count {
	const char *sku_id;
	const char *part_number;
	int64_t needed; /* at the worst moment: every licence given before one of the SKU is taken back */
	int64_t final; /* users who hold the SKU once all changes are made, those outside the plan included */
	int64_t holders;  /* wanted users who hold it then */
	int64_t there;	  /* enabled units now that last (plans/planning/lasting.h) */
	int64_t on_order; /* brought by redeem steps */
	int64_t open; /* seats that stay when all Advisor subscriptions are retired, those on order included
		       */
	bool retired; /* a subscription of the SKU is */
	struct place place;
};
VEC(seat_count_list, struct seat_count);

/* One count for each SKU that a move gives, in the order of the moves. */
void seats_count(struct planning *p, const struct user_effect_list *effects,
		 struct seat_count_list *ret_counts);

#endif
