/* The double-billing window. */
#include "plans/standing/window.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/say.h"
#include "core/str.h"
#include "plans/saved/expiry.h"

static int32_t day_of_date(const char *text)
{
	int32_t day;
	return text && date_parse(text, &day) ? day : WINDOW_NO_DAY;
}

static int32_t day_of_timestamp(const char *text)
{
	int64_t ms;
	return text && timestamp_parse(text, &ms) ? date_of_ms(ms) : WINDOW_NO_DAY;
}

/* The earlier of two days, either of which may not be known. */
static int32_t earlier(int32_t a, int32_t b)
{
	if (a == WINDOW_NO_DAY || b == WINDOW_NO_DAY)
		return a == WINDOW_NO_DAY ? b : a;
	return a < b ? a : b;
}

/* The last day on which cancelling is in time; WINDOW_NO_DAY when neither a term nor retire_by says. */
static int32_t window_last_safe_day(const char *advisor_ends, const char *retire_by)
{
	int32_t ends = day_of_timestamp(advisor_ends);
	return earlier(ends == WINDOW_NO_DAY ? ends : ends - 1, day_of_date(retire_by));
}

/* What was left to expire presses nobody any more, and is billed to the day before its term ends. */
static void let_expire(struct window *window, const struct window_facts *facts, int32_t today)
{
	if (!facts->expires || facts->retired)
		return;
	window->is_expiring = true;
	window->last_day = facts->expires_on - 1;
	window->last_safe_day = WINDOW_NO_DAY;
	window->retire_by_passed = false;
	window->over = today > window->last_day;
	window->open = window->open && !window->over;
}

struct window window_compute(const struct window_facts *facts, int32_t today)
{
	struct window window = {.first_day = facts->both_since,
				.last_day = WINDOW_NO_DAY,
				.last_safe_day = window_last_safe_day(facts->advisor_ends, facts->retire_by),
				.retire_by = day_of_date(facts->retire_by),
				.unending = facts->unending};
	if (!facts->has_advisor) {
		window.first_day = WINDOW_NO_DAY;
		return window;
	}
	window.any = true;
	window.seats = facts->advisor_seats;
	window.retire_by_passed =
		!facts->retired && window.retire_by != WINDOW_NO_DAY && today > window.retire_by;
	bool begun = window.first_day != WINDOW_NO_DAY && window.first_day <= today;
	window.open = begun && !facts->retired;
	window.over = facts->retired;
	window.how = facts->how;
	if (facts->retired)
		window.last_day = facts->retired_on;
	let_expire(&window, facts, today);
	int32_t until = window.over ? window.last_day : today;
	if (begun && until != WINDOW_NO_DAY && until >= window.first_day)
		window.days = (int64_t)until - window.first_day + 1;
	window.seat_days = window.days * window.seats;
	return window;
}

struct window window_merge(const struct window *windows, size_t count)
{
	struct window all = {.over = true,
			     .is_expiring = true,
			     .first_day = WINDOW_NO_DAY,
			     .last_day = WINDOW_NO_DAY,
			     .last_safe_day = WINDOW_NO_DAY,
			     .retire_by = WINDOW_NO_DAY};
	for (size_t i = 0; i < count; i++) {
		const struct window *one = &windows[i];
		if (!one->any)
			continue;
		all.any = true;
		all.open = all.open || one->open;
		all.over = all.over && one->over;
		all.is_expiring = all.is_expiring && (one->over || one->is_expiring);
		all.unending = all.unending || one->unending;
		all.first_day = earlier(all.first_day, one->first_day);
		all.last_day = one->last_day > all.last_day ? one->last_day : all.last_day;
		all.days = one->days > all.days ? one->days : all.days;
		all.seats += one->seats;
		all.seat_days += one->seat_days;
		all.how = all.how ? all.how : one->how;
		all.retire_by_passed = all.retire_by_passed || one->retire_by_passed;
		if (one->over)
			continue; /* its dates press nobody any more */
		all.last_safe_day = earlier(all.last_safe_day, one->last_safe_day);
		all.retire_by = earlier(all.retire_by, one->retire_by);
	}
	all.over = all.any && all.over;
	all.is_expiring = all.is_expiring && !all.over;
	if (!all.over && !all.is_expiring)
		all.last_day = WINDOW_NO_DAY;
	return all;
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* The day the journal saw the action's effect; the last such line counts. */
static int32_t day_verified(const struct journal_entry_list *entries, const char *action_id)
{
	int32_t day = WINDOW_NO_DAY;
	for (size_t i = 0; entries && i < entries->count; i++) {
		const struct journal_entry *entry = &entries->items[i];
		bool seen = str_eq(entry->outcome, outcome_name(OUTCOME_VERIFIED)) ||
			    str_eq(entry->outcome, outcome_name(OUTCOME_ALREADY));
		if (entry->event == JOURNAL_ENDED && seen && str_list_has(&entry->actions, action_id))
			day = day_of_timestamp(entry->at);
	}
	return day;
}

static const struct action *find_action(const struct plan *plan, enum action_kind kind, const char *sku_id,
					const char *subscription_id)
{
	for (size_t i = 0; i < plan->actions.count; i++) {
		const struct action *action = &plan->actions.items[i];
		if (action->kind == kind && str_eq(action->sku_id, sku_id) &&
		    (!subscription_id || str_eq(action->subscription_id, subscription_id)))
			return action;
	}
	return NULL;
}

/* The step that brings the seats, by key or without one; NULL: they were there. */
static const struct action *find_arrival(const struct plan *plan, const char *sku_id)
{
	const struct action *redeem = find_action(plan, ACTION_REDEEM_KEY, sku_id, NULL);
	return redeem ? redeem : find_action(plan, ACTION_RECEIVE_SEATS, sku_id, NULL);
}

static bool is_billed(const struct subscription *s)
{
	return !s->is_trial && (s->status == SUBSCRIPTION_ENABLED || s->status == SUBSCRIPTION_WARNING);
}

/* Both are there: since the younger of the two was made. */
static int32_t both_created(int32_t opened, const struct subscription *advisor)
{
	int32_t advised = advisor ? day_of_timestamp(advisor->created) : WINDOW_NO_DAY;
	if (opened == WINDOW_NO_DAY)
		return WINDOW_NO_DAY;
	return advised > opened ? advised : opened;
}

/* What the step brought is what was not there before it. */
static bool is_brought(const struct action *arrival, const struct subscription *s)
{
	return str_eq(s->sku_id, arrival->sku_id) && is_billed(s) &&
	       !str_list_has(&arrival->expect.subscription_ids, s->id);
}

bool window_has_arrived(const struct action *arrival, const struct live *live, int32_t *ret_day)
{
	int64_t seats = 0;
	*ret_day = WINDOW_NO_DAY;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (!is_brought(arrival, s))
			continue;
		int32_t made = day_of_timestamp(s->created);
		seats += s->seats;
		*ret_day = made > *ret_day ? made : *ret_day;
	}
	return seats > 0 && seats >= arrival->seats;
}

/* The day on which the youngest of the SKU's billed subscriptions was made, and the seats of all of them. */
static int32_t youngest(const struct live *live, const char *sku_id, int64_t *ret_seats)
{
	int32_t day = WINDOW_NO_DAY;
	*ret_seats = 0;
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		if (!str_eq(s->sku_id, sku_id) || !is_billed(s))
			continue;
		int32_t made = day_of_timestamp(s->created);
		*ret_seats += s->seats;
		day = made > day ? made : day;
	}
	return day;
}

/* What an undo goes back to is paid for again, and what it leaves is paid for still: until the tenant shows
 * that somebody has cancelled the old one again. A snapshot cannot show that. */
static struct window_facts facts_of_undo(const struct plan *plan, const struct plan_move *move,
					 const struct live *live, bool is_now,
					 const struct journal_entry_list *entries)
{
	struct window_facts facts = {.both_since = WINDOW_NO_DAY, .retired_on = WINDOW_NO_DAY};
	const struct action *back = find_action(plan, ACTION_REACTIVATE_SUBSCRIPTION, move->open_sku, NULL);
	int64_t old_seats, given_seats;
	int32_t old = youngest(live, move->open_sku, &old_seats);
	int32_t given = youngest(live, move->advisor_sku, &given_seats);
	const bool came_back = !back || day_verified(entries, back->id) != WINDOW_NO_DAY;
	if (!given_seats || str_eq(move->open_sku, move->advisor_sku))
		return facts;
	if (is_now && !old_seats && came_back) {
		facts.has_advisor = facts.retired = true;
		facts.how = entries && entries->count ? "the old subscription is cancelled again" : NULL;
		return facts;
	}
	if (!back && !old_seats)
		return facts;
	facts.has_advisor = facts.unending = true;
	facts.advisor_seats = old_seats ? old_seats : back->seats;
	if (back)
		facts.both_since = day_verified(entries, back->id);
	else if (old != WINDOW_NO_DAY && given != WINDOW_NO_DAY)
		facts.both_since = old > given ? old : given;
	return facts;
}

/* It is billed until its term ends, whenever that is seen, and whatever a snapshot shows that is older. */
static void facts_of_expiry(const struct action *retire, const struct journal_entry_list *entries,
			    const struct live *live, struct window_facts *facts)
{
	const struct expiry expiry = expiry_of(retire, entries, live, INT32_MIN);
	bool known = expiry.ends != EXPIRY_NO_DAY;
	int32_t last = known ? expiry.ends - 1 : WINDOW_NO_DAY;
	if (expiry.state == EXPIRY_AWAITED && known) {
		facts->expires = true;
		facts->expires_on = expiry.ends;
	}
	if (expiry.state == EXPIRY_GRACE) {
		facts->retired = true;
		facts->retired_on = last;
	}
	const bool over = expiry.state == EXPIRY_OVER || facts->retired;
	if (over && known && expiry.attested_on != EXPIRY_NO_DAY &&
	    (facts->retired_on == WINDOW_NO_DAY || last < facts->retired_on))
		facts->retired_on = last;
}

/* The journal's day comes first; seats that came since the last apply are billed from the day of the tenant.
 */
static int32_t both_since_arrival(const struct action *arrival, const struct subscription *advisor,
				  const struct live *now, const struct journal_entry_list *entries)
{
	int32_t came;
	int32_t seen = day_verified(entries, arrival->id);
	if (seen != WINDOW_NO_DAY || !now || !window_has_arrived(arrival, now, &came))
		return seen;
	return both_created(came, advisor);
}

/* Of seats that were there before the plan. An undo's plan names no subscription: then by the youngest. */
static int32_t both_since_before(const struct plan *plan, const struct plan_move *move,
				 const struct subscription *advisor, const struct live *live)
{
	int64_t seats;
	const struct subscription *open =
		move->open_subscription ? live_find_subscription(live, move->open_subscription) : NULL;
	if (open)
		return both_created(day_of_timestamp(open->created), advisor);
	if (!plan->undoes || str_eq(move->open_sku, move->advisor_sku))
		return WINDOW_NO_DAY;
	return both_created(youngest(live, move->open_sku, &seats), advisor);
}

struct window_facts window_facts_of(const struct plan *plan, const struct plan_move *move,
				    const struct live *live, bool is_now,
				    const struct journal_entry_list *entries)
{
	struct window_facts facts = {.has_advisor = move->advisor_subscription != NULL,
				     .both_since = WINDOW_NO_DAY,
				     .retired_on = WINDOW_NO_DAY,
				     .advisor_seats = move->advisor_seats,
				     .retire_by = move->retire_by};
	if (!facts.has_advisor && plan->undoes && move->advisor_sku)
		return facts_of_undo(plan, move, live, is_now, entries);
	if (!facts.has_advisor)
		return facts;
	const struct subscription *advisor = live_find_subscription(live, move->advisor_subscription);
	const struct action *arrival = find_arrival(plan, move->open_sku);
	const struct action *retire =
		find_action(plan, ACTION_RETIRE_SUBSCRIPTION, move->advisor_sku, move->advisor_subscription);
	facts.advisor_ends = advisor ? advisor->next_lifecycle : NULL;
	facts.both_since = arrival ? both_since_arrival(arrival, advisor, is_now ? live : NULL, entries)
				   : both_since_before(plan, move, advisor, live);
	facts.retired_on = retire ? day_verified(entries, retire->id) : WINDOW_NO_DAY;
	facts.retired =
		facts.retired_on != WINDOW_NO_DAY ||
		(advisor ? live_subscription_is_retired(live, advisor)
			 : live_subscription_is_gone(live, move->advisor_subscription, move->advisor_sku));
	if (retire && cancel_way_find(retire->cancel_by)->expires)
		facts_of_expiry(retire, entries, live, &facts);
	if (facts.retired)
		facts.advisor_ends = NULL; /* what follows a cancellation is not the end of a term */
	return facts;
}

/* ---- text ----------------------------------------------------------------------------------- */

const char *window_day_text(int32_t day, struct arena *out)
{
	if (day == WINDOW_NO_DAY)
		return NULL;
	char *text = arena_alloc(out, DATE_TEXT_SIZE);
	date_format(day, text);
	return text;
}

static const char *count_text(const struct window *window, struct arena *out)
{
	return arena_printf(out, "%lld day%s × %lld seat%s = %lld seat-days", (long long)window->days,
			    window->days == 1 ? "" : "s", (long long)window->seats,
			    window->seats == 1 ? "" : "s", (long long)window->seat_days);
}

const char *window_text(const struct window *window, struct arena *out)
{
	const char *first = window_day_text(window->first_day, out);
	const char *safe = window_day_text(window->last_safe_day, out);
	if (!window->any)
		return "as it is: this plan retires nothing, and every subscription that is live is billed";
	if (window->over && window->days)
		return arena_printf(out, "twice from %s to %s, %s; over", first,
				    window_day_text(window->last_day, out), count_text(window, out));
	if (window->over)
		return arena_printf(out, "once: %s",
				    window->how ? window->how : "the Advisor subscription is gone");
	const char *ends = window_day_text(window->is_expiring ? window->last_day + 1 : WINDOW_NO_DAY, out);
	const char *deadline = window->is_expiring ? arena_printf(out, "; it ends by itself on %s", ends)
			       : safe		   ? arena_printf(out, "; last safe day %s", safe)
						   : "";
	const char *passed = window->retire_by_passed ? arena_printf(out, "; RETIRE_BY %s HAS PASSED",
								     window_day_text(window->retire_by, out))
						      : "";
	const char *unending = window->unending ? "; no step of this plan ends either" : "";
	if (window->open)
		return arena_printf(out, "twice since %s, %s%s%s%s", first, count_text(window, out), deadline,
				    passed, unending);
	if (window->unending)
		return arena_printf(out, "twice while both are live, %s%s",
				    say_number(out, window->seats, "seat", "seats"), unending);
	return arena_printf(out, "once%s%s", deadline, passed);
}
