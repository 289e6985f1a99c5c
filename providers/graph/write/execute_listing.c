/*
 * Looking at many at once: the holders of a SKU, page by page, for all actions that they can answer.
 *
 * Before the write a person is among the holders of a SKU that is expected, after it among those of one
 * that is given. What the list shows as expected, or as the result, settles it; whatever else it shows,
 * or does not, is asked for alone. A list shows what was written before it began, or later: so one that
 * began before a write was answered says nothing of it. Whether an unsure write was carried out is never
 * told from what a list does not show.
 */
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"
#include "providers/graph/wire/paging.h"
#include "providers/graph/write/change.h"
#include "providers/graph/write/executor.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 999, LONGEST_UNSEEN_MS = 10000, MAX_MISSED = 5 };

/* ---- which lists there are -------------------------------------------------------------------- */

static struct listed_sku *find_sku(const struct executor *x, const char *id)
{
	for (size_t i = 0; i < x->sku_count; i++)
		if (str_eq(x->skus[i].id, id))
			return &x->skus[i];
	return NULL;
}

static int64_t count_holders(const struct executor *x, const char *sku_id)
{
	for (size_t i = 0; i < x->run.holder_counts.count; i++)
		if (str_eq(x->run.holder_counts.items[i].sku_id, sku_id))
			return x->run.holder_counts.items[i].holders;
	return -1;
}

static void collect_skus(const struct license_list *licenses, struct arena *tmp, struct str_list *ids)
{
	for (size_t i = 0; i < licenses->count; i++)
		VEC_PUSH(tmp, ids, licenses->items[i].sku_id);
}

static void count_actions(struct executor *x, const struct license_list *licenses)
{
	for (size_t i = 0; i < licenses->count; i++)
		find_sku(x, licenses->items[i].sku_id)->actions++;
}

/* Of several, the one whose list answers most actions. */
static struct listed_sku *choose(const struct executor *x, const struct license_list *licenses)
{
	struct listed_sku *best = NULL;
	for (size_t i = 0; i < licenses->count; i++) {
		struct listed_sku *sku = find_sku(x, licenses->items[i].sku_id);
		if (!best || sku->actions > best->actions)
			best = sku;
	}
	return best;
}

/* An action that names no licence: whoever has it may be shown by the list of a SKU that most hold. */
static struct listed_sku *choose_likely(const struct executor *x)
{
	const struct str_list *likely = x->run.hooks->likely_holders_of;
	for (size_t i = 0; likely && i < likely->count; i++) {
		struct listed_sku *sku = find_sku(x, likely->items[i]);
		if (sku->holders > 0)
			return sku;
	}
	return NULL;
}

static void choose_lists(struct executor *x)
{
	struct listed_sku *likely = choose_likely(x);
	for (size_t i = 0; i < x->run.count; i++) {
		const struct action *action = x->run.actions[i];
		struct item *item = &x->items[i];
		if (!action->user_id)
			continue;
		item->holds = choose(x, &action->expect.licenses);
		item->gets = choose(x, &action->result.licenses);
		if (item->holds || item->gets || !likely)
			continue;
		item->holds = item->gets = likely;
		likely->actions++;
	}
}

void executor_find_lists(struct executor *x)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list ids = {0};
	const struct str_list *likely = x->run.hooks->likely_holders_of;
	for (size_t i = 0; likely && i < likely->count; i++)
		VEC_PUSH(tmp, &ids, likely->items[i]);
	for (size_t i = 0; i < x->run.count; i++) {
		if (!x->run.actions[i]->user_id)
			continue;
		collect_skus(&x->run.actions[i]->expect.licenses, tmp, &ids);
		collect_skus(&x->run.actions[i]->result.licenses, tmp, &ids);
	}
	str_list_sort_unique(&ids);
	x->skus = arena_alloc_array(x->arena, ids.count + 1, sizeof *x->skus);
	x->sku_count = ids.count;
	for (size_t i = 0; i < ids.count; i++)
		x->skus[i] = (struct listed_sku){
			.x = x,
			.id = arena_strdup(x->arena, ids.items[i]),
			.page_units = budget_cost(HTTP_GET, users_holding_url(tmp, ids.items[i], false)),
			.user_units = budget_cost(HTTP_GET, user_url(tmp, "id", false)),
			.holders = count_holders(x, ids.items[i])};
	for (size_t i = 0; i < x->run.count; i++) {
		if (!x->run.actions[i]->user_id)
			continue;
		count_actions(x, &x->run.actions[i]->expect.licenses);
		count_actions(x, &x->run.actions[i]->result.licenses);
	}
	choose_lists(x);
}

/* ---- whether one is worth its while ------------------------------------------------------------- */

/*
 * Whether listing costs less than asking for `count` people alone: fewer units by the published costs,
 * and not much longer a wait, since pages follow each other while batches go several at once.
 */
static bool is_cheaper(const struct listed_sku *sku, size_t count)
{
	const struct executor *x = sku->x;
	if (sku->failed || sku->holders < 0 || count <= BATCH_MAX)
		return false;
	size_t pages = (size_t)sku->holders / PAGE_MAX + 1;
	size_t batches = (count + BATCH_MAX - 1) / BATCH_MAX;
	size_t at_once = executor_concurrency(x);
	size_t turns = (batches + at_once - 1) / at_once;
	return (int64_t)pages * sku->page_units < (int64_t)count * sku->user_units &&
	       (pages <= 2 * turns || budget_is_tight(x->run.conn->budget));
}

/* How many looks can be used before they are too old. */
static size_t count_usable(const struct listed_sku *sku)
{
	double per_s = budget_writes_per_s(sku->x->run.conn->budget);
	double usable = per_s * (FRESH_MS / 1000.0);
	return per_s > 0 && usable < (double)sku->todo.count ? (size_t)usable : sku->todo.count;
}

/* ---- what a list shows -------------------------------------------------------------------------- */

static int compare_id(const void *key, const void *subject)
{
	return strcmp(key, ((const struct subject *)subject)->id);
}

/* The one that is neither ended nor waits for another on the same subject; NULL: nobody of ours. */
static struct item *find_item(const struct executor *x, const struct json *user)
{
	const char *said = json_get_text(user, "id");
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *id = said ? str_lower(tmp, said) : "";
	struct subject *at = bsearch(id, x->subjects, x->run.count, sizeof *at, compare_id);
	if (!at)
		return NULL;
	while (at > x->subjects && str_eq(at[-1].id, id))
		at--;
	for (; at < x->subjects + x->run.count && str_eq(at->id, id); at++)
		if (at->item->stage != STAGE_ENDED)
			return at->item;
	return NULL;
}

static void leave_todo(struct executor *x, struct item *item)
{
	bool listed = item->queue && item->queue != &x->todo;
	x->listed_todo -= listed;
	queue_leave(item);
}

static bool take_shown(struct listed_sku *sku, struct item *item, const struct json *user, struct error *err)
{
	struct executor *x = sku->x;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	enum comparison is;
	const char *difference;
	if (!change_compare(item->action, user, tmp, &is, &difference, err))
		return false;
	if (is != AS_RESULT && (is == NEITHER || item->sent != SENT_NEVER))
		return true;
	if (item->stage == STAGE_TODO) {
		leave_todo(x, item);
		/* One that an earlier run announced counts from its first look on. */
		x->unresolved += item->sent != SENT_NEVER;
	}
	queue_leave(item);
	item->looked_ms = sku->asked_ms;
	executor_decide(x, item, is, difference);
	return true;
}

static bool was_stopped(const struct listed_sku *sku)
{
	return sku->x->mode != MODE_RUN && sku->begun < sku->x->wound_down;
}

static bool on_listed(void *ctx, const struct json *user, struct error *err)
{
	struct listed_sku *sku = ctx;
	struct executor *x = sku->x;
	if (was_stopped(sku))
		return error_set(err, ERR_INTERRUPTED, "stopped");
	struct item *item = x->mode == MODE_ABANDON ? NULL : find_item(x, user);
	if (!item)
		return true;
	bool before = item->stage == STAGE_TODO && x->mode == MODE_RUN;
	bool after = item->stage == STAGE_WAITING && item->answered < sku->begun;
	return (!before && !after) || take_shown(sku, item, user, err);
}

static void on_page(void *ctx, int64_t asked_ms)
{
	struct listed_sku *sku = ctx;
	sku->asked_ms = asked_ms;
}

/* ---- what it did not show ----------------------------------------------------------------------- */

static void put_alone(struct executor *x, struct item *item)
{
	leave_todo(x, item);
	queue_put(&x->todo, item);
}

static void pass_on_todo(struct listed_sku *sku)
{
	struct executor *x = sku->x;
	struct item *next;
	for (struct item *item = sku->todo.first; item; item = next) {
		next = item->next;
		if (!item_is_free(item))
			continue;
		leave_todo(x, item);
		/* Who is not among the holders any more may have been moved already. */
		if (item->holds == sku && item->gets && item->gets != sku && !item->gets->failed)
			queue_put(&item->gets->todo, item), x->listed_todo++;
		else
			queue_put(&x->todo, item);
	}
}

static int64_t wait_after(size_t fruitless)
{
	static const int64_t waits_ms[] = {100, 200, 500, 1000, 2000, 4000};
	return waits_ms[fruitless < ARRAY_LEN(waits_ms) ? fruitless : ARRAY_LEN(waits_ms) - 1];
}

static void pass_on_written(struct listed_sku *sku)
{
	struct executor *x = sku->x;
	struct item *next;
	bool missed = false;
	for (struct item *item = sku->written.first; item; item = next) {
		next = item->next;
		if (item->answered > sku->begun)
			continue;
		missed = true;
		if (x->mode == MODE_WIND_DOWN)
			executor_look_again(x, item);
		else if (++item->missed >= MAX_MISSED || sku->failed)
			item_wait(x, item, 0);
	}
	sku->next_ms = http_client_now_ms(x->run.conn->client) + (missed ? wait_after(sku->fruitless) : 0);
	sku->fruitless = missed ? sku->fruitless + 1 : 0;
}

static void on_list_done(void *ctx, const struct graph_reply *reply)
{
	struct listed_sku *sku = ctx;
	struct executor *x = sku->x;
	sku->running = false;
	x->in_flight--;
	x->listing--;
	if (x->mode == MODE_ABANDON || was_stopped(sku))
		return;
	/* The reason is told where each is asked for alone, unless that works. */
	sku->failed = reply->err != NULL;
	if (x->mode == MODE_RUN && sku->for_todo)
		pass_on_todo(sku);
	pass_on_written(sku);
}

/* ---- when one begins ---------------------------------------------------------------------------- */

static void start(struct listed_sku *sku)
{
	struct executor *x = sku->x;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	sku->running = true;
	sku->for_todo = sku->todo.count > 0;
	sku->begun = ++x->tick;
	x->in_flight++;
	x->listing++;
	paging_start(x->run.conn, &(struct paging){.url = users_holding_url(tmp, sku->id, false),
						   .item = on_listed,
						   .page = on_page,
						   .done = on_list_done,
						   .ctx = sku});
}

static bool list_todo(struct listed_sku *sku)
{
	struct executor *x = sku->x;
	size_t most = BATCH_MAX * executor_concurrency(x);
	if (x->mode != MODE_RUN || !sku->todo.count || x->ready.count >= most)
		return false;
	if (is_cheaper(sku, count_usable(sku))) {
		start(sku);
		return true;
	}
	while (sku->todo.count && x->todo.count < most)
		put_alone(x, sku->todo.first);
	return false;
}

/* A list shows all who hold the SKU, so while more is to be written one more would follow: what waits long is
 * worth one of its own. */
static bool may_wait(const struct listed_sku *sku, int64_t now_ms)
{
	const struct executor *x = sku->x;
	const struct item *oldest = sku->written.first;
	int64_t age_ms = now_ms - (oldest->verify_until_ms - x->run.verify_ms);
	bool left = x->mode == MODE_RUN && (x->ready.count || x->todo.count || x->listed_todo);
	bool writing = left || x->announced.count || x->in_flight > x->looking + x->listing;
	return writing && age_ms < LONGEST_UNSEEN_MS;
}

static bool list_written(struct listed_sku *sku, int64_t now_ms)
{
	if (!sku->written.count || now_ms < sku->next_ms || may_wait(sku, now_ms))
		return false;
	if (is_cheaper(sku, sku->written.count)) {
		start(sku);
		return true;
	}
	while (sku->written.count)
		item_wait(sku->x, sku->written.first, 0);
	return false;
}

bool executor_list(struct executor *x, int64_t now_ms)
{
	for (size_t i = 0; i < x->sku_count; i++) {
		struct listed_sku *sku = &x->skus[i];
		if (!sku->running && (list_todo(sku) || list_written(sku, now_ms)))
			return true;
	}
	return false;
}

int64_t executor_list_at_ms(const struct executor *x)
{
	int64_t at_ms = INT64_MAX;
	for (size_t i = 0; i < x->sku_count; i++)
		if (x->skus[i].written.count && !x->skus[i].running && x->skus[i].next_ms < at_ms)
			at_ms = x->skus[i].next_ms;
	return at_ms;
}

/* ---- where an action waits for its look ----------------------------------------------------------- */

void executor_put_todo(struct executor *x, struct item *item)
{
	/* An earlier run may have written it. */
	struct listed_sku *sku = item->sent == SENT_NEVER ? item->holds : item->gets;
	item->stage = STAGE_TODO;
	if (sku && is_cheaper(sku, sku->actions))
		queue_put(&sku->todo, item), x->listed_todo++;
	else
		queue_put(&x->todo, item);
}

void executor_put_written(struct executor *x, struct item *item)
{
	struct listed_sku *sku = item->gets;
	if (!sku || sku->failed || sku->holders < 0 || sku->actions <= BATCH_MAX) {
		item_wait(x, item, 0);
		return;
	}
	sku->holders++;
	item->stage = STAGE_WAITING;
	item->missed = 0;
	queue_put(&sku->written, item);
}
