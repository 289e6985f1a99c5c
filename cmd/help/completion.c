/* What may come next on a command line. */
#include "cmd/help/completion.h"

#include "cmd/help/completion_values.h"
#include "cmd/session/names.h"
#include "cmd/table/options.h"

#include <string.h>

/* The command line as far as it was typed, taken apart as cmd/options.c does. */
struct line {
	const struct command *command;
	struct str_list args;		  /* of the command, without the word being typed */
	const struct option_spec *option; /* whose value is being typed, or NULL */
	bool only_args;			  /* behind "--" */
};

static const struct option_spec *find_in(const struct option_spec *specs, size_t count, const char *name,
					 size_t len, char letter)
{
	for (size_t i = 0; i < count; i++) {
		bool same = name ? strlen(specs[i].name) == len && strncmp(specs[i].name, name, len) == 0
				 : specs[i].letter && specs[i].letter == letter;
		if (same)
			return &specs[i];
	}
	return NULL;
}

static const struct option_spec *find_option(const struct command *command, const char *name, size_t len,
					     char letter)
{
	const struct option_spec *own;
	for (size_t i = 0; command && (own = command_option(command, i)); i++)
		if (find_in(own, 1, name, len, letter))
			return own;
	return find_in(global_option_specs, global_option_count, name, len, letter);
}

/* The option whose value is in the next word, if `word` is one. */
static const struct option_spec *wants_value(const struct command *command, const char *word)
{
	const struct option_spec *spec = NULL;
	if (word[0] != '-' || !word[1] || strchr(word, '='))
		return NULL;
	if (word[1] == '-')
		spec = find_option(command, word + 2, strlen(word + 2), 0);
	else if (!word[2])
		spec = find_option(command, NULL, 0, word[1]);
	return spec && spec->kind != OPTION_FLAG ? spec : NULL;
}

/* "-C DIR" says where customers and plans are looked for. */
static void note_value(struct app *app, const struct option_spec *spec, const char *value)
{
	if (spec == find_in(global_option_specs, global_option_count, "directory", strlen("directory"), 0))
		app->start = app->dir = value;
}

static struct line read_line(struct app *app, const struct str_list *words)
{
	struct line line = {0};
	for (size_t i = 0; i + 1 < words->count; i++) {
		const char *word = words->items[i];
		if (line.option) {
			note_value(app, line.option, word);
			line.option = NULL;
		} else if (line.only_args || word[0] != '-' || !word[1]) {
			if (line.command)
				VEC_PUSH(app->arena, &line.args, word);
			else
				line.command = command_find(app->commands, word);
		} else if (str_eq(word, "--")) {
			line.only_args = true;
		} else {
			line.option = wants_value(line.command, word);
		}
	}
	return line;
}

static void add_option(struct completion *c, const struct option_spec *spec)
{
	completion_add(c, arena_printf(c->app->arena, "--%s", spec->name), spec->summary);
}

static void add_options(struct completion *c)
{
	const struct option_spec *own;
	for (size_t i = 0; c->command && (own = command_option(c->command, i)); i++)
		add_option(c, own);
	for (size_t i = 0; i < global_option_count; i++)
		add_option(c, &global_option_specs[i]);
}

/* "--format=js": the candidates are whole words again. */
static bool complete_joined(struct completion *c, const struct line *line)
{
	const char *equals = strchr(c->typed, '=');
	if (!str_starts(c->typed, "--") || !equals)
		return false;
	const struct option_spec *spec =
		find_option(line->command, c->typed + 2, (size_t)(equals - c->typed) - 2, 0);
	if (!spec || spec->kind == OPTION_FLAG)
		return true;
	c->before = arena_strndup(c->app->arena, c->typed, (size_t)(equals - c->typed) + 1);
	c->typed = equals + 1;
	completion_option_value(c, spec);
	return true;
}

static void complete_command(struct completion *c)
{
	for (const struct command *const *row = c->app->commands; *row; row++)
		completion_add(c, (*row)->name, (*row)->summary);
}

void completion_words(struct app *app, const struct str_list *words, struct strbuf *out)
{
	if (!words->count)
		return;
	struct line line = read_line(app, words);
	struct error ignored = ERROR_INIT;
	if (!repository_find(app, &ignored))
		error_release(&ignored);
	struct completion c = {.app = app,
			       .command = line.command,
			       .args = &line.args,
			       .typed = words->items[words->count - 1],
			       .before = "",
			       .out = out};
	if (line.option) {
		completion_option_value(&c, line.option);
	} else if (!line.only_args && c.typed[0] == '-') {
		if (complete_joined(&c, &line))
			return;
		add_options(&c);
	} else if (!line.command) {
		complete_command(&c);
	} else {
		completion_argument(&c);
	}
}
