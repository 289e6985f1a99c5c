/* A read in progress: its failure, its end, and what its parts share. */
#include "providers/graph/read/reader.h"

#include "providers/graph/wire/batch.h"

#include "core/quote.h"
#include "providers/graph/read/resources.h"

enum { WAIT_MS = 1000 };

void reader_fail(struct reader *r, const struct error *err)
{
	if (r->err.code)
		return;
	graph_error_copy(err, &r->err);
	if (r->err.code == ERR_REMOTE)
		r->err.code = ERR_INCOMPLETE;
	http_client_set_stopped(r->conn->client, true);
}

bool reader_accept(struct reader *r, const struct graph_reply *reply)
{
	if (reply->err)
		reader_fail(r, reply->err);
	return !reply->err;
}

bool reader_user(struct reader *r, const struct json *item, struct user *ret, struct error *err)
{
	enum { PEOPLE_A_SCRATCH = 256 };
	struct user user;
	if (r->people++ % PEOPLE_A_SCRATCH == 0) {
		arena_free(r->scratch);
		r->scratch = arena_new();
	}
	if (!user_from_json(item, r->scratch, &user, err))
		return false;
	alike_keep(r->alike, &user, ret);
	return true;
}

bool reader_check_answer(struct reader *r, const char *asked, const char *answered)
{
	struct error err = ERROR_INIT;
	if (str_eq_fold(asked, answered))
		return true;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	error_set(&err, ERR_INCOMPLETE, "Graph answered for '%s' when asked for '%s'",
		  quote_terminal_cut(tmp, answered, 200), quote_terminal_cut(tmp, asked, 200));
	reader_fail(r, &err);
	error_release(&err);
	return false;
}

static void on_pause_over(void *ctx)
{
	struct reader *r = ctx;
	r->pending--;
}

static void on_batch_done(void *ctx)
{
	const struct reader_batch *batch = ctx;
	batch->reader->pending--;
}

static void ask_batch(struct reader *r, const struct reader_batch *each, size_t first)
{
	CLEANUP(arena_freep) struct arena *urls = arena_new();
	struct reader_batch *batch = arena_dup(r->tmp, each, sizeof *each);
	struct batch_part parts[BATCH_MAX] = {0};
	const size_t left = each->keys->count - first;
	const size_t count = left < BATCH_MAX ? left : BATCH_MAX;
	batch->reader = r;
	batch->first = first;
	for (size_t i = 0; i < count; i++)
		parts[i] =
			(struct batch_part){HTTP_GET, each->url(r, urls, each->keys->items[first + i]), NULL};
	r->pending++;
	batch_send(r->conn, &(struct batch){.parts = parts,
					    .count = count,
					    .part = each->part,
					    .done = on_batch_done,
					    .ctx = batch});
}

void reader_ask_each(struct reader *r, const struct reader_batch *each)
{
	for (size_t first = 0; first < each->keys->count; first += BATCH_MAX)
		ask_batch(r, each, first);
}

bool reader_pause(struct reader *r, int64_t wait_ms, const char *why, struct error *err)
{
	struct http_timer timer = {.fire = on_pause_over, .ctx = r};
	r->pending++;
	http_client_after(r->conn->client, &timer, wait_ms);
	http_client_set_pause(r->conn->client, why);
	bool ok = reader_wait(r, err);
	http_client_set_pause(r->conn->client, NULL);
	return ok;
}

static void notice_stop(struct reader *r)
{
	struct error err = ERROR_INIT;
	if (r->err.code || !r->should_stop || !r->should_stop(r->stop_ctx))
		return;
	error_set(&err, ERR_INTERRUPTED, "stopped while reading the tenant");
	reader_fail(r, &err);
	error_release(&err);
}

bool reader_wait(struct reader *r, struct error *err)
{
	while (r->pending) {
		notice_stop(r);
		http_client_drive(r->conn->client, WAIT_MS);
	}
	http_client_set_stopped(r->conn->client, false);
	if (!r->err.code)
		return true;
	error_move(err, &r->err);
	return false;
}

const struct str_list *reader_distinct(struct reader *r, const struct str_list *keys)
{
	struct str_list *list = arena_alloc(r->tmp, sizeof *list);
	for (size_t i = 0; i < keys->count; i++)
		VEC_PUSH(r->tmp, list, str_lower(r->tmp, keys->items[i]));
	str_list_sort_unique(list);
	return list;
}
