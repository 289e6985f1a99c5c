/*
 * Which seats meet a need: those that are paid for and outlast the retirement. Pure.
 *
 * Seats of a trial, of a subscription that ends before the retirement is due or within 30 days of it, and
 * of one that is no longer in good standing are there today, and whoever rests on them loses service.
 */
#ifndef PLANS_LASTING_H
#define PLANS_LASTING_H

#include "plans/planning/planning.h"

enum seat_standing {
	SEATS_LAST,
	SEATS_TRIAL,
	SEATS_ENDING,	 /* too soon; what an 'extend-term' key prolongs is not */
	SEATS_GRACE,	 /* Warning */
	SEATS_SUSPENDED, /* or locked out */
	SEATS_GONE,	 /* Deleted, or a status that is not known */
	SEAT_STANDING_COUNT
};
/* Asked once p->moves is filled. */
enum seat_standing seats_stand(const struct planning *p, const struct subscription *s);

/* Whether its seats are in good standing and somebody pays for them. */
bool seats_are_paid(const struct subscription *s);
/*
 * Seats of the SKU that go on when the subscriptions of these ids are retired. With fewer than people who
 * hold it then, it stops working, and nobody can say for whom.
 */
int64_t seats_that_go_on(const struct live *live, const char *sku_id, const struct str_list *retired);

/* The day that seats of the move have to outlast; 0: nothing is to be retired by a day that is known. */
int32_t seats_needed_until(const struct plan_move *move);

/* Whether its term ends too soon for a move that gives its SKU, whatever the file says of its renewal. */
bool seats_end_soon(const struct planning *p, const struct subscription *s);

/* What is not counted of the SKU, as "25 in a trial until 2026-12-20; ..."; NULL when nothing. */
const char *seats_not_counted(struct planning *p, const char *sku_id);

/* Enabled seats of the SKU, of subscriptions that do not last. */
int64_t seats_enabled_but_passing(const struct planning *p, const char *sku_id);

#endif
