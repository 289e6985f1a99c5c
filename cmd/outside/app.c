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
