/* Where the members of a fleet stand while it is carried out, and what stops it. */
#include "cmd/fleet/fleet_work.h"

void work_stop(struct work *w, const char *why, int status)
{
	w->stopped = why;
	w->stopped_status = status;
}

bool work_is_in_slice(const struct work *w, size_t index)
{
	return !w->shard.count || shard_has(&w->shard, index);
}

/* A member that cannot be read is unknown, and fails: nothing is begun on top of what nobody understands. */
void work_look_at(struct work *w, size_t index)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct error err = ERROR_INIT;
	struct member member = {0};
	if (!member_read(w->app->dir, &w->folder, index, tmp, &member, &err)) {
		member = (struct member){.state = MEMBER_FAILED, .status = error_info(err.code)->status};
		member.cause = arena_strdup(tmp, err.message);
		error_release(&err);
	}
	member.cause = arena_strdup(w->app->arena, member.cause);
	w->members[index] = member;
}

void work_look_at_all(struct work *w)
{
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		work_look_at(w, i);
}

const char *work_why_not_open(struct work *w, const struct gate *gate)
{
	const struct fleet_stage *stage = &w->folder.fleet.waves.items[w->wave];
	char opens[TIMESTAMP_TEXT_SIZE];
	if (gate->verdict == GATE_FAILED)
		return "more customers have failed than max_failed allows";
	if (gate->there < gate->members)
		return arena_printf(w->app->arena, "wave '%s' is not there yet: %zu of %zu are %s",
				    stage->name, gate->there, gate->members, wave_until_name(stage->until));
	timestamp_format(gate->opens_ms, opens);
	return arena_printf(w->app->arena, "wave '%s' soaks until %s", stage->name, opens);
}
