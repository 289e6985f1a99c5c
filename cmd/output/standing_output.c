/* Where a customer stands, in JSON. */
#include "cmd/output/standing_output.h"

#include "cmd/output/found_output.h"
#include "cmd/output/give_back_output.h"
#include "cmd/output/keepers_output.h"
#include "cmd/output/window_output.h"

static void put_stages(const struct status *s, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "agreed", stage_name(s->agreed));
	json_set_text(w, "key_in_hand", stage_name(s->key_in_hand));
	json_set_text(w, "ordered", stage_name(s->ordered));
	json_set_given(w, "reactivated", s->is_undo ? stage_name(s->reactivated) : NULL);
	json_set_text(w, "redeemed", stage_name(s->redeemed));
	json_set_text(w, "retired", stage_name(s->retired));
	json_put_key(w, "users");
	if (s->users < 0)
		json_put_null(w);
	else
		json_put_int(w, s->users);
	json_set_int(w, "users_moved", s->users_moved);
	json_end_object(w);
}

static void put_moves(const struct standing *standing, struct arena *tmp, struct json_writer *w)
{
	const struct plan_move_list *moves = &standing->plan.folder.plan.summary.moves;
	json_begin_array(w);
	for (size_t i = 0; standing->plan.found && i < moves->count; i++) {
		json_begin_object(w);
		json_set_text(w, "advisor", moves->items[i].advisor_part_number);
		json_set_text(w, "open", moves->items[i].open_part_number);
		json_put_key(w, "window");
		window_put_json(&standing->status.windows[i], tmp, w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_error(const struct error *err, struct json_writer *w)
{
	if (err->code == ERR_NONE) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_int(w, "code", error_info(err->code)->status);
	json_set_text(w, "hint", err->hint);
	json_set_text(w, "message", err->message);
	json_set_text(w, "name", error_info(err->code)->name);
	json_end_object(w);
}

/* What is possible today, and until when. */
static void put_undo(const struct standing *standing, struct arena *tmp, struct json_writer *w)
{
	const struct way_back *back = &standing->status.back;
	if (!back->text)
		return;
	json_put_key(w, "undo");
	json_begin_object(w);
	json_set_text(w, "text", back->text);
	json_set_text(w, "until", window_day_text(back->until, tmp));
	json_set_text(w, "way", way_name(back->way));
	json_end_object(w);
}

void standing_set_json(struct app *app, const struct standing *standing, bool alone, struct json_writer *w)
{
	const struct status *s = &standing->status;
	json_set_text(w, "customer", standing->customer);
	json_put_key(w, "error");
	put_error(&standing->error, w);
	if (standing->known) {
		give_back_put_json(&s->exit, app->arena, w);
		json_set_text(w, "facts",
			      standing->from_tenant  ? "tenant"
			      : standing->plan.found ? "snapshot"
						     : "files");
		json_set_given(w, "format", alone ? "seatshift-status/1" : NULL);
		json_put_key(w, "found");
		found_put_json(&standing->plan.entries, w);
		keepers_set_json(&s->kept, w);
		json_put_key(w, "moves");
		put_moves(standing, app->arena, w);
		json_set_text(w, "plan", standing->plan.found ? standing->plan.folder.id : NULL);
		json_set_text(w, "read_at", standing->read_at);
		json_put_key(w, "stages");
		put_stages(s, w);
		put_undo(standing, app->arena, w);
		json_set_texts(w, "waiting_for", &s->waiting_for);
		json_put_key(w, "window");
		window_put_json(&s->window, app->arena, w);
	}
}
