/* The two requests of an execution, a look and a write, and what follows from their answers. */
#include "providers/graph/write/change.h"
#include "providers/graph/write/executor.h"
#include "providers/graph/write/refusal.h"

#include <inttypes.h>
#include <string.h>

enum { GONE_LOOKS = 2, STEP_AFTER_GONE = 2 };

struct operation {
	struct executor *x;
	struct arena *arena;
	struct item *items[BATCH_MAX];
	size_t count;
	size_t forbidden; /* parts answered 403 */
	struct error first_refusal;
	struct operation *next; /* announced as well */
	struct batch_part parts[BATCH_MAX];
};

static struct operation *operation_new(struct executor *x, struct item *const *items, size_t count)
{
	struct arena *arena = arena_new();
	struct operation *op = arena_alloc(arena, sizeof *op);
	*op = (struct operation){.x = x, .arena = arena, .count = count};
	memcpy(op->items, items, count * sizeof items[0]);
	return op;
}

static void operation_free(struct operation *op)
{
	error_release(&op->first_refusal);
	struct arena *arena = op->arena;
	arena_free(arena);
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

/* One answer that somebody is gone may be that of a replica where they are not yet. */
static bool looks_gone(struct executor *x, struct item *item, bool gone)
{
	item->gone_looks = gone ? item->gone_looks + 1 : 0;
	if (!gone || item->sent != SENT_NEVER || item->gone_looks >= GONE_LOOKS)
		return false;
	item_wait(x, item, STEP_AFTER_GONE);
	return true;
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
	if (looks_gone(x, item, gone))
		return;
	const struct json *body = gone ? NULL : reply->body;
	if (change_compare(item->action, body, op->arena, &is, &difference, &err) &&
	    (is != NEITHER || change_kept(item->action, body, op->arena, &kept, &err))) {
		if (!executor_takes_kept(x, item, &kept))
			executor_decide(x, item, is, difference);
		return;
	}
	executor_fail(x, &err);
	error_release(&err);
}

static void on_look_done(void *ctx)
{
	struct operation *op = ctx;
	op->x->looking--;
	op->x->in_flight--;
	operation_free(op);
}

void executor_look(struct executor *x, struct item *const *items, size_t count)
{
	struct operation *op = operation_new(x, items, count);
	struct batch_part parts[BATCH_MAX] = {0};
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	x->looking++;
	x->in_flight++;
	for (size_t i = 0; i < count; i++) {
		items[i]->stage = STAGE_LOOKING;
		items[i]->looked_ms = now_ms;
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
	executor_put_written(x, item);
}

static void unsure(struct executor *x, struct item *item, const struct graph_reply *reply)
{
	/* Somebody else is at work on the same person: each time, leave them twice as long. */
	bool contended = reply->status == 409 || reply->status == 423;
	bool nothing_done = contended || reply->status == 401 || reply->status == 429;
	size_t step = contended ? STEP_AFTER_REFUSAL + (size_t)item->sends - 1 : 0;
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
	item->answered = ++x->tick;
	if (reply->err)
		item->words = refusal_text(item->action, reply, x->arena);
	switch (reply->outcome) {
	case GRAPH_OK:
		accepted(x, item);
		return;
	case GRAPH_REFUSED:
		item->sent = SENT_REFUSED;
		op->forbidden += reply->status == 403;
		if (!op->first_refusal.code)
			graph_error_copy(reply->err, &op->first_refusal);
		item_wait(x, item, STEP_AFTER_REFUSAL);
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
	op->x->in_flight--;
	operation_free(op);
}

static struct operation *take_announced(struct executor *x)
{
	struct operation *op = x->announced.first;
	x->announced.first = op->next;
	if (!op->next)
		x->announced.last = NULL;
	x->announced.count--;
	return op;
}

static void put_announced(struct executor *x, struct operation *op)
{
	*(x->announced.last ? &x->announced.last->next : &x->announced.first) = op;
	x->announced.last = op;
	x->announced.count++;
}

void executor_announce(struct executor *x, struct item *const *items, size_t count)
{
	struct error err = ERROR_INIT;
	const struct action *actions[BATCH_MAX] = {0};
	for (size_t i = 0; i < count; i++)
		actions[i] = items[i]->action;
	if (!x->run.hooks->announce(x->run.hooks->ctx, actions, count, &err)) {
		executor_fail(x, &err);
		error_release(&err);
		return;
	}
	struct operation *op = operation_new(x, items, count);
	for (size_t i = 0; i < count; i++) {
		items[i]->stage = STAGE_WRITING;
		op->parts[i] = change_write(items[i]->action, op->arena);
	}
	put_announced(x, op);
	x->unflushed = true;
}

static void send_write(struct operation *op)
{
	struct executor *x = op->x;
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	for (size_t i = 0; i < op->count; i++) {
		struct item *item = op->items[i];
		item->sent = SENT_UNSURE;
		if (item->sends++ == 0)
			item->first_sent_ms = now_ms;
		x->unresolved++;
	}
	x->in_flight++;
	batch_send(x->run.conn, &(struct batch){.parts = op->parts,
						.count = op->count,
						.is_write = true,
						.part = on_written,
						.done = on_write_done,
						.ctx = op});
}

static bool is_old(const struct operation *op)
{
	int64_t now_ms = http_client_now_ms(op->x->run.conn->client);
	for (size_t i = 0; i < op->count; i++)
		if (now_ms - op->items[i]->looked_ms > FRESH_MS)
			return true;
	return false;
}

/* Who was looked at too long ago since is looked at again when what is ready is gone through. */
static void take_back(struct operation *op)
{
	for (size_t i = 0; i < op->count; i++) {
		op->items[i]->stage = STAGE_READY;
		queue_put(&op->x->ready, op->items[i]);
	}
	operation_free(op);
}

/* What was announced and not sent is as it was before. The journal has it: a later run looks twice. */
static void take_all_back(struct executor *x)
{
	while (x->announced.count)
		take_back(take_announced(x));
}

static void flush(struct executor *x)
{
	struct error err = ERROR_INIT;
	const struct execute_hooks *hooks = x->run.hooks;
	if (!x->unflushed || x->mode == MODE_ABANDON)
		return;
	x->unflushed = false;
	if (!hooks->flush || hooks->flush(hooks->ctx, &err))
		return;
	executor_fail(x, &err);
	error_release(&err);
}

/* The budget may have become tighter since it was announced. */
static bool may_send(const struct executor *x)
{
	struct budget *budget = x->run.conn->budget;
	size_t writing = x->in_flight - x->looking - x->listing;
	return x->in_flight < executor_concurrency(x) &&
	       budget_closed_until_ms(budget) <= http_client_now_ms(x->run.conn->client) &&
	       budget_writes_allowed(budget, x->announced.first->count, writing);
}

void executor_send_announced(struct executor *x)
{
	flush(x);
	while (x->mode != MODE_ABANDON && x->announced.count && may_send(x)) {
		struct operation *op = take_announced(x);
		if (is_old(op))
			take_back(op);
		else
			send_write(op);
	}
	if (x->mode != MODE_RUN)
		take_all_back(x);
}
