/*
 * Steps done by a person: what to show the person, and how to see in Graph that it was done.
 *
 * Pure: a probe looks at live facts that were read, a card is text. A step is verified by its effect,
 * never by what anybody says; the one exception, recurring billing switched off, Graph cannot show.
 */
#ifndef PROVIDERS_MANUAL_MANUAL_H
#define PROVIDERS_MANUAL_MANUAL_H

#include "core/action.h"
#include "core/str.h"

enum probe {
	PROBE_SEEN,    /* the effect is there */
	PROBE_NOT_YET, /* nothing has changed */
	PROBE_OTHER,   /* something happened, but not what was planned: the detail says what */
	PROBE_UNSURE,  /* two lists of the tenant contradict each other, as the detail says: to be read again
			*/
};

/* What a probe and a card need to know besides the action. */
struct manual_context {
	const char *tenant_id;
	const char *tenant_domain;
	const char *tenant_name;	  /* or NULL */
	const char *cloud;		  /* "global", "usgov", "usgov-dod", "china"; NULL: global */
	const char *part_number;	  /* of the action's SKU */
	const char *advisor_subscription; /* redeem: growth of this one is never proof; or NULL */
	int64_t advisor_seats;		  /* that it had when the plan was made */
	const struct live *before; /* redeem: the tenant when the plan was made; or NULL: not at hand */
	const char *distributor;   /* redeem: of the order, or NULL */
	const char *order_reference;
	const char *programme; /* retire: of the new seats; NULL: Open License */
	int32_t needed_until;  /* redeem: new seats that end by this day are no proof; 0: none */
	/* Whether a subscription is to go by the same plan: not one to be kept, and never proof; or NULL */
	bool (*also_goes)(const void *ctx, const char *subscription_id);
	const void *also_goes_ctx;
	/* For the card alone. */
	const char *plan_id;	     /* as it is typed in commands; NULL: none are named */
	const char *not_yet;	     /* what comes before the step; NULL: its turn has come */
	const char *resume;	     /* the command that resumes the run; NULL: not named */
	size_t step, steps;	     /* its number, of how many; 0: not known */
	struct str_list still_holds; /* retire: names of who goes on holding the SKU, on purpose */
	bool is_waited_for;	     /* by a run, at a terminal where a person can type */
};

/* `*ret_detail` is one line in `out`. Growth of the Advisor subscription never counts. */
enum probe manual_probe(const struct action *action, const struct manual_context *context,
			const struct live *live, struct arena *out, const char **ret_detail);

/*
 * redeem-key and receive-seats, once the effect was seen: the subscriptions that were made or, where a key
 * made none, those that it can have gone to. Empty for other steps.
 */
void manual_found(const struct action *action, const struct manual_context *context, const struct live *live,
		  struct arena *out, struct subscription_list *ret_found);

/* The card for a terminal: everything that came from a tenant or a file is quoted. Never holds a key. */
void manual_card(const struct action *action, const struct manual_context *context, const struct live *live,
		 struct strbuf *out);

/*
 * The page that begins a sign-in to the right tenant, at its own authority. To be opened in a private
 * window, where no other customer's session is remembered. See portals.h for where the form is from.
 */
char *manual_sign_in_link(const struct manual_context *context, struct arena *out);

/* One line: what is waited for. */
const char *manual_waits_for(const struct action *action, const struct manual_context *context,
			     struct arena *out);

#endif
