/* Reading the holders of SKUs, with the server's own filter. */
#include "core/catalog.h"
#include "core/quote.h"
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

static size_t count_in(const struct sku_list *skus, const char *sku_id)
{
	for (size_t i = 0; i < skus->count; i++) {
		const struct sku *sku = &skus->items[i];
		if (str_eq(sku->id, sku_id) && sku->consumed > 0 && sku->consumed < MOST_RESERVED)
			return (size_t)sku->consumed;
	}
	return 0;
}

/* How many holders there are by the tenant's own count. */
static size_t count_expected(const struct reader *r, const char *sku_id)
{
	if (!r->live->skus.count && !r->counts->count && r->scope->skus_before)
		return count_in(r->scope->skus_before, sku_id);
	for (size_t i = 0; i < r->counts->count; i++)
		if (!r->live->skus.count && str_eq(r->counts->items[i].sku_id, sku_id) &&
		    r->counts->items[i].holders > 0)
			return (size_t)r->counts->items[i].holders;
	return count_in(&r->live->skus, sku_id);
}

/* About so many come: growing step by step would leave as much again behind. */
static void reserve(struct holders *holders)
{
	struct reader *r = holders->reader;
	size_t expected = count_expected(r, holders->sku_id);
	if (holders->wanted && holders->wanted->count < expected)
		expected = holders->wanted->count;
	VEC_RESERVE(r->out, &holders->users, expected);
}

static bool on_holder(void *ctx, const struct json *item, struct error *err)
{
	struct holders *holders = ctx;
	struct user user;
	if (!is_wanted(holders, item))
		return true;
	if (!holders->users.count)
		reserve(holders);
	if (!reader_user(holders->reader, item, &user, err))
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
	r->pending++;
	paging_start(r->conn,
		     &(struct paging){.url = users_holding_url(r->tmp, holders->sku_id, r->scope->services),
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

/* The first SKU whose holders and consumedUnits differ by more than is accepted, or NULL. */
static const struct sku *find_disagreement(struct reader *r, int64_t accepted, size_t *ret_holders)
{
	for (size_t i = 0; i < r->holder_count; i++) {
		for (size_t j = 0; j < r->live->skus.count; j++) {
			const struct sku *sku = &r->live->skus.items[j];
			if (!str_eq(sku->id, r->holders[i].sku_id))
				continue;
			*ret_holders = count_distinct(&r->holders[i].users);
			int64_t unread = sku->consumed - (int64_t)*ret_holders;
			if (unread < 0 || unread > accepted)
				return sku;
		}
	}
	return NULL;
}

static bool is_read(const struct reader *r, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(r->live->users.items[i].id, id))
			return true;
	return false;
}

/* Adds what was listed to the users that are read; somebody's own record, asked for early, outranks the list.
 */
static void take_users(struct holders *holders)
{
	struct reader *r = holders->reader;
	size_t early = r->asked_early;
	/* A hundred thousand are not copied when nobody else is there. */
	if (!r->live->users.count) {
		r->live->users = holders->users;
		return;
	}
	for (size_t i = 0; i < holders->users.count; i++)
		if (!is_read(r, early, holders->users.items[i].id))
			VEC_PUSH(r->out, &r->live->users, holders->users.items[i]);
}

/* The SKU's id, where it can be known before the tenant's own SKUs are. */
static const char *known_sku_id(const struct reader *r, const char *wanted)
{
	const struct catalog_sku *sku = str_is_guid(wanted) ? NULL : catalog_find_sku(wanted);
	return str_is_guid(wanted) ? str_lower(r->tmp, wanted) : sku ? sku->id : NULL;
}

static struct holders *find_early(const struct reader *r, const char *sku_id)
{
	for (size_t i = 0; i < r->early_count; i++)
		if (str_eq(r->early[i].sku_id, sku_id))
			return &r->early[i];
	return NULL;
}

void read_holders_early(struct reader *r)
{
	r->early = arena_alloc_array(r->tmp, r->scope->holders_of.count + 1, sizeof *r->early);
	for (size_t i = 0; i < r->scope->holders_of.count; i++) {
		const char *id = known_sku_id(r, r->scope->holders_of.items[i]);
		if (!id || find_early(r, id))
			continue;
		r->early[r->early_count] = (struct holders){.reader = r, .sku_id = id};
		list_holders(&r->early[r->early_count++]);
		read_licensing_groups(r, id);
	}
}

/* What a list that was begun early has shown serves as the first. */
static void begin(struct holders *holders, bool first)
{
	const struct holders *early = first ? find_early(holders->reader, holders->sku_id) : NULL;
	if (early)
		holders->users = early->users;
	else
		list_holders(holders);
	if (first)
		read_licensing_groups(holders->reader, holders->sku_id);
}

/* Never shown by a listing of users: one that was deleted, or that this application may not see. */
static bool differs_for_good(const struct sku *sku, size_t found, struct error *err)
{
	error_set(err, ERR_INCOMPLETE,
		  "'%s' is held by %" PRId64
		  " users by the tenant's own count (consumedUnits), but %zu holders "
		  "could be read",
		  sku->part_number, sku->consumed, found);
	if (sku->consumed > (int64_t)found)
		error_hint(
			err,
			"Look in the admin centre who holds it: a deleted user may still have the seat "
			"(Deleted "
			"users), or an account in a restricted unit. When a person has looked, say 'accept: "
			"{unread_holders: %" PRId64 "}' in the customer file.",
			sku->consumed - (int64_t)found);
	else
		error_hint(err, "The tenant's own count lags behind. Try again in some minutes.");
	return false;
}

static bool pause_for(struct reader *r, const struct sku *sku, size_t found, int64_t wait_ms,
		      struct error *err)
{
	const char *name = quote_terminal_cut(r->tmp, sku->part_number, 60);
	const char *why =
		arena_printf(r->tmp,
			     "the tenant counts %" PRId64 " holders of '%s', and %zu could be read; "
			     "looking again",
			     sku->consumed, name, found);
	return reader_pause(r, wait_ms, why, err);
}

bool read_holders(struct reader *r, struct error *err)
{
	/* Replicas lag behind each other: what disagrees now may agree in a moment. */
	static const int64_t waits_ms[] = {500, 1000, 2000, 4000};
	resolve_skus(r);
	for (size_t round = 0;; round++) {
		size_t found = 0;
		for (size_t i = 0; i < r->holder_count; i++)
			begin(&r->holders[i], !round);
		if (round)
			read_skus(r);
		if (!reader_wait(r, err))
			return false;
		/* A count that only lags is not accepted for one that differs for good. */
		const struct sku *sku = find_disagreement(r, round ? r->scope->unread_holders : 0, &found);
		if (!sku)
			break;
		if (round == ARRAY_LEN(waits_ms))
			return differs_for_good(sku, found, err);
		if (!pause_for(r, sku, found, waits_ms[round], err))
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
	size_t at_once = budget_in_flight(r->conn->budget);
	size_t turns = (batches + at_once - 1) / at_once;
	int64_t listing = (int64_t)pages * budget_cost(HTTP_GET, users_holding_url(tmp, sku_id, false));
	int64_t by_id = (int64_t)users * budget_cost(HTTP_GET, user_url(tmp, "id", false));
	return users && listing < by_id && pages <= turns;
}

static bool is_listed(const struct reader *r, const char *sku_id)
{
	for (size_t i = 0; i < r->likely_count; i++)
		if (str_eq(r->likely[i].sku_id, sku_id))
			return true;
	if (find_early(r, sku_id))
		return true;
	for (size_t i = 0; i < r->holder_count; i++)
		if (str_eq(r->holders[i].sku_id, sku_id))
			return true;
	return false;
}

/* Lists those that are not listed yet and worth it, by what is known by now. */
static void list_likely(struct reader *r)
{
	const struct str_list *skus = reader_distinct(r, &r->scope->likely_holders_of);
	const struct str_list *ids = reader_distinct(r, &r->scope->user_ids);
	if (!r->likely)
		r->likely = arena_alloc_array(r->tmp, skus->count + 1, sizeof *r->likely);
	for (size_t i = 0; i < skus->count; i++) {
		size_t holders = count_expected(r, skus->items[i]);
		size_t users = holders < ids->count ? holders : ids->count;
		if (is_listed(r, skus->items[i]) || !is_cheaper(r, skus->items[i], holders, users))
			continue;
		r->likely[r->likely_count] =
			(struct holders){.reader = r, .sku_id = skus->items[i], .wanted = ids};
		list_holders(&r->likely[r->likely_count++]);
	}
}

void read_likely_early(struct reader *r)
{
	if (r->counts->count || r->scope->skus_before)
		list_likely(r);
}

bool read_likely_holders(struct reader *r, struct error *err)
{
	size_t early = r->likely_count;
	if (!r->ids_asked)
		list_likely(r);
	if (r->likely_count > early && !reader_wait(r, err))
		return false;
	for (size_t i = 0; i < r->likely_count; i++)
		take_users(&r->likely[i]);
	return true;
}
