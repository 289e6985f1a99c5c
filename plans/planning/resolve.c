/* Desired state, resolved against live facts: SKUs and subscriptions. Users: resolve_users.c. */
#include "plans/planning/resolve.h"

#include "core/catalog.h"
#include "core/str.h"
#include "plans/planning/lasting.h"
#include "plans/planning/resolve_users.h"
#include "plans/planning/seat_claims.h"

/* What a person sees in the admin centre is the product's name; several SKUs may share it. */
static const char *help_for_product(struct planning *p, const char *name)
{
	struct str_list named = {0};
	const struct catalog_sku *known;
	for (size_t i = 0; (known = catalog_sku_at(i)); i++)
		if (str_eq_fold(known->display_name, name) && live_find_sku(p->live, known->id))
			VEC_PUSH(p->out, &named, arena_printf(p->out, "'%s'", known->part_number));
	bool had = named.count > 0;
	for (size_t i = 0; !had && (known = catalog_sku_at(i)); i++)
		if (str_eq_fold(known->display_name, name))
			VEC_PUSH(p->out, &named, arena_printf(p->out, "'%s'", known->part_number));
	return named.count
		       ? arena_printf(p->out, "That is a product's name. Did you mean the part number %s?",
				      str_list_join(p->out, &named, " or "))
		       : NULL;
}

/* The SKU that was meant may be new to the tenant, so what is near is looked for in the catalogue too. */
static const char *help_for_sku(struct planning *p, const char *name)
{
	struct str_list names = {0};
	const char *product = help_for_product(p, name);
	if (product)
		return product;
	for (size_t i = 0; i < p->live->skus.count; i++)
		VEC_PUSH(p->out, &names, p->live->skus.items[i].part_number);
	str_list_sort_unique(&names);
	const char *has = names.count ? planning_quote(p, str_list_join(p->out, &names, ", ")) : "none";
	const struct catalog_sku *known;
	for (size_t i = 0; (known = catalog_sku_at(i)); i++)
		VEC_PUSH(p->out, &names, known->part_number);
	const char *near = str_nearest(name, &names);
	return near ? arena_printf(p->out, "Did you mean '%s'? The tenant has: %s.", planning_quote(p, near),
				   has)
		    : arena_printf(p->out, "The tenant has: %s.", has);
}

/* Part numbers are not unique. The tenant's own SKUs count; where it has none of the name, the known ones. */
static void namesakes(struct planning *p, const char *part_number, struct str_list *ret_ids)
{
	const struct catalog_sku *known;
	for (size_t i = 0; i < p->live->skus.count; i++)
		if (str_eq_fold(p->live->skus.items[i].part_number, part_number))
			VEC_PUSH(p->out, ret_ids, p->live->skus.items[i].id);
	for (size_t i = 0, mine = ret_ids->count; !mine && (known = catalog_sku_at(i)); i++)
		if (str_eq_fold(known->part_number, part_number))
			VEC_PUSH(p->out, ret_ids, known->id);
	str_list_sort_unique(ret_ids);
}

static bool is_one_sku(struct planning *p, const char *name, struct place place)
{
	struct str_list ids = {0};
	namesakes(p, name, &ids);
	if (ids.count < 2)
		return true;
	planning_refuse(p, SS334, place, "'%s' is the part number of %zu SKUs: %s", name, ids.count,
			str_list_join(p->out, &ids, ", "))
		->help = "Name the one that is meant by its id.";
	return false;
}

static const struct sku_view *resolve_sku(struct planning *p, const char *name, struct place place)
{
	if (!is_one_sku(p, name, place))
		return NULL;
	const struct sku_view *view = sku_view_find(p->live, name, p->out);
	if (view)
		view = sku_cache_get(&p->skus, view->id); /* one view of each, however often it is named */
	if (!view) {
		struct diag *diag = planning_refuse(
			p, SS303, place, "'%s' is neither a SKU of the tenant nor one that is known", name);
		diag->help = help_for_sku(p, name);
		return NULL;
	}
	if (view->live && !view->live->for_users)
		planning_refuse(p, SS325, place, "'%s' is a SKU for the whole company; users cannot hold it",
				name);
	return view;
}

/* Subscriptions of a SKU that are still alive, as "id (30 seats, Enabled)", for messages. */
static const char *list_subscriptions(struct planning *p, const char *sku_id, size_t *ret_count)
{
	struct str_list texts = {0};
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		if (str_eq(s->sku_id, sku_id) && !subscription_is_retired(s))
			VEC_PUSH(p->out, &texts,
				 arena_printf(p->out, "%s (%s, %s)", s->id,
					      planning_count(p, s->seats, "seat"),
					      planning_quote(p, s->status_text)));
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

/* Whether a move gives the SKU: then one of its subscriptions is, or will be, an Open one. */
static bool is_open_of_any(const struct planning *p, const char *sku_id)
{
	for (size_t i = 0; i < p->desired->moves.count; i++) {
		const struct sku_view *open =
			sku_view_find(p->live, p->desired->moves.items[i].open_sku, p->out);
		if (open && str_eq(open->id, sku_id))
			return true;
	}
	return false;
}

/* `advisor.subscription` left out: only where exactly one is there, and no Open SKU is the same. */
static const struct subscription *find_unpinned(struct planning *p, struct resolved_move *m)
{
	size_t count;
	const char *candidates = list_subscriptions(p, m->advisor->id, &count);
	bool is_open = is_open_of_any(p, m->advisor->id);
	if (count <= 1 && !is_open)
		return only_subscription(p, m);
	struct diag *diag = planning_refuse(p, SS308, m->move->advisor_sku_place,
					    is_open ? "a move gives the Advisor SKU, so "
						      "'advisor.subscription' must name the one to retire "
						      "(%zu there)"
						    : "%zu subscriptions match the Advisor SKU",
					    count);
	diag->help = arena_printf(p->out, "Set advisor.subscription to one of: %s.", candidates);
	return NULL;
}

/*
 * The pinned subscription is not listed. It is gone when every other one of its SKU that lives is newer
 * than the order, so that none of them can be what was meant; otherwise the id may be a slip.
 */
static bool is_gone(const struct planning *p, const struct resolved_move *m)
{
	for (size_t i = 0; i < p->live->subscriptions.count; i++) {
		const struct subscription *s = &p->live->subscriptions.items[i];
		if (str_eq(s->sku_id, m->advisor->id) && !subscription_is_retired(s) &&
		    !seat_claims_began_after_order(m->move, s))
			return false;
	}
	return true;
}

static const struct subscription *find_pinned(struct planning *p, struct resolved_move *m)
{
	const struct move *move = m->move;
	const struct subscription *found = live_find_subscription(p->live, move->advisor_subscription);
	if (!found) {
		size_t count;
		const char *candidates = list_subscriptions(p, m->advisor->id, &count);
		if (is_gone(p, m))
			return NULL; /* nothing to retire */
		struct diag *diag =
			planning_refuse(p, SS307, move->advisor_subscription_place,
					"subscription '%s' is not in the tenant", move->advisor_subscription);
		diag->help =
			arena_printf(p->out,
				     "Subscriptions of %s: %s. If it was retired and is gone, take 'advisor' "
				     "out of the move.",
				     m->advisor->part_number, candidates);
		return NULL;
	}
	if (!str_eq(found->sku_id, m->advisor->id)) {
		planning_refuse(p, SS309, move->advisor_subscription_place, "subscription '%s' is %s, not %s",
				move->advisor_subscription, found->part_number, m->advisor->part_number);
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
				found->id, planning_quote(p, found->status_text));
		return;
	}
	if (found->status == SUBSCRIPTION_WARNING)
		planning_warn(p, SS217, "subscription %s (%s) is in its grace period; it is not retired yet",
			      found->id, found->part_number);
	if (!subscription_is_retired(found))
		m->advisor_found = found;
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
	VEC_PUSH(p->out, &p->moves, m);
}

/* Absence of data is never read as absence of holders. */
static void check_read(struct planning *p, const struct resolved_move *m)
{
	if (m->advisor && m->advisor->live && !str_list_has(&p->live->holders_read, m->advisor->id))
		planning_incomplete(p, m->move->advisor_sku_place, "the holders of %s were not read",
				    m->advisor->part_number);
	/* A subscription that was not listed would not be retired, and be billed on. */
	int64_t unlisted = m->advisor ? live_unlisted_seats(p->live, m->advisor->id) : 0;
	if (unlisted > 0)
		planning_incomplete(p, m->move->advisor_sku_place,
				    "the list of subscriptions is incomplete: it lacks %s of %s that the "
				    "tenant counts",
				    planning_count(p, unlisted, "seat"), m->advisor->part_number);
	/* Nor is one that is said to be cancelled while its seats are counted, and perhaps billed. */
	int64_t disputed = m->advisor && !unlisted ? live_disputed_seats(p->live, m->advisor->id) : 0;
	if (disputed > 0)
		planning_incomplete(p, m->move->advisor_sku_place,
				    "the tenant counts %s of %s as enabled that its list of subscriptions "
				    "shows as cancelled: one of the two is behind",
				    planning_count(p, disputed, "seat"), m->advisor->part_number);
}

/* A holder whom nobody can read is not moved, and loses service when the subscription goes. */
static void warn_of_unread_holders(struct planning *p, const struct resolved_move *m)
{
	int64_t unread = m->advisor ? planning_accepted_holders(p, m->advisor->id) : 0;
	if (unread)
		planning_warn(
			p, SS228,
			"%s: the tenant counts %s and %lld of them cannot be read, which the file accepts; "
			"whoever they are is not moved",
			m->advisor->part_number, planning_count(p, m->advisor->live->consumed, "holder"),
			(long long)unread);
}

/* What the file says of subscriptions that renew must be of some that are there. */
static void check_renewing(struct planning *p)
{
	for (size_t i = 0; i < p->desired->renewing.count; i++) {
		const char *id = p->desired->renewing.items[i];
		const struct subscription *s = live_find_subscription(p->live, str_lower(p->out, id));
		if (!s)
			planning_refuse(p, SS307, p->desired->renewing_place,
					"subscription '%s' under 'accept' is not in the tenant",
					planning_quote(p, id))
				->help = "Take it out, or write the id that the tenant has.";
		else if (seats_stand(p, s) == SEATS_LAST && seats_end_soon(p, s))
			planning_warn(p, SS229,
				      "%s: the seats of subscription %s count although its term ends on "
				      "%.10s, since "
				      "the file says that it renews; Graph does not show whether it does",
				      planning_quote(p, s->part_number), s->id,
				      planning_quote(p, s->next_lifecycle));
	}
}

/* Two moves may name one subscription, by its id and by its commerce id, or one by nothing. */
static void check_retired_once(struct planning *p)
{
	for (size_t i = 0; i < p->moves.count; i++) {
		struct resolved_move *m = &p->moves.items[i];
		for (size_t j = 0; m->advisor_found && j < i; j++) {
			if (p->moves.items[j].advisor_found != m->advisor_found)
				continue;
			planning_refuse(p, SS308, m->move->advisor_sku_place,
					"subscription '%s' is to be retired by two moves",
					m->advisor_found->id)
				->help = "Each move retires a subscription of its own: set "
					 "'advisor.subscription', "
					 "or put all users into one move.";
			m->partial = p->moves.items[j].partial = true;
		}
	}
}

void resolve_moves(struct planning *p)
{
	for (size_t i = 0; i < p->desired->moves.count; i++)
		resolve_move(p, &p->desired->moves.items[i]);
	check_retired_once(p);
	for (size_t i = 0; i < p->moves.count; i++) {
		check_read(p, &p->moves.items[i]);
		warn_of_unread_holders(p, &p->moves.items[i]);
		resolve_users(p, &p->moves.items[i]);
	}
	check_renewing(p);
	seat_claims_resolve(p);
	for (size_t i = 0; i < p->moves.count; i++)
		resolve_check_somebody(p, &p->moves.items[i]);
}
