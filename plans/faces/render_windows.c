/* When a customer pays for both subscriptions: computed once, said the same by every face. */
#include "plans/faces/render_model.h"

#include "core/clock.h"
#include "core/programmes.h"

const struct render_step *render_arrival_step(const struct render_model *m, const struct plan_move *move)
{
	for (size_t i = 0; i < m->steps.count; i++)
		if (action_brings_seats(m->steps.items[i].first->kind) &&
		    str_eq(m->steps.items[i].first->sku_id, move->open_sku))
			return &m->steps.items[i];
	return NULL;
}

const struct render_step *render_retire_step(const struct render_model *m, const struct plan_move *move)
{
	const struct render_step *same_sku = NULL;
	for (size_t i = 0; i < m->steps.count; i++) {
		const struct action *first = m->steps.items[i].first;
		if (first->kind != ACTION_RETIRE_SUBSCRIPTION)
			continue;
		if (move->advisor_subscription && str_eq(first->subscription_id, move->advisor_subscription))
			return &m->steps.items[i];
		if (!same_sku && move->advisor_sku && str_eq(first->sku_id, move->advisor_sku))
			same_sku = &m->steps.items[i];
	}
	return same_sku;
}

static int32_t day_of(const char *timestamp)
{
	int64_t ms;
	return timestamp && timestamp_parse(timestamp, &ms) ? date_of_ms(ms) : WINDOW_NO_DAY;
}

/* Of a window that has not begun, or whose first day is not known: by the steps that open and close it. */
static const char *planned(const struct render_model *m, const struct render_window *w)
{
	const char *first = window_day_text(w->state.first_day, m->arena);
	const char *safe = window_day_text(w->state.last_safe_day, m->arena);
	const char *begins =
		w->arrival && w->arrival->number < w->retire->number
			? arena_printf(m->arena, "twice from step %zu to step %zu", w->arrival->number,
				       w->retire->number)
		: first ? arena_printf(m->arena, "twice since %s, until step %zu", first, w->retire->number)
			: arena_printf(m->arena, "twice now, until step %zu", w->retire->number);
	if (cancel_way_find(w->retire->first->cancel_by)->expires && w->term_ends != WINDOW_NO_DAY)
		return arena_printf(m->arena,
				    "%s, then to the end of the term on %s; billing off by %s at the latest",
				    begins, window_day_text(w->term_ends, m->arena),
				    safe ? safe : window_day_text(w->term_ends - 1, m->arena));
	const char *passed = w->state.retire_by_passed
				     ? arena_printf(m->arena, "; RETIRE_BY %s HAS PASSED",
						    window_day_text(w->state.retire_by, m->arena))
				     : "";
	return arena_printf(m->arena, "%s%s%s%s", begins, safe ? "; last safe day " : "", safe ? safe : "",
			    passed);
}

static const char *sentence_of(const struct render_model *m, const struct render_window *w)
{
	bool by_days =
		m->in->today && w->state.first_day != WINDOW_NO_DAY && (w->state.open || w->state.over);
	return by_days || w->state.over ? window_text(&w->state, m->arena) : planned(m, w);
}

void render_windows(struct render_model *m)
{
	for (size_t i = 0; i < m->plan->summary.moves.count; i++) {
		const struct plan_move *move = &m->plan->summary.moves.items[i];
		const struct render_step *retire = render_retire_step(m, move);
		if (!retire)
			continue;
		const struct subscription *advisor =
			live_find_subscription(m->live, retire->first->subscription_id);
		const struct window_facts facts =
			window_facts_of(m->plan, move, m->live, false, m->in->entries);
		const int32_t seen = day_of(m->folder->info.read_at);
		struct render_window window = {
			.move = move,
			.retire = retire,
			.arrival = render_arrival_step(m, move),
			.state = window_compute(&facts, m->in->today ? m->in->today : seen),
			.seen = seen,
			.term_ends = day_of(advisor ? advisor->next_lifecycle : NULL),
		};
		window.sentence = m->in->undone_by
					  ? arena_printf(m->arena, "as plan %s says, which undid this one",
							 m->in->undone_by)
					  : sentence_of(m, &window);
		VEC_PUSH(m->arena, &m->windows, window);
	}
}
