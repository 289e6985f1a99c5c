/* Desired state, resolved against live facts: SKUs and subscriptions. Users: resolve_users.c. */
#include "plans/resolve.h"

#include "core/clock.h"
#include "core/str.h"
#include "plans/resolve_users.h"

#include <stdarg.h>
#include <string.h>

struct diag *planning_refuse(struct planning *p, enum diag_code code, struct place place, const char *fmt,
			     ...)
{
	va_list args;
	va_start(args, fmt);
	const char *message = arena_vprintf(p->out, fmt, args);
	va_end(args);
	return diag_add(p->out, p->diags, DIAG_ERROR, code, place, "%s", message);
}

void planning_warn(struct planning *p, enum diag_code code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct plan_warning warning = {code, arena_vprintf(p->out, fmt, args)};
	va_end(args);
	VEC_PUSH(p->out, &p->warnings, warning);
}

const char *move_name(const struct move *move, struct arena *out)
{
	return arena_printf(out, "moves[%s]", move->open_sku);
}

static const char *known_skus(struct planning *p)
{
	struct str_list names = {0};
	for (size_t i = 0; i < p->live->skus.count; i++)
		VEC_PUSH(p->out, &names, p->live->skus.items[i].part_number);
	str_list_sort_unique(&names);
	return names.count ? str_list_join(p->out, &names, ", ") : "none";
}

static const struct sku_view *resolve_sku(struct planning *p, const char *name, struct place place)
{
	const struct sku_view *view = sku_view_find(p->live, name, p->out);
	if (!view) {
		struct diag *diag = planning_refuse(
			p, SS303, place, "'%s' is neither a SKU of the tenant nor one that is known", name);
		diag->help = arena_printf(p->out, "The tenant has: %s.", known_skus(p));
		return NULL;
	}
	if (view->live && !view->live->for_users)
		planning_refuse(p, SS325, place, "'%s' is a SKU for the whole company; users cannot hold it",
				name);
	return view;
}

static bool is_usable(const struct subscription *subscription)
{
	return subscription->status == SUBSCRIPTION_ENABLED ||
	       subscription->status == SUBSCRIPTION_WARNING;
}

/* Subscriptions of a SKU that are still alive, as "id (30 seats, Enabled)", for messages. */
static const char *list_subscriptions(struct planning *p, const char *sku_id, size_t *ret_count)
{
	struct str_list texts = {0};
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		if (str_eq(s->sku_id, sku_id) && !subscription_is_retired(s))
			VEC_PUSH(p->out, &texts,
				 arena_printf(p->out, "%s (%lld seats, %s)", s->id, (long long)s->seats,
					      s->status_text));
	}
	*ret_count = texts.count;
	return str_list_join(p->out, &texts, ", ");
}

static const struct subscription *only_subscription(struct planning *p, struct resolved_move *m)
{
	const struct subscription *only = NULL;
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		if (str_eq(s->sku_id, m->advisor->id) && !subscription_is_retired(s))
			only = s;
	}
	return only;
}

/* `advisor.subscription` left out: only where exactly one is there, and the Open SKU is another. */
static const struct subscription *find_unpinned(struct planning *p, struct resolved_move *m)
{
	size_t count;
	const char *candidates = list_subscriptions(p, m->advisor->id, &count);
	if (count <= 1 && !m->same_sku)
		return only_subscription(p, m);
	struct diag *diag = planning_refuse(
		p, SS308, m->move->advisor_sku_place,
		m->same_sku ? "Advisor and Open have the same SKU, so 'advisor.subscription' must name the one "
			      "to retire (%zu there)"
			    : "%zu subscriptions match the Advisor SKU", count);
	diag->help = arena_printf(p->out, "Set advisor.subscription to one of: %s.", candidates);
	return NULL;
}

static const struct subscription *find_pinned(struct planning *p, struct resolved_move *m)
{
	const struct move *move = m->move;
	const struct subscription *found = live_find_subscription(p->live, move->advisor_subscription);
	if (!found) {
		size_t count;
		const char *candidates = list_subscriptions(p, m->advisor->id, &count);
		if (count == 0)
			return NULL; /* gone, with every other one of its SKU: nothing to retire */
		struct diag *diag =
			planning_refuse(p, SS307, move->advisor_subscription_place,
					"subscription '%s' is not in the tenant", move->advisor_subscription);
		diag->help = arena_printf(p->out, "Subscriptions of %s: %s.", m->advisor->part_number,
					  candidates);
		return NULL;
	}
	if (!str_eq(found->sku_id, m->advisor->id)) {
		planning_refuse(p, SS309, move->advisor_subscription_place,
				"subscription '%s' is %s, not %s", move->advisor_subscription,
				found->part_number, m->advisor->part_number);
		return NULL;
	}
	return found;
}

static void resolve_advisor(struct planning *p, struct resolved_move *m)
{
	const struct subscription *found =
		m->move->advisor_subscription ? find_pinned(p, m) : find_unpinned(p, m);
	if (!found)
		return;
	if (found->status == SUBSCRIPTION_UNKNOWN) {
		planning_refuse(p, SS324, m->move->advisor_sku_place,
				"subscription '%s' has the status '%s', which seatshift does not know",
				found->id, found->status_text);
		return;
	}
	if (found->status == SUBSCRIPTION_WARNING)
		planning_warn(p, SS217, "subscription %s (%s) is in its grace period; it is not retired yet",
			      found->id, found->part_number);
	if (!subscription_is_retired(found))
		m->advisor_found = found;
}

static bool is_open_candidate(const struct resolved_move *m, const struct subscription *s)
{
	bool is_advisor = m->same_sku && m->move->advisor_subscription &&
			  (str_eq_fold(s->id, m->move->advisor_subscription) ||
			   str_eq_fold(s->commerce_id, m->move->advisor_subscription));
	return str_eq(s->sku_id, m->open->id) && is_usable(s) && !s->is_trial && !is_advisor;
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
	       timestamp_parse(s->next_lifecycle, &ends_ms) &&
	       date_of_ms(ends_ms) > placed + OPEN_TERM_DAYS;
}

static bool makes_redeem_needless(const struct planning *p, const struct resolved_move *m,
				  const struct subscription *s)
{
	switch (m->move->redeem_as) {
	case REDEEM_NEW_SUBSCRIPTION:
		return s->seats >= m->move->seats;
	case REDEEM_ADD_SEATS:
		return m->open_there >= m->move->seats;
	case REDEEM_EXTEND_TERM:
		return s->seats >= m->move->seats && is_extended(m->move, p->desired->agreed_on, s);
	}
	return false;
}

static void resolve_open_seats(struct planning *p, struct resolved_move *m)
{
	const struct subscription_list *all = &p->live->subscriptions;
	for (size_t i = 0; i < all->count; i++)
		if (is_open_candidate(m, &all->items[i]))
			m->open_there += all->items[i].seats;
	for (size_t i = 0; i < all->count && !m->open_found; i++)
		if (is_open_candidate(m, &all->items[i]) && makes_redeem_needless(p, m, &all->items[i]))
			m->open_found = &all->items[i];
	m->redeem = !m->open_found;
	if (!m->redeem)
		return;
	switch (m->move->redeem_as) {
	case REDEEM_NEW_SUBSCRIPTION:
		m->on_order = m->move->seats;
		return;
	case REDEEM_ADD_SEATS:
		m->on_order = m->move->seats - m->open_there;
		return;
	case REDEEM_EXTEND_TERM:
		m->on_order = m->move->seats > m->open_there ? m->move->seats - m->open_there : 0;
		return;
	}
}

static void resolve_move(struct planning *p, const struct move *move)
{
	struct resolved_move m = {.move = move};
	m.open = resolve_sku(p, move->open_sku, move->open_sku_place);
	if (move->has_advisor)
		m.advisor = resolve_sku(p, move->advisor_sku, move->advisor_sku_place);
	if (!m.open || (move->has_advisor && !m.advisor))
		return;
	m.same_sku = m.advisor && str_eq(m.open->id, m.advisor->id);
	if (m.advisor)
		resolve_advisor(p, &m);
	resolve_open_seats(p, &m);
	resolve_users(p, &m);
	VEC_PUSH(p->out, &p->moves, m);
}

void resolve_moves(struct planning *p)
{
	for (size_t i = 0; i < p->desired->moves.count; i++)
		resolve_move(p, &p->desired->moves.items[i]);
}
