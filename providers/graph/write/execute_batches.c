/* The two requests of an execution, a look and a write, and what follows from their answers. */
#include "providers/graph/write/change.h"
#include "providers/graph/write/executor.h"

#include <inttypes.h>
#include <string.h>

/* A replica that lags shows the state before or the result: what is neither, and stays so, was someone else.
 */
enum { MAX_SENDS = 8, FOREIGN_LOOKS = 5, KEPT_LOOKS = 3 };

struct operation {
	struct executor *x;
	struct arena *arena;
	struct item *items[BATCH_MAX];
	size_t count;
	size_t forbidden; /* parts answered 403 */
	struct error first_refusal;
};

static struct operation *operation_new(struct executor *x, struct item *const *items, size_t count)
{
	struct arena *arena = arena_new();
	struct operation *op = arena_alloc(arena, sizeof *op);
	*op = (struct operation){.x = x, .arena = arena, .count = count};
	memcpy(op->items, items, count * sizeof items[0]);
	x->in_flight++;
	return op;
}

static void operation_free(struct operation *op)
{
	op->x->in_flight--;
	error_release(&op->first_refusal);
	struct arena *arena = op->arena;
	arena_free(arena);
}

/* Not decided yet: another look later, unless the run is being wound down. */
static void look_again(struct executor *x, struct item *item)
{
	if (x->mode == MODE_RUN) {
		item_wait(x, item, item->step + 1);
		return;
	}
	/* Left without an outcome: announced and not ended, which the next run looks into. */
	item->stage = STAGE_ENDED;
	x->unresolved--;
}

static bool is_late(const struct executor *x, const struct item *item)
{
	return http_client_now_ms(x->run.conn->client) >= item->verify_until_ms;
}

static void give_up(struct executor *x, struct item *item, const char *difference)
{
	const char *seen = difference ? difference : "it is still as before";
	int64_t begun_ms = item->verify_until_ms - x->run.verify_ms;
	int64_t spent_ms = http_client_now_ms(x->run.conn->client) - begun_ms;
	const char *said = item->words		       ? item->words
			   : item->sent == SENT_UNSURE ? "announced by an earlier run"
						       : "accepted";
	const char *detail =
		arena_printf(x->arena, "%s, but %" PRId64 " s later: %s", said, spent_ms / 1000, seen);
	item_end(x, item, OUTCOME_UNKNOWN, detail);
}

static void after_accepted(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	if (is == AS_RESULT) {
		int64_t sent_ms = item->verify_until_ms - x->run.verify_ms;
		int64_t lag_ms = http_client_now_ms(x->run.conn->client) - sent_ms;
		if (lag_ms > x->longest_lag_ms)
			x->longest_lag_ms = lag_ms;
		item_end(x, item, OUTCOME_VERIFIED, difference);
	} else if (is_late(x, item)) {
		give_up(x, item, difference);
	} else {
		look_again(x, item);
	}
}

/*
 * Whether what may have been carried out would be seen by now: replicas lag, and those of this tenant
 * lag as long as they were seen to in this run, or longer.
 */
static bool would_show(const struct executor *x, const struct item *item)
{
	int64_t quiet_ms = x->longest_lag_ms * 2 > QUIET_MS ? x->longest_lag_ms * 2 : QUIET_MS;
	return item->quiet_since_ms < 0 ||
	       http_client_now_ms(x->run.conn->client) - item->quiet_since_ms >= quiet_ms;
}

static void send_again(struct executor *x, struct item *item)
{
	int64_t spent_ms = http_client_now_ms(x->run.conn->client) - item->first_sent_ms;
	bool in_time = item->sends < MAX_SENDS && spent_ms < x->run.conn->deadline_ms;
	if (x->mode != MODE_RUN) {
		look_again(x, item);
		return;
	}
	if (in_time) {
		/* Looked at a moment ago, and as expected: as good as one that was never sent. */
		x->unresolved--;
		item->sent = SENT_NEVER;
		item->stage = STAGE_READY;
		queue_put(&x->ready, item);
		return;
	}
	if (!item->throttled) {
		item_end(x, item, OUTCOME_FAILED, item->words);
		return;
	}
	struct error err = ERROR_INIT;
	error_set(&err, ERR_THROTTLED, "still throttled after %d tries in %" PRId64 " s: %s", item->sends,
		  spent_ms / 1000, item->words ? item->words : "");
	executor_wind_down(x, &err);
	error_release(&err);
	look_again(x, item);
}

static void after_unsure(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	item->unchanged_looks = is == AS_EXPECTED ? item->unchanged_looks + 1 : 0;
	if (is == AS_RESULT)
		item_end(x, item, OUTCOME_VERIFIED, difference);
	else if (is == AS_EXPECTED && item->unchanged_looks >= item->looks_before_resend &&
		 would_show(x, item))
		send_again(x, item);
	else if (is_late(x, item))
		give_up(x, item, difference);
	else
		look_again(x, item);
}

static void before_write(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	if (is == AS_RESULT) {
		item_end(x, item, OUTCOME_ALREADY, difference);
	} else if (is == NEITHER) {
		item_end(x, item, OUTCOME_STALE, difference);
	} else {
		item->stage = STAGE_READY;
		queue_put(&x->ready, item);
	}
}

/* Whether somebody else has changed what we sent a change for. A group in processing is given its time. */
static bool is_foreign(struct item *item, enum comparison is)
{
	bool of_user = item->action->user_id != NULL;
	bool undecided = item->sent == SENT_ACCEPTED || item->sent == SENT_UNSURE;
	item->foreign_looks = is == NEITHER && of_user && undecided ? item->foreign_looks + 1 : 0;
	return item->foreign_looks >= FOREIGN_LOOKS;
}

/* What this plan has sent is there, with other services than were sent, and stays so. */
static bool is_kept(const struct executor *x, struct item *item, const struct kept *kept)
{
	const struct execute_hooks *hooks = x->run.hooks;
	item->kept_looks = kept->text ? item->kept_looks + 1 : 0;
	if (item->sent == SENT_NEVER)
		return kept->text && hooks->was_written && hooks->was_written(hooks->ctx, item->action);
	return item->kept_looks >= KEPT_LOOKS;
}

static void end_kept(struct executor *x, struct item *item, const struct kept *kept)
{
	const struct execute_hooks *hooks = x->run.hooks;
	const char *lost = hooks->lost ? hooks->lost(hooks->ctx, item->action, &kept->off, x->arena) : NULL;
	const char *detail = arena_printf(x->arena, "the service keeps other services than were sent: %s%s%s",
					  kept->text, lost ? "; " : "", lost ? lost : "");
	item_end(x, item, lost ? OUTCOME_FAILED : OUTCOME_VERIFIED, detail);
}

static void decide(struct executor *x, struct item *item, enum comparison is, const char *difference)
{
	if (is_foreign(item, is)) {
		give_up(x, item, difference);
		return;
	}
	switch (item->sent) {
	case SENT_NEVER:
		before_write(x, item, is, difference);
		return;
	case SENT_ACCEPTED:
		after_accepted(x, item, is, difference);
		return;
	case SENT_REFUSED:
		item_end(x, item, is == AS_RESULT ? OUTCOME_VERIFIED : OUTCOME_FAILED,
			 is == AS_RESULT ? difference : item->words);
		return;
	case SENT_UNSURE:
		after_unsure(x, item, is, difference);
		return;
	}
}

/* The look itself failed. A refusal concerns this subject; anything else concerns the whole run. */
static void look_failed(struct executor *x, struct item *item, const struct graph_reply *reply)
{
	bool sent = item->sent != SENT_NEVER;
	if (reply->outcome != GRAPH_REFUSED || reply->err->code == ERR_AUTH)
		executor_fail(x, reply->err);
	else
		item_end(x, item, sent ? OUTCOME_UNKNOWN : OUTCOME_FAILED, reply->err->message);
}

static void on_looked(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct operation *op = ctx;
	struct executor *x = op->x;
	struct item *item = op->items[index];
	bool gone = reply->status == 404 && reply->outcome == GRAPH_REFUSED;
	enum comparison is;
	const char *difference;
	struct kept kept = {0};
	struct error err = ERROR_INIT;
	if (x->mode == MODE_ABANDON)
		return;
	if (reply->err && !gone) {
		look_failed(x, item, reply);
		return;
	}
	const struct json *body = gone ? NULL : reply->body;
	if (change_compare(item->action, body, op->arena, &is, &difference, &err) &&
	    (is != NEITHER || change_kept(item->action, body, op->arena, &kept, &err))) {
		if (is_kept(x, item, &kept))
			end_kept(x, item, &kept);
		else
			decide(x, item, is, difference);
		return;
	}
	executor_fail(x, &err);
	error_release(&err);
}

static void on_look_done(void *ctx)
{
	struct operation *op = ctx;
	op->x->looking--;
	operation_free(op);
}

void executor_look(struct executor *x, struct item *const *items, size_t count)
{
	struct operation *op = operation_new(x, items, count);
	struct batch_part parts[BATCH_MAX] = {0};
	x->looking++;
	for (size_t i = 0; i < count; i++) {
		items[i]->stage = STAGE_LOOKING;
		parts[i] = change_look(items[i]->action, op->arena);
	}
	batch_send(
		x->run.conn,
		&(struct batch){
			.parts = parts, .count = count, .part = on_looked, .done = on_look_done, .ctx = op});
}

static void accepted(struct executor *x, struct item *item)
{
	x->any_accepted = true;
	x->written++;
	item->sent = SENT_ACCEPTED;
	item->words = NULL;
	item_wait(x, item, 0);
}

static void unsure(struct executor *x, struct item *item, const struct graph_reply *reply)
{
	/* Somebody else is at work on the same person: each time, leave them twice as long. */
	bool contended = reply->status == 409 || reply->status == 423;
	bool nothing_done = contended || reply->status == 401 || reply->status == 429;
	size_t step = contended ? (size_t)item->sends - 1 : 0;
	item->sent = SENT_UNSURE;
	item->throttled = reply->status == 429;
	item->unchanged_looks = 0;
	item->looks_before_resend = nothing_done ? 1 : 2;
	item->quiet_since_ms = nothing_done ? -1 : http_client_now_ms(x->run.conn->client);
	item_wait(x, item, nothing_done ? step : STEP_AFTER_LOSS);
}

static void on_written(void *ctx, size_t index, const struct graph_reply *reply)
{
	struct operation *op = ctx;
	struct executor *x = op->x;
	struct item *item = op->items[index];
	if (x->mode == MODE_ABANDON)
		return;
	item->verify_until_ms = http_client_now_ms(x->run.conn->client) + x->run.verify_ms;
	if (reply->err)
		item->words = arena_strdup(x->arena, reply->err->message);
	switch (reply->outcome) {
	case GRAPH_OK:
		accepted(x, item);
		return;
	case GRAPH_REFUSED:
		item->sent = SENT_REFUSED;
		op->forbidden += reply->status == 403;
		if (!op->first_refusal.code)
			graph_error_copy(reply->err, &op->first_refusal);
		item_wait(x, item, 0);
		return;
	case GRAPH_BUSY:
	case GRAPH_LOST:
		unsure(x, item, reply);
		return;
	case GRAPH_UNSENT:
		executor_fail(x, reply->err);
		return;
	}
}

static void on_write_done(void *ctx)
{
	struct operation *op = ctx;
	/* All forbidden and nothing ever accepted: the next thousand would be as well. */
	if (op->forbidden == op->count && !op->x->any_accepted)
		executor_wind_down(op->x, &op->first_refusal);
	operation_free(op);
}

void executor_write(struct executor *x, struct item *const *items, size_t count)
{
	struct error err = ERROR_INIT;
	const struct action *actions[BATCH_MAX] = {0};
	struct batch_part parts[BATCH_MAX] = {0};
	for (size_t i = 0; i < count; i++)
		actions[i] = items[i]->action;
	if (!x->run.hooks->announce(x->run.hooks->ctx, actions, count, &err)) {
		executor_fail(x, &err);
		error_release(&err);
		return;
	}
	struct operation *op = operation_new(x, items, count);
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	for (size_t i = 0; i < count; i++) {
		struct item *item = items[i];
		item->stage = STAGE_WRITING;
		item->sent = SENT_UNSURE;
		if (item->sends++ == 0)
			item->first_sent_ms = now_ms;
		x->unresolved++;
		parts[i] = change_write(item->action, op->arena);
	}
	batch_send(x->run.conn, &(struct batch){.parts = parts,
						.count = count,
						.is_write = true,
						.part = on_written,
						.done = on_write_done,
						.ctx = op});
}
