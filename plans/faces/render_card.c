/* What a hand step is about, line by line. */
#include "core/programmes.h"
#include "plans/faces/render_model.h"

#include <string.h>

static void add_marked(struct arena *out, struct str_list *pairs, const char *label, const char *marked)
{
	VEC_PUSH(out, pairs, label);
	VEC_PUSH(out, pairs, marked);
}

static void add_pair(struct arena *out, struct str_list *pairs, const char *label, const char *text)
{
	if (text && *text)
		add_marked(out, pairs, label, render_data(out, text));
}

/* What must stay: its id, and what it is. */
static const char *kept(const struct render_model *m, const char *id, struct arena *out)
{
	const struct subscription *s = live_find_subscription(m->live, id);
	const char *name = render_data(out, render_name(out, id));
	return s ? arena_printf(out, "%s  %s", name, render_data(out, render_name(out, s->part_number)))
		 : name;
}

/* A plan names the entry of the file: "moves[ENTERPRISEPACK].open". */
static const char *why_in_words(const struct action *action, struct arena *out)
{
	const char *why = render_name(out, action->why);
	size_t open = strlen("moves[");
	const char *end = str_starts(why, "moves[") ? strchr(why, ']') : NULL;
	if (!end)
		return why;
	const char *move = arena_strndup(out, why + open, (size_t)(end - why) - open);
	if (str_eq(end, "].open"))
		return arena_printf(out, "the customer file orders these seats, in the move to %s", move);
	if (str_eq(end, "].advisor"))
		return arena_printf(out, "the customer file retires it, in the move to %s", move);
	return why;
}

/* A key's action does not say of which it is: its move does, where it is not Open License. */
static const char *programme_of_step(const struct render_model *m, const struct action *action)
{
	const struct plan_move_list *moves = &m->plan->summary.moves;
	for (size_t i = 0; action->kind == ACTION_REDEEM_KEY && i < moves->count; i++)
		if (str_eq(moves->items[i].open_sku, action->sku_id) && moves->items[i].programme)
			return moves->items[i].programme;
	return action->programme;
}

void render_card(const struct render_model *m, const struct action *action, struct arena *out,
		 struct str_list *ret_pairs)
{
	if (action->sku_id)
		add_pair(out, ret_pairs, "product", render_sku_plain(m, action->sku_id, out));
	if (action->subscription_id)
		add_pair(out, ret_pairs,
			 action->kind == ACTION_REACTIVATE_SUBSCRIPTION ? "reactivate"
			 : cancel_way_find(action->cancel_by)->expires	? "let expire"
									: "cancel",
			 render_name(out, action->subscription_id));
	for (size_t i = 0; i < action->keep.count; i++)
		add_marked(out, ret_pairs, "do not cancel", kept(m, action->keep.items[i], out));
	if (action->seats > 0)
		add_pair(out, ret_pairs, "seats", say_count(out, action->seats));
	if (action->kind == ACTION_REACTIVATE_SUBSCRIPTION) {
		add_pair(out, ret_pairs, "found", render_name(out, action->expect.status));
		add_pair(out, ret_pairs, "no later than", render_name(out, action->expect.ends));
	}
	add_pair(out, ret_pairs, "redeem as", render_name(out, action->redeem_as));
	add_pair(out, ret_pairs, "key ends in", render_name(out, action->key_ends_in));
	add_pair(out, ret_pairs, "programme", render_name(out, programme_of_step(m, action)));
	add_pair(out, ret_pairs, "arrive by", render_name(out, action->arrives_by));
	add_pair(out, ret_pairs, "from", render_name(out, action->provisioned_by));
	add_pair(out, ret_pairs, "return until", render_name(out, action->return_until));
	add_pair(out, ret_pairs, "by", render_name(out, action->cancel_by));
	add_pair(out, ret_pairs, "no later than", render_name(out, action->retire_by));
	add_pair(out, ret_pairs, "why", why_in_words(action, out));
}
