/* The Azure CLI's sign-in: `az account get-access-token`, run without a shell and with few
 * variables. */
#include "providers/graph/sign_in/token_source.h"

#include "core/process.h"
#include "core/quote.h"

#include <string.h>

enum { MAX_OUTPUT = 256 * 1024, TIMEOUT_MS = 60000, UNKNOWN_LIFE_MS = 600000 };

/* What it needs to find its files, its language and the network; none of them holds a secret. */
static const char *const passed_on[] = {
	"PATH",
	"HOME",
	"USER",
	"LANG",
	"LC_ALL",
	"TMPDIR",
	"AZURE_CONFIG_DIR",
	"XDG_CONFIG_HOME",
	"HTTPS_PROXY",
	"https_proxy",
	"NO_PROXY",
	"no_proxy",
	"REQUESTS_CA_BUNDLE",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
};

static bool open(struct token_source *source, struct error *err)
{
	source->state = NULL;
	const char *path = env_get(&source->options.env, "PATH");
	const char *program = process_find(path, "az", source->arena);
	if (program) {
		source->about = program;
		return true;
	}
	error_set(err, ERR_AUTH, "the Azure CLI is not here: there is no 'az' in PATH");
	return error_hint(err, "Install it, or choose another auth.method in seatshift.yaml.");
}

static const char *const *make_env(const struct env *env, struct arena *out)
{
	const char **list = arena_alloc_array(out, ARRAY_LEN(passed_on) + 1, sizeof *list);
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = env_get(env, passed_on[i]);
		if (value)
			list[count++] = arena_printf(out, "%s=%s", passed_on[i], value);
	}
	return list;
}

static const char *last_line(const char *text, struct arena *out)
{
	size_t len = strlen(text);
	while (len && strchr("\r\n \t", text[len - 1]))
		len--;
	size_t start = len;
	while (start && text[start - 1] != '\n')
		start--;
	return len ? quote_terminal_cut(out, arena_strndup(out, text + start, len - start), 400)
		   : "no message";
}

static void deliver(struct token_source *source, const struct secret *output)
{
	CLEANUP(json_freep) struct json *body = NULL;
	struct error err = ERROR_INIT;
	int64_t ends_s;
	bool readable = json_parse(secret_expose(output), secret_len(output), &body, &err);
	const char *token = json_get_text(body, "accessToken");
	if (!readable || !token || !*token) {
		error_release(&err);
		error_set(&err, ERR_AUTH, "the Azure CLI printed no access token");
		token_fail(source, &err);
		return;
	}
	/* Older versions give local time only, which says too little. */
	int64_t life_ms = UNKNOWN_LIFE_MS;
	if (token_read_seconds(json_get(body, "expires_on"), &ends_s))
		life_ms = ends_s * 1000 - http_client_wall_ms(source->options.client);
	token_deliver(source, secret_new(token, strlen(token)), life_ms > 0 ? life_ms : 0);
}

static void fetch(struct token_source *source)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct token_options *options = &source->options;
	const char *const argv[] = {
		source->about, "account",      "get-access-token", "--tenant", options->tenant_id,
		"--scope",     options->scope, "--output",	   "json",     NULL};
	struct process_end end = {0};
	struct error err = ERROR_INIT;
	const struct process process = {.argv = argv,
					.env = make_env(&options->env, tmp),
					.max_output = MAX_OUTPUT,
					.timeout_ms = TIMEOUT_MS,
					.clock = options->clock,
					.should_stop = http_client_should_stop,
					.stop_ctx = options->client};
	if (!process_run(&process, tmp, &end, &err)) {
		if (err.code != ERR_INTERRUPTED)
			err.code = ERR_AUTH;
		token_fail(source, &err);
		return;
	}
	if (end.status == 0) {
		deliver(source, end.output);
	} else {
		error_set(&err, ERR_AUTH, "the Azure CLI gave no token for tenant '%s' (exit status %d): %s",
			  options->tenant_id, end.status,
			  last_line(redact_before_cut(options->redact, end.messages, tmp), tmp));
		error_hint(&err, "Sign in with: az login --tenant %s --allow-no-subscriptions",
			   options->tenant_id);
		token_fail(source, &err);
	}
	secret_free(end.output);
}

const struct token_source_ops token_azure_cli = {.method = "azure-cli", .open = open, .fetch = fetch};
