/* Whether the wave behind this one may begin, and whether anything new may. Pure. */
#ifndef PLANS_FLEET_GATE_H
#define PLANS_FLEET_GATE_H

#include "plans/fleet/member.h"
#include "plans/fleet/shard.h"

enum gate_verdict { GATE_OPEN, GATE_WAITING, GATE_FAILED };

struct gate {
	enum gate_verdict verdict;
	size_t members, there; /* of the wave */
	size_t counts[MEMBER_STATE_COUNT];
	size_t by_service; /* of those that wait, for the service and not for a person */
	int64_t there_ms;  /* when the last of them was there; 0: not all are */
	int64_t opens_ms;  /* when the soak is over; 0: not known yet */
	size_t failed;	   /* of the whole fleet */
	int64_t allowed;   /* -1: no limit */
};

/* `members` is of the whole fleet, in its order. */
struct gate gate_judge(const struct fleet *fleet, const struct member *members, size_t wave, int64_t now_ms);
/* More failed than allowed: nothing new begins. */
bool fleet_has_to_stop(const struct fleet *fleet, const struct member *members);
/*
 * How many more may begin on the day of `now_ms`; SIZE_MAX: no limit. Workers see nothing of each other: each
 * has its part of the day's number, for its own slice, and who has one more changes from day to day. `shard`
 * NULL: all.
 */
size_t fleet_may_begin(const struct fleet *fleet, const struct member *members, const struct shard *shard,
		       int64_t now_ms);

#endif
