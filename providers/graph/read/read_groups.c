/* Reading groups: by id, by exact display name, those that users hold licences through, their members. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"
#include "providers/graph/wire/batch.h"

struct group_batch {
	struct reader *reader;
	const struct str_list *keys;
	size_t first;
};

static void take_group(struct reader *r, const char *asked, const struct json *body)
{
	struct group group;
	struct error err = ERROR_INIT;
	if (group_from_json(body, r->out, &group, &err)) {
		if (!asked || reader_check_answer(r, asked, group.id))
			VEC_PUSH(r->out, &r->live->groups, group);
		return;
	}
	reader_fail(r, &err);
	error_release(&err);
}

static void take_named(struct reader *r, const char *name, const struct json *body)
{
	size_t found = 0;
	/* The filter folds case and the like: a name is exact here. */
	JSON_EACH (item, json_get(body, "value")) {
		const char *called = json_get_text(item, "displayName");
		if (!str_eq(called, name)) {
			if (called)
				VEC_PUSH(r->out, &r->live->known_groups, arena_strdup(r->out, called));
			continue;
		}
		found++;
		take_group(r, NULL, item);
	}
	if (found == 0)
		VEC_PUSH(r->out, &r->live->absent_groups, arena_strdup(r->out, name));
	if (found < 2)
		return;
	struct error err = ERROR_INIT;
	error_set(&err, ERR_INVALID, "%zu groups are called '%s'", found, name);
	error_hint(&err, "Name the group by its id instead.");
	reader_fail(r, &err);
	error_release(&err);
}

static void on_group(void *ctx, size_t index, const struct graph_reply *reply)
{
	const struct group_batch *batch = ctx;
	struct reader *r = batch->reader;
	const char *key = batch->keys->items[batch->first + index];
	/* By its id a group may be gone; the search for a name is there, whatever it finds. */
	bool gone = reply->status == 404 && reply->outcome == GRAPH_REFUSED && str_is_guid(key);
	if (gone && !r->again)
		VEC_PUSH(r->tmp, &r->gone_groups, key);
	else if (gone)
		VEC_PUSH(r->out, &r->live->absent_groups, arena_strdup(r->out, key));
	else if (!reader_accept(r, reply))
		return;
	else if (str_is_guid(key))
		take_group(r, key, reply->body);
	else
		take_named(r, key, reply->body);
}

static void on_batch_done(void *ctx)
{
	const struct group_batch *batch = ctx;
	batch->reader->pending--;
}

static void read_keys(struct reader *r, const struct str_list *keys)
{
	for (size_t first = 0; first < keys->count; first += BATCH_MAX) {
		struct group_batch *batch = arena_alloc(r->tmp, sizeof *batch);
		*batch = (struct group_batch){r, keys, first};
		CLEANUP(arena_freep) struct arena *urls = arena_new();
		struct batch_part parts[BATCH_MAX] = {0};
		size_t count = keys->count - first < BATCH_MAX ? keys->count - first : BATCH_MAX;
		for (size_t i = 0; i < count; i++) {
			const char *key = keys->items[first + i];
			parts[i].method = HTTP_GET;
			parts[i].url = str_is_guid(key) ? group_url(urls, key) : groups_named_url(urls, key);
		}
		r->pending++;
		batch_send(r->conn, &(struct batch){.parts = parts,
						    .count = count,
						    .part = on_group,
						    .done = on_batch_done,
						    .ctx = batch});
	}
}

void read_groups(struct reader *r)
{
	struct str_list *keys = arena_alloc(r->tmp, sizeof *keys);
	for (size_t i = 0; i < r->scope->groups.count; i++)
		VEC_PUSH(r->tmp, keys, r->scope->groups.items[i]);
	str_list_sort_unique(keys);
	read_keys(r, keys);
}

void read_groups_again(struct reader *r)
{
	read_keys(r, &r->gone_groups);
}

static bool group_is_read(const struct reader *r, const char *id)
{
	for (size_t i = 0; i < r->live->groups.count; i++)
		if (str_eq(r->live->groups.items[i].id, id))
			return true;
	return false;
}

void read_groups_of_holders(struct reader *r)
{
	struct str_list all = {0};
	for (size_t i = 0; i < r->live->users.count; i++) {
		const struct license_state_list *states = &r->live->users.items[i].states;
		for (size_t j = 0; j < states->count; j++)
			if (states->items[j].group_id &&
			    str_list_has(&r->live->holders_read, states->items[j].sku_id))
				VEC_PUSH(r->tmp, &all, states->items[j].group_id);
	}
	str_list_sort_unique(&all);
	struct str_list *keys = arena_alloc(r->tmp, sizeof *keys);
	for (size_t i = 0; i < all.count; i++)
		if (!group_is_read(r, all.items[i]))
			VEC_PUSH(r->tmp, keys, all.items[i]);
	read_keys(r, keys);
}

struct members {
	struct reader *reader;
	size_t group; /* index: no group is added while members are read */
	struct user_list users;
};

static bool on_member(void *ctx, const struct json *item, struct error *err)
{
	struct members *members = ctx;
	struct user user;
	if (!reader_user(members->reader, item, &user, err))
		return false;
	VEC_PUSH(members->reader->out, &members->users, user);
	return true;
}

static void restart_members(void *ctx)
{
	struct members *members = ctx;
	members->users.count = 0;
}

static void on_members_done(void *ctx, const struct graph_reply *reply)
{
	struct members *members = ctx;
	struct reader *r = members->reader;
	r->pending--;
	if (!reader_accept(r, reply))
		return;
	struct group *group = &r->live->groups.items[members->group];
	for (size_t i = 0; i < members->users.count; i++) {
		VEC_PUSH(r->out, &group->member_ids, members->users.items[i].id);
		if (r->scope->members_as_users)
			VEC_PUSH(r->out, &r->live->users, members->users.items[i]);
	}
	group->members_read = true;
}

struct subgroups {
	struct reader *reader;
	size_t group;
	struct str_list names;
};

static bool on_subgroup(void *ctx, const struct json *item, struct error *err)
{
	struct subgroups *subgroups = ctx;
	struct arena *out = subgroups->reader->out;
	const char *id = json_get_text(item, "id");
	const char *name = json_get_text(item, "displayName");
	if (!id)
		return error_set(err, ERR_INCOMPLETE, "a group among the members has no id");
	VEC_PUSH(out, &subgroups->names, arena_printf(out, "%s (%s)", name ? name : "", id));
	return true;
}

static void restart_subgroups(void *ctx)
{
	struct subgroups *subgroups = ctx;
	subgroups->names.count = 0;
}

static void on_subgroups_done(void *ctx, const struct graph_reply *reply)
{
	struct subgroups *subgroups = ctx;
	struct reader *r = subgroups->reader;
	r->pending--;
	if (!reader_accept(r, reply))
		return;
	str_list_sort_unique(&subgroups->names);
	r->live->groups.items[subgroups->group].subgroups = subgroups->names;
}

/* Licensing does not reach into them, so whoever names a group has to know of them. */
static void read_subgroups(struct reader *r, size_t index)
{
	const struct group *group = &r->live->groups.items[index];
	const struct str_list *asked = &r->scope->groups;
	if (!str_list_has_fold(asked, group->id) && !str_list_has_fold(asked, group->display_name))
		return;
	struct subgroups *subgroups = arena_alloc(r->tmp, sizeof *subgroups);
	*subgroups = (struct subgroups){.reader = r, .group = index};
	r->pending++;
	paging_start(r->conn, &(struct paging){.url = group_subgroups_url(r->tmp, group->id),
					       .item = on_subgroup,
					       .restart = restart_subgroups,
					       .done = on_subgroups_done,
					       .ctx = subgroups});
}

void read_members(struct reader *r)
{
	for (size_t i = 0; i < r->live->groups.count; i++) {
		struct members *members = arena_alloc(r->tmp, sizeof *members);
		*members = (struct members){.reader = r, .group = i};
		r->pending++;
		paging_start(r->conn,
			     &(struct paging){.url = group_members_url(r->tmp, r->live->groups.items[i].id),
					      .item = on_member,
					      .restart = restart_members,
					      .done = on_members_done,
					      .ctx = members});
		if (r->scope->members_as_users)
			read_subgroups(r, i);
	}
}
