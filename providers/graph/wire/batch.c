/* $batch: up to 20 requests in one, matched by id. */
#include "providers/graph/wire/batch.h"

#include <assert.h>
#include <string.h>

enum { FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 30000, MAX_ROUNDS = 12 };

struct sent_part {
	struct batch_part part;
	bool ended;
	bool seen; /* had an answer in this round */
};

struct sent_batch {
	struct graph_conn *conn;
	struct batch batch;
	struct arena *arena;
	struct sent_part parts[BATCH_MAX];
	struct http_timer timer;
	int64_t started_ms;
	int64_t longest_wait_ms; /* asked for by a part in this round; -1: none */
	int rounds;
	struct budget_round round;
	bool renewed; /* the token, after a part was answered 401 */
};

static void send_round(struct sent_batch *sent);

/* The parts that are still open, with their index as id. */
static void write_envelope(const struct sent_batch *sent, struct strbuf *text)
{
	static const char *const ids[BATCH_MAX] = {"0",	 "1",  "2",  "3",  "4",	 "5",  "6",
						   "7",	 "8",  "9",  "10", "11", "12", "13",
						   "14", "15", "16", "17", "18", "19"};
	const char *separator = "";
	strbuf_add(text, "{\"requests\":[");
	for (size_t i = 0; i < sent->batch.count; i++) {
		const struct sent_part *part = &sent->parts[i];
		struct json_writer w = JSON_WRITER(text);
		if (part->ended)
			continue;
		strbuf_add(text, separator);
		separator = ",";
		json_begin_object(&w);
		if (part->part.body) {
			json_put_key(&w, "body");
			json_put_raw(&w, part->part.body);
			json_put_key(&w, "headers");
			json_begin_object(&w);
			json_set_text(&w, "Content-Type", "application/json");
			json_end_object(&w);
		}
		json_set_text(&w, "id", ids[i]);
		json_set_text(&w, "method", http_method_name(part->part.method));
		json_set_text(&w, "url", part->part.url);
		json_end_object(&w);
	}
	strbuf_add(text, "]}");
}

static void end_part(struct sent_batch *sent, size_t index, const struct graph_reply *reply)
{
	sent->parts[index].ended = true;
	http_client_note_use(sent->conn->client);
	sent->batch.part(sent->batch.ctx, index, reply);
}

static int64_t part_retry_after_ms(const struct sent_batch *sent, const struct json *headers)
{
	int64_t wait_ms;
	JSON_EACH (header, headers) {
		const char *text = json_text(header);
		int64_t seconds;
		if (!str_eq_fold(json_key(header), "Retry-After"))
			continue;
		if (text && http_retry_after_parse(text, http_client_wall_ms(sent->conn->client), &wait_ms))
			return wait_ms;
		if (json_int(header, &seconds) && seconds >= 0)
			return seconds * 1000;
	}
	return -1;
}

/* Whether the part is worth another round rather than an end. */
static bool wants_another_round(struct sent_batch *sent, const struct graph_reply *reply)
{
	if (sent->batch.is_write || reply->outcome != GRAPH_BUSY)
		return false;
	int64_t spent_ms = http_client_now_ms(sent->conn->client) - sent->started_ms;
	if (sent->rounds >= MAX_ROUNDS || spent_ms + reply->retry_after_ms >= sent->conn->deadline_ms)
		return false;
	if (reply->retry_after_ms > sent->longest_wait_ms)
		sent->longest_wait_ms = reply->retry_after_ms;
	return true;
}

/*
 * The token ran out between the envelope and the part. Refused at the door, so nothing was done: once,
 * it is worth another try with a new token.
 */
static void take_unauthorized(struct sent_batch *sent, struct graph_reply *reply)
{
	const struct secret *token = token_cache_current(sent->conn->tokens);
	if (sent->rounds > 1 && sent->renewed && !sent->batch.is_write)
		return;
	if (!sent->renewed)
		token_cache_discard(sent->conn->tokens, token);
	sent->renewed = true;
	reply->outcome = GRAPH_BUSY;
}

static void settle_part(struct budget_round *round, int status, int64_t retry_after_ms)
{
	round->accepted += status < 400;
	round->refused += status == 429;
	round->failed += status >= 500;
	if (status == 429 && retry_after_ms > round->retry_after_ms)
		round->retry_after_ms = retry_after_ms;
}

static void take_part(struct sent_batch *sent, const struct json *answer, const struct graph_reply *envelope)
{
	const char *id = json_get_text(answer, "id");
	int64_t index, status;
	if (!id || !str_parse_int(id, 0, (int64_t)sent->batch.count - 1, &index) ||
	    !json_int(json_get(answer, "status"), &status) || status < 100 || status > 599)
		return;
	struct sent_part *part = &sent->parts[index];
	if (part->ended || part->seen)
		return;
	struct error err = ERROR_INIT;
	struct graph_reply reply = {.outcome = graph_outcome_of((int)status),
				    .status = (int)status,
				    .body = json_get(answer, "body"),
				    .retry_after_ms = part_retry_after_ms(sent, json_get(answer, "headers"))};
	part->seen = true;
	if (status == 401)
		take_unauthorized(sent, &reply);
	settle_part(&sent->round, (int)status, reply.retry_after_ms);
	if (wants_another_round(sent, &reply))
		return;
	if (reply.outcome != GRAPH_OK)
		graph_error(&(struct graph_failure){.method = part->part.method,
						    .url = part->part.url,
						    .status = reply.status,
						    .body = reply.body,
						    .headers = envelope->headers,
						    .client_request_id = envelope->client_request_id,
						    .redact = sent->conn->redact},
			    &err);
	reply.err = err.code ? &err : NULL;
	end_part(sent, (size_t)index, &reply);
	error_release(&err);
}

static size_t open_parts(const struct sent_batch *sent)
{
	size_t open = 0;
	for (size_t i = 0; i < sent->batch.count; i++)
		open += !sent->parts[i].ended;
	return open;
}

static void finish(struct sent_batch *sent)
{
	sent->batch.done(sent->batch.ctx);
	struct arena *arena = sent->arena;
	arena_free(arena);
}

/* The envelope itself failed: that is what happened to every part still open. */
static void end_all(struct sent_batch *sent, const struct graph_reply *reply)
{
	struct graph_reply part = *reply;
	part.body = NULL;
	for (size_t i = 0; i < sent->batch.count; i++)
		if (!sent->parts[i].ended)
			end_part(sent, i, &part);
	finish(sent);
}

static void end_missing(struct sent_batch *sent)
{
	struct error err = ERROR_INIT;
	error_set(&err, ERR_REMOTE, "the answer to a batch leaves out a part: its outcome is unknown");
	struct graph_reply reply = {.outcome = GRAPH_LOST, .retry_after_ms = -1, .err = &err};
	for (size_t i = 0; i < sent->batch.count; i++)
		if (!sent->parts[i].ended && !sent->parts[i].seen)
			end_part(sent, i, &reply);
	error_release(&err);
}

static int64_t wait_before_round(const struct sent_batch *sent)
{
	int64_t wait_ms = FIRST_WAIT_MS;
	if (sent->longest_wait_ms >= 0)
		return sent->longest_wait_ms;
	for (int i = 1; i < sent->rounds && wait_ms < LONGEST_WAIT_MS; i++)
		wait_ms *= 2;
	return wait_ms / 2 + random_below(sent->conn->random, wait_ms / 2 + 1);
}

static void on_round_due(void *ctx)
{
	struct sent_batch *sent = ctx;
	http_client_set_pause(sent->conn->client, NULL);
	send_round(sent);
}

static void on_envelope(void *ctx, const struct graph_reply *reply)
{
	struct sent_batch *sent = ctx;
	if (reply->outcome != GRAPH_OK) {
		end_all(sent, reply);
		return;
	}
	JSON_EACH (answer, json_get(reply->body, "responses"))
		take_part(sent, answer, reply);
	budget_settle(sent->conn->budget, &sent->round);
	/* A part that is missing: a read is asked again, of a write the caller must look. */
	int64_t spent_ms = http_client_now_ms(sent->conn->client) - sent->started_ms;
	if (sent->batch.is_write || sent->rounds >= MAX_ROUNDS || spent_ms >= sent->conn->deadline_ms)
		end_missing(sent);
	if (open_parts(sent) == 0) {
		finish(sent);
		return;
	}
	http_client_set_pause(sent->conn->client, "the service put a part of a batch off; it is asked again");
	http_client_after(sent->conn->client, &sent->timer, wait_before_round(sent));
}

static void send_round(struct sent_batch *sent)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	sent->rounds++;
	sent->longest_wait_ms = -1;
	sent->round = (struct budget_round){.is_write = sent->batch.is_write, .retry_after_ms = -1};
	for (size_t i = 0; i < sent->batch.count; i++) {
		const struct sent_part *part = &sent->parts[i];
		sent->parts[i].seen = false;
		if (part->ended)
			continue;
		budget_count(sent->conn->budget, part->part.method, part->part.url);
		if (sent->batch.is_write)
			sent->conn->writes++;
	}
	write_envelope(sent, &text);
	graph_send(sent->conn,
		   &(struct graph_request){.method = HTTP_POST,
					   .url = "/$batch",
					   .body = strbuf_text(&text),
					   .body_len = text.len,
					   .is_write = sent->batch.is_write,
					   .is_batch = true,
					   .owner_knows_use = true},
		   on_envelope, sent);
}

void batch_send(struct graph_conn *conn, const struct batch *batch)
{
	assert(batch->count > 0 && batch->count <= BATCH_MAX);
	struct arena *arena = arena_new();
	struct sent_batch *sent = arena_alloc(arena, sizeof *sent);
	*sent = (struct sent_batch){.conn = conn, .batch = *batch, .arena = arena};
	sent->timer = (struct http_timer){.fire = on_round_due, .ctx = sent};
	sent->started_ms = http_client_now_ms(conn->client);
	for (size_t i = 0; i < batch->count; i++) {
		const struct batch_part *part = &batch->parts[i];
		sent->parts[i].part = (struct batch_part){.method = part->method,
							  .url = arena_strdup(arena, part->url),
							  .body = arena_strdup(arena, part->body)};
	}
	send_round(sent);
}
