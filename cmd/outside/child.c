/* Programs that a person's machine provides. */
#include "cmd/outside/child.h"

#include "core/quote.h"

#include <string.h>

/* What programs need to find their settings, their agent and the screen. */
static const char *const for_all[] = {"PATH",
				      "HOME",
				      "USER",
				      "LOGNAME",
				      "LANG",
				      "LC_ALL",
				      "TMPDIR",
				      "TERM",
				      "DISPLAY",
				      "WAYLAND_DISPLAY",
				      "XAUTHORITY",
				      "XDG_RUNTIME_DIR",
				      "XDG_CONFIG_HOME",
				      "XDG_DATA_HOME",
				      "DBUS_SESSION_BUS_ADDRESS",
				      "HTTPS_PROXY",
				      "NO_PROXY",
				      "SSL_CERT_FILE",
				      "SSL_CERT_DIR"};
static const char *const for_password_managers[] = {
	"SSH_AUTH_SOCK", "GNUPGHOME",  "PASSWORD_STORE_DIR", "OP_SERVICE_ACCOUNT_TOKEN",
	"BW_SESSION",	 "VAULT_ADDR", "VAULT_TOKEN"};

static size_t pass_on(const struct app *app, const char *const *names, size_t count, const char **out)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		const char *value = app_env(app, names[i]);
		if (value)
			out[found++] = arena_printf(app->arena, "%s=%s", names[i], value);
	}
	return found;
}

bool child_prepare(struct app *app, const struct str_list *words, enum child_role role,
		   struct process *ret_process, struct error *err)
{
	const char *name = words->items[0];
	const char *path = strchr(name, '/') ? name : process_find(app_env(app, "PATH"), name, app->arena);
	if (!path)
		return error_set(err, ERR_INVALID, "there is no program '%s'",
				 quote_terminal(app->arena, name));
	const char **argv = arena_alloc_array(app->arena, words->count + 1, sizeof *argv);
	const char **env = arena_alloc_array(
		app->arena, ARRAY_LEN(for_all) + ARRAY_LEN(for_password_managers) + 1, sizeof *env);
	size_t count = pass_on(app, for_all, ARRAY_LEN(for_all), env);
	argv[0] = path;
	for (size_t i = 1; i < words->count; i++)
		argv[i] = words->items[i];
	if (role == CHILD_PASSWORD_MANAGER)
		(void)pass_on(app, for_password_managers, ARRAY_LEN(for_password_managers), env + count);
	ret_process->argv = argv;
	ret_process->env = env;
	ret_process->clock = app->clock;
	ret_process->should_stop = app_is_signalled;
	ret_process->stop_ctx = app;
	return true;
}
