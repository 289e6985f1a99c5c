/* Programs that a person's machine provides. */
#include "cmd/child.h"

#include "core/quote.h"

#include <string.h>

/* What password managers and browsers need to find their settings, their agent and the screen. */
static const char *const passed_on[] = {
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
	"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "GNUPGHOME",
	"PASSWORD_STORE_DIR", "OP_SERVICE_ACCOUNT_TOKEN", "BW_SESSION", "VAULT_ADDR", "VAULT_TOKEN", "HTTPS_PROXY",
	"NO_PROXY", "SSL_CERT_FILE"};

bool child_prepare(const struct app *app, const struct str_list *words, struct process *ret_process,
		   struct error *err)
{
	const char *name = words->items[0];
	const char *path = strchr(name, '/') ? name : process_find(app_env(app, "PATH"), name, app->arena);
	if (!path)
		return error_set(err, ERR_INVALID, "there is no program '%s'", quote_terminal(app->arena, name));
	const char **argv = arena_alloc_array(app->arena, words->count + 1, sizeof *argv);
	const char **env = arena_alloc_array(app->arena, ARRAY_LEN(passed_on) + 1, sizeof *env);
	size_t count = 0;
	argv[0] = path;
	for (size_t i = 1; i < words->count; i++)
		argv[i] = words->items[i];
	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = app_env(app, passed_on[i]);
		if (value)
			env[count++] = arena_printf(app->arena, "%s=%s", passed_on[i], value);
	}
	ret_process->argv = argv;
	ret_process->env = env;
	ret_process->clock = app->clock;
	return true;
}
