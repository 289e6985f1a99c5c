/* A transport whose answers are a list, given in the order of the requests, which it records. */
#include "tests/support/scripted_transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void record(struct scripted *script, const struct http_request *request)
{
	struct scripted_request *copy = &script->requests[script->count];
	*copy = (struct scripted_request){.method = request->method,
					  .new_connection = request->new_connection,
					  .at_ms = script->clock->now_ms};
	copy->url = mem_strdup(request->url);
	if (request->secret_body)
		copy->body = mem_strdup(secret_expose(request->secret_body));
	else if (request->body)
		copy->body = mem_strdup(request->body);
	if (request->bearer)
		copy->bearer = mem_strdup(secret_expose(request->bearer));
}

static void submit(struct http_transport *t, const struct http_request *request, http_done *done, void *ctx)
{
	struct scripted *script = (struct scripted *)(void *)t;
	assert(script->count < SCRIPT_MAX && script->pending_count < SCRIPT_MAX);
	record(script, request);
	size_t at = script->pending_count++;
	script->pending[at].done = done;
	script->pending[at].ctx = ctx;
	script->pending[at].index = script->count++;
	if (script->pending_count > script->most_in_flight)
		script->most_in_flight = script->pending_count;
}

/* One answer a turn, the oldest first. */
static void drive(struct http_transport *t, int64_t wait_ms)
{
	struct scripted *script = (struct scripted *)(void *)t;
	static const struct scripted_answer over = {HTTP_ANSWERED, 599, NULL, NULL, NULL, false};
	(void)wait_ms;
	if (!script->pending_count)
		return;
	http_done *done = script->pending[0].done;
	void *ctx = script->pending[0].ctx;
	size_t index = script->pending[0].index;
	script->pending_count--;
	memmove(&script->pending[0], &script->pending[1], script->pending_count * sizeof script->pending[0]);
	const struct scripted_answer *answer = index < script->answer_count ? &script->answers[index] : &over;
	struct http_header header = {answer->header, answer->value};
	struct http_response response = {.outcome = answer->outcome,
					 .status = answer->status,
					 .body = answer->body ? answer->body : "",
					 .problem = "scripted",
					 .problem_is_tls = answer->tls_problem};
	response.body_len = strlen(response.body);
	if (answer->header)
		response.headers = (struct http_header_list){&header, 1, 1};
	done(ctx, &response);
}

static void nothing(struct http_transport *t)
{
	(void)t;
}

void scripted_init(struct scripted *script, struct fake_clock *clock, const struct scripted_answer *answers,
		   size_t count)
{
	static const struct http_transport_ops ops = {.submit = submit, .drive = drive, .free = nothing};
	*script = (struct scripted){
		.base.ops = &ops, .clock = clock, .answers = answers, .answer_count = count};
}

void scripted_release(struct scripted *script)
{
	for (size_t i = 0; i < script->count; i++) {
		free(script->requests[i].url);
		free(script->requests[i].body);
		free(script->requests[i].bearer);
	}
}
