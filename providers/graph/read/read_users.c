/* Reading users by name and by id, in batches: those that no listing has shown yet. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

#include <stdlib.h>
#include <string.h>

static void take_user(struct reader *r, const char *key, const struct json *body)
{
	struct user user;
	struct error err = ERROR_INIT;
	if (reader_user(r, body, &user, &err)) {
		if (reader_check_answer(r, key, str_is_guid(key) ? user.id : user.upn))
			VEC_PUSH(r->out, &r->live->users, user);
		return;
	}
	reader_fail(r, &err);
	error_release(&err);
}

static void on_user(void *ctx, size_t index, const struct graph_reply *reply)
{
	const struct reader_batch *batch = ctx;
	struct reader *r = batch->reader;
	const char *key = batch->keys->items[batch->first + index];
	if (reply->status == 404 && reply->outcome == GRAPH_REFUSED) {
		if (batch->by_name)
			VEC_PUSH(r->out, &r->live->absent_users,
				 (struct absent_user){.upn = str_lower(r->out, key)});
		else if (!r->again)
			VEC_PUSH(r->tmp, &r->gone_users, key);
	} else if (reader_accept(r, reply)) {
		take_user(r, key, reply->body);
	}
}

static const char *url_of(struct reader *r, struct arena *out, const char *key)
{
	return user_url(out, key, r->scope->services);
}

static void read_keys(struct reader *r, const struct str_list *keys, bool by_name)
{
	reader_ask_each(
		r, &(struct reader_batch){.keys = keys, .by_name = by_name, .url = url_of, .part = on_user});
}

/* Those of `keys` (sorted) that are not among the users read by now. */
static const struct str_list *unread(struct reader *r, const struct str_list *keys, bool by_name)
{
	struct str_list *rest = arena_alloc(r->tmp, sizeof *rest);
	bool *known = arena_alloc_array(r->tmp, keys->count, sizeof *known);
	for (size_t i = 0; keys->count && i < r->live->users.count; i++) {
		const struct user *user = &r->live->users.items[i];
		const char *key = by_name ? str_lower(r->tmp, user->upn) : user->id;
		const char *const *found = str_list_search(keys, key);
		if (found)
			known[found - keys->items] = true;
	}
	for (size_t i = 0; i < keys->count; i++)
		if (!known[i])
			VEC_PUSH(r->tmp, rest, keys->items[i]);
	return rest;
}

void read_named_users(struct reader *r)
{
	read_keys(r, unread(r, reader_distinct(r, &r->scope->upns), true), true);
}

void read_users_by_id(struct reader *r)
{
	read_keys(r, unread(r, reader_distinct(r, &r->scope->user_ids), false), false);
}

void read_users_again(struct reader *r)
{
	struct str_list *absent = arena_alloc(r->tmp, sizeof *absent);
	for (size_t i = 0; i < r->live->absent_users.count; i++)
		VEC_PUSH(r->tmp, absent, r->live->absent_users.items[i].upn);
	r->live->absent_users.count = 0;
	read_keys(r, absent, true);
	read_keys(r, &r->gone_users, false);
}

void read_users_early(struct reader *r)
{
	/* Beyond one batch a list may show them, when its length is known. */
	bool has_lists = r->scope->holders_of.count || r->scope->likely_holders_of.count;
	size_t few = has_lists ? BATCH_MAX : 2 * BATCH_MAX;
	read_holders_early(r);
	read_likely_early(r);
	r->names_asked = r->scope->upns.count && r->scope->upns.count <= few;
	r->ids_asked = r->scope->user_ids.count && r->scope->user_ids.count <= few && !r->likely_count;
	if (r->names_asked)
		read_named_users(r);
	if (r->ids_asked)
		read_users_by_id(r);
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
		if (str_eq_fold(absent->upn, upn) || str_eq_fold(absent->upn, name_before_deletion(upn)))
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
