/*
 * The double-billing window: the days on which a customer pays for the Advisor subscription and for the
 * Open one. Pure: whoever asks says what day it is.
 *
 * It begins on the first day on which both are live: the day the journal saw the key redeemed or, where
 * it did not see it yet, or the Open seats were there before the plan, the later of the days on which the two
 * subscriptions were created. It ends when the Advisor subscription was verified as gone; a word that it will
 * be, does not end it. Days are counted as billed: the first and the last both count.
 *
 * A plan that undoes another brings what was left back beside what was bought, and ends neither: its window
 * begins with the reactivation, or is the one that was open before, and it has no end.
 */
#ifndef PLANS_WINDOW_H
#define PLANS_WINDOW_H

#include "plans/planning/plan.h"
#include "plans/saved/journal.h"

#define WINDOW_NO_DAY INT32_MIN

/* What is known about one move. Days are WINDOW_NO_DAY where they are not known. */
struct window_facts {
	bool has_advisor; /* there is, or was, a subscription to retire */
	bool unending;	  /* of an undo: both are live, or will be, and the plan ends neither */
	int32_t both_since;
	bool retired; /* verified, or seen gone */
	int32_t retired_on;
	int64_t advisor_seats;
	const char *advisor_ends; /* end of its term, RFC 3339; or NULL */
	const char *retire_by;	  /* YYYY-MM-DD, or NULL */
	bool expires;		  /* left to, as a person attested */
	int32_t expires_on;	  /* then: the end of its term */
	const char *how;	  /* it is gone otherwise than the plan wants it, in words; or NULL */
};

struct window {
	bool any;  /* there is a window, past, present or to come */
	bool open; /* both are billed now */
	bool over; /* the Advisor subscription is gone */
	bool unending;
	int32_t first_day;
	int32_t last_day; /* of a closed one, and of one that ends by itself; else WINDOW_NO_DAY */
	bool is_expiring; /* it ends by itself, on last_day */
	int64_t days;	  /* so far; 0 before it began or when its first day is not known */
	int64_t seats;	  /* billed twice: those of the Advisor subscription */
	int64_t seat_days;
	int32_t last_safe_day; /* to cancel on: before the Advisor term renews, and by retire_by */
	int32_t retire_by;
	bool retire_by_passed;
	const char *how; /* of one that is over: otherwise than the plan wants it, in words; or NULL */
};

struct window window_compute(const struct window_facts *facts, int32_t today);

/* All moves of a customer as one: from the first day, seats and seat-days added up, the nearest dates. */
struct window window_merge(const struct window *windows, size_t count);

/*
 * The facts of a move: from the plan, its journal, and what was read of the tenant: the snapshot or, where
 * `is_now`, the tenant as it is. `entries` may be NULL.
 */
struct window_facts window_facts_of(const struct plan *plan, const struct plan_move *move,
				    const struct live *live, bool is_now,
				    const struct journal_entry_list *entries);

/* Whether the seats of the step are there, on subscriptions that were not before it, all billed; and the day
 * on which the youngest of these was created, where the tenant says. */
bool window_has_arrived(const struct action *arrival, const struct live *live, int32_t *ret_day);

/* "2026-12-01", or NULL for WINDOW_NO_DAY. */
const char *window_day_text(int32_t day, struct arena *out);

/* One line: "twice since 2026-11-09, 14 days × 30 seats = 420 seat-days; last safe day 2026-12-01". */
const char *window_text(const struct window *window, struct arena *out);

#endif
