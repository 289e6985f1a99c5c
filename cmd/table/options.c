/* Options: parsed from argv by a command's table into its struct, and shown in help. */
#include "cmd/table/options.h"

#include "core/clock.h"
#include "core/quote.h"
#include "core/width.h"

#include <string.h>

const struct option_spec global_option_specs[] = {
	OPT_TEXT(struct global_options, format, "format", 0, "FORMAT",
		 "text (default) or json; some commands know more"),
	OPT_TEXT(struct global_options, out_file, "out", 0, "FILE",
		 "write the result to FILE instead of standard output"),
	OPT_TEXT(struct global_options, events, "events", 0, "FILE|fd:N",
		 "also write progress as JSON lines, for machines"),
	OPT_TEXT(struct global_options, color, "color", 0, "WHEN",
		 "auto (default), always or never; NO_COLOR is honoured"),
	OPT_FLAG(struct global_options, quiet, "quiet", 'q', "no progress and no notes"),
	OPT_FLAG(struct global_options, verbose, "verbose", 'v', "log every request, and no secret"),
	OPT_TEXT(struct global_options, dir, "directory", 'C', "DIR",
		 "work in the customers' repository at DIR"),
	OPT_FLAG(struct global_options, help, "help", 'h', "help for the command"),
};
const size_t global_option_count = ARRAY_LEN(global_option_specs);

static const struct option_spec reading_option_specs[] = {
	OPT_DURATION(struct global_options, deadline_ms, "deadline", 0, "TIME",
		     "give up after so long; default: after 2m without an answer of use"),
};

static size_t reading_option_count(const struct command *command)
{
	return command->network == NETWORK_READS ? ARRAY_LEN(reading_option_specs) : 0;
}

const struct option_spec *command_option(const struct command *command, size_t at)
{
	if (at < command->option_count)
		return &command->options[at];
	at -= command->option_count;
	return at < reading_option_count(command) ? &reading_option_specs[at] : NULL;
}

/* One parse: where it stands, and what it fills. */
struct parse {
	const struct command *command;
	struct arena *out;
	struct global_options *global;
	void *options;
	int argc;
	char **argv;
	int at;
};

struct match {
	const struct option_spec *spec;
	char *target; /* the struct the option lives in */
};

static struct match find_option(struct parse *parse, const char *name, size_t len, char letter)
{
	const struct {
		const struct option_spec *specs;
		size_t count;
		void *target;
	} groups[] = {{parse->command->options, parse->command->option_count, parse->options},
		      {reading_option_specs, reading_option_count(parse->command), parse->global},
		      {global_option_specs, global_option_count, parse->global}};
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		for (size_t i = 0; i < groups[g].count; i++) {
			const struct option_spec *spec = &groups[g].specs[i];
			bool same = name ? strlen(spec->name) == len && strncmp(spec->name, name, len) == 0
					 : spec->letter == letter;
			if (same)
				return (struct match){spec, groups[g].target};
		}
	}
	return (struct match){0};
}

static bool unknown_option(struct parse *parse, const char *word, struct error *err)
{
	struct str_list names = {0};
	const struct option_spec *own;
	for (size_t i = 0; (own = command_option(parse->command, i)); i++)
		VEC_PUSH(parse->out, &names, own->name);
	for (size_t i = 0; i < global_option_count; i++)
		VEC_PUSH(parse->out, &names, global_option_specs[i].name);
	error_set(err, ERR_INVALID, "'%s' has no option '%s'", parse->command->name,
		  quote_terminal(parse->out, word));
	const char *bare = word + strspn(word, "-");
	size_t len = strcspn(bare, "=");
	const char *near = str_nearest(arena_strndup(parse->out, bare, len), &names);
	if (near)
		return error_hint(err, "Did you mean '--%s'?", near);
	return error_hint(err, "See 'seatshift help %s'.", parse->command->name);
}

static bool bad_value(struct parse *parse, const struct option_spec *spec, const char *value,
		      const char *wanted, struct error *err)
{
	return error_set(err, ERR_INVALID, "option '--%s' takes %s, not '%s'", spec->name, wanted,
			 quote_terminal(parse->out, value));
}

static bool store(struct parse *parse, struct match match, const char *value, struct error *err)
{
	char *target = match.target + match.spec->offset;
	int64_t number;
	switch (match.spec->kind) {
	case OPTION_FLAG:
		*(bool *)target = true;
		return true;
	case OPTION_TEXT:
		*(const char **)(void *)target = value;
		return true;
	case OPTION_TEXTS:
		VEC_PUSH(parse->out, (struct str_list *)(void *)target, value);
		return true;
	case OPTION_INT:
		if (!str_parse_int(value, match.spec->min, match.spec->max, &number))
			return bad_value(parse, match.spec, value,
					 arena_printf(parse->out, "a number from %lld to %lld",
						      (long long)match.spec->min, (long long)match.spec->max),
					 err);
		*(int64_t *)(void *)target = number;
		return true;
	case OPTION_DURATION:
		if (!duration_parse(value, &number))
			return bad_value(parse, match.spec, value, "a duration such as 30s, 45m or 72h", err);
		*(int64_t *)(void *)target = number;
		return true;
	}
	return true;
}

/* Stores an option whose value may stand in the same word (`inside`) or in the next one. */
static bool take(struct parse *parse, struct match match, const char *word, const char *inside,
		 struct error *err)
{
	if (!match.spec)
		return unknown_option(parse, word, err);
	if (match.spec->kind == OPTION_FLAG && inside)
		return error_set(err, ERR_INVALID, "option '--%s' takes no value", match.spec->name);
	if (match.spec->kind != OPTION_FLAG && !inside) {
		if (parse->at >= parse->argc)
			return error_set(err, ERR_INVALID, "option '--%s' needs a value: %s",
					 match.spec->name, match.spec->arg);
		inside = parse->argv[parse->at++];
	}
	return store(parse, match, inside, err);
}

static bool parse_long(struct parse *parse, const char *word, struct error *err)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) - 2 : strlen(word + 2);
	return take(parse, find_option(parse, word + 2, len, 0), word, equals ? equals + 1 : NULL, err);
}

/* "-q", "-vv", "-C DIR", "-CDIR". */
static bool parse_short(struct parse *parse, const char *word, struct error *err)
{
	for (const char *letter = word + 1; *letter; letter++) {
		struct match match = find_option(parse, NULL, 0, *letter);
		if (*letter == 'v' && parse->global->verbose)
			parse->global->more_verbose = true;
		bool has_value = match.spec && match.spec->kind != OPTION_FLAG;
		const char *inside = has_value && letter[1] ? letter + 1 : NULL;
		if (!take(parse, match, word, inside, err))
			return false;
		if (has_value)
			return true;
	}
	return true;
}

static bool check_arg_count(const struct command *command, size_t count, struct error *err)
{
	if (count < command->min_args)
		error_set(err, ERR_INVALID, "'%s' needs %s", command->name, command->args);
	else if (count > command->max_args)
		error_set(err, ERR_INVALID, "'%s' takes %s", command->name,
			  *command->args ? command->args : "no arguments");
	else
		return true;
	return error_hint(err, "Usage: seatshift %s %s", command->name, command->args);
}

bool options_parse(const struct command *command, int argc, char **argv, struct arena *out,
		   struct command_line *ret, struct error *err)
{
	*ret = (struct command_line){.options = arena_alloc(out, command->options_size)};
	struct parse parse = {command, out, &ret->global, ret->options, argc, argv, 0};
	bool only_args = false;
	while (parse.at < argc) {
		const char *word = argv[parse.at++];
		bool ok = true;
		if (only_args || word[0] != '-' || !word[1])
			VEC_PUSH(out, &ret->args, word);
		else if (str_eq(word, "--"))
			only_args = true;
		else if (word[1] == '-')
			ok = parse_long(&parse, word, err);
		else
			ok = parse_short(&parse, word, err);
		if (!ok)
			return false;
	}
	return ret->global.help || check_arg_count(command, ret->args.count, err);
}

void option_help(const struct option_spec *spec, struct strbuf *out)
{
	enum { COLUMN = 31, COLUMNS = 80 };
	CLEANUP(mem_free_text)
	char *left = mem_printf("  %c%c%s--%s%s%s", spec->letter ? '-' : ' ',
				spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ", spec->name,
				spec->arg ? " " : "", spec->arg ? spec->arg : "");
	text_row(out, left, COLUMN, spec->summary, COLUMNS);
}
