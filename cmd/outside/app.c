/* What the outside world gives a command. */
#include "cmd/outside/app.h"

const char *app_env(const struct app *app, const char *name)
{
	return app->env(app->env_ctx, name);
}
