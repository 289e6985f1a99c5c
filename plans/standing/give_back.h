/*
 * Until when the new seats can be given back: EXIT. Pure.
 *
 * The plan names the day where the order, or the file, does. Where it does not, the purchase is the day on
 * which the subscription was created that brought the seats.
 */
#ifndef PLANS_GIVE_BACK_H
#define PLANS_GIVE_BACK_H

#include "plans/planning/plan.h"
#include "plans/standing/window.h"

struct give_back {
	bool any;      /* some seats of the plan can be, or could */
	int32_t until; /* the last day, of all moves the first; WINDOW_NO_DAY: nothing was bought yet */
	int32_t days;  /* then: so many from the purchase */
};

/* `entries` may be NULL. */
struct give_back give_back_of(const struct plan *plan, const struct journal_entry_list *entries);

/* "until 2026-11-12, 5 days from today", "for 7 days from the purchase"; NULL where there is nothing. `today`
 * 0: not known. */
const char *give_back_text(const struct give_back *back, int32_t today, struct arena *out);

/*
 * Seats are tried out by a canary, or a wave and its soak, while they can be given back. When that begins at
 * `begins_ms` and takes so long at the least, and ends later: how that is said, in a line; NULL: it does not.
 */
const char *give_back_too_late(const struct give_back *back, int64_t begins_ms, int64_t soak_ms,
			       struct arena *out);

#endif
