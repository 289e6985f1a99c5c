/*
 * Whether a plan can still be undone, and until when: by the tenant as it was last read, and by the grace
 * periods of what was retired. Pure.
 */
#ifndef PLANS_WAY_BACK_H
#define PLANS_WAY_BACK_H

#include "plans/saved/journal.h"
#include "plans/standing/window.h"

enum way {
	WAY_NEEDLESS,	/* nothing was done that could be undone */
	WAY_OPEN,	/* at once */
	WAY_REACTIVATE, /* after the old subscription was reactivated, by hand */
	WAY_CLOSED,	/* what was retired is deleted */
};

struct way_back {
	enum way way;
	int32_t until; /* the last day of the way; WINDOW_NO_DAY: no day is known */
	const char *text;
};

/* The worst of the plan's moves. `live` NULL: the subscriptions are not known. */
struct way_back way_back_of(const struct plan *plan, const struct journal_entry_list *entries,
			    const struct live *live, struct arena *out);
/* Of one subscription that the plan retires; without `text`. */
struct way_back way_back_of_step(const struct action *retire, const struct journal_entry_list *entries,
				 const struct live *live);
const char *way_name(enum way way); /* "open", "reactivate", "closed", "needless" */

#endif
