/* The moves of a plan in the other direction. */
#include "plans/undo/turned_moves.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/str.h"

static const struct action *find_by_subscription(const struct undone *undone, enum action_kind kind,
						 const char *sku_id, const char *subscription_id)
{
	for (size_t i = 0; i < undone->plan->actions.count; i++) {
		const struct action *action = &undone->plan->actions.items[i];
		if (action->kind == kind && str_eq(action->sku_id, sku_id) &&
		    (!subscription_id || str_eq(action->subscription_id, subscription_id)))
			return action;
	}
	return NULL;
}

/* "cancelled on 2026-09-01, it could be reactivated until 2026-11-30", as far as the journal has the day. */
static const char *end_of_grace(const struct undone *undone, const struct action *retire, struct arena *out)
{
	const char *on = undone->ended_on[retire - undone->plan->actions.items];
	int32_t day;
	char text[DATE_TEXT_SIZE];
	if (!on || cancel_way_find(retire->cancel_by)->expires || !date_parse(on, &day))
		return "what it could be reactivated in is over";
	date_format(grace_last_day(GRACE_CANCELLED, day), text);
	return arena_printf(out, "seen cancelled on %s, it could be reactivated until %s", on, text);
}

/* Whether it is listed, by a row that nothing contradicts, or is known not to be there; otherwise nothing is
 * planned from what is not known. */
static bool is_known(struct planning *p, const char *id, const struct sku_view *sku)
{
	int64_t unlisted = live_unlisted_seats(p->live, sku->id);
	const struct subscription *s = live_find_subscription(p->live, id);
	if (s && subscription_is_retired(s) && !live_subscription_is_retired(p->live, s)) {
		planning_incomplete(
			p, (struct place){0},
			"subscription %s of %s is listed as %s, and the tenant counts its seats as "
			"enabled: one of the two is behind",
			id, planning_quote(p, sku->part_number), planning_quote(p, s->status_text));
		return false;
	}
	if (s || unlisted <= 0)
		return true;
	planning_incomplete(
		p, (struct place){0},
		"subscription %s of %s is not listed, and the list of subscriptions is incomplete: "
		"it lacks %s that the tenant counts of that SKU",
		id, planning_quote(p, sku->part_number), planning_count(p, unlisted, "seat"));
	return false;
}

/* A subscription that the plan retired: back by hand while that can be done, refused when it is gone. */
static void bring_back(struct planning *p, const struct undone *undone, struct resolved_move *m,
		       const struct action *retire)
{
	const struct subscription *s = live_find_subscription(p->live, retire->subscription_id);
	if (!is_known(p, retire->subscription_id, m->open))
		return;
	if (!s || s->status == SUBSCRIPTION_DELETED) {
		planning_refuse(p, SS341, (struct place){0},
				"subscription %s of %s was retired and is %s: %s", retire->subscription_id,
				planning_quote(p, m->open->part_number), s ? "deleted" : "gone",
				end_of_grace(undone, retire, p->out))
			->help = "Nothing brings it back. A new purchase of the SKU and a new customer file "
				 "that moves people to it do.";
	} else if (s->status == SUBSCRIPTION_UNKNOWN) {
		planning_refuse(p, SS324, (struct place){0},
				"subscription %s has the status '%s', which seatshift does not know", s->id,
				planning_quote(p, s->status_text));
	} else if (subscription_is_retired(s)) {
		m->reactivate = s;
		m->on_order = s->seats;
	}
}

/* By when the file wants the old subscription to go, which an undo's own plan does not say. */
static const char *retire_by_of_file(struct planning *p, const struct resolved_move *m)
{
	const struct move_list *moves = &p->desired->moves;
	for (size_t i = 0; i < moves->count; i++) {
		const struct move *move = &moves->items[i];
		const struct sku_view *open = sku_view_find(p->live, move->open_sku, p->out);
		if (move->has_advisor && open && str_eq(open->id, m->open->id))
			return move->retire_by;
	}
	return NULL;
}

/* What an undo brought back goes again when that undo is undone. */
static void retire_again(struct planning *p, const struct undone *undone, struct resolved_move *m,
			 struct move *move)
{
	const struct action *reactivated =
		find_by_subscription(undone, ACTION_REACTIVATE_SUBSCRIPTION, m->advisor->id, NULL);
	if (!reactivated || !is_known(p, reactivated->subscription_id, m->advisor))
		return;
	const struct subscription *s = live_find_subscription(p->live, reactivated->subscription_id);
	if (s && !subscription_is_retired(s) && s->status != SUBSCRIPTION_UNKNOWN) {
		m->advisor_found = s;
		move->retire_by = retire_by_of_file(p, m);
	}
}

static bool turn_move(struct planning *p, const struct undone *undone, const struct plan_move *forward)
{
	struct move *move = arena_alloc(p->out, sizeof *move);
	struct resolved_move m = {.move = move, .users = p->live->users.items};
	const struct sku_view *gave = sku_cache_get(&p->skus, forward->open_sku);
	const struct sku_view *took =
		forward->advisor_sku ? sku_cache_get(&p->skus, forward->advisor_sku) : NULL;
	if (!gave || (forward->advisor_sku && !took)) {
		planning_refuse(p, SS303, (struct place){0}, "SKU %s is neither in the tenant nor known",
				gave ? forward->advisor_part_number : forward->open_part_number);
		return false;
	}
	m.open = took ? took : gave;
	m.advisor = took ? gave : NULL;
	m.same_sku = took == gave;
	*move = (struct move){.open_sku = m.open->part_number,
			      .has_advisor = took != NULL,
			      .advisor_sku = took ? gave->part_number : NULL,
			      .seats = took ? forward->advisor_seats : forward->open_seats,
			      .unlisted = UNLISTED_KEEP};
	if (m.open->live)
		m.open_there = m.open_lasting = m.open->live->enabled;
	const struct action *retire = took ? find_by_subscription(undone, ACTION_RETIRE_SUBSCRIPTION,
								  took->id, forward->advisor_subscription)
					   : NULL;
	if (retire)
		bring_back(p, undone, &m, retire);
	if (took && !retire)
		retire_again(p, undone, &m, move);
	m.wish_of = arena_alloc_array(p->out, p->live->users.count + 1, sizeof *m.wish_of);
	VEC_PUSH(p->out, &p->moves, m);
	return true;
}

bool undo_turn_moves(struct planning *p, const struct undone *undone)
{
	const struct plan_move_list *moves = &undone->plan->summary.moves;
	for (size_t i = 0; i < moves->count; i++)
		if (!turn_move(p, undone, &moves->items[i]))
			return false;
	return true;
}
