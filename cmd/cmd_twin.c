/* `seatshift twin`: serves an imitation tenant on loopback. */
#include "cmd/commands.h"
#include "cmd/session/given_file.h"

#include "core/file.h"
#include "providers/twin/twin.h"

#include <string.h>

enum { TWIN_FILE_MAX = 256 * 1024 * 1024 };

struct twin_options {
	int64_t port, https_port;
	const char *authority, *root;
	int64_t for_ms;
};

static const struct option_spec options[] = {
	OPT_INT(struct twin_options, port, "port", 0, "N",
		"listen on this port; 0, the default, takes a free one", 0, 65535),
	OPT_INT(struct twin_options, https_port, "https-port", 0, "N",
		"serve TLS on this port; 0, the default, takes a free one", 0, 65535),
	OPT_TEXT(struct twin_options, authority, "authority", 0, "FILE",
		 "serve TLS too, and write its certificate authority here, as PEM"),
	OPT_DURATION(struct twin_options, for_ms, "for", 0, "TIME", "stop after this time, such as 60s"),
};

/* The first line that is printed stays the plain address: scripts read it. */
static bool add_https(struct app *app, const struct twin_options *chosen, struct twin_server *server,
		      struct error *err)
{
	const char *authority, *root;
	if (!chosen->authority && chosen->https_port)
		return error_set(err, ERR_INVALID,
				 "--https-port needs --authority FILE, which clients have to trust");
	if (!chosen->authority)
		return true;
	const char *path = path_join(app->arena, app->dir, chosen->authority);
	return given_file_check(app, "--authority", path, &root, err) &&
	       twin_server_add_https(server, (int)chosen->https_port, &authority, err) &&
	       file_write_atomic(root, path, authority, strlen(authority), err);
}

static bool run(struct app *app, const void *options_read, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct twin_options *chosen = options_read;
	struct bytes text;
	const char *file = path_join(app->arena, app->dir, args->items[0]);
	(void)ret_status;
	CLEANUP(twin_freep) struct twin *twin = NULL;
	CLEANUP(twin_server_freep) struct twin_server *server = NULL;
	if (!file_read(file, TWIN_FILE_MAX, app->arena, &text, err))
		return false;
	if (!twin_read(text.ptr, text.len, app->clock, app->random, &twin, err))
		return error_wrap(err, "cannot load twin '%s'", file);
	int port = chosen->port < 0 ? 0 : (int)chosen->port;
	if (!twin_server_new(twin, port, &server, err))
		return false;
	if (!add_https(app, chosen, server, err))
		return false;
	out_result(&app->out, arena_printf(app->arena, "twin listening on http://127.0.0.1:%d\n",
					   twin_server_port(server)));
	if (twin_server_https_port(server))
		out_result(&app->out, arena_printf(app->arena, "and on https://localhost:%d\n",
						   twin_server_https_port(server)));
	if (!out_flush(&app->out))
		return error_set(err, ERR_IO, "cannot write the twin's address");
	return twin_server_run(server, app->signals, chosen->for_ms, err);
}

const struct command cmd_twin = {
	.name = "twin",
	.args = "FILE",
	.summary = "serve an imitation tenant on loopback",
	.details = "Answers like Microsoft Graph v1.0 and the sign-in service, on 127.0.0.1 only, for the "
		   "tenants\n"
		   "described in FILE (JSON). The first line printed gives the address; point "
		   "SEATSHIFT_GRAPH_URL\n"
		   "and SEATSHIFT_LOGIN_URL at it. Calls under /twin/ play people: POST /twin/redeem, "
		   "/twin/cancel,\n"
		   "/twin/user, /twin/fault, ...; GET /twin/state, /twin/counters and /twin/log show what "
		   "happened.\n"
		   "Clients that insist on TLS are served with --authority.\n"
		   "Stops on SIGINT or SIGTERM.",
	COMMAND_OPTIONS(struct twin_options, options),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
