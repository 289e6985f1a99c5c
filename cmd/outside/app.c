/* What the outside world gives a command. */
#include "cmd/outside/app.h"

#include "core/redact.h"
#include "core/str.h"

#include <string.h>

bool app_is_signalled(void *app)
{
	const struct app *of = app;
	return of->signals && *of->signals > 0;
}

const char *app_env(const struct app *app, const char *name)
{
	return app->env(app->env_ctx, name);
}

bool app_in_pipeline(const struct app *app)
{
	static const char *const names[] = {"CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI"};
	static const char *const others[] = {"JENKINS_URL", "TEAMCITY_VERSION"}; /* set in their jobs alone */
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_fold(app_env(app, names[i]), "true"))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (app_env(app, others[i]))
			return true;
	return false;
}

void app_hide_secrets(struct app *app)
{
	static const char *const names[] = {"AZURE_CLIENT_SECRET",    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
					    "SEATSHIFT_ACCESS_TOKEN", "SEATSHIFT_PARTNER_ACCESS_TOKEN",
					    "SEATSHIFT_ID_TOKEN",     "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
					    "SYSTEM_ACCESSTOKEN",     "IDENTITY_HEADER"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = app_env(app, names[i]);
		if (value)
			redact_add(app->out.redact, value, strlen(value));
	}
}

bool app_refuse_secret(const struct app *app, const char *text, struct error *err)
{
	size_t len;
	CLEANUP(mem_free_text)
	char *hidden = text ? redact_text(app->out.redact, text, strlen(text), &len) : NULL;
	if (!hidden)
		return true;
	error_set(err, ERR_INVALID,
		  "that holds a secret of this environment, or an access token: neither is ever recorded");
	return error_hint(
		err, "Leave it out. If it was a real one and stands somewhere already, have it renewed.");
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
