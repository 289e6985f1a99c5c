/* seatshift help [COMMAND]: printed from the command table. */
#include "cmd/commands.h"

#include "cmd/help/help.h"
#include "cmd/help/manual.h"
#include "cmd/help/topic.h"
#include "cmd/output/document.h"
#include "cmd/session/given_file.h"
#include "cmd/table/options.h"
#include "cmd/table/suggest.h"
#include "core/file.h"
#include "core/quote.h"

struct help_options {
	const char *man;
};

static const struct option_spec options[] = {
	OPT_TEXT(struct help_options, man, "man", 0, "DIR",
		 "write the manual pages below DIR (man1, man5, man7)"),
};

static void write_options(struct json_writer *w, const struct command *command)
{
	json_put_key(w, "options");
	json_begin_array(w);
	const struct option_spec *own;
	for (size_t i = 0; (own = command_option(command, i)); i++) {
		json_begin_object(w);
		json_set_text(w, "argument", own->arg);
		json_set_text(w, "name", own->name);
		json_set_text(w, "summary", own->summary);
		json_end_object(w);
	}
	json_end_array(w);
}

static const char *const network_words[] = {
	[NETWORK_NONE] = "none", [NETWORK_READS] = "reads", [NETWORK_CARRIES_OUT] = "carries-out"};

static void write_command(struct json_writer *w, const struct command *command)
{
	json_begin_object(w);
	json_set_text(w, "arguments", command->args);
	json_set_text(w, "name", command->name);
	json_set_text(w, "network", network_words[command->network]);
	write_options(w, command);
	json_set_text(w, "summary", command->summary);
	json_end_object(w);
}

static void print_json(struct app *app, const struct command *only)
{
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "commands");
	json_begin_array(&doc.w);
	for (const struct command *const *row = app->commands; *row; row++)
		if (!only || only == *row)
			write_command(&doc.w, *row);
	json_end_array(&doc.w);
	json_set_text(&doc.w, "format", "seatshift-help/1");
	document_print(app, &doc);
}

static void print_text(struct app *app, const struct command *only)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	help_write(app->commands, only, &buf);
	out_text(&app->out, strbuf_text(&buf));
}

static void print_topic(struct app *app, const struct topic *topic)
{
	if (app->out.format != FORMAT_JSON) {
		CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
		topic_text(topic, &buf);
		out_result(&app->out, strbuf_text(&buf));
		return;
	}
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "format", "seatshift-topic/1");
	json_set_text(&doc.w, "name", topic->name);
	json_set_text(&doc.w, "page", arena_printf(app->arena, "%s(%d)", topic->page, topic->section));
	json_set_text(&doc.w, "summary", topic->summary);
	json_set_text(&doc.w, "text", topic->text);
	document_print(app, &doc);
}

static bool write_manual(struct app *app, const char *dir, struct error *err)
{
	struct str_list paths = {0};
	struct manual_place place = {NULL, path_join(app->arena, app->dir, dir)};
	if (!given_folder_check(app, "--man", place.dir, &place.root, err) ||
	    !manual_write(app->commands, &place, app->arena, &paths, err))
		return false;
	if (app->out.format == FORMAT_JSON) {
		struct document doc;
		document_begin(&doc);
		json_set_text(&doc.w, "format", "seatshift-manual/1");
		json_set_texts(&doc.w, "written", &paths);
		document_print(app, &doc);
		return true;
	}
	for (size_t i = 0; i < paths.count; i++)
		out_result(&app->out, arena_printf(app->arena, "wrote  %s\n", paths.items[i]));
	return true;
}

static bool unknown_topic(struct app *app, const char *name, struct error *err)
{
	struct str_list names = {0};
	for (const struct command *const *row = app->commands; *row; row++)
		VEC_PUSH(app->arena, &names, (*row)->name);
	for (size_t i = 0; i < topic_count; i++)
		VEC_PUSH(app->arena, &names, topics[i].name);
	error_set(err, ERR_INVALID, "there is no command or topic '%s'", quote_terminal(app->arena, name));
	return suggest(app->arena, name, &names, err);
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	(void)ret_status;
	const struct help_options *o = opts;
	const struct command *command = NULL;
	struct topic topic = {0};
	if (args->count) {
		command = command_find(app->commands, args->items[0]);
		if (!command && !topic_find(args->items[0], app->arena, &topic))
			return unknown_topic(app, args->items[0], err);
	}
	if (o->man)
		return write_manual(app, o->man, err);
	if (topic.name)
		print_topic(app, &topic);
	else if (app->out.format == FORMAT_JSON)
		print_json(app, command);
	else
		print_text(app, command);
	return true;
}

const struct command cmd_help = {
	.name = "help",
	.args = "[COMMAND|TOPIC]",
	.summary = "help for all commands, for one, or on a topic",
	COMMAND_OPTIONS(struct help_options, options),
	.max_args = 1,
	.has_format = true,
	.run = run,
};
