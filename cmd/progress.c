/* Progress for people, on stderr. */
#include "cmd/progress.h"

#include "core/quote.h"

enum { REDRAW_MS = 200, PLAIN_MS = 5000 };

void progress_clear(struct progress *progress)
{
	if (!progress->drawn)
		return;
	out_redraw(&progress->app->out, "");
	progress->drawn = false;
}

static const char *remaining(const struct progress *progress, size_t verified, size_t total, int64_t now_ms,
			     struct arena *tmp)
{
	int64_t spent = now_ms - progress->started_ms;
	if (!verified || verified >= total || spent < 2000)
		return "";
	int64_t left = spent * (int64_t)(total - verified) / (int64_t)verified / 1000;
	return arena_printf(tmp, ", about %lld s left", (long long)left + 1);
}

void progress_update(struct progress *progress, const char *phase, size_t written, size_t verified, size_t total,
		     int64_t waiting_ms)
{
	struct app *app = progress->app;
	int64_t now = clock_monotonic_ms(app->clock);
	bool redraws = app->out.messages_terminal;
	if (!progress->started_ms)
		progress->started_ms = now;
	bool due = !progress->last_ms || now - progress->last_ms >= (redraws ? REDRAW_MS : PLAIN_MS);
	if (app->out.quiet || !due)
		return;
	progress->last_ms = now;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *wait = waiting_ms > 0 ? arena_printf(tmp, ", next look in %lld s", (long long)(waiting_ms + 999) / 1000)
					  : "";
	const char *line = total ? arena_printf(tmp, "%s: %zu of %zu verified, %zu sent%s%s", phase, verified, total,
						written, remaining(progress, verified, total, now, tmp), wait)
				 : arena_printf(tmp, "%s%s", phase, wait);
	if (!redraws) {
		out_note(&app->out, "%s", line);
		return;
	}
	out_redraw(&app->out, line);
	progress->drawn = true;
}

void progress_ended(struct progress *progress, const struct action *action, enum outcome outcome,
		    const char *detail)
{
	struct app *app = progress->app;
	bool well = outcome == OUTCOME_VERIFIED || outcome == OUTCOME_ALREADY;
	bool by_hand = action_info(action->kind)->by == BY_HAND;
	progress->ended[outcome]++;
	if (well && !by_hand && app->out.verbosity == 0)
		return;
	progress_clear(progress);
	const char *subject = action->upn ? action->upn : action->group_name ? action->group_name : "";
	out_note(&app->out, "%s %s%s%s: %s%s%s", action->id, action_info(action->kind)->name,
		 *subject ? " " : "", quote_terminal(app->arena, subject), outcome_name(outcome), detail ? ": " : "",
		 detail ? quote_terminal(app->arena, detail) : "");
}
