/* Until when the new seats can be given back. */
#include "plans/standing/give_back.h"

#include "core/clock.h"
#include "core/say.h"
#include "core/str.h"

#define DAY_MS INT64_C(86400000)

/* The day on which what the step brought was created; the first where there are several. */
static int32_t bought_on(const struct action *step, const struct journal_entry_list *entries)
{
	int32_t first = WINDOW_NO_DAY;
	for (size_t i = 0; entries && i < entries->count; i++) {
		const struct journal_entry *entry = &entries->items[i];
		if (entry->event != JOURNAL_ENDED || !str_list_has(&entry->actions, step->id))
			continue;
		for (size_t j = 0; j < entry->found.subscriptions.count; j++) {
			const char *created = entry->found.subscriptions.items[j].created;
			int64_t ms;
			if (created && timestamp_parse(created, &ms) &&
			    (first == WINDOW_NO_DAY || date_of_ms(ms) < first))
				first = date_of_ms(ms);
		}
	}
	return first;
}

static void add(struct give_back *back, int32_t until)
{
	back->any = true;
	if (until != WINDOW_NO_DAY && (back->until == WINDOW_NO_DAY || until < back->until))
		back->until = until;
}

/* Of a step whose day the plan does not know. */
static void add_step(struct give_back *back, const struct action *step,
		     const struct journal_entry_list *entries)
{
	const struct programme *programme = programme_find(step->programme);
	bool transferred = str_eq(step->arrives_by, arrival_names[ARRIVE_TRANSFERRED]);
	if (step->return_until || !programme || !programme->return_days || transferred)
		return;
	int32_t bought = bought_on(step, entries);
	back->days = programme->return_days;
	add(back,
	    bought == WINDOW_NO_DAY ? bought : programme_return_until(programme, ARRIVE_PROVISIONED, bought));
}

struct give_back give_back_of(const struct plan *plan, const struct journal_entry_list *entries)
{
	struct give_back back = {.until = WINDOW_NO_DAY};
	for (size_t i = 0; i < plan->summary.moves.count; i++) {
		int32_t until;
		const char *text = plan->summary.moves.items[i].return_until;
		if (text && date_parse(text, &until))
			add(&back, until);
	}
	for (size_t i = 0; i < plan->actions.count; i++)
		if (plan->actions.items[i].kind == ACTION_RECEIVE_SEATS)
			add_step(&back, &plan->actions.items[i], entries);
	return back;
}

const char *give_back_text(const struct give_back *back, int32_t today, struct arena *out)
{
	const char *day = window_day_text(back->until, out);
	if (!back->any)
		return NULL;
	if (!day)
		return arena_printf(out, "for %s from the purchase",
				    say_number(out, back->days, "day", "days"));
	if (!today)
		return arena_printf(out, "until %s", day);
	if (today > back->until)
		return arena_printf(out, "until %s, which is over", day);
	return arena_printf(
		out, "until %s, %s", day,
		today == back->until
			? "the last day"
			: arena_printf(out, "%s more", say_number(out, back->until - today, "day", "days")));
}

const char *give_back_too_late(const struct give_back *back, int64_t begins_ms, int64_t soak_ms,
			       struct arena *out)
{
	const char *until = window_day_text(back->until, out);
	const int32_t ends = date_of_ms(begins_ms + soak_ms);
	if (!back->any || (until ? ends <= back->until : soak_ms <= back->days * DAY_MS))
		return NULL;
	if (!until)
		return arena_printf(
			out, "the soak takes %s, and the seats can be given back for %s from their purchase",
			say_duration(out, soak_ms / 1000), say_number(out, back->days, "day", "days"));
	return arena_printf(
		out, "canary and soak end on %s at the earliest, and the seats can be given back until %s",
		window_day_text(ends, out), until);
}
