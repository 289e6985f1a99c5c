/*
 * A subscription that is left to expire: where it stands between the word that recurring billing is off and
 * the day on which it is gone. Pure: whoever asks says what day it is.
 *
 * Graph shows no recurring billing. What it shows is the end of the term: an end that has moved since
 * somebody attested that billing is off belies them, and a subscription that has run out confirms them.
 */
#ifndef PLANS_EXPIRY_H
#define PLANS_EXPIRY_H

#include "plans/planning/plan.h"
#include "plans/saved/journal.h"

#define EXPIRY_NO_DAY INT32_MIN

enum expiry_state {
	EXPIRY_UNSAID,	/* nobody has attested it yet */
	EXPIRY_AWAITED, /* attested; the term runs */
	EXPIRY_LATE,	/* its last day is over, and Graph still shows it as it was */
	EXPIRY_RENEWED, /* the term ends on a later day than then: billing was not off */
	EXPIRY_GRACE,	/* it has run out, and everything works for some days more; nothing is billed */
	EXPIRY_OVER,	/* suspended, deleted or gone */
};

struct expiry {
	enum expiry_state state;
	int32_t attested_on;  /* days are EXPIRY_NO_DAY where they are not known */
	int32_t ends;	      /* the end of the term: as it was attested, else as Graph has it */
	int32_t next;	      /* what Graph names now: its end, or when its grace ends */
	int32_t renewed_from; /* the end that an earlier word was about, and that did not come */
};

/* Of a retire-subscription that lets expire. `entries` may be NULL. */
struct expiry expiry_of(const struct action *retire, const struct journal_entry_list *entries,
			const struct live *live, int32_t today);

/* What is waited for, or wrong: "its term to end on 2026-12-31; Graph shows nothing before". */
const char *expiry_text(const struct expiry *expiry, struct arena *out);

/* "it renewed although it was to expire on 2027-03-20, to 2027-04-20"; NULL: not that anybody knows. */
const char *expiry_renewal_text(const struct expiry *expiry, struct arena *out);

#endif
