/*
 * Grace periods of a subscription: how long people go on working after its end, and until when an
 * administrator can bring it back. Each row names its source.
 */
#ifndef CORE_GRACE_H
#define CORE_GRACE_H

#include <stddef.h>
#include <stdint.h>

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
	const char *source;
	const char *as_of; /* YYYY-MM-DD: when the source said so */
};

const struct grace *grace_of(enum grace_kind kind);
/* Of a subscription that ended or was cancelled on `end`: the last day on which it can be brought back. */
int32_t grace_last_day(enum grace_kind kind, int32_t end);

#endif
