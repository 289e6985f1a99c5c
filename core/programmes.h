/*
 * How seats are sold, and how what they replace ends. Facts only: each row names its source and its day.
 *
 * A programme says how the new seats arrive, whether a key still works and until when they can be given back;
 * a way to cancel says how the old subscription ends; a grace period, how long people go on working after
 * that and until when an administrator can bring it back.
 */
#ifndef CORE_PROGRAMMES_H
#define CORE_PROGRAMMES_H

#include <stdbool.h>
#include <stdint.h>

enum arrival {
	ARRIVE_BY_KEY,	    /* a product key, redeemed by a person in the customer's tenant */
	ARRIVE_PROVISIONED, /* somebody else puts them into the tenant */
	ARRIVE_TRANSFERRED, /* a subscription that another partner sold comes over, its term as it was */
	ARRIVAL_COUNT
};

enum programme_id {
	PROGRAMME_OPEN_LICENSE,
	PROGRAMME_OPEN_VALUE,
	PROGRAMME_RETAIL_KEY,
	PROGRAMME_CSP,
	PROGRAMME_GRANT,
	PROGRAMME_COUNT
};

struct fact_source {
	const char *url;
	const char *as_of; /* YYYY-MM-DD: when it said so */
};

struct programme {
	const char *title;		 /* for people */
	const char *label;		 /* what its seats are called beside the old ones: "Open", "CSP" */
	const char *come[ARRIVAL_COUNT]; /* what a reviewer decides: "Redeemed for good"; NULL: they do not
					  * come so
					  */
	enum arrival arrives;
	const char *sold_until;	 /* YYYY-MM-DD: no order can be placed later; NULL: it is still sold */
	int32_t key_valid_years; /* said of an unused key, from its purchase; 0: no such end is known */
	int32_t return_days;  /* from the purchase, that day included: seats can be given back; 0: they cannot
			       */
	bool services_go;     /* that people lose services by it is the point, and is accepted by name */
	const char *provider; /* who puts the seats there, where the file names nobody */
	const char *order;    /* what is waited for before there are seats: "the order with a distributor" */
	const char *brings;   /* what it was that brought seats: "key", "purchase" */
	const char *ask_for;  /* what to ask of them: one sentence */
	const char *bought;   /* what is said of the new seats to who cancels the old: "through Open" */
	bool no_fee;	      /* for which they ask no early-cancellation fee, by the same source */
	struct fact_source source;
};

const struct programme *programme_of(enum programme_id id);
const struct programme *programme_find(const char *name); /* NULL: there is none */
/* Which one a file or a plan means: where it names none, Open License. */
const struct programme *programme_meant(const char *name);
/* How its seats come, as a reviewer decides it: "Bought in CSP". `arrives_by` NULL: by key. */
const char *programme_coming(const struct programme *programme, const char *arrives_by);
extern const char *const programme_names[]; /* as files have them, in the enum's order; ends with NULL */
extern const char *const arrival_names[];   /* "key", "provisioned", "transferred", NULL */

/* Whether an order of that day, YYYY-MM-DD, can be of it. */
bool programme_was_sold(const struct programme *programme, const char *day);
/*
 * The last day on which seats that were bought on `bought` can be given back; INT32_MIN: none. What is
 * transferred brings its own term along, and the days of its purchase are over.
 */
int32_t programme_return_until(const struct programme *programme, enum arrival arrival, int32_t bought);
/* The last day on which an unused key that was bought on `bought` is said to work; INT32_MAX: none is known.
 */
int32_t programme_key_until(const struct programme *programme, int32_t bought);

/* ---- how the old subscription ends --------------------------------------------------------------- */

enum grace_kind {
	GRACE_EXPIRED,	 /* the term ended with recurring billing off */
	GRACE_CANCELLED, /* cancelled within its term: the first stage is skipped */
	GRACE_KIND_COUNT
};

struct grace {
	const char *after;	    /* what it counts from, for people */
	int32_t working_days;	    /* everything works, licences can be assigned (Warning) */
	int32_t reactivatable_days; /* then: nobody can be assigned, an administrator can reactivate
				       (Suspended) */
	struct fact_source source;
};

const struct grace *grace_of(enum grace_kind kind);
/* Of a subscription that ended or was cancelled on `end`: the last day on which it can be brought back. */
int32_t grace_last_day(enum grace_kind kind, int32_t end);

enum cancel_by { CANCEL_PHONE, CANCEL_PORTAL, CANCEL_DISTRIBUTOR, CANCEL_LET_EXPIRE, CANCEL_COUNT };

struct cancel_way {
	const char *by; /* on the screen: "by phone", "let expire" */
	enum grace_kind ends;
	int32_t window_days; /* possible for so long from the purchase or renewal, within the term; 0: any day
			      */
	const char *window_of; /* whose days these are: "it can be cancelled by the distributor" */
	bool expires;	       /* lives to the end of its term; that recurring billing is off no API shows */
	struct fact_source source;
};

const struct cancel_way *cancel_way_of(enum cancel_by by);
/* By its name; one that is not known, or NULL, is no way: all of its members are empty. */
const struct cancel_way *cancel_way_find(const char *name);
extern const char *const cancel_names[]; /* in the enum's order; ends with NULL */

#endif
