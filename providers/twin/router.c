/* Chooses one of the three services by path, applies faults, and keeps log and counters. */
#include "providers/twin/call.h"

static const struct call_services services = {graph_handle, control_handle};

void router_handle(struct call *call)
{
	call->services = &services;
	twin_run_due(call->twin);
	if (call->segment_count && str_eq(call->segments[0], "twin")) {
		control_handle(call);
		return;
	}
	call->twin->requests++;
	if (!fault_before(call)) {
		if (call->segment_count && str_eq(call->segments[0], "v1.0"))
			graph_handle(call);
		else if (call->segment_count && str_eq(call->segments[0], "beta"))
			call_error(call, 501, "NotImplemented", "The twin serves v1.0 only.");
		else
			login_handle(call);
	}
	fault_after(call);
	int64_t jitter = random_below(call->twin->random, call->twin->settings.jitter_ms + 1);
	call->delay_ms += call->twin->settings.latency_ms + jitter;
	log_call(call);
}
