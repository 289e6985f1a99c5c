/* The twin without a network: requests handed over, answers when they are due, time that is played. */
#include "providers/twin/inside.h"

#include "providers/twin/call.h"

#include <stdlib.h>
#include <string.h>

/* ---- time and chance -------------------------------------------------------------------------- */

static int64_t played_now(void *ctx)
{
	return ((struct played_clock *)ctx)->wall_ms;
}

static int64_t played_monotonic(void *ctx)
{
	return ((struct played_clock *)ctx)->monotonic_ms;
}

static void played_sleep(void *ctx, int64_t ms)
{
	struct played_clock *played = ctx;
	played->wall_ms += ms > 0 ? ms : 0;
	played->monotonic_ms += ms > 0 ? ms : 0;
}

void played_clock_init(struct played_clock *played, int64_t wall_ms)
{
	*played = (struct played_clock){.wall_ms = wall_ms, .monotonic_ms = 1};
	played->clock = (struct clock){played_now, played_monotonic, played_sleep, played};
}

/* SplitMix64: small, and good enough for faults and ids. */
uint64_t played_random_next(struct played_random *played)
{
	uint64_t z = played->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void played_fill(void *ctx, void *bytes, size_t len)
{
	unsigned char *to = bytes;
	for (size_t i = 0; i < len; i += 8) {
		uint64_t number = played_random_next(ctx);
		memcpy(to + i, &number, len - i < 8 ? len - i : 8);
	}
}

void played_random_init(struct played_random *played, uint64_t seed)
{
	*played = (struct played_random){.state = seed};
	played->random = (struct random){played_fill, played};
}

/* ---- one request ------------------------------------------------------------------------------ */

struct inside;
struct exchange {
	struct exchange *next; /* by what is due first, those of one moment in the order of their coming */
	struct arena *arena;
	struct call call;
	http_done *done;
	void *ctx;
	int64_t due_ms, begun_ms;
	bool carried_out;
};

struct inside {
	struct http_transport transport;
	struct twin *twin;
	struct played_clock *played;
	struct inside_watch watch;
	struct exchange *waiting;
	int64_t requests;
	bool dead;
};

static void exchange_free(struct exchange *exchange)
{
	call_release(&exchange->call);
	arena_free(exchange->arena);
	free(exchange);
}

static void add_header(struct exchange *exchange, const char *name, const char *value)
{
	VEC_PUSH(
		exchange->arena, &exchange->call.headers,
		(struct http_header){str_lower(exchange->arena, name), arena_strdup(exchange->arena, value)});
}

static void take_request(struct exchange *exchange, const struct http_request *request)
{
	struct arena *arena = exchange->arena;
	struct call *call = &exchange->call;
	call->method = http_method_name(request->method);
	call->base = INSIDE_URL;
	for (size_t i = 0; i < request->headers.count; i++)
		add_header(exchange, request->headers.items[i].name, request->headers.items[i].value);
	if (request->bearer)
		add_header(exchange, "authorization",
			   arena_printf(arena, "Bearer %s", secret_expose(request->bearer)));
	if (request->secret_header)
		add_header(exchange, request->secret_header, secret_expose(request->secret_header_value));
	if (request->secret_body) {
		call->body = arena_strdup(arena, secret_expose(request->secret_body));
		call->body_len = secret_len(request->secret_body);
	} else if (request->body) {
		call->body = arena_strndup(arena, request->body, request->body_len);
		call->body_len = request->body_len;
	}
}

/* Whoever asks for another address asks for nothing that is here. */
static const char *target_of(const char *url)
{
	size_t len = strlen(INSIDE_URL);
	return strncmp(url, INSIDE_URL, len) == 0 && url[len] == '/' ? url + len : NULL;
}

static void carry_out(struct inside *inside, struct exchange *exchange, const char *target)
{
	if (inside->watch.ends && inside->watch.ends(inside->watch.ctx, inside->requests, false))
		inside->dead = true;
	if (inside->dead)
		return;
	if (call_parse(&exchange->call, target))
		router_handle(&exchange->call);
	exchange->carried_out = true;
	if (inside->watch.ends && inside->watch.ends(inside->watch.ctx, inside->requests, true))
		inside->dead = true;
}

static void queue(struct inside *inside, struct exchange *exchange)
{
	struct exchange **at = &inside->waiting;
	while (*at && (*at)->due_ms <= exchange->due_ms)
		at = &(*at)->next;
	exchange->next = *at;
	*at = exchange;
}

static void submit(struct http_transport *t, const struct http_request *request, http_done *done, void *ctx)
{
	struct inside *inside = (struct inside *)t;
	struct exchange *exchange = mem_alloc(sizeof *exchange);
	const char *target = target_of(request->url);
	*exchange = (struct exchange){.arena = arena_new(), .done = done, .ctx = ctx};
	call_init(&exchange->call, inside->twin, exchange->arena);
	exchange->begun_ms = inside->played->monotonic_ms;
	if (!inside->dead && target) {
		inside->requests++;
		take_request(exchange, request);
		carry_out(inside, exchange, target);
	}
	exchange->due_ms = exchange->begun_ms + exchange->call.delay_ms;
	queue(inside, exchange);
}

/* ---- answers ---------------------------------------------------------------------------------- */

static struct http_response unanswered(const struct exchange *exchange)
{
	return (struct http_response){
		.outcome = exchange->carried_out ? HTTP_LOST : HTTP_NOT_SENT,
		.problem = exchange->carried_out ? "the answer did not come" : "it was not sent",
		.body = "",
	};
}

static void put_headers(struct exchange *exchange, struct http_response *response)
{
	struct arena *arena = exchange->arena;
	const struct call *call = &exchange->call;
	char date[HTTP_DATE_TEXT_SIZE];
	http_date_format(twin_wall(call->twin), date);
	VEC_PUSH(arena, &response->headers, (struct http_header){"date", arena_strdup(arena, date)});
	if (call->out.len)
		VEC_PUSH(arena, &response->headers, (struct http_header){"content-type", call->content_type});
	for (size_t i = 0; i < call->answer_headers.count; i++)
		VEC_PUSH(arena, &response->headers,
			 (struct http_header){str_lower(arena, call->answer_headers.items[i].name),
					      call->answer_headers.items[i].value});
}

static struct http_response answer_of(const struct inside *inside, struct exchange *exchange)
{
	const struct call *call = &exchange->call;
	enum call_fate fate = call->fate;
	if (inside->dead || !exchange->carried_out || fate == FATE_DROP || fate == FATE_RESET ||
	    fate == FATE_TRUNCATE)
		return unanswered(exchange);
	size_t len = fate == FATE_MALFORM ? call->out.len / 2 : call->out.len;
	struct http_response response = {
		.outcome = HTTP_ANSWERED,
		.status = call->status,
		.body = len ? arena_strndup(exchange->arena, call->out.ptr, len) : "",
		.body_len = len,
	};
	put_headers(exchange, &response);
	return response;
}

static void drive(struct http_transport *t, int64_t wait_ms)
{
	struct inside *inside = (struct inside *)t;
	struct played_clock *played = inside->played;
	struct exchange *exchange = inside->waiting;
	int64_t left = exchange ? exchange->due_ms - played->monotonic_ms : INT64_MAX;
	if (!exchange || (left > wait_ms && !inside->dead)) {
		played_sleep(played, wait_ms);
		return;
	}
	inside->waiting = exchange->next;
	played_sleep(played, inside->dead ? 0 : left);
	struct http_response response = answer_of(inside, exchange);
	response.elapsed_ms = played->monotonic_ms - exchange->begun_ms;
	exchange->done(exchange->ctx, &response);
	exchange_free(exchange);
}

static void free_inside(struct http_transport *t)
{
	struct inside *inside = (struct inside *)t;
	while (inside->waiting) {
		struct exchange *exchange = inside->waiting;
		inside->waiting = exchange->next;
		exchange_free(exchange);
	}
	free(inside);
}

struct http_transport *inside_transport_new(struct twin *twin, struct played_clock *played,
					    const struct inside_watch *watch)
{
	static const struct http_transport_ops ops = {.submit = submit, .drive = drive, .free = free_inside};
	struct inside *inside = mem_alloc(sizeof *inside);
	*inside = (struct inside){.transport = {&ops}, .twin = twin, .played = played};
	if (watch)
		inside->watch = *watch;
	return &inside->transport;
}

void inside_transport_end(struct http_transport *transport)
{
	((struct inside *)transport)->dead = true;
}

/* ---- control ---------------------------------------------------------------------------------- */

bool inside_ask(struct twin *twin, const char *what, const char *body, struct json **ret_answer,
		struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct call call;
	call_init(&call, twin, arena);
	call.method = body ? "POST" : "GET";
	call.base = INSIDE_URL;
	call.body = body ? body : "";
	call.body_len = strlen(call.body);
	bool ok = call_parse(&call, arena_printf(arena, "/twin/%s", what));
	if (ok)
		router_handle(&call);
	ok = ok && call.status < 300;
	if (!ok)
		error_set(err, ERR_FAILED, "the twin refuses '%s': %.*s", what, (int)call.out.len,
			  call.out.ptr ? call.out.ptr : "");
	else
		ok = json_parse(call.out.ptr, call.out.len, ret_answer, err);
	call_release(&call);
	return ok;
}
