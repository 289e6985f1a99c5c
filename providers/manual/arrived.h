/*
 * Seats that came to a tenant: what redeem-key and receive-seats look for, and what they find instead. For
 * the two alone.
 */
#ifndef PROVIDERS_MANUAL_ARRIVED_H
#define PROVIDERS_MANUAL_ARRIVED_H

#include "providers/manual/manual.h"

/* What the SKU's subscriptions add up to, those that are to be retired left out. */
struct arrived {
	int64_t seats;
	const struct subscription *newest; /* one that was not there when the plan was made */
	size_t new_count;		   /* how many there are of those, and their seats */
	int64_t new_seats;
	const char *ends;		    /* the latest end of those that were, YYYY-MM-DD… */
	const struct subscription *passing; /* a new one that is a trial, or ends too soon; or NULL */
};

struct arrived arrived_look(const struct action *action, const struct manual_context *context,
			    const struct live *live);
/*
 * Whether `seats` are assignable beside those that are to go: the SKU's own row lags behind the list of
 * subscriptions, and sums all of them up.
 */
bool arrived_pool_has(const struct action *action, const struct manual_context *context,
		      const struct live *live, int64_t seats);
/* What is there, and how it differs when it is `more` seats than were ordered. */
const char *arrived_text(const struct arrived *arrived, int64_t more, struct arena *out);
/* `what` is what brought it: "key", "purchase". */
const char *arrived_passing_text(const struct arrived *arrived, const struct manual_context *context,
				 const char *what, struct arena *out);
/* What came to this tenant, but not as seats of the SKU; NULL when nothing did. */
const char *arrived_elsewhere(const struct action *action, const struct manual_context *context,
			      const struct live *live, const char *what, struct arena *out);
/* What is new or, where nothing is, all that the seats can have gone to. */
void arrived_list(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct arena *out, struct subscription_list *ret_found);
/* The head of a card: whose tenant. */
void arrived_add_tenant(const struct manual_context *context, struct arena *tmp, struct strbuf *out);

#endif
