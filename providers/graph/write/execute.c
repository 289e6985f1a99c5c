/* Carrying out independent actions over Graph, event-driven. */
#include "providers/graph/write/execute.h"

#include "providers/graph/write/change.h"
#include "providers/graph/write/executor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WAIT_MS = 1000, PATIENCE_AFTER_STOP_MS = 5000, LOOKS_QUEUED = 2 };

static bool is_due(const struct executor *x, const struct item *item, int64_t now_ms)
{
	return item && (x->mode == MODE_WIND_DOWN || item->due_ms <= now_ms);
}

static struct item *take_due(struct executor *x, int64_t now_ms)
{
	for (size_t i = 0; i < WAIT_STEPS; i++)
		if (is_due(x, x->waiting[i].first, now_ms))
			return queue_take(&x->waiting[i]);
	return NULL;
}

static size_t count_due(const struct executor *x, int64_t now_ms)
{
	size_t due = 0;
	for (size_t i = 0; i < WAIT_STEPS; i++)
		for (struct item *item = x->waiting[i].first; is_due(x, item, now_ms) && due < BATCH_MAX;
		     item = item->next)
			due++;
	return due;
}

/* The next action not begun whose subject is free: one call per user at a time. */
static struct item *take_todo(struct executor *x)
{
	struct item *item = x->todo.first;
	if (!item || !item_is_free(item))
		return NULL;
	return queue_take(&x->todo);
}

static bool start_look(struct executor *x, int64_t now_ms, bool begin)
{
	struct item *items[BATCH_MAX];
	size_t count = 0;
	while (count < BATCH_MAX) {
		struct item *item = begin ? take_todo(x) : take_due(x, now_ms);
		if (!item)
			break;
		/* One that an earlier run announced counts from its first look on. */
		x->unresolved += begin && item->sent != SENT_NEVER;
		items[count++] = item;
	}
	if (count)
		executor_look(x, items, count);
	return count > 0;
}

/*
 * Where the rate is not held, as many as may ever be in flight are announced ahead, most of them at once: so
 * the journal is flushed once for many, and the next is on its way as soon as one is answered.
 */
static bool has_room(const struct executor *x)
{
	size_t most = executor_concurrency(x);
	size_t ahead = budget_is_tight(x->run.conn->budget) ? 0 : BUDGET_MOST_IN_FLIGHT;
	size_t room = x->in_flight < most ? most - x->in_flight : 0;
	if (x->announced.count >= room + ahead)
		return false;
	return x->unflushed || x->announced.count <= room + ahead / 4;
}

static bool may_write(struct executor *x)
{
	size_t wanted = x->ready.count < BATCH_MAX ? x->ready.count : BATCH_MAX;
	size_t writing = x->in_flight - x->looking - x->listing + x->announced.count;
	return x->mode == MODE_RUN && wanted && has_room(x) &&
	       budget_writes_allowed(x->run.conn->budget, wanted, writing);
}

/* What was seen too long ago is looked at again. */
static void put_back_old(struct executor *x, int64_t now_ms)
{
	struct item *next;
	size_t seen = 0;
	for (struct item *item = x->ready.first; item && seen < BATCH_MAX; item = next) {
		next = item->next;
		if (now_ms - item->looked_ms > FRESH_MS)
			executor_put_todo(x, item);
		else
			seen++;
	}
}

static bool start_write(struct executor *x)
{
	struct item *items[BATCH_MAX];
	size_t count = 0;
	while (count < BATCH_MAX && x->ready.first)
		items[count++] = queue_take(&x->ready);
	executor_announce(x, items, count);
	/* Where the rate is held, the next has to know what this one spends. */
	if (budget_is_tight(x->run.conn->budget))
		executor_send_announced(x);
	return true;
}

/* Starts the most useful request: full batches first, so that requests stay few. */
static bool start_one(struct executor *x)
{
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	bool running = x->mode == MODE_RUN;
	size_t due = count_due(x, now_ms);
	size_t most = executor_concurrency(x);
	if (x->mode == MODE_ABANDON || budget_closed_until_ms(x->run.conn->budget) > now_ms)
		return false;
	if (executor_list(x, now_ms))
		return true;
	if (!x->unflushed)
		executor_send_announced(x);
	bool full = x->in_flight + x->announced.count >= most;
	/* A few looks may queue up, so that the next goes out before an answer is taken apart. */
	if (full && (!running || x->in_flight >= most + LOOKS_QUEUED))
		return false;
	put_back_old(x, now_ms);
	bool writable = may_write(x);
	if (writable && x->ready.count >= BATCH_MAX)
		return start_write(x);
	if (due >= BATCH_MAX)
		return start_look(x, now_ms, false);
	/* No further ahead of the writes than they can follow: what was seen must still be true then. */
	if (running && x->ready.count < BATCH_MAX * most && start_look(x, now_ms, true))
		return true;
	/* A partial write waits for looks that may fill it up. */
	if (writable && !full && x->looking == 0 && !(x->listing && x->listed_todo))
		return start_write(x);
	return !full && due && start_look(x, now_ms, false);
}

static bool is_over(const struct executor *x)
{
	if (x->in_flight || x->announced.count)
		return false;
	return x->mode == MODE_ABANDON || x->open == 0 || (x->mode == MODE_WIND_DOWN && !x->unresolved);
}

static int64_t next_wait_ms(const struct executor *x)
{
	int64_t wait_ms = LONGEST_WAIT_MS;
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	for (size_t i = 0; i < WAIT_STEPS; i++) {
		const struct item *item = x->waiting[i].first;
		if (item && item->due_ms > now_ms && item->due_ms - now_ms < wait_ms)
			wait_ms = item->due_ms - now_ms;
	}
	int64_t list_ms = executor_list_at_ms(x);
	if (list_ms > now_ms && list_ms - now_ms < wait_ms)
		wait_ms = list_ms - now_ms;
	if (x->ready.count || x->announced.count) {
		size_t wanted = x->ready.count && x->ready.count < BATCH_MAX ? x->ready.count : BATCH_MAX;
		int64_t open_ms = budget_writes_open_at_ms(x->run.conn->budget, wanted) - now_ms;
		wait_ms = open_ms > 0 && open_ms < wait_ms ? open_ms : wait_ms;
	}
	int64_t closed_ms = budget_closed_until_ms(x->run.conn->budget) - now_ms;
	return closed_ms > 0 && closed_ms < wait_ms ? closed_ms : wait_ms;
}

/* Nobody who asked to stop wants to sit out a long Retry-After, or many short ones, for a last look. */
static bool is_hopeless(const struct executor *x, int64_t now_ms)
{
	if (x->mode != MODE_WIND_DOWN || x->err.code != ERR_INTERRUPTED)
		return false;
	int64_t quiet_ms = x->in_flight ? http_client_quiet_ms(x->run.conn->client) : 0;
	return budget_closed_until_ms(x->run.conn->budget) - now_ms > PATIENCE_AFTER_STOP_MS ||
	       (quiet_ms && quiet_ms > PATIENCE_AFTER_STOP_MS - (now_ms - x->stopped_ms));
}

static void notice_stop(struct executor *x)
{
	struct error err = ERROR_INIT;
	const struct execute_hooks *hooks = x->run.hooks;
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	if (x->mode == MODE_RUN && hooks->should_stop && hooks->should_stop(hooks->ctx)) {
		error_set(&err, ERR_INTERRUPTED, "stopped by a signal after %zu of %zu actions",
			  x->run.count - x->open, x->run.count);
		executor_wind_down(x, &err);
		error_release(&err);
		x->stopped_ms = now_ms;
	}
	/* What was announced is about to go. */
	if (!x->announced.count && is_hopeless(x, now_ms))
		executor_fail(x, &x->err);
}

static void tell_progress(const struct executor *x)
{
	const struct execute_hooks *hooks = x->run.hooks;
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	int64_t closed_ms = budget_closed_until_ms(x->run.conn->budget) - now_ms;
	bool writing = x->todo.first || x->listed_todo || x->ready.first;
	const char *phase = writing ? "writing" : "verifying";
	if (hooks->progress)
		hooks->progress(hooks->ctx, closed_ms > 0 ? "throttled" : phase, x->written, x->verified,
				x->run.count, closed_ms > 0 ? closed_ms : 0);
}

static int compare_subjects(const void *a, const void *b)
{
	const struct subject *x = a;
	const struct subject *y = b;
	int order = strcmp(x->id, y->id);
	/* Items lie in the order of the actions. */
	return order ? order : (x->item > y->item) - (x->item < y->item);
}

/* Links each item to the one before it with the same subject. */
static void link_subjects(struct executor *x)
{
	struct subject *order = arena_alloc_array(x->arena, x->run.count + 1, sizeof *order);
	for (size_t i = 0; i < x->run.count; i++)
		order[i] = (struct subject){change_subject_id(x->items[i].action), &x->items[i]};
	qsort(order, x->run.count, sizeof *order, compare_subjects);
	for (size_t i = 1; i < x->run.count; i++)
		if (str_eq(order[i].id, order[i - 1].id))
			order[i].item->before = order[i - 1].item;
	x->subjects = order;
}

/* An earlier run may have sent it: as after a lost answer, the tenant has to say so twice. */
static void inherit(struct executor *x, struct item *item)
{
	const struct execute_hooks *hooks = x->run.hooks;
	if (!hooks->was_announced || !hooks->was_announced(hooks->ctx, item->action))
		return;
	int64_t now_ms = http_client_now_ms(x->run.conn->client);
	item->sent = SENT_UNSURE;
	item->step = STEP_AFTER_LOSS - 1;
	item->looks_before_resend = 2;
	item->first_sent_ms = item->quiet_since_ms = now_ms;
	item->verify_until_ms = now_ms + x->run.verify_ms;
}

static bool prepare(struct executor *x, struct error *err)
{
	x->items = arena_alloc_array(x->arena, x->run.count, sizeof *x->items);
	for (size_t i = 0; i < x->run.count; i++) {
		struct item *item = &x->items[i];
		item->action = x->run.actions[i];
		if (!change_is_supported(item->action))
			return error_set(err, ERR_FAILED, "action '%s' (%s) is not one for Graph",
					 item->action->id, action_info(item->action->kind)->name);
		inherit(x, item);
	}
	link_subjects(x);
	executor_find_lists(x);
	for (size_t i = 0; i < x->run.count; i++)
		executor_put_todo(x, &x->items[i]);
	x->open = x->run.count;
	budget_expect_writes(x->run.conn->budget, x->run.count);
	return true;
}

bool execute_actions(const struct execution *execution, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct executor x = {.run = *execution, .arena = arena};
	if (!prepare(&x, err))
		return false;
	while (!is_over(&x)) {
		do
			notice_stop(&x);
		while (start_one(&x));
		executor_send_announced(&x);
		if (is_over(&x))
			break;
		http_client_drive(x.run.conn->client, next_wait_ms(&x));
		tell_progress(&x);
	}
	http_client_set_stopped(x.run.conn->client, false);
	if (!x.err.code)
		return true;
	error_move(err, &x.err);
	return false;
}
