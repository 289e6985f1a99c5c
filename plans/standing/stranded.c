/* Cancelled before its turn. */
#include "plans/standing/stranded.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/saved/turn.h"
#include "plans/standing/way_back.h"

/* A row that says so, or the list without it where its seats went, too. */
static bool is_cancelled(const struct action *action, const struct live *live)
{
	const struct subscription *s = live_find_subscription(live, action->subscription_id);
	return s ? subscription_is_retired(s)
		 : live_subscription_is_gone(live, action->subscription_id, action->sku_id);
}

int64_t stranded_without_seat(const struct live *live, const char *sku_id)
{
	const struct sku *sku = live_find_sku(live, sku_id);
	const int64_t usable = sku ? sku->enabled + sku->warning : 0;
	return sku && sku->consumed > usable ? sku->consumed - usable : 0;
}

int64_t stranded_count(const struct plan *plan, const struct replay *replay, const struct action *action,
		       const struct live *live)
{
	if (action->kind != ACTION_RETIRE_SUBSCRIPTION || turn_is_ready(plan, replay, action) ||
	    !is_cancelled(action, live))
		return 0;
	return stranded_without_seat(live, action->sku_id);
}

/* What to do about it, by when, and who can. */
static const char *rescue(const struct plan *plan, const struct way_back *back, const char *who,
			  struct arena *out)
{
	const char *day = window_day_text(back->until, out);
	if (back->way == WAY_CLOSED)
		return arena_printf(out, "%s and deleted: nothing brings it back, so give them other seats",
				    who);
	return arena_printf(out,
			    "%s: have it reactivated %s%s, by a Global or Billing Administrator of %s in the "
			    "admin centre (Billing > Your products), or by phone",
			    who, day ? "by " : "at once",
			    day ? day
				: arena_printf(out, " (possible for %d days from the cancellation)",
					       (int)grace_of(GRACE_CANCELLED)->reactivatable_days),
			    quote_terminal(out, plan->tenant_domain));
}

static const char *stranded_on(int64_t count, const char *subscription_id, const char *how, struct arena *out)
{
	return arena_printf(out, "%s on subscription %s, which is cancelled %s",
			    say_number(out, count, "person stands", "people stand"),
			    quote_terminal(out, subscription_id), how);
}

const char *stranded_text(const struct plan *plan, const struct journal_entry_list *entries,
			  const struct action *action, const struct live *live, struct arena *out)
{
	if (action->kind != ACTION_RETIRE_SUBSCRIPTION)
		return NULL; /* of thousands, without the journal */
	const struct replay replay = replay_new(plan, entries, out);
	const int64_t count = stranded_count(plan, &replay, action, live);
	if (!count)
		return NULL;
	const struct way_back back = way_back_of_step(action, entries, live);
	return rescue(plan, &back, stranded_on(count, action->subscription_id, "before its turn", out), out);
}

/* ---- after an undo -------------------------------------------------------------------------- */

static const struct action *find_reactivation(const struct plan *plan, const struct plan_move *move)
{
	for (size_t i = 0; i < plan->actions.count; i++)
		if (plan->actions.items[i].kind == ACTION_REACTIVATE_SUBSCRIPTION &&
		    str_eq(plan->actions.items[i].sku_id, move->open_sku))
			return &plan->actions.items[i];
	return NULL;
}

/* The one that was reactivated or, where none had to be, any of the SKU that is cancelled. */
static const char *old_subscription(const struct action *back, const struct plan_move *move,
				    const struct live *live)
{
	if (back)
		return back->subscription_id;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (str_eq(s->sku_id, move->open_sku) && subscription_is_retired(s))
			return s->id;
	}
	return NULL;
}

const char *stranded_again_text(const struct plan *plan, const struct journal_entry_list *entries,
				const struct plan_move *move, const struct live *live, struct arena *out)
{
	const int64_t count = stranded_without_seat(live, move->open_sku);
	if (!plan->undoes || !move->advisor_sku || !count)
		return NULL;
	const struct replay replay = replay_new(plan, entries, out);
	const struct action *back = find_reactivation(plan, move);
	if (back && !result_is_verified(&replay.results[back - plan->actions.items]))
		return NULL;
	/* As if it were to be retired: its days are counted alike. */
	const struct action old = {
		.id = "", .subscription_id = old_subscription(back, move, live), .sku_id = move->open_sku};
	if (!old.subscription_id || !is_cancelled(&old, live))
		return NULL;
	const struct way_back way = way_back_of_step(&old, entries, live);
	/* Of one that was not begun, people are still where the undone plan left them. */
	const char *how = entries->count ? "again" : "meanwhile";
	return rescue(plan, &way, stranded_on(count, old.subscription_id, how, out), out);
}

/* ---- the window ----------------------------------------------------------------------------- */

struct window_facts window_facts_now(const struct plan *plan, const struct plan_move *move,
				     const struct live *live, const struct journal_entry_list *entries,
				     struct arena *out)
{
	struct window_facts facts = window_facts_of(plan, move, live, true, entries);
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (str_eq(action->subscription_id, move->advisor_subscription) &&
		    stranded_text(plan, entries, action, live, out))
			facts.how = "the Advisor subscription is cancelled, and people still stand on it";
	}
	if (stranded_again_text(plan, entries, move, live, out))
		facts.how = "the old subscription is cancelled again, and people stand on it";
	return facts;
}
