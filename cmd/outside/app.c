/* What the outside world gives a command. */
#include "cmd/outside/app.h"

bool app_is_signalled(void *app)
{
	const struct app *of = app;
	return of->signals && *of->signals > 0;
}

const char *app_env(const struct app *app, const char *name)
{
	return app->env(app->env_ctx, name);
}

void app_end_in(struct app *app, int64_t deadline_ms)
{
	app->ends_at_ms = deadline_ms ? clock_monotonic_ms(app->clock) + deadline_ms : 0;
}

bool app_is_late(const struct app *app)
{
	return app->ends_at_ms && clock_monotonic_ms(app->clock) >= app->ends_at_ms;
}

bool app_owes_word(struct app *app)
{
	enum { SILENCE_MS = 3000, NEXT_WORD_MS = 29000 };
	int64_t now_ms = clock_monotonic_ms(app->clock);
	int64_t said_ms = app->out.said_ms > app->begun_ms ? app->out.said_ms : app->begun_ms;
	if (app->out.quiet || now_ms - said_ms < SILENCE_MS ||
	    (app->word_ms && now_ms - app->word_ms < NEXT_WORD_MS))
		return false;
	app->word_ms = now_ms;
	return true;
}
