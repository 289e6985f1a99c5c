/* The control calls under /twin/: dispatch, settings, faults, clearing. */
#include "providers/twin/control.h"

#include "providers/twin/load.h"

static bool control_fault(struct call *call, const struct json *body, struct error *err)
{
	return fault_add(call->twin, body, err);
}

static bool control_settings(struct call *call, const struct json *body, struct error *err)
{
	return load_settings(call->twin, body, &call->twin->settings, err);
}

/* Takes away faults, counters and the log; what the tenants have become stays. */
static bool control_clear(struct call *call, const struct json *body, struct error *err)
{
	struct twin *twin = call->twin;
	if (!load_keys(body, "clear", "", err))
		return false;
	twin->faults.count = 0;
	twin->counters.count = 0;
	twin->log.count = 0;
	twin->requests = twin->parts = twin->writes = twin->throttled = twin->tokens_issued = 0;
	twin->log_dropped = 0;
	twin->peak_in_flight = twin->in_flight;
	for (size_t t = 0; t < twin->tenants.count; t++) {
		struct twin_tenant *tenant = twin->tenants.items[t];
		tenant->buckets.count = 0;
		for (size_t i = 0; i < tenant->users.count; i++) {
			tenant->users.items[i]->assign_attempts = 0;
			tenant->users.items[i]->assign_successes = 0;
		}
	}
	return true;
}

/* Moves the twin's time forward: delays, lag, tokens, page tokens and terms. */
static bool control_advance(struct call *call, const struct json *body, struct error *err)
{
	int64_t step_ms = 0;
	if (!load_keys(body, "advance", "ms", err) ||
	    !load_int(body, "ms", 0, INT64_C(400) * 86400000, &step_ms, err))
		return false;
	call->twin->offset_ms += step_ms;
	twin_run_due(call->twin);
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct call *call, const struct json *body, struct error *err);
} posts[] = {
	{"advance", control_advance}, {"cancel", control_cancel},     {"challenge", control_challenge},
	{"clear", control_clear},     {"contract", control_contract}, {"device", control_device},
	{"fault", control_fault},     {"group", control_group},	      {"provision", control_provision},
	{"redeem", control_redeem},   {"settings", control_settings}, {"user", control_user},
};

static const struct {
	const char *name;
	void (*run)(struct call *call);
} gets[] = {
	{"counters", control_counters},
	{"log", control_log},
	{"state", control_state},
};

static void post(struct call *call, size_t index)
{
	struct error err = ERROR_INIT;
	CLEANUP(json_freep) struct json *body = NULL;
	const char *text = call->body_len ? call->body : "{}";
	json_begin_object(&call->w);
	bool ok = json_parse(text, call->body_len ? call->body_len : 2, &body, &err) &&
		  posts[index].run(call, body, &err);
	if (ok)
		json_end_object(&call->w);
	else
		call_error(call, 400, "BadRequest", "%s%s%s", err.message, err.hint ? ". " : "",
			   err.hint ? err.hint : "");
	error_release(&err);
}

/* What can be called, for whoever looks. */
static void control_help(struct call *call)
{
	json_begin_object(&call->w);
	json_put_key(&call->w, "get");
	json_begin_array(&call->w);
	for (size_t i = 0; i < ARRAY_LEN(gets); i++)
		json_put_text(&call->w, arena_printf(call->arena, "/twin/%s", gets[i].name));
	json_end_array(&call->w);
	json_set_text(&call->w, "help",
		      "Each POST takes a JSON object. What is in it: 'seatshift help twin-file', or "
		      "seatshift-twin(5).");
	json_put_key(&call->w, "post");
	json_begin_array(&call->w);
	for (size_t i = 0; i < ARRAY_LEN(posts); i++)
		json_put_text(&call->w, arena_printf(call->arena, "/twin/%s", posts[i].name));
	json_end_array(&call->w);
	json_end_object(&call->w);
}

void control_handle(struct call *call)
{
	const char *name = call->segment_count == 2 ? call->segments[1] : "";
	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		if (str_eq(call->method, "POST") && str_eq(name, posts[i].name)) {
			post(call, i);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(gets); i++) {
		if (str_eq(call->method, "GET") && str_eq(name, gets[i].name)) {
			gets[i].run(call);
			return;
		}
	}
	if (str_eq(call->method, "GET") && !*name) {
		control_help(call);
		return;
	}
	call_error(call, 404, "BadRequest", "no such control call; GET /twin/ lists them");
}
