/* The way back, as people see it: until when each step can be undone, and what an undo brings and costs. */
#include "core/programmes.h"
#include "core/quote.h"
#include "core/str.h"
#include "plans/faces/render_model.h"

enum { REASON_MAX = 400 };

static const char *name_of(const struct render_model *m, const char *text)
{
	const char *name = render_name(m->arena, text);
	return *name ? render_data(m->arena, name) : name;
}

static const struct render_step *first_step(const struct render_model *m, enum action_kind kind)
{
	for (size_t i = 0; i < m->steps.count; i++)
		if (m->steps.items[i].first->kind == kind)
			return &m->steps.items[i];
	return NULL;
}

/* ---- until when ------------------------------------------------------------------------------ */

/* "within 90 days of it", or "until 2027-03-01" where the plan itself names the day. */
static const char *time_to_reactivate(const struct render_model *m, const struct action *retire, bool any_day)
{
	const struct cancel_way *way = cancel_way_find(retire->cancel_by);
	if ((any_day || way->expires) && str_starts(retire->undo, "until 2"))
		return arena_printf(m->arena, "until %s", name_of(m, retire->undo + strlen("until ")));
	return arena_printf(m->arena, "within %d days of it", (int)grace_of(way->ends)->reactivatable_days);
}

static bool stays(const struct action *action)
{
	return str_eq(action->undo, "never");
}

static bool is_freely_undone(const struct action *action)
{
	return str_eq(action->undo, "reversible");
}

/* In a word or two for a column, and as a mark for a line that has no room for words. */
static void set_undo(const struct render_model *m, const struct render_step *retire, struct render_step *step)
{
	const struct action *first = step->first;
	if (!first->undo) {
		step->undo = step->undo_mark = "";
	} else if (stays(first)) {
		step->undo = "stays";
		step->undo_mark = "x";
	} else if (is_freely_undone(first)) {
		step->undo = "at any time";
		step->undo_mark = "<";
	} else if (first->kind == ACTION_RETIRE_SUBSCRIPTION) {
		step->undo =
			arena_printf(m->arena, "by reactivating, %s", time_to_reactivate(m, first, true));
		step->undo_mark = "<!";
	} else {
		size_t number = retire ? retire->number : 0;
		step->undo = arena_printf(m->arena, "freely before step %zu", number);
		step->undo_mark = arena_printf(m->arena, "<%zu", number);
	}
}

void render_way_back(struct render_model *m)
{
	const struct render_step *retire = first_step(m, ACTION_RETIRE_SUBSCRIPTION);
	for (size_t i = 0; i < m->steps.count; i++)
		set_undo(m, retire, &m->steps.items[i]);
}

/* What the marks mean, those that stand there. */
const char *render_undo_legend(const struct render_model *m)
{
	const struct render_step *retire = first_step(m, ACTION_RETIRE_SUBSCRIPTION);
	struct str_list marks = {0};
	bool some_free = false;
	bool some_stay = false;
	bool some_until = false;
	for (size_t i = 0; i < m->steps.count; i++) {
		const struct action *first = m->steps.items[i].first;
		some_stay = some_stay || (first->undo && stays(first));
		some_free = some_free || (first->undo && is_freely_undone(first));
		some_until = some_until || str_eq(first->undo, "until-retired");
	}
	if (some_free)
		VEC_PUSH(m->arena, &marks, "< can be undone");
	if (retire && some_until)
		VEC_PUSH(m->arena, &marks,
			 arena_printf(m->arena, "<%zu freely before step %zu", retire->number,
				      retire->number));
	if (retire)
		VEC_PUSH(m->arena, &marks, "<! by reactivating");
	if (some_stay)
		VEC_PUSH(m->arena, &marks, "x stays");
	return str_list_join(m->arena, &marks, ", ");
}

/* From which step on the way back leads through a reactivation, and until when. */
static const char *whole_way_back(const struct render_model *m)
{
	const struct render_step *retire = first_step(m, ACTION_RETIRE_SUBSCRIPTION);
	if (!retire)
		return "at any time";
	return arena_printf(m->arena, "freely before step %zu; %s by reactivating the subscription first",
			    retire->number, time_to_reactivate(m, retire->first, false));
}

/* The points of no return, in one line; what was undone, or never begins, has no way back of its own. */
void render_undo_fact(struct render_model *m)
{
	if (m->in->undone_by || m->in->left_over)
		return;
	struct str_list stay = {0};
	for (size_t i = 0; i < m->steps.count; i++)
		if (stays(m->steps.items[i].first))
			VEC_PUSH(m->arena, &stay,
				 arena_printf(m->arena, "step %zu", m->steps.items[i].number));
	render_add_fact(m, "UNDO", STYLE_PLAIN,
			arena_printf(m->arena, "%s%s%s", whole_way_back(m), stay.count ? "; stays: " : "",
				     str_list_join(m->arena, &stay, ", ")),
			NULL, NULL);
}

/* ---- the pair -------------------------------------------------------------------------------- */

void render_pair_facts(struct render_model *m)
{
	if (m->plan->undoes)
		render_add_fact(m, "UNDOES", STYLE_CYAN,
				arena_printf(m->arena, "plan %s", name_of(m, m->plan->undoes)), NULL, NULL);
	if (m->plan->follows)
		render_add_fact(m, "FOLLOWS", STYLE_PLAIN,
				arena_printf(m->arena, "plan %s", name_of(m, m->plan->follows)), NULL, NULL);
	if (m->in->left_over)
		render_add_fact(
			m, "TOO LATE", STYLE_YELLOW,
			render_data(m->arena, quote_terminal_cut(m->arena, m->in->left_over, REASON_MAX)),
			NULL, NULL);
	if (m->in->undone_by)
		render_add_fact(m, "UNDONE", STYLE_YELLOW,
				arena_printf(m->arena, "by plan %s", name_of(m, m->in->undone_by)), NULL,
				NULL);
}

/* ---- what an undo brings, keeps and costs ---------------------------------------------------- */

const struct render_step *render_reactivate_step(const struct render_model *m, const struct plan_move *move)
{
	for (size_t i = 0; i < m->steps.count; i++)
		if (m->steps.items[i].first->kind == ACTION_REACTIVATE_SUBSCRIPTION &&
		    str_eq(m->steps.items[i].first->sku_id, move->open_sku))
			return &m->steps.items[i];
	return NULL;
}

const char *render_keeps(const struct render_model *m)
{
	return m->plan->undoes ? arena_printf(m->arena, "service for everybody who had it before plan %s",
					      name_of(m, m->plan->undoes))
			       : NULL;
}

/* What was bought stays, and what comes back is paid for beside it: no step of an undo ends either. */
static bool has_begun(const struct render_model *m)
{
	return m->in->entries && m->in->entries->count > 0;
}

static struct window window_of(const struct render_model *m, const struct plan_move *move)
{
	const struct window_facts facts = window_facts_of(m->plan, move, m->live, false, m->in->entries);
	return window_compute(&facts, m->in->today);
}

static const char *billed(const struct render_model *m, const struct plan_move *move,
			  const struct window *window)
{
	const struct render_step *back = render_reactivate_step(m, move);
	if (back && !has_begun(m))
		return arena_printf(m->arena, "twice from step %zu on, %s; no step of this plan ends either",
				    back->number, say_number(m->arena, window->seats, "seat", "seats"));
	return m->in->today ? window_text(window, m->arena) : "twice; no step of this plan ends either";
}

void render_undo_billed(struct render_model *m)
{
	const struct plan_move_list *moves = &m->plan->summary.moves;
	for (size_t i = 0; m->plan->undoes && i < moves->count; i++) {
		const struct plan_move *move = &moves->items[i];
		const struct window window = window_of(m, move);
		if (!window.unending)
			continue;
		const char *text = billed(m, move, &window);
		render_add_fact(m, "BILLED", STYLE_YELLOW,
				moves->count < 2 ? text
						 : arena_printf(m->arena, "%s (%s)", text,
								name_of(m, move->open_part_number)),
				NULL, NULL);
	}
}

const char *render_paid_for_both(const struct render_model *m, const struct plan_move *move)
{
	const struct window window = m->plan->undoes ? window_of(m, move) : (struct window){0};
	const struct render_step *back = render_reactivate_step(m, move);
	bool is_back = back && *render_outcome(m, back->first);
	const char *ends = back && !is_back ? back->first->expect.ends : NULL;
	if (!window.unending)
		return NULL;
	const char *from = back ? arena_printf(m->arena, ", from step %zu on", back->number) : "";
	return arena_printf(m->arena,
			    "%s of %s%s, beside what there is of %s, until somebody cancels one: no step of "
			    "this plan does%s%s%s",
			    say_number(m->arena, window.seats, "seat", "seats"),
			    render_sku(m, move->open_sku, m->arena), from,
			    render_sku(m, move->advisor_sku, m->arena),
			    ends ? ". It can be reactivated until " : "", name_of(m, ends),
			    ends ? ", then it is deleted" : "");
}
