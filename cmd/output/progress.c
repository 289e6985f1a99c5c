/* Progress for people, on stderr. */
#include "cmd/output/progress.h"

#include "core/quote.h"
#include "core/say.h"
#include "core/width.h"

enum { REDRAW_MS = 200, PLAIN_MS = 5000, EVENT_MS = 1000, SAMPLE_MS = 1000 };

void progress_clear(struct progress *progress)
{
	if (!progress->drawn)
		return;
	out_redraw(&progress->app->out, "");
	progress->drawn = false;
}

static const struct progress_sample *oldest(const struct progress *progress)
{
	size_t kept = progress->sample_count < PROGRESS_SAMPLES ? progress->sample_count : PROGRESS_SAMPLES;
	return &progress->samples[(progress->sample_count - kept) % PROGRESS_SAMPLES];
}

static void take_sample(struct progress *progress, int64_t now_ms, size_t verified)
{
	const struct progress_sample *last =
		&progress->samples[(progress->sample_count + PROGRESS_SAMPLES - 1) % PROGRESS_SAMPLES];
	if (progress->sample_count && now_ms - last->at_ms < SAMPLE_MS)
		return;
	progress->samples[progress->sample_count++ % PROGRESS_SAMPLES] =
		(struct progress_sample){now_ms, verified};
}

/* Verified in a thousand seconds, by the samples kept; 0 when that cannot be said. */
static int64_t recent_rate(const struct progress *progress, int64_t now_ms, size_t verified)
{
	const struct progress_sample *first = oldest(progress);
	int64_t spent_ms = now_ms - first->at_ms;
	if (spent_ms < SAMPLE_MS || verified <= first->verified)
		return 0;
	return (int64_t)(verified - first->verified) * 1000000 / spent_ms;
}

/* The parts of the line, what matters most first: where they do not fit, the last ones are left out. */
static struct str_list parts_of(const struct progress_numbers *n, struct arena *tmp)
{
	struct str_list parts = {0};
	bool by_hand = str_eq(n->phase, "waiting");
	const char *phase = by_hand ? "waiting for a person" : n->phase;
	if (n->total)
		phase = arena_printf(tmp, "%s: %s of %s verified", phase,
				     say_count(tmp, (int64_t)n->verified), say_count(tmp, (int64_t)n->total));
	VEC_PUSH(tmp, &parts, phase);
	if (n->waiting_ms > 0)
		VEC_PUSH(tmp, &parts,
			 arena_printf(tmp, "%s %s", by_hand ? "next look in" : "the service asks to wait",
				      say_duration(tmp, (n->waiting_ms + 999) / 1000)));
	if (n->left_ms >= 0)
		VEC_PUSH(tmp, &parts,
			 arena_printf(tmp, "about %s left", say_duration(tmp, (n->left_ms + 999) / 1000)));
	else if (n->total && n->verified < n->total)
		VEC_PUSH(tmp, &parts, "time left not known yet");
	if (n->per_1000_s)
		VEC_PUSH(tmp, &parts,
			 arena_printf(tmp, "%lld.%lld a second", (long long)n->per_1000_s / 1000,
				      (long long)n->per_1000_s % 1000 / 100));
	if (n->total)
		VEC_PUSH(tmp, &parts, arena_printf(tmp, "%s sent", say_count(tmp, (int64_t)n->sent)));
	return parts;
}

static const char *describe(const struct progress_numbers *n, size_t columns, struct arena *tmp)
{
	struct str_list parts = parts_of(n, tmp);
	const char *line = str_list_join(tmp, &parts, ", ");
	while (parts.count > 1 && text_width(line) > columns) {
		parts.count--;
		line = str_list_join(tmp, &parts, ", ");
	}
	return line;
}

static void show(struct progress *progress, const struct progress_numbers *numbers)
{
	struct app *app = progress->app;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	if (!app->out.messages_terminal) {
		out_note(&app->out, "%s", describe(numbers, SIZE_MAX, tmp));
		return;
	}
	out_redraw(&app->out, describe(numbers, out_columns(&app->out) - 1, tmp));
	progress->drawn = true;
}

static bool is_due(int64_t *last_ms, int64_t now_ms, int64_t every_ms)
{
	if (*last_ms && now_ms - *last_ms < every_ms)
		return false;
	*last_ms = now_ms;
	return true;
}

void progress_update(struct progress *progress, const char *phase, size_t written, size_t verified,
		     size_t total, int64_t waiting_ms)
{
	struct app *app = progress->app;
	int64_t now = clock_monotonic_ms(app->clock);
	struct progress_numbers numbers = {phase, written, verified, total, 0, -1, waiting_ms};
	if (total)
		take_sample(progress, now, verified);
	if (total && progress->sample_count)
		numbers.per_1000_s = recent_rate(progress, now, verified);
	if (numbers.per_1000_s)
		numbers.left_ms = (int64_t)(total - verified) * 1000000 / numbers.per_1000_s;
	/* While the service asks to wait, nothing is verified: that time comes on top. */
	if (numbers.left_ms >= 0)
		numbers.left_ms += waiting_ms;
	if (is_due(&progress->last_event_ms, now, EVENT_MS))
		events_progress(progress->events, &numbers);
	if (!app->out.quiet &&
	    is_due(&progress->last_ms, now, app->out.messages_terminal ? REDRAW_MS : PLAIN_MS))
		show(progress, &numbers);
}

void progress_ended(struct progress *progress, const struct action *action, enum outcome outcome,
		    const char *detail)
{
	struct app *app = progress->app;
	bool well = outcome == OUTCOME_VERIFIED || outcome == OUTCOME_ALREADY;
	bool by_hand = action_info(action->kind)->by == BY_HAND;
	progress->ended[outcome]++;
	events_ended(progress->events, action, outcome, detail);
	if (well && !by_hand && !detail && app->out.verbosity == 0)
		return;
	progress_clear(progress);
	const char *subject = action->upn ? action->upn : action->group_name ? action->group_name : "";
	out_note(&app->out, "%s %s%s%s: %s%s%s", action->id, action_info(action->kind)->name,
		 *subject ? " " : "", quote_terminal(app->arena, subject), outcome_name(outcome),
		 detail ? ": " : "", detail ? quote_terminal(app->arena, detail) : "");
}
