/* Reading users: by name and by id in batches, the holders of a SKU with the server's own filter. */
#include "providers/graph/batch.h"
#include "providers/graph/reader.h"
#include "providers/graph/resources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RESERVED = 1000000 };

/* One batch of names or ids: where it begins in the list that is read. */
struct user_batch {
	struct reader *reader;
	const struct str_list *keys;
	size_t first;
	bool by_name;
};

static void take_user(struct reader *r, const struct json *body)
{
	struct user user;
	struct error err = ERROR_INIT;
	if (user_from_json(body, r->out, &user, &err)) {
		VEC_PUSH(r->out, &r->live->users, user);
		return;
	}
	reader_fail(r, &err);
	error_release(&err);
}

static void on_user(void *ctx, size_t index, const struct graph_reply *reply)
{
	const struct user_batch *batch = ctx;
	struct reader *r = batch->reader;
	if (reply->status == 404 && reply->outcome == GRAPH_REFUSED) {
		const char *key = batch->keys->items[batch->first + index];
		if (batch->by_name)
			VEC_PUSH(r->out, &r->live->absent_users,
				 (struct absent_user){.upn = str_lower(r->out, key)});
	} else if (reader_accept(r, reply)) {
		take_user(r, reply->body);
	}
}

static void on_batch_done(void *ctx)
{
	const struct user_batch *batch = ctx;
	batch->reader->pending--;
}

static void read_keys(struct reader *r, const struct str_list *keys, bool by_name)
{
	for (size_t first = 0; first < keys->count; first += BATCH_MAX) {
		struct user_batch *batch = arena_alloc(r->tmp, sizeof *batch);
		*batch = (struct user_batch){r, keys, first, by_name};
		CLEANUP(arena_freep) struct arena *urls = arena_new();
		struct batch_part parts[BATCH_MAX] = {0};
		size_t count = keys->count - first < BATCH_MAX ? keys->count - first : BATCH_MAX;
		for (size_t i = 0; i < count; i++)
			parts[i] = (struct batch_part){
			    HTTP_GET, user_url(urls, keys->items[first + i]), NULL};
		r->pending++;
		batch_send(r->conn, &(struct batch){.parts = parts,
						    .count = count,
						    .part = on_user,
						    .done = on_batch_done,
						    .ctx = batch});
	}
}

/* Each key once: a name twice in a batch would be asked, and answered, twice. */
static const struct str_list *distinct(struct reader *r, const struct str_list *keys)
{
	struct str_list *list = arena_alloc(r->tmp, sizeof *list);
	for (size_t i = 0; i < keys->count; i++)
		VEC_PUSH(r->tmp, list, str_lower(r->tmp, keys->items[i]));
	str_list_sort_unique(list);
	return list;
}

void read_named_users(struct reader *r)
{
	read_keys(r, distinct(r, &r->scope->upns), true);
}

void read_users_by_id(struct reader *r)
{
	read_keys(r, distinct(r, &r->scope->user_ids), false);
}

/* Deleting a user puts its id, without hyphens, before its name. */
static const char *name_before_deletion(const char *upn)
{
	enum { ID_DIGITS = 32 };
	return strspn(upn, "0123456789abcdefABCDEF") >= ID_DIGITS ? upn + ID_DIGITS : upn;
}

static bool on_deleted(void *ctx, const struct json *item, struct error *err)
{
	struct reader *r = ctx;
	const char *id = json_get_text(item, "id");
	const char *upn = json_get_text(item, "userPrincipalName");
	(void)err;
	if (!id || !upn)
		return true;
	for (size_t i = 0; i < r->live->absent_users.count; i++) {
		struct absent_user *absent = &r->live->absent_users.items[i];
		if (str_eq_fold(absent->upn, upn) ||
		    str_eq_fold(absent->upn, name_before_deletion(upn)))
			absent->deleted_id = str_lower(r->out, id);
	}
	return true;
}

/* A courtesy: it tells "deleted" from "never there". Without the permission there is only "not there". */
static void on_deleted_done(void *ctx, const struct graph_reply *reply)
{
	struct reader *r = ctx;
	r->pending--;
	if (reply->outcome != GRAPH_REFUSED)
		(void)reader_accept(r, reply);
}

void read_deleted_names(struct reader *r)
{
	r->pending++;
	paging_start(r->conn, &(struct paging){.url = deleted_users_url,
					       .item = on_deleted,
					       .done = on_deleted_done,
					       .ctx = r});
}

struct holders {
	struct reader *reader;
	const char *sku_id;
	struct user_list users;
	size_t distinct;
};

static bool on_holder(void *ctx, const struct json *item, struct error *err)
{
	struct holders *holders = ctx;
	struct user user;
	if (!user_from_json(item, holders->reader->out, &user, err))
		return false;
	VEC_PUSH(holders->reader->out, &holders->users, user);
	return true;
}

static void restart_holders(void *ctx)
{
	struct holders *holders = ctx;
	holders->users.count = 0;
}

static void on_holders_done(void *ctx, const struct graph_reply *reply)
{
	struct holders *holders = ctx;
	holders->reader->pending--;
	(void)reader_accept(holders->reader, reply);
}

static void list_holders(struct holders *holders)
{
	struct reader *r = holders->reader;
	holders->users.count = 0;
	/* About so many come: growing step by step would leave as much again behind. */
	for (size_t i = 0; i < r->live->skus.count; i++) {
		const struct sku *sku = &r->live->skus.items[i];
		if (str_eq(sku->id, holders->sku_id) && sku->consumed > 0 && sku->consumed < MOST_RESERVED)
			VEC_RESERVE(r->out, &holders->users, (size_t)sku->consumed);
	}
	r->pending++;
	paging_start(r->conn, &(struct paging){.url = users_holding_url(r->tmp, holders->sku_id),
					       .item = on_holder,
					       .restart = restart_holders,
					       .done = on_holders_done,
					       .ctx = holders});
}

/* The SKUs asked for, by id or part number, once each. One that the tenant lacks has no holders. */
static void resolve_skus(struct reader *r)
{
	struct str_list ids = {0};
	for (size_t i = 0; i < r->scope->holders_of.count; i++) {
		const char *wanted = r->scope->holders_of.items[i];
		for (size_t j = 0; j < r->live->skus.count; j++) {
			const struct sku *sku = &r->live->skus.items[j];
			if (str_eq_fold(sku->id, wanted) || str_eq_fold(sku->part_number, wanted))
				VEC_PUSH(r->tmp, &ids, sku->id);
		}
	}
	str_list_sort_unique(&ids);
	r->holders = arena_alloc_array(r->tmp, ids.count, sizeof *r->holders);
	r->holder_count = ids.count;
	for (size_t i = 0; i < ids.count; i++)
		r->holders[i] = (struct holders){.reader = r, .sku_id = ids.items[i]};
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Pages are not a snapshot: a user may come twice. */
static size_t count_distinct(const struct user_list *users)
{
	size_t distinct = 0;
	const char **ids = mem_alloc((users->count + 1) * sizeof *ids);
	for (size_t i = 0; i < users->count; i++)
		ids[i] = users->items[i].id;
	qsort(ids, users->count, sizeof *ids, compare_ids);
	for (size_t i = 0; i < users->count; i++)
		distinct += i == 0 || !str_eq(ids[i], ids[i - 1]);
	free(ids);
	return distinct;
}

/* The first SKU whose holders and consumedUnits differ, or NULL. */
static const struct sku *find_disagreement(struct reader *r, size_t *ret_holders)
{
	for (size_t i = 0; i < r->holder_count; i++) {
		for (size_t j = 0; j < r->live->skus.count; j++) {
			const struct sku *sku = &r->live->skus.items[j];
			if (!str_eq(sku->id, r->holders[i].sku_id))
				continue;
			*ret_holders = count_distinct(&r->holders[i].users);
			if (sku->consumed != (int64_t)*ret_holders)
				return sku;
		}
	}
	return NULL;
}

static void on_pause_over(void *ctx)
{
	struct reader *r = ctx;
	r->pending--;
}

static bool pause(struct reader *r, int64_t wait_ms, struct error *err)
{
	struct http_timer timer = {.fire = on_pause_over, .ctx = r};
	r->pending++;
	http_client_after(r->conn->client, &timer, wait_ms);
	return reader_wait(r, err);
}

bool read_holders(struct reader *r, struct error *err)
{
	/* Replicas lag behind each other: what disagrees now may agree in a moment. */
	static const int64_t waits_ms[] = {500, 1000, 2000, 4000, 8000};
	resolve_skus(r);
	for (size_t round = 0;; round++) {
		size_t found = 0;
		for (size_t i = 0; i < r->holder_count; i++)
			list_holders(&r->holders[i]);
		if (round)
			read_skus(r);
		if (!reader_wait(r, err))
			return false;
		const struct sku *sku = find_disagreement(r, &found);
		if (!sku)
			break;
		if (round == ARRAY_LEN(waits_ms))
			return error_set(err, ERR_INCOMPLETE,
					 "'%s' is held by %" PRId64
					 " users by the tenant's own count "
					 "(consumedUnits), but %zu holders could be read",
					 sku->part_number, sku->consumed, found);
		if (!pause(r, waits_ms[round], err))
			return false;
	}
	for (size_t i = 0; i < r->holder_count; i++) {
		const struct user_list *users = &r->holders[i].users;
		VEC_PUSH(r->out, &r->live->holders_read,
			 arena_strdup(r->out, r->holders[i].sku_id));
		/* A hundred thousand are not copied when nobody else is there. */
		if (!r->live->users.count) {
			r->live->users = *users;
			continue;
		}
		for (size_t j = 0; j < users->count; j++)
			VEC_PUSH(r->out, &r->live->users, users->items[j]);
	}
	return true;
}
