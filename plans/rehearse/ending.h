/* How a tenant ended: what everybody holds, in words that can be compared, and how often it was written. */
#ifndef PLANS_ENDING_H
#define PLANS_ENDING_H

#include "providers/twin/inside.h"

struct ending_person {
	const char *id, *upn;
	const char *location; /* "" for none */
	const char *holds;    /* "ENTERPRISEPACK; STANDARDPACK by group …, off: …" */
	int64_t writes;	      /* of licences, that took effect */
};
VEC(ending_person_list, struct ending_person);

struct ending {
	struct ending_person_list people; /* in the order of the stage */
	const char *subscriptions;
};

NODISCARD bool ending_read(struct twin *twin, const char *tenant_id, struct arena *out, struct ending *ret,
			   struct error *err);

/*
 * The first difference, in a line; NULL: alike. Where reads lag further than a look is repeated, a call may
 * go twice, the second time without effect: then the writes are not counted.
 */
const char *ending_difference(const struct ending *is, const struct ending *wanted, bool count_writes,
			      struct arena *out);
/* Of an undo: everybody holds what they held; a usage location that was set stays, the seats that came too.
 */
const char *ending_differs_from_start(const struct ending *is, const struct ending *start, struct arena *out);

#endif
