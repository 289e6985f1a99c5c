/* Dispatch: from argv to a command and its exit status. */
#include "cmd/dispatch.h"

#include "cmd/help/help.h"
#include "cmd/output/document.h"
#include "cmd/output/events.h"
#include "cmd/outside/annotate.h"
#include "cmd/session/given_file.h"
#include "cmd/session/names.h"
#include "cmd/table/options.h"
#include "cmd/table/suggest.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/http.h"
#include "core/quote.h"
#include "core/url_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void report_text(struct app *app, const struct error *err)
{
	const char *label = out_styled(app->arena, app->out.color_messages, STYLE_RED, "error:");
	const char *message = quote_terminal(app->arena, err->message);
	if (err->where)
		out_message(&app->out, "%s: %s %s", quote_terminal(app->arena, err->where), label, message);
	else
		out_message(&app->out, "%s %s", label, message);
	if (err->hint)
		out_message(&app->out, "hint: %s", quote_terminal(app->arena, err->hint));
}

static void report_json(struct app *app, const struct error *err)
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "error");
	json_begin_object(&doc.w);
	json_set_int(&doc.w, "code", error_info(err->code)->status);
	json_put_key(&doc.w, "diagnostics");
	document_put_diags(&doc.w, &app->diags, app->arena);
	json_set_text(&doc.w, "hint", err->hint);
	json_set_text(&doc.w, "message", err->message);
	json_set_text(&doc.w, "name", error_info(err->code)->name);
	json_set_text(&doc.w, "where", err->where);
	json_end_object(&doc.w);
	json_set_text(&doc.w, "format", "seatshift-error/1");
	document_print(app, &doc);
}

static bool apply_color(struct app *app, const char *when, struct error *err)
{
	bool allowed = !app_env(app, "NO_COLOR") && !str_eq(app_env(app, "TERM"), "dumb");
	if (!when || str_eq(when, "auto")) {
		app->out.color_messages = allowed && app->stderr_terminal;
		app->out.color_result = allowed && app->out.color_result && !app->out_file;
		return true;
	}
	if (!str_eq(when, "always") && !str_eq(when, "never"))
		return error_set(err, ERR_INVALID, "option '--color' takes auto, always or never, not '%s'",
				 quote_terminal(app->arena, when));
	app->out.color_messages = app->out.color_result = str_eq(when, "always");
	return true;
}

static bool apply_format(struct app *app, const struct command *command, const char *format,
			 struct error *err)
{
	app->out.format_name = format ? format : "text";
	if (!format || str_eq(format, "text"))
		return true;
	if (command->has_format && str_eq(format, "json")) {
		app->out.format = FORMAT_JSON;
		return true;
	}
	const char *words = arena_printf(app->arena, "text%s%s%s", command->has_format ? "|json" : "",
					 command->more_formats ? "|" : "",
					 command->more_formats ? command->more_formats : "");
	const struct str_list known = suggest_words(app->arena, words);
	app->out.format = FORMAT_OTHER;
	if (str_list_has(&known, format))
		return true;
	app->out.format = FORMAT_TEXT;
	error_set(err, ERR_INVALID, "'%s' knows the formats %s, not '%s'", command->name, words,
		  quote_terminal(app->arena, format));
	return suggest(app->arena, format, &known, err);
}

/* Opened before the command runs, so that a file that cannot be written is reported before anything is done;
 * what it holds is replaced only when there is a result. */
static bool open_out_file(struct app *app, struct error *err)
{
	const int flags = O_WRONLY | O_CREAT;
	const char *root;
	if (!given_file_check(app, "--out", app->out_file, &root, err))
		return false;
	int fd = file_open(root, app->out_file, flags | O_EXCL, 0666);
	app->out_file_new = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = file_open(root, app->out_file, flags, 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file) {
		int cause = errno;
		if (fd >= 0)
			close(fd);
		errno = cause;
		return file_error(err, "write", quote_terminal(app->arena, app->out_file));
	}
	app->out.result = file;
	app->out.result_kept = true;
	return true;
}

/* A command that failed before it had a result leaves no empty file behind. */
static void drop_empty_out_file(struct app *app)
{
	if (app->out.result_kept && app->out_file_new)
		unlink(app->out_file);
}

static bool apply_globals(struct app *app, const struct command *command, const struct global_options *global,
			  struct error *err)
{
	app->out.quiet = global->quiet;
	app->out.verbosity = global->more_verbose ? 2 : global->verbose ? 1 : 0;
	app->out_file = global->out_file;
	app->events = global->events;
	app->may_sign_in = command->network != NETWORK_NONE;
	app_end_in(app, global->deadline_ms);
	if (global->dir)
		app->start = app->dir = global->dir;
	if (!events_check(global->events, err) || !apply_format(app, command, global->format, err) ||
	    !apply_color(app, global->color, err))
		return false;
	if (!global->out_file)
		return true;
	return open_out_file(app, err);
}

static bool unknown_command(struct app *app, const char *name, struct error *err)
{
	struct str_list names = {0};
	for (const struct command *const *row = app->commands; *row; row++)
		VEC_PUSH(app->arena, &names, (*row)->name);
	error_set(err, ERR_INVALID, "there is no command '%s'", quote_terminal(app->arena, name));
	const char *near = str_nearest(name, &names);
	if (near)
		return error_hint(err, "Did you mean 'seatshift %s'?", near);
	return error_hint(err, "'seatshift help' lists the commands.");
}

/* "-C DIR" and the like may stand before the command: those words are moved behind it. */
static int find_command_word(int argc, char **argv)
{
	int at = 1;
	while (at < argc && argv[at][0] == '-' && argv[at][1]) {
		bool has_value = str_eq(argv[at], "-C") || str_eq(argv[at], "--directory") ||
				 str_eq(argv[at], "--format") || str_eq(argv[at], "--out") ||
				 str_eq(argv[at], "--color") || str_eq(argv[at], "--events");
		at += has_value ? 2 : 1;
	}
	return at;
}

static bool run_command(struct app *app, const struct command *command, int count, char **words,
			int *ret_status, struct error *err)
{
	struct command_line line;
	if (!options_parse(command, count, words, app->arena, &line, err) ||
	    !apply_globals(app, command, &line.global, err))
		return false;
	if (line.global.help) {
		CLEANUP(strbuf_release) struct strbuf help = STRBUF_INIT(STRBUF_LARGE);
		help_write(app->commands, command, &help);
		out_text(&app->out, strbuf_text(&help));
		return true;
	}
	if (command->repository != REPOSITORY_NONE &&
	    (!repository_find(app, err) ||
	     (command->repository == REPOSITORY_NEEDED && !repository_need(app, err))))
		return false;
	return command->run(app, line.options, &line.args, ret_status, err);
}

/* "seatshift" alone, "seatshift --help" and "seatshift --version" have no command word. */
static bool run_without_command(struct app *app, int argc, char **argv, int *ret_status, struct error *err)
{
	const char *first = argc > 1 ? argv[1] : "--help";
	if (str_eq(first, "--help") || str_eq(first, "-h"))
		return run_command(app, command_find(app->commands, "help"), 0, NULL, ret_status, err);
	if (str_eq(first, "--version") || str_eq(first, "-V"))
		return run_command(app, command_find(app->commands, "version"), 0, NULL, ret_status, err);
	error_set(err, ERR_INVALID, "no command given");
	return error_hint(err, "'seatshift help' lists the commands.");
}

static bool run(struct app *app, int argc, char **argv, int *ret_status, struct error *err)
{
	int word = find_command_word(argc, argv);
	if (word >= argc)
		return run_without_command(app, argc, argv, ret_status, err);
	const struct command *command = command_find(app->commands, argv[word]);
	if (!command)
		return unknown_command(app, argv[word], err);
	char **words = arena_alloc_array(app->arena, (size_t)argc, sizeof *words);
	int count = 0;
	for (int i = 1; i < argc; i++)
		if (i != word)
			words[count++] = argv[i];
	return run_command(app, command, count, words, ret_status, err);
}

/* A usage error may come before --format is known: then it is looked for among the words. */
static bool wants_json(const struct app *app, int argc, char **argv)
{
	if (app->out.format == FORMAT_JSON)
		return true;
	for (int i = 1; i < argc; i++)
		if (str_eq(argv[i], "--format=json") ||
		    (str_eq(argv[i], "--format") && i + 1 < argc && str_eq(argv[i + 1], "json")))
			return true;
	return false;
}

/* What failed before is the greater trouble, but a result that is not there is said in any case. */
static int told_all(struct app *app, int status)
{
	if (out_flush(&app->out))
		return status;
	struct error err = ERROR_INIT;
	error_set(&err, ERR_IO, "cannot write the result%s%s%s: %s", app->out_file ? " to '" : "",
		  app->out_file ? app->out_file : "", app->out_file ? "'" : "", strerror(errno));
	report_text(app, &err);
	error_release(&err);
	return status == EXIT_OK || status == EXIT_CHANGES ? error_info(ERR_IO)->status : status;
}

/* Whether they are used or not: what is wrong with an address is said by quoting it. */
static void hide_passwords(struct app *app)
{
	static const char *const names[] = {"SEATSHIFT_GRAPH_URL",
					    "SEATSHIFT_LOGIN_URL",
					    "HTTPS_PROXY",
					    "https_proxy",
					    "ALL_PROXY",
					    "all_proxy",
					    "HTTP_PROXY",
					    "http_proxy",
					    "IDENTITY_ENDPOINT",
					    "ACTIONS_ID_TOKEN_REQUEST_URL",
					    "SYSTEM_OIDCREQUESTURI",
					    "AZURE_POD_IDENTITY_AUTHORITY_HOST"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		url_secret_hide(app->out.redact, app_env(app, names[i]));
}

/*
 * Another day, for a story that is played on a twin. Never where anything else could be reached: by the
 * clock, approvals expire and seats are counted.
 */
static bool move_clock(struct app *app, struct moved_clock *moved, struct error *err)
{
	const char *text = app_env(app, "SEATSHIFT_CLOCK");
	const char *graph = app_env(app, "SEATSHIFT_GRAPH_URL");
	const char *login = app_env(app, "SEATSHIFT_LOGIN_URL");
	int64_t now_ms;
	if (!text)
		return true;
	if (!graph || !login || !http_origin_is_loopback(graph) || !http_origin_is_loopback(login))
		return error_set(err, ERR_INVALID,
				 "SEATSHIFT_CLOCK is for a twin alone: SEATSHIFT_GRAPH_URL and "
				 "SEATSHIFT_LOGIN_URL must be loopback addresses");
	if (!timestamp_parse(text, &now_ms))
		return error_set(err, ERR_INVALID,
				 "SEATSHIFT_CLOCK is '%s', not a time such as 2027-03-01T09:00:00Z",
				 quote_terminal(app->arena, text));
	clock_move(moved, app->clock, now_ms);
	app->clock = &moved->clock;
	return true;
}

int dispatch(struct app *app, int argc, char **argv)
{
	struct moved_clock moved;
	struct error err = ERROR_INIT;
	int status = EXIT_OK;
	app->begun_ms = clock_monotonic_ms(app->clock);
	hide_passwords(app);
	if (!move_clock(app, &moved, &err) || !run(app, argc, argv, &status, &err)) {
		status = error_info(err.code)->status;
		if (wants_json(app, argc, argv) && !app->out.result_written)
			report_json(app, &err);
		report_text(app, &err);
		annotate_error(app, &err);
		error_release(&err);
		drop_empty_out_file(app);
	}
	return told_all(app, status);
}
