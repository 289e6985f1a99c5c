/*
 * A plan as JSON: the plan file's own object, with the plan's id, digest and path added. For whoever reads it
 * with a program, each action has the members of its shape too.
 */
#include "plans/faces/render_model.h"

#include "core/json_lines.h"
#include "core/str.h"

#include <string.h>

struct rendering {
	const struct plan_folder *folder;
	struct json_writer w;
	struct arena *keys; /* the writer borrows them until the object ends */
	const char *list;   /* the list that is being written, or NULL */
	size_t next_action;
	size_t next_added;
};

static const char *added_value(const struct plan_folder *folder, size_t at, const char **ret_key)
{
	const struct {
		const char *key, *value;
	} added[] = {{"digest", folder->digest},
		     {"id", folder->id}, /* the name of "plan" in format 1 */
		     {"path", folder->paths.plan},
		     {"plan", folder->id}};
	*ret_key = at < ARRAY_LEN(added) ? added[at].key : NULL;
	return *ret_key ? added[at].value : NULL;
}

/* Writes the added members that come before `key`; NULL: all that are left. */
static void put_added(struct rendering *r, const char *key)
{
	const char *added;
	for (const char *value; (value = added_value(r->folder, r->next_added, &added)); r->next_added++) {
		if (key && strcmp(added, key) > 0)
			return;
		json_set_text(&r->w, added, value);
	}
}

static void end_list(struct rendering *r)
{
	if (r->list)
		json_end_array(&r->w);
	r->list = NULL;
}

static bool put_member(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct rendering *r = ctx;
	(void)err;
	end_list(r);
	put_added(r, key);
	json_put_key(&r->w, arena_strdup(r->keys, key));
	json_put_value(&r->w, value);
	return true;
}

static bool put_item(void *ctx, const char *key, const struct json *value, struct error *err)
{
	struct rendering *r = ctx;
	const struct plan *plan = &r->folder->plan;
	bool is_action = str_eq(key, "actions");
	(void)err;
	if (!str_eq(r->list, key)) {
		end_list(r);
		put_added(r, key);
		r->list = arena_strdup(r->keys, key);
		json_put_key(&r->w, r->list);
		json_begin_array(&r->w);
	}
	int64_t shape = -1;
	if (is_action && json_int(json_get(value, "shape"), &shape))
		plan_put_whole_action(&r->w, plan, &plan->actions.items[r->next_action++], shape);
	else
		json_put_value(&r->w, value);
	strbuf_part_ends(r->w.out);
	return true;
}

void render_json(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *keys = arena_new();
	struct rendering r = {.folder = m->folder, .w = JSON_WRITER(out), .keys = keys};
	const struct json_lines_reader reader = {put_member, put_item, &r};
	struct error ignored = ERROR_INIT;
	json_begin_object(&r.w);
	/* It was decoded from these very bytes: it cannot fail. */
	if (!json_lines_read(m->folder->text.ptr, m->folder->text.len, &reader, &ignored))
		error_release(&ignored);
	end_list(&r);
	put_added(&r, NULL);
	json_end_object(&r.w);
	strbuf_add_char(out, '\n');
}
