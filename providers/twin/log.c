/* What was asked of the twin: counters by kind of call, and every request in order. Nothing secret. */
#include "providers/twin/call.h"

enum { LOG_MAX = 200000 };

void log_count(struct twin *twin, const char *method, const char *pattern)
{
	for (size_t i = 0; i < twin->counters.count; i++) {
		struct twin_counter *counter = &twin->counters.items[i];
		if (str_eq(counter->method, method) && str_eq(counter->pattern, pattern)) {
			counter->count++;
			return;
		}
	}
	VEC_PUSH(twin->arena, &twin->counters, (struct twin_counter){method, pattern, 1});
}

void log_call(struct call *call)
{
	struct twin *twin = call->twin;
	if (twin->log.count == LOG_MAX) {
		twin->log_dropped++;
		return;
	}
	const char *client_id = call_header(call, "client-request-id");
	struct twin_log_entry entry = {
		.at_ms = twin_wall(twin),
		.method = arena_strdup(twin->arena, call->method),
		.path = *call->query ? arena_printf(twin->arena, "%s?%s", call->path, call->query)
				     : arena_strdup(twin->arena, call->path),
		.tenant = call->tenant ? call->tenant->id : NULL,
		.client_request_id = arena_strdup(twin->arena, client_id),
		.fault = call->fault,
		.status = call->fate == FATE_DROP || call->fate == FATE_RESET ? 0 : call->status,
	};
	for (size_t i = 0; i < call->parts.count; i++) {
		struct twin_log_part part = call->parts.items[i];
		part.id = arena_strdup(twin->arena, part.id);
		part.method = arena_strdup(twin->arena, part.method);
		part.path = arena_strdup(twin->arena, part.path);
		VEC_PUSH(twin->arena, &entry.parts, part);
	}
	VEC_PUSH(twin->arena, &twin->log, entry);
}
