/* What git's own credential helpers know about a remote. */
#include "cmd/outside/git_credential.h"

#include "core/process.h"
#include "core/redact.h"
#include "plans/git/git_url.h"

#include <string.h>

enum { ANSWER_MAX = 64 * 1024, ASK_MS = 30 * 1000 };

/* What git and its helpers need to find their settings, their store and the way out. */
static const char *const passed_on[] = {"PATH",
					"HOME",
					"USER",
					"LOGNAME",
					"TMPDIR",
					"XDG_CONFIG_HOME",
					"XDG_CACHE_HOME",
					"XDG_RUNTIME_DIR",
					"DBUS_SESSION_BUS_ADDRESS",
					"GNUPGHOME",
					"GIT_CONFIG_GLOBAL",
					"GIT_CONFIG_SYSTEM",
					"GIT_CONFIG_NOSYSTEM",
					"HTTPS_PROXY",
					"NO_PROXY",
					"SSL_CERT_FILE",
					"SSL_CERT_DIR"};
static const char *const quiet[] = {"GIT_TERMINAL_PROMPT=0",
				    "GIT_ASKPASS=", "SSH_ASKPASS=", "GCM_INTERACTIVE=never", "LC_ALL=C"};

static const char *const *environment(const struct app *app, struct arena *out)
{
	const char **env = arena_alloc_array(out, ARRAY_LEN(passed_on) + ARRAY_LEN(quiet) + 1, sizeof *env);
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = app_env(app, passed_on[i]);
		if (value)
			env[count++] = arena_printf(out, "%s=%s", passed_on[i], value);
	}
	for (size_t i = 0; i < ARRAY_LEN(quiet); i++)
		env[count++] = quiet[i];
	return env;
}

/* The value of the line NAME=VALUE, within `text`; its end is *ret_len. */
static const char *find_value(const char *text, const char *name, size_t *ret_len)
{
	size_t len = strlen(name);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strncmp(line, name, len) != 0 || line[len] != '=')
			continue;
		*ret_len = strcspn(line + len + 1, "\n");
		return line + len + 1;
	}
	return NULL;
}

bool git_credential_ask(void *ctx, const char *git_dir, const char *url, struct arena *out,
			const char **ret_user, struct secret **ret_password)
{
	struct app *app = ctx;
	struct error ignored = ERROR_INIT;
	struct process_end end = {0};
	const char *program = process_find(app_env(app, "PATH"), "git", out);
	/* A line more would be an answer of its own. */
	if (!program || strpbrk(url, "\r\n"))
		return false;
	const char *question = arena_printf(out, "url=%s\n\n", git_url_without_password(url, out));
	/* Never one that git would find: a commit can bring a folder that looks like a repository. */
	const char *const argv[] = {
		program,      "-C",   app->dir, arena_printf(out, "--git-dir=%s", git_dir),
		"credential", "fill", NULL};
	const struct bytes input = {question, strlen(question)};
	const struct process process = {.argv = argv,
					.env = environment(app, out),
					.max_output = ANSWER_MAX,
					.timeout_ms = ASK_MS,
					.clock = app->clock,
					.should_stop = app_is_signalled,
					.stop_ctx = app,
					.input = &input};
	if (!process_run(&process, out, &end, &ignored)) {
		error_release(&ignored);
		return false;
	}
	CLEANUP(secret_freep) struct secret *answer = end.output;
	size_t user_len = 0, len = 0;
	const char *user = find_value(secret_expose(answer), "username", &user_len);
	const char *password = find_value(secret_expose(answer), "password", &len);
	if (end.status != 0 || !password || !len)
		return false;
	if (user)
		*ret_user = arena_strndup(out, user, user_len);
	redact_add(app->out.redact, password, len);
	*ret_password = secret_new(password, len);
	return true;
}
