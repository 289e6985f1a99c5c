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
