/* A transport behind which a very small tenant lives. */
#include "tests/support/fake_graph.h"

#include "core/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *fake_user_id(struct arena *out, size_t index)
{
	return arena_printf(out, "%08zu-0000-4000-8000-000000000000", index);
}

static bool is_changed(const struct fake_graph *graph, size_t index)
{
	const struct fake_user *user = &graph->users[index];
	return user->changed || (user->changed_at_ms && graph->clock->now_ms >= user->changed_at_ms);
}

static bool is_seen_moved(const struct fake_graph *graph, size_t index, int64_t lag_ms)
{
	const struct fake_user *user = &graph->users[index];
	return user->moved && graph->clock->now_ms >= user->moved_at_ms + lag_ms;
}

static void add_user(struct strbuf *out, const struct fake_graph *graph, size_t index, int64_t lag_ms)
{
	bool seen = is_seen_moved(graph, index, lag_ms);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *id = fake_user_id(tmp, index);
	strbuf_addf(out,
		    "{\"id\":\"%s\",\"userPrincipalName\":\"u%zu@contoso.com\",\"usageLocation\":\"US\","
		    "\"assignedLicenses\":[",
		    id, index);
	if (!is_changed(graph, index))
		strbuf_addf(out, "{\"skuId\":\"%s\",\"disabledPlans\":[]}", seen ? FAKE_SKU_B : FAKE_SKU_A);
	strbuf_add(out, "]}");
}

static void add_part(struct strbuf *out, const char *id, int status, const char *headers, const char *body)
{
	if (out->ptr[out->len - 1] == '}')
		strbuf_add_char(out, ',');
	strbuf_addf(out, "{\"id\":\"%s\",\"status\":%d,\"headers\":{%s},\"body\":%s}", id, status, headers,
		    body);
}

static void read_part(struct strbuf *out, const struct fake_graph *graph, const char *id, size_t index)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(STRBUF_SMALL);
	if (graph->users[index].gone) {
		add_part(out, id, 404, "", "{\"error\":{\"code\":\"Request_ResourceNotFound\"}}");
		return;
	}
	add_user(&body, graph, index, graph->lag_ms);
	add_part(out, id, 200, "", strbuf_text(&body));
}

static void write_part(struct strbuf *out, struct fake_graph *graph, const char *id, size_t index,
		       enum fake_fault fault)
{
	static const struct {
		int status;
		const char *headers;
		bool done;
	} answers[] = {[FAKE_FINE] = {200, "", true},
		       [FAKE_LOST_AFTER] = {200, "", true},
		       [FAKE_LOST_BEFORE] = {200, "", false},
		       [FAKE_500_AFTER] = {500, "", true},
		       [FAKE_429] = {429, "\"Retry-After\":\"2\"", false},
		       [FAKE_MISSING] = {200, "", true},
		       [FAKE_REFUSED] = {400, "", false},
		       [FAKE_FORBIDDEN] = {403, "", false}};
	struct fake_user *user = &graph->users[index];
	if (answers[fault].done) {
		user->moved = true;
		user->moved_at_ms = graph->clock->now_ms;
		user->writes++;
	}
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *headers = answers[fault].headers;
	if (fault == FAKE_429 && graph->retry_after_s)
		headers = arena_printf(tmp, "\"Retry-After\":\"%d\"", graph->retry_after_s);
	if (fault != FAKE_MISSING || index % 2)
		add_part(out, id, answers[fault].status, headers,
			 "{\"error\":{\"code\":\"Code\",\"message\":\"words\"}}");
}

static enum fake_fault next_fault(struct fake_graph *graph)
{
	size_t n = graph->write_batches++;
	return n < graph->fault_count ? graph->faults[n] : FAKE_FINE;
}

static bool answer_batch(struct fake_graph *graph, const struct http_request *request, struct strbuf *out)
{
	struct error err = ERROR_INIT;
	CLEANUP(json_freep) struct json *root = NULL;
	bool good = json_parse(request->body, request->body_len, &root, &err);
	assert(good);
	const struct json *first = json_first(json_get(root, "requests"));
	bool is_write = !str_eq(json_get_text(first, "method"), "GET");
	enum fake_fault fault = is_write ? next_fault(graph) : FAKE_FINE;
	graph->read_batches += !is_write;
	strbuf_add(out, "{\"responses\":[");
	JSON_EACH (part, json_get(root, "requests")) {
		const char *url = json_get_text(part, "url");
		size_t index = strtoul(url + strlen("/users/"), NULL, 10);
		assert(index < FAKE_USERS);
		if (is_write)
			write_part(out, graph, json_get_text(part, "id"), index, fault);
		else
			read_part(out, graph, json_get_text(part, "id"), index);
	}
	strbuf_add(out, "]}");
	return fault != FAKE_LOST_AFTER && fault != FAKE_LOST_BEFORE;
}

static void answer_list(struct fake_graph *graph, const char *url, struct strbuf *out)
{
	bool moved = strstr(url, FAKE_SKU_B) != NULL;
	int64_t lag_ms = graph->list_lag_ms > graph->lag_ms ? graph->list_lag_ms : graph->lag_ms;
	const char *separator = "";
	graph->lists++;
	strbuf_add(out, "{\"value\":[");
	for (size_t i = 0; i < FAKE_USERS; i++) {
		bool holds = !graph->users[i].gone && !is_changed(graph, i);
		if (!holds || is_seen_moved(graph, i, lag_ms) != moved)
			continue;
		strbuf_add(out, separator);
		add_user(out, graph, i, lag_ms);
		separator = ",";
	}
	strbuf_add(out, "]}");
}

static void add_sku(struct strbuf *out, const struct fake_graph *graph, const char *id, bool moved)
{
	int consumed = 0;
	for (size_t i = 0; i < FAKE_USERS; i++)
		consumed += is_seen_moved(graph, i, graph->lag_ms) == moved;
	strbuf_addf(out,
		    "{\"skuId\":\"%s\",\"skuPartNumber\":\"%s\",\"consumedUnits\":%d,"
		    "\"prepaidUnits\":{\"enabled\":100},\"servicePlans\":[]}",
		    id, moved ? "B" : "A", consumed);
}

static void answer_skus(const struct fake_graph *graph, struct strbuf *out)
{
	strbuf_add(out, "{\"value\":[");
	add_sku(out, graph, FAKE_SKU_A, false);
	strbuf_add(out, ",");
	add_sku(out, graph, FAKE_SKU_B, true);
	strbuf_add(out, "]}");
}

static void submit(struct http_transport *t, const struct http_request *request, http_done *done, void *ctx)
{
	struct fake_graph *graph = (struct fake_graph *)(void *)t;
	assert(graph->pending_count < ARRAY_LEN(graph->pending));
	size_t at = graph->pending_count++;
	graph->pending[at].request = request;
	graph->pending[at].done = done;
	graph->pending[at].ctx = ctx;
}

static void drive(struct http_transport *t, int64_t wait_ms)
{
	struct fake_graph *graph = (struct fake_graph *)(void *)t;
	(void)wait_ms;
	if (!graph->pending_count)
		return;
	size_t at = --graph->pending_count;
	const struct http_request *request = graph->pending[at].request;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(STRBUF_LARGE);
	struct http_response response = {.outcome = HTTP_ANSWERED, .status = 200, .problem = "lost"};
	if (strstr(request->url, "/token"))
		strbuf_add(&body, "{\"access_token\":\"t\",\"expires_in\":3599}");
	else if (strstr(request->url, "/organization"))
		strbuf_add(&body, "{\"value\":[{\"id\":\"" FAKE_TENANT "\",\"verifiedDomains\":[]}]}");
	else if (strstr(request->url, "/subscribedSkus"))
		answer_skus(graph, &body);
	else if (strstr(request->url, "/directory/subscriptions"))
		strbuf_add(&body, "{\"value\":[]}");
	else if (strstr(request->url, "/users?") && graph->no_lists)
		response.status = 400;
	else if (strstr(request->url, "/users?"))
		answer_list(graph, request->url, &body);
	else if (!answer_batch(graph, request, &body))
		response.outcome = HTTP_LOST;
	response.body = strbuf_text(&body);
	response.body_len = body.len;
	graph->pending[at].done(graph->pending[at].ctx, &response);
}

static void nothing(struct http_transport *t)
{
	(void)t;
}

void fake_graph_init(struct fake_graph *graph, struct fake_clock *clock)
{
	static const struct http_transport_ops ops = {.submit = submit, .drive = drive, .free = nothing};
	*graph = (struct fake_graph){.base.ops = &ops, .clock = clock};
}
