/* Which of the seats that are there are what the moves ordered. */
#include "plans/planning/seat_claims.h"

#include "core/clock.h"
#include "core/str.h"
#include "plans/planning/lasting.h"

#include <stdlib.h>

bool seat_claims_began_after_order(const struct move *move, const struct subscription *s)
{
	int32_t placed;
	int64_t created_ms;
	return move->placed_on && s->created && date_parse(move->placed_on, &placed) &&
	       timestamp_parse(s->created, &created_ms) && date_of_ms(created_ms) >= placed;
}

/* Only seats in good standing count: what is in its grace period is about to end. */
static bool is_open_candidate(const struct planning *p, const char *sku_id, const struct subscription *s)
{
	return str_eq(s->sku_id, sku_id) && seats_are_paid(s) && !planning_is_advisor(p, s);
}

enum { OPEN_TERM_DAYS = 365 };

/*
 * An extended subscription ends later than a year after the order was placed: before, it had at most
 * a year from a start that lies before the order.
 */
static bool is_extended(const struct move *move, const char *agreed_on, const struct subscription *s)
{
	int32_t placed;
	int64_t ends_ms;
	const char *since = move->placed_on ? move->placed_on : agreed_on;
	return since && s->next_lifecycle && date_parse(since, &placed) &&
	       timestamp_parse(s->next_lifecycle, &ends_ms) && date_of_ms(ends_ms) > placed + OPEN_TERM_DAYS;
}

/*
 * Seats that the moves can still claim, per subscription: two moves to one SKU do not find the same
 * seats.
 */
struct claims {
	struct planning *p;
	int64_t *left; /* as many as subscriptions, in their order */
};

static bool is_older_than_order(const struct move *move, const struct subscription *s)
{
	return move->placed_on && s->created && !seat_claims_began_after_order(move, s);
}

/* Whether the seats that the tenant has now are enough for the users of the move who lack the SKU. */
static bool has_free_seats(const struct resolved_move *m)
{
	int64_t free_seats = m->open->live ? m->open->live->enabled - m->open->live->consumed : 0;
	int64_t lacking = 0;
	for (size_t i = 0; i < m->wishes.count; i++)
		lacking += !license_find(&m->wishes.items[i].user->licenses, m->open->id);
	return lacking <= free_seats;
}

/* Whether the subscription can be what the move's key brings, or brought. */
static bool can_serve(const struct claims *c, const struct resolved_move *m, size_t at)
{
	const struct subscription *s = &c->p->live->subscriptions.items[at];
	if (!is_open_candidate(c->p, m->open->id, s) || c->left[at] < m->move->seats)
		return false;
	switch (m->move->redeem_as) {
	case REDEEM_NEW_SUBSCRIPTION:
		/* One that ends too soon is not the purchase that is to carry the customer. */
		if (seats_stand(c->p, s) != SEATS_LAST)
			return false;
		if (!is_older_than_order(m->move, s))
			return true;
		/* What is provisioned is a subscription of its own: an older one is something else. */
		return m->move->arrives_by == ARRIVE_BY_KEY && has_free_seats(m);
	case REDEEM_ADD_SEATS:
		return true;
	case REDEEM_EXTEND_TERM:
		return is_extended(m->move, c->p->desired->agreed_on, s);
	}
	return false;
}

/* The smallest that suffices, so that the larger ones are left for larger moves. */
static const struct subscription *claim_one(struct claims *c, const struct resolved_move *m)
{
	const struct subscription_list *all = &c->p->live->subscriptions;
	size_t best = all->count;
	for (size_t i = 0; i < all->count; i++)
		if (can_serve(c, m, i) && (best == all->count || c->left[i] < c->left[best]))
			best = i;
	if (best == all->count)
		return NULL;
	c->left[best] -= m->move->seats;
	return &all->items[best];
}

/* Seats that an existing subscription has gained or still lacks; several may hold them together. */
static int64_t claim_many(struct claims *c, const struct resolved_move *m)
{
	const struct subscription_list *all = &c->p->live->subscriptions;
	int64_t missing = m->move->seats;
	for (size_t i = 0; i < all->count && missing; i++) {
		if (!is_open_candidate(c->p, m->open->id, &all->items[i]))
			continue;
		int64_t taken = c->left[i] < missing ? c->left[i] : missing;
		c->left[i] -= taken;
		missing -= taken;
	}
	return missing;
}

static const struct subscription *largest_open(const struct planning *p, const struct resolved_move *m)
{
	const struct subscription_list *all = &p->live->subscriptions;
	const struct subscription *largest = NULL;
	for (size_t i = 0; i < all->count; i++)
		if (is_open_candidate(p, m->open->id, &all->items[i]) &&
		    (!largest || all->items[i].seats > largest->seats))
			largest = &all->items[i];
	return largest;
}

/* The seats that are wanted are there; that they came before the order may be an oversight. */
static void warn_of_older_seats(struct planning *p, const struct resolved_move *m)
{
	const struct subscription *s = m->open_found;
	if (s && m->move->redeem_as == REDEEM_NEW_SUBSCRIPTION && is_older_than_order(m->move, s))
		planning_warn(p, SS222,
			      "%s: subscription %s was there before the order was placed, and its seats are "
			      "used; if the key is to add to them, say 'redeem_as: add-seats'",
			      m->open->part_number, s->id);
}

/* What is there is what counts; another number than was ordered may be another purchase. */
static void tell_of_other_number(struct planning *p, const struct resolved_move *m)
{
	const struct subscription *s = m->open_found;
	if (s && m->move->has_order && m->move->redeem_as == REDEEM_NEW_SUBSCRIPTION &&
	    s->seats != m->move->seats)
		planning_warn(
			p, SS238,
			"%s: subscription %s has %s, and the order is of %s; it is taken for that order",
			m->open->part_number, s->id, planning_count(p, s->seats, "seat"),
			planning_count(p, m->move->seats, "seat"));
}

/* They are there, and the plan waits for others all the same. */
static void warn_of_ending_seats(const struct claims *c, const struct resolved_move *m)
{
	for (size_t i = 0; i < c->p->live->subscriptions.count; i++) {
		const struct subscription *s = &c->p->live->subscriptions.items[i];
		if (!is_open_candidate(c->p, m->open->id, s) || seats_stand(c->p, s) != SEATS_ENDING ||
		    c->left[i] < m->move->seats || is_older_than_order(m->move, s))
			continue;
		planning_warn(
			c->p, SS252,
			"%s: subscription %s has %s but ends on %.10s, too early to be what was ordered: "
			"before the old subscription is gone, or within 30 days of that. Have it extended; "
			"if it renews, say 'accept: {renewing: [%s]}'",
			m->open->part_number, s->id, planning_count(c->p, s->seats, "seat"),
			planning_quote(c->p, s->next_lifecycle), s->id);
	}
}

static void resolve_open_seats(struct claims *c, struct resolved_move *m)
{
	const struct subscription_list *all = &c->p->live->subscriptions;
	for (size_t i = 0; i < all->count; i++)
		if (is_open_candidate(c->p, m->open->id, &all->items[i])) {
			m->open_there += all->items[i].seats;
			if (seats_stand(c->p, &all->items[i]) == SEATS_LAST)
				m->open_lasting += all->items[i].seats;
		}
	m->open_found = claim_one(c, m);
	m->redeem = !m->open_found;
	warn_of_older_seats(c->p, m);
	tell_of_other_number(c->p, m);
	if (!m->redeem)
		return;
	if (m->move->redeem_as == REDEEM_NEW_SUBSCRIPTION) {
		m->on_order = m->move->seats;
		warn_of_ending_seats(c, m);
		return;
	}
	m->on_order = claim_many(c, m);
	if (!m->on_order && m->move->redeem_as == REDEEM_ADD_SEATS) {
		m->open_found = largest_open(c->p, m);
		m->redeem = false;
	}
}

/*
 * Who claims first: moves that need one subscription whole, the larger ones before the smaller; then
 * those that only add seats, which may be spread.
 */
static bool claims_before(const struct move *a, const struct move *b)
{
	bool a_adds = a->redeem_as == REDEEM_ADD_SEATS;
	bool b_adds = b->redeem_as == REDEEM_ADD_SEATS;
	return a_adds != b_adds ? b_adds : a->seats > b->seats;
}

void seat_claims_resolve(struct planning *p)
{
	size_t count = p->live->subscriptions.count;
	struct claims c = {p, mem_alloc(count * sizeof *c.left)};
	for (size_t i = 0; i < count; i++)
		c.left[i] = p->live->subscriptions.items[i].seats;
	bool *done = mem_alloc(p->moves.count * sizeof *done);
	for (size_t n = 0; n < p->moves.count; n++) {
		size_t next = p->moves.count;
		for (size_t i = 0; i < p->moves.count; i++)
			if (!done[i] && (next == p->moves.count ||
					 claims_before(p->moves.items[i].move, p->moves.items[next].move)))
				next = i;
		done[next] = true;
		resolve_open_seats(&c, &p->moves.items[next]);
	}
	free(c.left);
	free(done);
}
