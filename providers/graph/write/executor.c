/* An execution in progress: its queues, how an action of it ends, and how the whole comes to a stop. */
#include "providers/graph/write/executor.h"

void executor_fail(struct executor *x, const struct error *err)
{
	if (!x->err.code)
		graph_error_copy(err, &x->err);
	x->mode = MODE_ABANDON;
	http_client_set_stopped(x->run.conn->client, true);
}

void executor_wind_down(struct executor *x, const struct error *err)
{
	if (x->mode != MODE_RUN)
		return;
	x->mode = MODE_WIND_DOWN;
	x->wound_down = ++x->tick;
	graph_error_copy(err, &x->err);
}

size_t executor_concurrency(const struct executor *x)
{
	return budget_in_flight(x->run.conn->budget);
}

void item_end(struct executor *x, struct item *item, enum outcome outcome, const char *detail)
{
	struct error err = ERROR_INIT;
	queue_leave(item);
	item->stage = STAGE_ENDED;
	x->open--;
	if (item->sent != SENT_NEVER)
		x->unresolved--;
	x->verified += outcome == OUTCOME_VERIFIED;
	if (x->mode == MODE_ABANDON)
		return;
	if (!x->run.hooks->ended(x->run.hooks->ctx, item->action, outcome, detail, &err)) {
		executor_fail(x, &err);
		error_release(&err);
	}
}

void queue_leave(struct item *item)
{
	struct item_queue *queue = item->queue;
	if (!queue)
		return;
	*(item->prev ? &item->prev->next : &queue->first) = item->next;
	*(item->next ? &item->next->prev : &queue->last) = item->prev;
	item->prev = item->next = NULL;
	item->queue = NULL;
	queue->count--;
}

void queue_put(struct item_queue *queue, struct item *item)
{
	queue_leave(item);
	item->queue = queue;
	item->prev = queue->last;
	*(queue->last ? &queue->last->next : &queue->first) = item;
	queue->last = item;
	queue->count++;
}

struct item *queue_take(struct item_queue *queue)
{
	struct item *item = queue->first;
	queue_leave(item);
	return item;
}

bool item_is_free(const struct item *item)
{
	return !item->before || item->before->stage == STAGE_ENDED;
}

void item_wait(struct executor *x, struct item *item, size_t step)
{
	/* Within a step all wait equally long, so each queue stays in the order of time by itself. */
	static const int64_t waits_ms[WAIT_STEPS] = {50, 100, 200, 400, 1000, 2000, 4000, 8000, 16000, 30000};
	if (step >= WAIT_STEPS)
		step = WAIT_STEPS - 1;
	item->stage = STAGE_WAITING;
	item->step = step;
	item->due_ms = http_client_now_ms(x->run.conn->client) + waits_ms[step];
	queue_put(&x->waiting[step], item);
}
