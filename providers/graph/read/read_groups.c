/* Reading groups: by id, by exact display name, those that users hold licences through, their members. */
#include "providers/graph/read/reader.h"
#include "providers/graph/read/resources.h"

#include <string.h>

static bool group_is_read(const struct reader *r, const char *id)
{
	for (size_t i = 0; i < r->live->groups.count; i++)
		if (str_eq(r->live->groups.items[i].id, id))
			return true;
	return false;
}

static void take_group(struct reader *r, const char *asked, const struct json *body)
{
	struct group group;
	struct error err = ERROR_INIT;
	if (group_from_json(body, r->out, &group, &err)) {
		/* One may be found by its name and by what it hands out. */
		if ((!asked || reader_check_answer(r, asked, group.id)) && !group_is_read(r, group.id))
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
	const struct reader_batch *batch = ctx;
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

static const char *url_of(struct reader *r, struct arena *out, const char *key)
{
	(void)r;
	return str_is_guid(key) ? group_url(out, key) : groups_named_url(out, key);
}

static void read_keys(struct reader *r, const struct str_list *keys)
{
	reader_ask_each(r, &(struct reader_batch){.keys = keys, .url = url_of, .part = on_group});
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

static bool on_licensing_group(void *ctx, const struct json *item, struct error *err)
{
	(void)err;
	take_group(ctx, NULL, item);
	return true;
}

static void restart_licensing_groups(void *ctx)
{
	(void)ctx; /* each is taken once */
}

static void on_licensing_groups_done(void *ctx, const struct graph_reply *reply)
{
	struct reader *r = ctx;
	r->pending--;
	(void)reader_accept(r, reply);
}

void read_licensing_groups(struct reader *r, const char *sku_id)
{
	if (!r->scope->groups_of_holders || str_list_has(&r->groups_asked, sku_id))
		return;
	VEC_PUSH(r->tmp, &r->groups_asked, sku_id);
	r->pending++;
	paging_start(r->conn, &(struct paging){.url = groups_licensing_url(r->tmp, sku_id),
					       .item = on_licensing_group,
					       .restart = restart_licensing_groups,
					       .done = on_licensing_groups_done,
					       .ctx = r});
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

/* Members who are no people: groups, and whatever else the directory has. */
struct objects {
	struct reader *reader;
	size_t group;
	struct str_list groups, others;
};

/* "orgContact" is what people call a contact. */
static const char *kind_of(const char *type)
{
	static const struct {
		const char *type, *word;
	} words[] = {{"orgContact", "contact"}, {"servicePrincipal", "service principal"}};
	const char *last = type ? strrchr(type, '.') : NULL;
	const char *kind = last ? last + 1 : "object";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i].type, kind))
			return words[i].word;
	return kind;
}

static bool on_object(void *ctx, const struct json *item, struct error *err)
{
	struct objects *objects = ctx;
	struct arena *out = objects->reader->out;
	const char *kind = kind_of(json_get_text(item, "@odata.type"));
	const char *id = json_get_text(item, "id");
	const char *name = json_get_text(item, "displayName");
	if (!id)
		return error_set(err, ERR_INCOMPLETE, "a member of a group has no id");
	if (str_eq(kind, "user"))
		return true;
	if (str_eq(kind, "group"))
		VEC_PUSH(out, &objects->groups, arena_printf(out, "%s (%s)", name ? name : "", id));
	else
		VEC_PUSH(out, &objects->others, arena_printf(out, "%s %s (%s)", kind, name ? name : "", id));
	return true;
}

static void restart_objects(void *ctx)
{
	struct objects *objects = ctx;
	objects->groups.count = objects->others.count = 0;
}

static void on_objects_done(void *ctx, const struct graph_reply *reply)
{
	struct objects *objects = ctx;
	struct reader *r = objects->reader;
	r->pending--;
	if (!reader_accept(r, reply))
		return;
	struct group *group = &r->live->groups.items[objects->group];
	str_list_sort_unique(&objects->groups);
	str_list_sort_unique(&objects->others);
	group->subgroups = objects->groups;
	group->others = objects->others;
}

/* Licensing does not reach into groups, nor to what is no person: whoever names a group has to know of them.
 */
static void read_objects(struct reader *r, size_t index)
{
	const struct group *group = &r->live->groups.items[index];
	const struct str_list *asked = &r->scope->groups;
	if (!str_list_has_fold(asked, group->id) && !str_list_has_fold(asked, group->display_name))
		return;
	struct objects *objects = arena_alloc(r->tmp, sizeof *objects);
	*objects = (struct objects){.reader = r, .group = index};
	r->pending++;
	paging_start(r->conn, &(struct paging){.url = group_objects_url(r->tmp, group->id),
					       .item = on_object,
					       .restart = restart_objects,
					       .done = on_objects_done,
					       .ctx = objects});
}

void read_members(struct reader *r)
{
	for (size_t i = 0; i < r->live->groups.count; i++) {
		struct members *members = arena_alloc(r->tmp, sizeof *members);
		*members = (struct members){.reader = r, .group = i};
		r->pending++;
		paging_start(r->conn,
			     &(struct paging){.url = group_members_url(r->tmp, r->live->groups.items[i].id,
								       r->scope->services),
					      .item = on_member,
					      .restart = restart_members,
					      .done = on_members_done,
					      .ctx = members});
		if (r->scope->members_as_users)
			read_objects(r, i);
	}
}
