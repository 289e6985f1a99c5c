/* Live facts as a file. */
#include "providers/snapshot/snapshot.h"

#include "core/choices.h"
#include "core/intern.h"
#include "providers/snapshot/snapshot_internal.h"

#include <stdlib.h>
#include <string.h>

/* What many people have alike, by number. */
struct sharing {
	struct choices *choices;
	struct intern *shapes;
	struct arena *tmp;
	size_t *shape_of; /* per user, and so are: */
	struct choice_numbers *own;
};

static void put_off(struct json_writer *w, const struct str_list *off, struct choices *choices)
{
	json_set_int(w, "off", (int64_t)choices_place(choices, off));
}

static void put_licenses(struct json_writer *w, const struct user *user, struct choices *choices)
{
	json_put_key(w, "licenses");
	json_begin_array(w);
	for (size_t i = 0; i < user->licenses.count; i++) {
		json_begin_object(w);
		put_off(w, &user->licenses.items[i].disabled_plans, choices);
		json_set_text(w, "sku", user->licenses.items[i].sku_id);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_states(struct json_writer *w, const struct user *user, struct choices *choices)
{
	json_put_key(w, "states");
	json_begin_array(w);
	for (size_t i = 0; i < user->states.count; i++) {
		const struct license_state *state = &user->states.items[i];
		json_begin_object(w);
		json_set_text(w, "error", state->error);
		json_set_text(w, "group", state->group_id);
		put_off(w, &state->disabled_plans, choices);
		json_set_text(w, "sku", state->sku_id);
		json_set_text(w, "state", state->state);
		json_end_object(w);
	}
	json_end_array(w);
}

static void encode_shape(const struct user *user, struct choices *choices, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	json_begin_object(&w);
	json_set_bool(&w, "enabled", user->enabled);
	json_set_bool(&w, "guest", user->is_guest);
	put_licenses(&w, user, choices);
	put_states(&w, user, choices);
	json_set_bool(&w, "synced", user->is_synced);
	json_set_text(&w, "usage_location", user->usage_location);
	json_end_object(&w);
}

static void find_shared(const struct live *live, struct sharing *sharing)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	sharing->shape_of = arena_alloc_array(sharing->tmp, live->users.count + 1, sizeof *sharing->shape_of);
	sharing->own = arena_alloc_array(sharing->tmp, live->users.count + 1, sizeof *sharing->own);
	for (size_t i = 0; i < live->users.count; i++) {
		choices_begin(sharing->choices);
		strbuf_clear(&text);
		encode_shape(&live->users.items[i], sharing->choices, &text);
		sharing->shape_of[i] = intern_number(sharing->shapes, strbuf_text(&text), text.len);
		const struct choice_numbers *own = choices_own(sharing->choices);
		sharing->own[i].count = own->count;
		if (own->count)
			sharing->own[i].items =
				arena_dup(sharing->tmp, own->items, own->count * sizeof *own->items);
	}
}

static void put_table(struct json_lines *lines, const struct live *live, const char *key)
{
	for (size_t i = 0; i < SNAPSHOT_TABLES; i++) {
		if (!str_eq(snapshot_tables[i].key, key))
			continue;
		/* All lists are laid out alike. */
		const struct user_list *list = (const void *)((const char *)live + snapshot_tables[i].offset);
		const char *rows = (const void *)list->items;
		json_lines_begin_list(lines, key);
		for (size_t k = 0; k < list->count; k++)
			fields_to_json(snapshot_tables[i].fields, rows + k * snapshot_tables[i].size,
				       json_lines_item(lines));
		json_lines_end_list(lines);
	}
}

/* When each licence was last changed is everybody's own. */
static void put_updated(struct json_writer *w, const struct user *user)
{
	bool has_times = false;
	for (size_t i = 0; i < user->states.count; i++)
		has_times = has_times || user->states.items[i].updated;
	if (!has_times)
		return;
	json_put_key(w, "updated");
	json_begin_array(w);
	for (size_t i = 0; i < user->states.count; i++)
		json_put_text(w, user->states.items[i].updated);
	json_end_array(w);
}

static void put_user(struct json_writer *w, const struct user *user, size_t shape,
		     const struct choice_numbers *own)
{
	json_begin_object(w);
	json_set_text(w, "display_name", user->display_name);
	json_set_text(w, "id", user->id);
	choices_put_numbers(own->items, own->count, w);
	json_set_int(w, "shape", (int64_t)shape);
	put_updated(w, user);
	json_set_text(w, "upn", user->upn);
	json_end_object(w);
}

static void put_users(struct json_lines *lines, const struct live *live, const struct sharing *sharing)
{
	json_lines_begin_list(lines, "users");
	for (size_t i = 0; i < live->users.count; i++)
		put_user(json_lines_item(lines), &live->users.items[i], sharing->shape_of[i],
			 &sharing->own[i]);
	json_lines_end_list(lines);
}

static void put_shapes(struct json_lines *lines, const struct sharing *sharing)
{
	const struct str_list *texts = intern_texts(sharing->shapes);
	json_lines_begin_list(lines, "shapes");
	for (size_t i = 0; i < texts->count; i++)
		json_put_raw(json_lines_item(lines), texts->items[i]);
	json_lines_end_list(lines);
}

static void write_snapshot(const struct live *live, const struct read_info *info, struct json_lines *lines)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(choices_freep) struct choices *choices = choices_new();
	CLEANUP(intern_freep) struct intern *shapes = intern_new();
	struct sharing sharing = {.choices = choices, .shapes = shapes, .tmp = tmp};
	find_shared(live, &sharing);
	json_put_texts(json_lines_member(lines, "absent_groups"), &live->absent_groups);
	put_table(lines, live, "absent_users");
	json_put_text(json_lines_member(lines, "format"), SNAPSHOT_FORMAT);
	put_table(lines, live, "groups");
	json_put_texts(json_lines_member(lines, "holders_read"), &live->holders_read);
	fields_to_json(snapshot_organization_fields, &live->organization,
		       json_lines_member(lines, "organization"));
	fields_to_json(snapshot_partner_fields, &live->partner, json_lines_member(lines, "partner"));
	fields_to_json(snapshot_info_fields, info, json_lines_member(lines, "read"));
	choices_put_service_plans(choices, lines);
	put_shapes(lines, &sharing);
	put_table(lines, live, "skus");
	put_table(lines, live, "subscriptions");
	choices_put_switched_off(choices, lines);
	json_put_int(json_lines_member(lines, "user_count"), live->user_count);
	put_users(lines, live, &sharing);
	json_lines_end(lines);
}

void snapshot_encode(const struct live *live, const struct read_info *info, struct strbuf *out)
{
	struct json_lines lines;
	json_lines_begin(&lines, out);
	write_snapshot(live, info, &lines);
}

bool snapshot_is_written_as(const struct live *live, const struct read_info *info, const char *text,
			    size_t len)
{
	CLEANUP(strbuf_release) struct strbuf scratch = STRBUF_INIT(STRBUF_LARGE);
	struct json_lines lines;
	json_lines_compare(&lines, &scratch, text, len);
	write_snapshot(live, info, &lines);
	return json_lines_same(&lines);
}
