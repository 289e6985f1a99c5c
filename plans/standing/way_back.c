/* Whether a plan can still be undone, and until when. */
#include "plans/standing/way_back.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/str.h"

const char *way_name(enum way way)
{
	static const char *const names[] = {[WAY_NEEDLESS] = "needless",
					    [WAY_OPEN] = "open",
					    [WAY_REACTIVATE] = "reactivate",
					    [WAY_CLOSED] = "closed"};
	return names[way];
}

static bool did_anything(const struct journal_entry_list *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event == JOURNAL_WRITE || entries->items[i].event == JOURNAL_ENDED)
			return true;
	return false;
}

static int32_t day_of(const char *timestamp)
{
	int64_t ms;
	return timestamp && timestamp_parse(timestamp, &ms) ? date_of_ms(ms) : WINDOW_NO_DAY;
}

/* The day on which the journal has the step ended; WINDOW_NO_DAY: it has not. */
static int32_t ended_on(const struct journal_entry_list *entries, const struct action *action)
{
	for (size_t i = entries->count; i-- > 0;) {
		const struct journal_entry *entry = &entries->items[i];
		if (entry->event == JOURNAL_ENDED && str_list_has(&entry->actions, action->id))
			return day_of(entry->at);
	}
	return WINDOW_NO_DAY;
}

/* Graph's own day comes before a count from the journal. */
struct way_back way_back_of_step(const struct action *retire, const struct journal_entry_list *entries,
				 const struct live *live)
{
	const struct subscription *s = live_find_subscription(live, retire->subscription_id);
	int32_t next = s ? day_of(s->next_lifecycle) : WINDOW_NO_DAY;
	int32_t ended = ended_on(entries, retire);
	if (s ? s->status == SUBSCRIPTION_DELETED
	      : live_subscription_is_gone(live, retire->subscription_id, retire->sku_id))
		return (struct way_back){WAY_CLOSED, WINDOW_NO_DAY, NULL};
	if (!s) /* the list lacks it while its seats are there */
		return (struct way_back){WAY_OPEN, WINDOW_NO_DAY, NULL};
	if (live_subscription_is_retired(live, s)) {
		bool counted = next == WINDOW_NO_DAY && ended != WINDOW_NO_DAY;
		return (struct way_back){WAY_REACTIVATE,
					 counted ? grace_last_day(GRACE_CANCELLED, ended) : next, NULL};
	}
	/* In its grace period everything works; what follows is the time in which it can be reactivated. */
	if (s->status == SUBSCRIPTION_WARNING && next != WINDOW_NO_DAY)
		return (struct way_back){WAY_OPEN, next + grace_of(GRACE_EXPIRED)->reactivatable_days, NULL};
	return (struct way_back){WAY_OPEN, WINDOW_NO_DAY, NULL};
}

/* Before the first apply: a key that was redeemed, or seats that came, and nobody who was moved. */
static const char *needless_words(const struct plan *plan, const struct live *live)
{
	int32_t day;
	for (size_t i = 0; live && i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (action_brings_seats(action->kind) && window_has_arrived(action, live, &day))
			return action->kind == ACTION_REDEEM_KEY
				       ? "needless: nobody was moved yet; the key is redeemed, and that stays"
				       : "needless: nobody was moved yet; the seats that came stay";
	}
	return "needless: nothing was done yet";
}

static const char *words(const struct way_back *back, struct arena *out)
{
	const char *day = window_day_text(back->until, out);
	switch (back->way) {
	case WAY_CLOSED:
		return "no more: what was retired is deleted";
	case WAY_REACTIVATE:
		return arena_printf(out, "possible%s%s, once the old subscription is reactivated",
				    day ? " until " : "", day ? day : "");
	case WAY_NEEDLESS:
	case WAY_OPEN:
		break;
	}
	return arena_printf(out, "possible%s%s", day ? " until " : "", day ? day : "");
}

struct way_back way_back_of(const struct plan *plan, const struct journal_entry_list *entries,
			    const struct live *live, struct arena *out)
{
	struct way_back worst = {WAY_NEEDLESS, WINDOW_NO_DAY, NULL};
	if (did_anything(entries))
		worst.way = WAY_OPEN;
	for (size_t i = 0; worst.way != WAY_NEEDLESS && live && i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (action->kind != ACTION_RETIRE_SUBSCRIPTION)
			continue;
		const struct way_back one = way_back_of_step(action, entries, live);
		if (one.way > worst.way || (one.way == worst.way && one.until != WINDOW_NO_DAY &&
					    (worst.until == WINDOW_NO_DAY || one.until < worst.until)))
			worst = one;
	}
	worst.text = worst.way == WAY_NEEDLESS ? needless_words(plan, live) : words(&worst, out);
	return worst;
}
