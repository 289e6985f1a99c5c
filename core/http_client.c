/* HTTP requests that are worth repeating: queue, concurrency, retries, waits and timers. */
#include "core/http_client_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	DEFAULT_CONCURRENCY = 4,
	DEFAULT_DEADLINE_MS = 300000,
	SHORTEST_TRY_MS =
		50, /* in less than this no answer comes: a try would only hide what was said last */
	TURN_MS = 1000,
};

struct http_client *http_client_new(const struct http_client_options *options)
{
	struct http_client *client = mem_alloc(sizeof *client);
	*client = (struct http_client){
		.transport = options->transport,
		.clock = *options->clock,
		.random = *options->random,
		.gate = options->gate,
		.concurrency = options->concurrency ? options->concurrency : DEFAULT_CONCURRENCY,
		.deadline_ms = options->deadline_ms ? options->deadline_ms : DEFAULT_DEADLINE_MS,
		.ends_at_ms = options->ends_at_ms,
		.patience_ms = options->patience_ms,
		.person_ms = -1,
		.waiting = options->waiting,
		.waiting_ctx = options->waiting_ctx,
		.tells_progress = options->tells_progress,
		.should_stop = options->should_stop,
		.stop_ctx = options->stop_ctx};
	return client;
}

void http_client_free(struct http_client *client)
{
	free(client);
}

size_t http_client_pending(const struct http_client *client)
{
	return client->pending;
}

int64_t http_client_sent(const struct http_client *client)
{
	return client->sent;
}

int64_t http_client_now_ms(const struct http_client *client)
{
	return clock_monotonic_ms(&client->clock);
}

int64_t http_client_wall_ms(const struct http_client *client)
{
	return clock_now_ms(&client->clock);
}

void http_client_set_stopped(struct http_client *client, bool stopped)
{
	client->stopped = stopped;
}

static void put_last(struct call_list *list, struct http_call *call)
{
	call->next = NULL;
	if (list->last)
		list->last->next = call;
	else
		list->first = call;
	list->last = call;
}

/* What has waited already goes before what is new. */
static void put_first(struct call_list *list, struct http_call *call)
{
	call->next = list->first;
	list->first = call;
	if (!list->last)
		list->last = call;
}

static struct http_call *take_first(struct call_list *list)
{
	struct http_call *call = list->first;
	list->first = call->next;
	if (!list->first)
		list->last = NULL;
	return call;
}

void http_client_submit(struct http_client *client, struct http_call *call)
{
	call->client = client;
	call->attempts = 0;
	call->last_status = call->answered_status = 0;
	call->timeout_ms = call->request.timeout_ms;
	http_client_note_submit(client);
	call->submitted_ms = http_client_now_ms(client);
	if (!call->deadline_ms)
		call->deadline_ms = client->deadline_ms;
	client->pending++;
	put_last(&client->ready, call);
}

void http_client_after(struct http_client *client, struct http_timer *timer, int64_t wait_ms)
{
	assert(!timer->set);
	timer->set = true;
	timer->turn = client->turn;
	timer->due_ms = http_client_now_ms(client) + wait_ms;
	timer->next = client->timers;
	client->timers = timer;
}

void http_client_cancel(struct http_client *client, struct http_timer *timer)
{
	for (struct http_timer **p = &client->timers; *p; p = &(*p)->next) {
		if (*p != timer)
			continue;
		*p = timer->next;
		timer->set = false;
		return;
	}
}

static void delay(struct http_client *client, struct http_call *call, int64_t due_ms)
{
	call->due_ms = due_ms;
	call->next = client->delayed;
	client->delayed = call;
}

static void take_off(struct http_client *client, struct http_call *call)
{
	client->in_flight--;
	if (call->before)
		call->before->next = call->next;
	else
		client->flying = call->next;
	if (call->next)
		call->next->before = call->before;
}

static void put_in_flight(struct http_client *client, struct http_call *call)
{
	client->in_flight++;
	call->before = NULL;
	call->next = client->flying;
	if (call->next)
		call->next->before = call;
	client->flying = call;
}

static void on_response(void *ctx, const struct http_response *response)
{
	struct http_call *call = ctx;
	struct http_client *client = call->client;
	int64_t now_ms = http_client_now_ms(client);
	struct http_result result = {.response = response, .attempts = call->attempts};
	result.spent_ms = now_ms - call->submitted_ms;
	result.retry_after_ms = http_client_retry_after_ms(client, response);
	call->last_status = response->outcome == HTTP_ANSWERED ? response->status : 0;
	if (call->last_status)
		call->answered_status = call->last_status;
	take_off(client, call);
	if (client->gate.answered)
		client->gate.answered(client->gate.ctx, response, now_ms);
	/* The service works on the next one while this answer is taken apart. */
	http_client_kick(client);
	int64_t tries = http_client_tries_allowed(call, response);
	if (!client->stopped && call->attempts < tries) {
		int64_t wait_ms = result.retry_after_ms;
		if (wait_ms < 0)
			wait_ms = http_client_back_off_ms(client, call->attempts);
		int64_t left_ms = call->deadline_ms - result.spent_ms;
		if (http_client_end_ms(client) - now_ms < left_ms)
			left_ms = http_client_end_ms(client) - now_ms;
		if (wait_ms + SHORTEST_TRY_MS <= left_ms) {
			call->request.new_connection = http_client_wants_new_connection(response);
			delay(client, call, now_ms + wait_ms);
			return;
		}
		result.out_of_time = true;
	} else if (response->outcome == HTTP_ANSWERED) {
		client->answers++;
		if (!call->owner_knows_use)
			http_client_note_useful(client, now_ms);
	}
	client->pending--;
	call->done(call->ctx, &result);
}

/* No try is given more time than is left. */
static void set_timeout(const struct http_client *client, struct http_call *call)
{
	int64_t now_ms = http_client_now_ms(client);
	int64_t left_ms = call->submitted_ms + call->deadline_ms - now_ms;
	int64_t end_ms = http_client_end_ms(client);
	if (end_ms - now_ms < left_ms)
		left_ms = end_ms - now_ms;
	if (left_ms < 1)
		left_ms = 1;
	if (!call->timeout_ms || left_ms < call->timeout_ms)
		call->request.timeout_ms = left_ms;
	else
		call->request.timeout_ms = call->timeout_ms;
}

static void start(struct http_client *client, struct http_call *call)
{
	call->attempts++;
	put_in_flight(client, call);
	client->sent++;
	set_timeout(client, call);
	if (call->prepare)
		call->prepare(call->ctx, &call->request);
	if (client->gate.sent)
		client->gate.sent(client->gate.ctx, &call->request);
	client->transport->ops->submit(client->transport, &call->request, on_response, call);
}

static void release_delayed(struct http_client *client, int64_t now_ms)
{
	for (struct http_call **p = &client->delayed; *p;) {
		struct http_call *call = *p;
		if (call->due_ms > now_ms) {
			p = &call->next;
			continue;
		}
		*p = call->next;
		put_first(&client->ready, call);
	}
}

/* One that is set again while nothing is sent any more waits for the next turn at least, or this would not
 * end.
 */
static bool is_due(const struct http_client *client, const struct http_timer *timer, int64_t now_ms)
{
	bool over = client->stopped || now_ms >= http_client_end_ms(client);
	return over ? timer->turn != client->turn : timer->due_ms <= now_ms;
}

/* A timer that fires may set or cancel others, so each search begins anew. Says whether one fired. */
static bool fire_timers(struct http_client *client, int64_t now_ms)
{
	for (bool any = false;; any = true) {
		struct http_timer *timer = client->timers;
		while (timer && !is_due(client, timer, now_ms))
			timer = timer->next;
		if (!timer)
			return any;
		http_client_cancel(client, timer);
		client->firing = true;
		timer->fire(timer->ctx);
		client->firing = false;
	}
}

static int64_t gate_open_at(struct http_client *client, int64_t now_ms)
{
	return client->gate.open_at ? client->gate.open_at(client->gate.ctx, now_ms) : now_ms;
}

static size_t most_in_flight(const struct http_client *client)
{
	return client->gate.most ? client->gate.most(client->gate.ctx) : client->concurrency;
}

static void start_ready(struct http_client *client, int64_t now_ms)
{
	while (!client->stopped && client->ready.first && client->in_flight < most_in_flight(client) &&
	       gate_open_at(client, now_ms) <= now_ms)
		start(client, take_first(&client->ready));
}

void http_client_kick(struct http_client *client)
{
	int64_t now_ms = http_client_now_ms(client);
	if (now_ms < http_client_end_ms(client) && !http_client_should_stop(client))
		start_ready(client, now_ms);
}

static int64_t sooner(int64_t wait_ms, int64_t due_ms, int64_t now_ms)
{
	int64_t until = due_ms > now_ms ? due_ms - now_ms : 0;
	return until < wait_ms ? until : wait_ms;
}

/* Until something of the calls themselves is due. */
static int64_t wait_for_calls(struct http_client *client, int64_t wait_ms, int64_t now_ms)
{
	for (struct http_call *call = client->delayed; call; call = call->next)
		wait_ms = sooner(wait_ms, call->due_ms, now_ms);
	int64_t end_ms = http_client_end_ms(client);
	for (struct http_timer *timer = client->timers; timer; timer = timer->next)
		wait_ms = sooner(wait_ms, timer->due_ms < end_ms ? timer->due_ms : end_ms, now_ms);
	if (client->ready.first && client->in_flight < most_in_flight(client))
		wait_ms = sooner(wait_ms, gate_open_at(client, now_ms), now_ms);
	return wait_ms;
}

static int64_t wait_for(struct http_client *client, int64_t wait_ms, int64_t now_ms)
{
	return sooner(wait_for_calls(client, wait_ms, now_ms), http_client_word_due_ms(client), now_ms);
}

int64_t http_client_quiet_ms(struct http_client *client)
{
	return client->in_flight ? 0 : wait_for_calls(client, INT64_MAX, http_client_now_ms(client));
}

/* Says whether there was anything to end. What their owners submit meanwhile is for the next turn. */
static bool end_waiting(struct http_client *client, const char *why)
{
	const struct http_response response = {.outcome = HTTP_NOT_SENT, .problem = why};
	while (client->delayed) {
		struct http_call *call = client->delayed;
		client->delayed = call->next;
		put_first(&client->ready, call);
	}
	struct call_list ended = client->ready;
	bool any = ended.first != NULL;
	client->ready = (struct call_list){0};
	while (ended.first) {
		struct http_call *call = take_first(&ended);
		client->pending--;
		call->done(call->ctx,
			   &(struct http_result){.response = &response,
						 .attempts = call->attempts,
						 .spent_ms = http_client_now_ms(client) - call->submitted_ms,
						 .retry_after_ms = -1,
						 .out_of_time = !client->stopped});
	}
	return any;
}

/* Nothing is lost with a read. A write may have taken effect: it is waited for. */
static bool give_up_reads(struct http_client *client)
{
	bool any = false;
	if (!client->transport->ops->cancel)
		return false;
	for (struct http_call *call = client->flying; call;) {
		if (call->repeat != HTTP_REPEAT_READ) {
			call = call->next;
			continue;
		}
		client->transport->ops->cancel(client->transport, call);
		any = true;
		call = client->flying; /* its owner may have done anything since */
	}
	return any;
}

static bool end_early(struct http_client *client, int64_t now_ms)
{
	if (client->stopped) {
		bool ended = end_waiting(client, "stopped before it was sent");
		return give_up_reads(client) || ended;
	}
	return now_ms >= http_client_end_ms(client) && end_waiting(client, "the time for it was over");
}

void http_client_drive(struct http_client *client, int64_t wait_ms)
{
	int64_t now_ms = http_client_now_ms(client);
	client->turn++;
	bool happened = end_early(client, now_ms);
	happened = fire_timers(client, now_ms) || happened;
	release_delayed(client, now_ms);
	if (now_ms < http_client_end_ms(client))
		start_ready(client, now_ms);
	http_client_tell_waiting(client, now_ms);
	/* What happened just now may be all that the caller waits for. */
	wait_ms = happened ? 0 : wait_for(client, wait_ms, now_ms);
	if (client->in_flight)
		client->transport->ops->drive(client->transport, wait_ms);
	else if (wait_ms > 0)
		clock_sleep_ms(&client->clock, wait_ms);
}

bool http_client_should_stop(void *client)
{
	const struct http_client *of = client;
	return of->should_stop && of->should_stop(of->stop_ctx);
}

void http_client_wait(struct http_client *client, const bool *done)
{
	while (!*done) {
		if (http_client_should_stop(client))
			http_client_set_stopped(client, true);
		http_client_drive(client, TURN_MS);
	}
	http_client_set_stopped(client, false);
}

bool http_result_error(const struct http_call *call, const struct http_result *result, struct error *err)
{
	const struct http_response *response = result->response;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *origin = http_origin(tmp, call->request.url);
	const char *method = http_method_name(call->request.method);
	/* What the service said before says more than that there was no time to ask again. */
	const char *said = call->answered_status
				   ? arena_printf(tmp, "; it last answered %d", call->answered_status)
				   : "";
	error_set(err, ERR_NETWORK,
		  "no answer from '%s' to %s: %s (%s; %" PRId64 " %s in %" PRId64 ".%" PRId64 " s%s)",
		  origin ? origin : "?", method, response->problem ? response->problem : "unknown",
		  response->outcome == HTTP_NOT_SENT ? "not sent" : "sent, answer lost", result->attempts,
		  result->attempts == 1 ? "attempt" : "attempts", result->spent_ms / 1000,
		  result->spent_ms % 1000 / 100, said);
	if (response->problem_is_tls)
		error_hint(err, "The server's certificate could not be verified. Where a proxy inspects "
				"TLS, set CURL_CA_BUNDLE or SSL_CERT_FILE to its certificate authority.");
	else if (response->problem_is_proxy)
		error_hint(err, "Check the proxy that HTTPS_PROXY names, or list the host in NO_PROXY.");
	else if (response->problem_is_network)
		error_hint(err, "Check the network; where a proxy leads out, HTTPS_PROXY has to name it.");
	else if (result->out_of_time)
		error_hint(err, HTTP_OUT_OF_TIME_HINT);
	return false;
}
