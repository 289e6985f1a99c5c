/*
 * POST /$batch: up to 20 requests, each answered by itself.
 *
 * Parts run in the order that dependsOn demands and are answered in another one. Parts that do not
 * depend on each other run at the same time, so two that write one user collide (licensing.c).
 */
#include "providers/twin/graph.h"

#include <string.h>

enum { BATCH_MAX = 20 };

struct part {
	const struct json *json;
	const char *id;
	struct call call;
	struct strbuf body;
	const char *wrote; /* the user it changed, or NULL */
	bool ran;
	bool failed;
};

struct batch {
	struct part parts[BATCH_MAX];
	size_t count;
};

static void batch_release(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		call_release(&batch->parts[i].call);
		strbuf_release(&batch->parts[i].body);
	}
}

static struct part *find_part(struct batch *batch, const char *id)
{
	for (size_t i = 0; id && i < batch->count; i++) {
		if (str_eq_fold(batch->parts[i].id, id))
			return &batch->parts[i];
	}
	return NULL;
}

static bool read_headers(struct call *call, struct part *part)
{
	JSON_EACH (header, json_get(part->json, "headers")) {
		const char *value = json_text(header);
		if (!value)
			return call_error(call, 400, "BadRequest",
					  "The header '%s' of request '%s' is not a string.",
					  json_key(header), part->id);
		const char *name = str_lower(call->arena, json_key(header));
		VEC_PUSH(call->arena, &part->call.headers,
			 (struct http_header){name, arena_strdup(call->arena, value)});
	}
	return true;
}

static bool read_part(struct call *call, struct batch *batch, const struct json *json)
{
	struct part *part = &batch->parts[batch->count];
	const char *id = json_get_text(json, "id");
	const char *method = json_get_text(json, "method");
	const char *url = json_get_text(json, "url");
	if (!id || !*id || !method || !url)
		return call_error(call, 400, "BadRequest",
				  "Each request of a batch needs 'id', 'method' and 'url'.");
	if (find_part(batch, id))
		return call_error(call, 400, "BadRequest", "The request id '%s' is not unique in the batch.",
				  id);
	part->json = json;
	part->id = arena_strdup(call->arena, id);
	part->body = (struct strbuf)STRBUF_INIT(STRBUF_LARGE);
	call_init(&part->call, call->twin, call->arena);
	batch->count++;
	part->call.method = arena_strdup(call->arena, method);
	part->call.base = call->base;
	part->call.outer = call;
	part->call.services = call->services;
	if (!read_headers(call, part))
		return false;
	const struct json *body = json_get(json, "body");
	if (json_type(body) == JSON_NULL)
		return true;
	if (!call_header(&part->call, "content-type"))
		return call_error(call, 400, "BadRequest",
				  "The request '%s' has a body and no Content-Type header.", id);
	struct json_writer w = JSON_WRITER(&part->body);
	json_put_value(&w, body);
	part->call.body = strbuf_text(&part->body);
	part->call.body_len = part->body.len;
	return true;
}

static bool check_dependencies(struct call *call, struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		JSON_EACH (id, json_get(batch->parts[i].json, "dependsOn")) {
			const struct part *other = find_part(batch, json_text(id));
			if (!other || other == &batch->parts[i])
				return call_error(
					call, 400, "BadRequest",
					"The request '%s' depends on a request that is not in the batch.",
					batch->parts[i].id);
		}
	}
	return true;
}

static bool comes_after(struct batch *batch, const struct part *part, const struct part *other)
{
	JSON_EACH (id, json_get(part->json, "dependsOn")) {
		const struct part *before = find_part(batch, json_text(id));
		if (before == other || comes_after(batch, before, other))
			return true;
	}
	return false;
}

/* The users that parts running beside this one are writing. */
static void collect_busy(struct call *call, struct batch *batch, const struct part *part)
{
	call->busy_users.count = 0;
	for (size_t i = 0; i < batch->count; i++) {
		const struct part *other = &batch->parts[i];
		if (other->wrote && !(part && comes_after(batch, part, other)))
			VEC_PUSH(call->arena, &call->busy_users, other->wrote);
	}
}

static void run_part(struct call *call, struct batch *batch, struct part *part)
{
	const char *url = json_get_text(part->json, "url");
	part->ran = true;
	collect_busy(call, batch, part);
	size_t busy = call->busy_users.count;
	if (!str_starts(url, "/"))
		url = arena_printf(call->arena, "/%s", url);
	if (call_parse(&part->call, url)) {
		if (!fault_before(&part->call))
			call->services->graph(&part->call);
		fault_after(&part->call);
	}
	part->failed = part->call.status >= 400;
	if (call->busy_users.count > busy)
		part->wrote = call->busy_users.items[busy];
}

/* Runs what can run; false when nothing more can: the rest waits for itself in a circle. */
static bool run_ready(struct call *call, struct batch *batch)
{
	bool any = false;
	for (size_t i = 0; i < batch->count; i++) {
		struct part *part = &batch->parts[i];
		bool ready = !part->ran, failed = false;
		JSON_EACH (id, json_get(part->json, "dependsOn")) {
			const struct part *other = find_part(batch, json_text(id));
			ready = ready && other->ran;
			failed = failed || other->failed;
		}
		if (!ready)
			continue;
		any = true;
		if (failed) {
			part->ran = part->failed = true;
			call_error(&part->call, 424, "FailedDependency",
				   "The request did not run because a request it depends on failed.");
			part->call.path = json_get_text(part->json, "url");
			continue;
		}
		run_part(call, batch, part);
	}
	return any;
}

static void write_headers(struct call *call, const struct part *part)
{
	struct json_writer *w = &call->w;
	struct str_list names = {0};
	bool has_body = part->call.out.len > 0;
	for (size_t i = 0; i < part->call.answer_headers.count; i++)
		VEC_PUSH(call->arena, &names, part->call.answer_headers.items[i].name);
	if (has_body)
		VEC_PUSH(call->arena, &names, "Content-Type");
	str_list_sort_unique(&names);
	json_begin_object(w);
	for (size_t i = 0; i < names.count; i++) {
		const char *value = part->call.content_type;
		for (size_t k = 0; k < part->call.answer_headers.count; k++) {
			if (str_eq(part->call.answer_headers.items[k].name, names.items[i]))
				value = part->call.answer_headers.items[k].value;
		}
		json_set_text(w, names.items[i], value);
	}
	json_end_object(w);
}

static void write_part(struct call *call, const struct part *part)
{
	struct json_writer *w = &call->w;
	json_begin_object(w);
	if (part->call.out.len && str_eq(part->call.content_type, "application/json")) {
		json_put_key(w, "body");
		/* Written already, and canonical. */
		strbuf_add_bytes(w->out, part->call.out.ptr, part->call.out.len);
		w->has_key = false;
		w->comma = true;
	} else if (part->call.out.len) {
		json_set_text(w, "body", strbuf_text(&part->call.out));
	}
	json_put_key(w, "headers");
	write_headers(call, part);
	json_set_text(w, "id", part->id);
	json_set_int(w, "status", part->call.status);
	json_end_object(w);
}

/* Answers come in any order: here the last is first, so that nobody relies on theirs. */
static void write_answers(struct call *call, struct batch *batch)
{
	json_begin_object(&call->w);
	json_put_key(&call->w, "responses");
	json_begin_array(&call->w);
	for (size_t i = batch->count; i-- > 0;) {
		const struct part *part = &batch->parts[i];
		if (part->call.fate != FATE_OMIT)
			write_part(call, part);
		/* A part cannot close the connection alone. */
		if (part->call.fate == FATE_DROP || part->call.fate == FATE_RESET ||
		    part->call.fate == FATE_TRUNCATE || part->call.fate == FATE_MALFORM ||
		    part->call.fate == FATE_TRICKLE)
			call->fate = part->call.fate;
		if (part->call.delay_ms > call->delay_ms)
			call->delay_ms = part->call.delay_ms;
	}
	json_end_array(&call->w);
	json_end_object(&call->w);
	for (size_t i = 0; i < batch->count; i++) {
		const struct part *part = &batch->parts[i];
		VEC_PUSH(call->arena, &call->parts,
			 (struct twin_log_part){part->id, part->call.method,
						arena_strdup(call->arena, json_get_text(part->json, "url")),
						part->call.fate == FATE_OMIT ? 0 : part->call.status});
	}
}

/* While the answer is on its way, what the parts wrote is still being written. */
static void keep_users_busy(struct call *call, struct batch *batch)
{
	collect_busy(call, batch, NULL);
	for (size_t i = 0; i < call->busy_users.count; i++) {
		struct twin_user *user = twin_find_user_now(call->tenant, call->busy_users.items[i]);
		if (user)
			user->busy_until_ms = twin_now(call->twin) + call->twin->settings.latency_ms;
	}
}

static bool read_batch(struct call *call, const struct json *root, struct batch *batch)
{
	const struct json *requests = json_get(root, "requests");
	if (json_type(requests) != JSON_ARRAY || !json_first(requests))
		return call_error(call, 400, "BadRequest",
				  "A batch needs a list of 'requests' with at least one.");
	if (json_count(requests) > BATCH_MAX)
		return call_error(call, 400, "MaximumValueExceeded",
				  "Number of batch request steps exceeds the maximum value of %d.",
				  BATCH_MAX);
	JSON_EACH (json, requests) {
		if (!read_part(call, batch, json))
			return false;
	}
	return check_dependencies(call, batch);
}

void graph_batch(struct call *call)
{
	CLEANUP(json_freep) struct json *root = NULL;
	CLEANUP(batch_release) struct batch batch = {0};
	if (!odata_allow(call, "") || !call_json(call, &root) || !read_batch(call, root, &batch))
		return;
	while (run_ready(call, &batch))
		continue;
	for (size_t i = 0; i < batch.count; i++) {
		if (!batch.parts[i].ran) {
			call_error(call, 400, "BadRequest",
				   "The requests of the batch depend on each other in a circle.");
			return;
		}
	}
	write_answers(call, &batch);
	keep_users_busy(call, &batch);
}
