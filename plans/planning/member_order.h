/*
 * What goes first of a member's own change and those of the member's groups. Pure.
 *
 * On the way there a member's own licence goes before the group's, on the way back it comes after, in the
 * opposite order. Where somebody could not stop in between, and could in another order, that one is taken.
 * Canaries go before the others in any case.
 */
#ifndef PLANS_MEMBER_ORDER_H
#define PLANS_MEMBER_ORDER_H

#include "plans/planning/diff.h"

/* A group of the member that changes, by its index; a list in the order of the groups. */
struct membership {
	size_t group;
	const struct membership *next;
};

struct member_order {
	const struct membership *groups; /* of whoever is changed alone as well; NULL: none */
	uint32_t first; /* a bit for each of them, from bit 1: it goes before the member's own change */
};

/* Per user change, in `out`. `choose`: the usual order where it is safe, or none is; otherwise the usual. */
const struct member_order *member_orders(struct planning *p, const struct changes *changes, bool choose,
					 struct arena *out);
/* Of its n-th group, from 0. */
bool member_order_has_first(const struct member_order *order, size_t n);

#endif
