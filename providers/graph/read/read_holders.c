/* Reading the holders of SKUs, with the server's own filter. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RESERVED = 1000000, PAGE_MAX = 999 };

struct holders {
	struct reader *reader;
	const char *sku_id;
	const struct str_list *wanted; /* only these ids, sorted; NULL: everybody */
	struct user_list users;
};

static bool is_wanted(const struct holders *holders, const struct json *item)
{
	const char *id = holders->wanted ? json_get_text(item, "id") : NULL;
	/* One without an id is taken, so that it is complained of. */
	if (!id || str_list_search(holders->wanted, id))
		return true;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	return str_list_search(holders->wanted, str_lower(tmp, id));
}

static bool on_holder(void *ctx, const struct json *item, struct error *err)
{
	struct holders *holders = ctx;
	struct user user;
	if (!is_wanted(holders, item))
		return true;
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

/* How many holders there are by the tenant's own count. */
static size_t count_expected(const struct reader *r, const char *sku_id)
{
	for (size_t i = 0; i < r->live->skus.count; i++) {
		const struct sku *sku = &r->live->skus.items[i];
		if (str_eq(sku->id, sku_id) && sku->consumed > 0 && sku->consumed < MOST_RESERVED)
			return (size_t)sku->consumed;
	}
	return 0;
}

static void list_holders(struct holders *holders)
{
	struct reader *r = holders->reader;
	holders->users.count = 0;
	/* About so many come: growing step by step would leave as much again behind. */
	size_t expected = count_expected(r, holders->sku_id);
	if (holders->wanted && holders->wanted->count < expected)
		expected = holders->wanted->count;
	VEC_RESERVE(r->out, &holders->users, expected);
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

/* Adds what was listed to the users that are read. */
static void take_users(struct holders *holders)
{
	struct reader *r = holders->reader;
	/* A hundred thousand are not copied when nobody else is there. */
	if (!r->live->users.count) {
		r->live->users = holders->users;
		return;
	}
	for (size_t i = 0; i < holders->users.count; i++)
		VEC_PUSH(r->out, &r->live->users, holders->users.items[i]);
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
					 "'%s' is held by %" PRId64 " users by the tenant's own count "
					 "(consumedUnits), but %zu holders could be read",
					 sku->part_number, sku->consumed, found);
		if (!reader_pause(r, waits_ms[round], err))
			return false;
	}
	for (size_t i = 0; i < r->holder_count; i++) {
		VEC_PUSH(r->out, &r->live->holders_read, arena_strdup(r->out, r->holders[i].sku_id));
		take_users(&r->holders[i]);
	}
	return true;
}

/*
 * Whether listing `holders` of a SKU costs less than reading `users` of them by id: fewer units by the
 * published costs, and no longer a wait, since pages follow each other while batches go several at once.
 */
static bool is_cheaper(struct reader *r, const char *sku_id, size_t holders, size_t users)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	size_t pages = (holders + PAGE_MAX - 1) / PAGE_MAX;
	size_t batches = (users + BATCH_MAX - 1) / BATCH_MAX;
	size_t turns = (batches + r->concurrency - 1) / r->concurrency;
	int64_t listing = (int64_t)pages * budget_cost(HTTP_GET, users_holding_url(tmp, sku_id));
	int64_t by_id = (int64_t)users * budget_cost(HTTP_GET, user_url(tmp, "id"));
	return users && listing < by_id && pages <= turns;
}

static bool is_listed(const struct reader *r, const char *sku_id)
{
	for (size_t i = 0; i < r->holder_count; i++)
		if (str_eq(r->holders[i].sku_id, sku_id))
			return true;
	return false;
}

bool read_likely_holders(struct reader *r, struct error *err)
{
	const struct str_list *skus = reader_distinct(r, &r->scope->likely_holders_of);
	const struct str_list *ids = reader_distinct(r, &r->scope->user_ids);
	struct holders *likely = arena_alloc_array(r->tmp, skus->count, sizeof *likely);
	size_t count = 0;
	for (size_t i = 0; i < skus->count; i++) {
		size_t holders = count_expected(r, skus->items[i]);
		size_t users = holders < ids->count ? holders : ids->count;
		if (is_listed(r, skus->items[i]) || !is_cheaper(r, skus->items[i], holders, users))
			continue;
		likely[count] = (struct holders){.reader = r, .sku_id = skus->items[i], .wanted = ids};
		list_holders(&likely[count++]);
	}
	if (count && !reader_wait(r, err))
		return false;
	for (size_t i = 0; i < count; i++)
		take_users(&likely[i]);
	return true;
}
