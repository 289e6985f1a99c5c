/* How far a fleet is, for people, on stderr: a line per customer under way, and the totals. */
#include "cmd/fleet/fleet_work.h"

#include "core/quote.h"
#include "plans/fleet/ending.h"

enum { REDRAW_MS = 250, PLAIN_MS = 15 * 1000, LINES_MAX = 16, ENOUGH = 3, MINUTE_MS = 60 * 1000 };

static size_t count_state(const struct work *w, enum member_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		count += w->units[i].mine && w->members[i].state == state;
	return count;
}

static size_t count_by_service(const struct work *w)
{
	size_t count = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		count +=
			w->units[i].mine && w->members[i].state == MEMBER_WAITING && w->members[i].by_service;
	return count;
}

/* By how fast customers have ended in this run; nothing is said before that can be known. */
static const char *time_left(const struct work *w, struct arena *tmp)
{
	int64_t spent = clock_monotonic_ms(w->app->clock) - w->began_ms;
	size_t tried = 0;
	size_t left = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++) {
		const struct unit *unit = &w->units[i];
		tried += unit->finished && unit->tries > 0;
		left += unit->mine && !unit->finished && w->folder.fleet.members.items[i].wave <= w->wave;
	}
	if (!left)
		return "";
	if (tried < ENOUGH)
		return ", time left not known yet";
	int64_t ms = spent * (int64_t)left / (int64_t)tried;
	return ms < 2 * MINUTE_MS
		       ? arena_printf(tmp, ", about %lld s left in this wave", (long long)(ms + 999) / 1000)
		       : arena_printf(tmp, ", about %lld min left in this wave",
				      (long long)(ms + MINUTE_MS - 1) / MINUTE_MS);
}

static const char *totals(const struct work *w, struct arena *tmp)
{
	size_t running = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++)
		running += w->units[i].running;
	size_t done = count_state(w, MEMBER_DONE) + count_state(w, MEMBER_ALREADY);
	size_t by_service = count_by_service(w);
	return arena_printf(
		tmp, "wave %s: %zu of %zu done, %zu waiting for a person, %s%zu failed, %zu under way%s",
		w->folder.fleet.waves.items[w->wave < w->folder.fleet.waves.count ? w->wave : 0].name, done,
		w->mine, count_state(w, MEMBER_WAITING) - by_service,
		by_service ? arena_printf(tmp, "%zu for Microsoft 365, ", by_service) : "",
		count_state(w, MEMBER_FAILED), running, time_left(w, tmp));
}

static const char *line_of(const struct work *w, const struct unit *unit, struct arena *tmp)
{
	int64_t spent = clock_monotonic_ms(w->app->clock) - unit->began_ms;
	const char *customer = w->folder.fleet.members.items[unit->index].customer;
	const char *how_far = unit->total ? arena_printf(tmp, "%lld of %lld verified",
							 (long long)unit->verified, (long long)unit->total)
					  : "begins";
	return arena_printf(tmp, "  %-32s %s%s%s, %lld s", quote_terminal(tmp, customer), how_far,
			    unit->phase[0] ? ", " : "", quote_terminal(tmp, unit->phase),
			    (long long)spent / 1000);
}

void fleet_progress_clear(struct work *w)
{
	const struct str_list none = {0};
	if (w->drawn)
		out_redraw_lines(&w->app->out, &none);
	w->drawn = false;
}

static void draw_lines(struct work *w, struct arena *tmp)
{
	struct str_list lines = {0};
	size_t running = 0;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++) {
		if (!w->units[i].running)
			continue;
		if (running++ < LINES_MAX)
			VEC_PUSH(tmp, &lines, line_of(w, &w->units[i], tmp));
	}
	if (running > LINES_MAX)
		VEC_PUSH(tmp, &lines, arena_printf(tmp, "  … and %zu more", running - LINES_MAX));
	VEC_PUSH(tmp, &lines, totals(w, tmp));
	out_redraw_lines(&w->app->out, &lines);
	w->drawn = true;
}

void fleet_progress_draw(struct work *w)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct out *out = &w->app->out;
	int64_t now = clock_monotonic_ms(w->app->clock);
	if (out->quiet || now - w->last_draw_ms < (out->messages_terminal ? REDRAW_MS : PLAIN_MS))
		return;
	/* Nobody wants to read of the first moment that nothing has happened yet. */
	bool first = !w->last_draw_ms;
	w->last_draw_ms = now;
	if (out->messages_terminal)
		draw_lines(w, tmp);
	else if (!first)
		out_note(out, "%s", totals(w, tmp));
}

void fleet_progress_ended(struct work *w, const struct unit *unit)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct member *member = &w->members[unit->index];
	fleet_progress_clear(w);
	const char *why = unit->message ? unit->message : member->cause;
	out_note(&w->app->out, "%s: %s%s%s  (%zu of %zu)",
		 quote_terminal(tmp, w->folder.fleet.members.items[unit->index].customer),
		 member_state_name(member->state), why ? ": " : "", why ? quote_terminal(tmp, why) : "",
		 w->ended, w->mine);
}
