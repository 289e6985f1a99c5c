/* Gates between waves, and what stops a fleet. */
#include "plans/fleet/gate.h"

#include "core/clock.h"

#include <stdint.h>

static size_t fleet_failed(const struct fleet *fleet, const struct member *members)
{
	size_t failed = 0;
	for (size_t i = 0; i < fleet->members.count; i++)
		failed += members[i].state == MEMBER_FAILED;
	return failed;
}

bool fleet_has_to_stop(const struct fleet *fleet, const struct member *members)
{
	int64_t allowed = fleet_failed_allowed(fleet);
	return allowed >= 0 && (int64_t)fleet_failed(fleet, members) > allowed;
}

/* Where there are more workers than customers a day, each has its turn. */
static int64_t part_of_day(int64_t per_day, const struct shard *shard, int32_t day)
{
	int64_t left = per_day % shard->count;
	int64_t turn = (shard->index + day * left) % shard->count;
	return per_day / shard->count + (turn < left);
}

size_t fleet_may_begin(const struct fleet *fleet, const struct member *members, const struct shard *shard,
		       int64_t now_ms)
{
	int32_t today = date_of_ms(now_ms);
	int64_t begun = 0;
	if (!fleet->per_day)
		return SIZE_MAX;
	for (size_t i = 0; i < fleet->members.count; i++)
		begun += members[i].began_ms && date_of_ms(members[i].began_ms) == today &&
			 (!shard || shard_has(shard, i));
	int64_t allowed = shard ? part_of_day(fleet->per_day, shard, today) : fleet->per_day;
	return begun < allowed ? (size_t)(allowed - begun) : 0;
}

struct gate gate_judge(const struct fleet *fleet, const struct member *members, size_t wave, int64_t now_ms)
{
	const struct fleet_stage *stage = &fleet->waves.items[wave];
	struct gate gate = {.failed = fleet_failed(fleet, members), .allowed = fleet_failed_allowed(fleet)};
	int64_t last_ms = 0;
	for (size_t i = 0; i < fleet->members.count; i++) {
		if (fleet->members.items[i].wave != wave)
			continue;
		gate.members++;
		gate.counts[members[i].state]++;
		gate.by_service += members[i].state == MEMBER_WAITING && members[i].by_service;
		if (!member_is_there(&members[i], stage->until))
			continue;
		gate.there++;
		int64_t at = member_there_ms(&members[i], stage->until);
		last_ms = at > last_ms ? at : last_ms;
	}
	bool all = gate.there == gate.members;
	if (all) {
		gate.there_ms = last_ms;
		gate.opens_ms = last_ms + stage->soak_ms;
	}
	gate.verdict = fleet_has_to_stop(fleet, members)		   ? GATE_FAILED
		       : all && (!gate.members || now_ms >= gate.opens_ms) ? GATE_OPEN
									   : GATE_WAITING;
	return gate;
}
