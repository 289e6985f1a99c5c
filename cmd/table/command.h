/*
 * The room of what a command is: its row in the table, from which parsing, help, the README's reference,
 * man pages and completions all come. The rows themselves stand in cmd/commands.c and are passed in.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "cmd/outside/app.h"
#include "core/str.h"

enum option_kind {
	OPTION_FLAG,	 /* bool */
	OPTION_TEXT,	 /* const char *, NULL when left out */
	OPTION_INT,	 /* int64_t, within [min, max]; `min - 1` when left out is the command's to set */
	OPTION_DURATION, /* int64_t milliseconds: 30s, 45m, 72h; 0 when left out */
	OPTION_TEXTS,	 /* struct str_list: may be given several times */
};

struct option_spec {
	const char *name; /* without the dashes */
	char letter;	  /* or 0 */
	enum option_kind kind;
	size_t offset;	 /* in the command's options struct */
	const char *arg; /* "FILE", for help; NULL for a flag */
	const char *summary;
	int64_t min, max; /* OPTION_INT */
};

/* Rows of an option table: where the value goes, how it is written, what help says. */
#define OPT_FLAG(type, member, name_, letter_, summary_)                                                     \
	{                                                                                                    \
		.name = (name_), .letter = (letter_), .kind = OPTION_FLAG, .offset = offsetof(type, member), \
		.summary = (summary_)                                                                        \
	}
#define OPT_VALUE(kind_, type, member, name_, letter_, arg_, summary_, ...)                                  \
	{                                                                                                    \
		.name = (name_), .letter = (letter_), .kind = (kind_), .offset = offsetof(type, member),     \
		.arg = (arg_), .summary = (summary_), __VA_ARGS__                                            \
	}
#define OPT_TEXT(type, member, name, letter, arg, summary)                                                   \
	OPT_VALUE(OPTION_TEXT, type, member, name, letter, arg, summary, .min = 0)
#define OPT_TEXTS(type, member, name, letter, arg, summary)                                                  \
	OPT_VALUE(OPTION_TEXTS, type, member, name, letter, arg, summary, .min = 0)
#define OPT_DURATION(type, member, name, letter, arg, summary)                                               \
	OPT_VALUE(OPTION_DURATION, type, member, name, letter, arg, summary, .min = 0)
#define OPT_INT(type, member, name, letter, arg, summary, min_, max_)                                        \
	OPT_VALUE(OPTION_INT, type, member, name, letter, arg, summary, .min = (min_), .max = (max_))

/* Whether a command works in a customers' repository, which is then looked for. */
enum repository_use { REPOSITORY_NONE, REPOSITORY_IF_THERE, REPOSITORY_NEEDED };
/*
 * Whether a command asks a service over the network. What reads takes --deadline without a row of its own;
 * what carries out has a --deadline with a meaning of its own. Whoever says neither cannot sign in.
 */
enum network_use { NETWORK_NONE, NETWORK_READS, NETWORK_CARRIES_OUT };

struct command {
	const char *name;
	const char *args;    /* "PLAN [STEP]", for help */
	const char *summary; /* one line */
	const char *details; /* paragraphs for help and the man page, or NULL */
	const struct option_spec *options;
	size_t option_count;
	size_t options_size; /* of the zeroed struct that `run` gets */
	size_t min_args, max_args;
	enum repository_use repository;
	enum network_use network;
	bool has_format;	  /* takes --format text|json */
	const char *more_formats; /* "markdown|html": beyond text and json; or NULL */
	/* `*ret_status` is 0 on entry; set it for a result that is not an error but not 0 either. */
	bool (*run)(struct app *app, const void *options, const struct str_list *args, int *ret_status,
		    struct error *err);
};

/* The members of a row that say what options it takes, and the struct that they are parsed into. */
#define COMMAND_OPTIONS(type, rows)                                                                          \
	.options = (rows), .option_count = ARRAY_LEN(rows), .options_size = sizeof(type)

/* The row of that name, or NULL. */
const struct command *command_find(const struct command *const *table, const char *name);

/* The rows of the table of exit statuses, in their order; false past the last. */
struct exit_row {
	int status;
	const char *name;
	const char *meaning;
};
bool command_exit_row(size_t at, struct exit_row *ret_row);

#endif
