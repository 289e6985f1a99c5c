/* Cancelled before its turn. */
#include "plans/standing/stranded.h"

#include "core/programmes.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/saved/turn.h"
#include "plans/standing/way_back.h"

/* A row that says so, or the list without it where its seats went, too. */
static bool is_cancelled(const struct action *action, const struct live *live)
{
	const struct subscription *s = live_find_subscription(live, action->subscription_id);
	return s ? subscription_is_retired(s)
		 : live_subscription_is_gone(live, action->subscription_id, action->sku_id);
}

int64_t stranded_count(const struct plan *plan, const struct replay *replay, const struct action *action,
		       const struct live *live)
{
	if (action->kind != ACTION_RETIRE_SUBSCRIPTION || turn_is_ready(plan, replay, action) ||
	    !is_cancelled(action, live))
		return 0;
	const struct sku *sku = live_find_sku(live, action->sku_id);
	const int64_t usable = sku ? sku->enabled + sku->warning : 0;
	return sku && sku->consumed > usable ? sku->consumed - usable : 0;
}

const char *stranded_text(const struct plan *plan, const struct journal_entry_list *entries,
			  const struct action *action, const struct live *live, struct arena *out)
{
	const struct replay replay = replay_new(plan, entries, out);
	const int64_t count = stranded_count(plan, &replay, action, live);
	if (!count)
		return NULL;
	const struct way_back back = way_back_of_step(action, entries, live);
	const char *day = window_day_text(back.until, out);
	const char *who = arena_printf(out, "%s on subscription %s, which is cancelled before its turn",
				       say_number(out, count, "person stands", "people stand"),
				       quote_terminal(out, action->subscription_id));
	if (back.way == WAY_CLOSED)
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
