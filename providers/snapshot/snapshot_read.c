/* Live facts out of a file. */
#include "core/choices.h"
#include "providers/snapshot/snapshot.h"
#include "providers/snapshot/snapshot_internal.h"

#include <string.h>

/* What many people have alike; the choices of its licences, then of their states, by place among one's own.
 */
struct shape {
	struct user user;
	struct choice_numbers places;
};
VEC(shape_list, struct shape);

struct reading {
	struct arena *out, *tmp;
	struct live *live;
	struct read_info *info;
	struct chosen chosen;
	struct shape_list shapes;
};

static bool bad(struct error *err, const char *where)
{
	return error_set(err, ERR_INVALID, "snapshot: '%s' is not as it has to be", where);
}

static bool read_texts(struct reading *r, const char *key, const struct json *value, struct str_list *ret,
		       struct error *err)
{
	JSON_EACH (item, value) {
		if (!json_text(item))
			return bad(err, key);
		VEC_PUSH(r->out, ret, arena_strdup(r->out, json_text(item)));
	}
	return json_type(value) == JSON_ARRAY || bad(err, key);
}

static bool read_place(struct reading *r, const struct json *object, struct shape *shape, struct error *err)
{
	int64_t place;
	if (!json_int(json_get(object, "off"), &place) || place < 0)
		return bad(err, "off");
	VEC_PUSH(r->tmp, &shape->places, (size_t)place);
	return true;
}

static const char *dup(struct reading *r, const struct json *object, const char *key)
{
	return arena_strdup(r->out, json_get_text(object, key));
}

static bool read_license(struct reading *r, const struct json *value, struct shape *shape, struct error *err)
{
	struct license license = {.sku_id = dup(r, value, "sku")};
	if (!license.sku_id)
		return bad(err, "licenses");
	VEC_PUSH(r->tmp, &shape->user.licenses, license);
	return read_place(r, value, shape, err);
}

static bool read_state(struct reading *r, const struct json *value, struct shape *shape, struct error *err)
{
	struct license_state state = {.sku_id = dup(r, value, "sku"),
				      .group_id = dup(r, value, "group"),
				      .state = dup(r, value, "state"),
				      .error = dup(r, value, "error")};
	if (!state.sku_id)
		return bad(err, "states");
	VEC_PUSH(r->tmp, &shape->user.states, state);
	return read_place(r, value, shape, err);
}

static bool read_shape(struct reading *r, const struct json *value, struct error *err)
{
	struct shape shape = {.user.usage_location = dup(r, value, "usage_location")};
	if (!json_bool(json_get(value, "enabled"), &shape.user.enabled) ||
	    !json_bool(json_get(value, "guest"), &shape.user.is_guest) ||
	    !json_bool(json_get(value, "synced"), &shape.user.is_synced))
		return bad(err, "shapes");
	JSON_EACH (license, json_get(value, "licenses"))
		if (!read_license(r, license, &shape, err))
			return false;
	JSON_EACH (state, json_get(value, "states"))
		if (!read_state(r, state, &shape, err))
			return false;
	VEC_PUSH(r->tmp, &r->shapes, shape);
	return true;
}

static bool read_own(struct reading *r, const struct json *value, struct choice_numbers *own,
		     struct error *err)
{
	int64_t number;
	JSON_EACH (item, value) {
		if (!json_int(item, &number) || number < 0 || (size_t)number >= r->chosen.choices.count)
			return bad(err, "off");
		VEC_PUSH(r->tmp, own, (size_t)number);
	}
	return true;
}

static bool find_choice(const struct reading *r, const struct choice_numbers *own, size_t place,
			struct str_list *ret, struct error *err)
{
	if (place >= own->count)
		return bad(err, "off");
	*ret = r->chosen.choices.items[own->items[place]];
	return true;
}

/* The shape's lists are everybody's; these are one's own. */
static bool give_choices(struct reading *r, const struct shape *shape, const struct choice_numbers *own,
			 struct user *user, struct error *err)
{
	const size_t *place = shape->places.items;
	struct license_list *licenses = &user->licenses;
	struct license_state_list *states = &user->states;
	licenses->items = arena_dup(r->out, licenses->items, licenses->count * sizeof *licenses->items);
	states->items = arena_dup(r->out, states->items, states->count * sizeof *states->items);
	licenses->cap = licenses->count;
	states->cap = states->count;
	for (size_t i = 0; i < licenses->count; i++)
		if (!find_choice(r, own, *place++, &licenses->items[i].disabled_plans, err))
			return false;
	for (size_t i = 0; i < states->count; i++)
		if (!find_choice(r, own, *place++, &states->items[i].disabled_plans, err))
			return false;
	return true;
}

static bool read_times(struct reading *r, const struct json *times, struct user *user, struct error *err)
{
	size_t count = 0;
	JSON_EACH (time, times) {
		if (count == user->states.count)
			return bad(err, "updated");
		user->states.items[count++].updated = arena_strdup(r->out, json_text(time));
	}
	return count == user->states.count || bad(err, "updated");
}

static bool read_user(struct reading *r, const struct json *value, struct error *err)
{
	int64_t shape;
	if (!json_int(json_get(value, "shape"), &shape) || shape < 0 || (size_t)shape >= r->shapes.count)
		return bad(err, "shape");
	struct user user = r->shapes.items[shape].user;
	struct choice_numbers own = {0};
	user.id = dup(r, value, "id");
	user.upn = dup(r, value, "upn");
	user.display_name = dup(r, value, "display_name");
	if (!user.id || !str_is_guid(user.id) || !user.upn)
		return bad(err, "users");
	if (!read_own(r, json_get(value, "off"), &own, err) ||
	    !give_choices(r, &r->shapes.items[shape], &own, &user, err))
		return false;
	const struct json *times = json_get(value, "updated");
	if (times && !read_times(r, times, &user, err))
		return false;
	VEC_PUSH(r->out, &r->live->users, user);
	return true;
}

/* VEC_PUSH for a row whose type is only known by its size; doubling, as there. */
static bool append_row(struct arena *out, struct user_list *list, const void *row, size_t size)
{
	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		void *items = arena_alloc_array(out, cap, size);
		if (list->count)
			memcpy(items, list->items, list->count * size);
		list->items = items;
		list->cap = cap;
	}
	memcpy((char *)list->items + list->count++ * size, row, size);
	return true;
}

static bool read_row(struct reading *r, const char *key, const struct json *value, struct error *err)
{
	for (size_t i = 0; i < SNAPSHOT_TABLES; i++) {
		if (!str_eq(snapshot_tables[i].key, key))
			continue;
		struct user_list *list = (void *)((char *)r->live + snapshot_tables[i].offset);
		void *row = arena_alloc(r->out, snapshot_tables[i].size);
		if (!fields_from_file(snapshot_tables[i].fields, value, key, r->out, row, err))
			return false;
		return append_row(r->out, list, row, snapshot_tables[i].size);
	}
	return bad(err, key);
}

static bool on_item(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct reading *r = ctx;
	if (str_eq(key, "users"))
		return read_user(r, value, err);
	if (str_eq(key, "shapes"))
		return read_shape(r, value, err);
	if (str_eq(key, "switched_off"))
		return chosen_read_choice(&r->chosen, value) || bad(err, key);
	return read_row(r, key, value, err);
}

/* What is left out, or not known, makes the snapshot another than what it is written back as. */
static bool on_member(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct reading *r = ctx;
	struct live *live = r->live;
	if (str_eq(key, "absent_groups"))
		return read_texts(r, key, value, &live->absent_groups, err);
	if (str_eq(key, "holders_read"))
		return read_texts(r, key, value, &live->holders_read, err);
	if (str_eq(key, "service_plans"))
		return chosen_read_service_plans(&r->chosen, value) || bad(err, key);
	if (str_eq(key, "organization"))
		return fields_from_file(snapshot_organization_fields, value, key, r->out, &live->organization,
					err);
	if (str_eq(key, "partner"))
		return fields_from_file(snapshot_partner_fields, value, key, r->out, &live->partner, err);
	if (str_eq(key, "read"))
		return fields_from_file(snapshot_info_fields, value, key, r->out, r->info, err);
	if (str_eq(key, "user_count"))
		return json_int(value, &live->user_count) || bad(err, key);
	return true;
}

/* What the fields leave out: derived members, and the order that look-ups rely on. */
static void finish(struct live *live)
{
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		struct subscription *s = &live->subscriptions.items[i];
		s->status = subscription_status_parse(s->status_text);
	}
	live_sort(live);
}

/* One a line: growing step by step would leave as much again behind. */
static void reserve_users(struct reading *r, const char *text, size_t len)
{
	static const char key[] = "\n\"users\":[";
	const char *at = memmem(text, len, key, sizeof key - 1);
	size_t lines = 0;
	for (; at; at = memchr(at + 1, '\n', len - (size_t)(at + 1 - text)))
		lines++;
	VEC_RESERVE(r->out, &r->live->users, lines);
}

bool snapshot_decode(const char *text, size_t len, struct arena *out, struct live *ret_live,
		     struct read_info *ret_info, struct error *err)
{
	struct live live = {0};
	struct read_info info = {0};
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct reading reading = {
		.out = out, .tmp = tmp, .live = &live, .info = &info, .chosen = {.out = out}};
	const struct json_lines_reader reader = {on_member, on_item, &reading};
	reserve_users(&reading, text, len);
	if (json_lines_is_other_format(text, len, "snapshot", SNAPSHOT_FORMAT, err) ||
	    !json_lines_read(text, len, &reader, err))
		return false;
	if (!live.organization.id || !info.read_at)
		return error_set(err, ERR_INVALID, "the snapshot is not whole");
	finish(&live);
	if (!snapshot_is_written_as(&live, &info, text, len))
		return error_set(err, ERR_INVALID,
				 "not a snapshot as seatshift writes it: it was edited or damaged");
	*ret_live = live;
	*ret_info = info;
	return true;
}
