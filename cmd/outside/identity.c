/* Who runs this: for the journal and the lock. */
#include "cmd/outside/identity.h"

#include <pwd.h>
#include <unistd.h>

/* The variables in which CI systems name who started a job. */
static const char *const ci_people[] = {"GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOREMAIL"};

const char *identity_host(const struct app *app)
{
	char name[256] = "";
	if (gethostname(name, sizeof name - 1) != 0 || !name[0])
		return "unknown-host";
	return arena_strdup(app->arena, name);
}

const char *identity_who(const struct app *app)
{
	for (size_t i = 0; i < ARRAY_LEN(ci_people); i++)
		if (app_env(app, ci_people[i]))
			return arena_printf(app->arena, "%s (CI)", app_env(app, ci_people[i]));
	const char *user = app_env(app, "USER");
	if (!user)
		user = app_env(app, "LOGNAME");
	struct passwd record;
	struct passwd *found = NULL;
	char buffer[4096];
	if (!user && getpwuid_r(getuid(), &record, buffer, sizeof buffer, &found) == 0 && found)
		user = found->pw_name;
	return arena_printf(app->arena, "%s@%s", user ? user : "unknown", identity_host(app));
}
