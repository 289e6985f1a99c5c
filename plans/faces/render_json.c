/*
 * A plan as JSON: the plan file's own object, with the plan's id, digest and path added, and
 * what its saved rehearsal says. For whoever reads it
 * with a program, each action has the members of its shape too.
 */
#include "plans/faces/render_model.h"

#include "core/json_lines.h"
#include "core/str.h"

#include <string.h>

struct rendering {
	const struct plan_folder *folder;
	const struct rehearsed *rehearsed; /* NULL: none */
	struct json_writer w;
	struct arena *keys; /* the writer borrows them until the object ends */
	const char *list;   /* the list that is being written, or NULL */
	size_t next_action;
	size_t next_added;
};

/* As the saved report has it, in short: what is modelled and what is not stands there. */
static void put_rehearsal(struct json_writer *w, const struct rehearsed *rehearsed)
{
	json_put_key(w, "rehearsal");
	json_begin_object(w);
	json_set_int(w, "alike", rehearsed->alike);
	json_set_int(w, "ended_early", rehearsed->ended_early);
	json_put_key(w, "first_divergence");
	if (rehearsed->first_found) {
		json_begin_object(w);
		json_set_text(w, "disturbance", rehearsed->first_disturbance);
		json_set_text(w, "found", rehearsed->first_found);
		json_set_int(w, "seed", rehearsed->first_seed);
		json_end_object(w);
	} else {
		json_put_null(w);
	}
	json_set_bool(w, "good", rehearsed->good);
	json_set_int(w, "requests", rehearsed->requests);
	json_set_int(w, "runs", rehearsed->runs);
	json_set_int(w, "seed", rehearsed->seed);
	json_set_int(w, "throttled", rehearsed->throttled);
	json_put_key(w, "undo");
	json_begin_object(w);
	json_set_int(w, "alike", rehearsed->undo_alike);
	json_set_int(w, "runs", rehearsed->undo_runs);
	json_end_object(w);
	json_set_text(w, "version", rehearsed->version);
	json_set_int(w, "working_ms", rehearsed->working_ms);
	json_end_object(w);
}

static void put_added_one(struct rendering *r, const char *key)
{
	if (str_eq(key, "digest"))
		json_set_text(&r->w, key, r->folder->digest);
	else if (str_eq(key, "path"))
		json_set_text(&r->w, key, r->folder->paths.plan);
	else if (!str_eq(key, "rehearsal"))
		json_set_text(&r->w, key, r->folder->id);
	else if (r->rehearsed)
		put_rehearsal(&r->w, r->rehearsed);
}

/* Writes the added members that come before `key`; NULL: all that are left. */
static void put_added(struct rendering *r, const char *key)
{
	/* "id" is the name of "plan" in format 1. */
	static const char *const added[] = {"digest", "id", "path", "plan", "rehearsal"};
	for (; r->next_added < ARRAY_LEN(added); r->next_added++) {
		if (key && strcmp(added[r->next_added], key) > 0)
			return;
		put_added_one(r, added[r->next_added]);
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
	const struct rehearsed *rehearsed = m->in->rehearsed;
	struct rendering r = {.folder = m->folder,
			      .rehearsed = rehearsed && rehearsed->found ? rehearsed : NULL,
			      .w = JSON_WRITER(out),
			      .keys = keys};
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
