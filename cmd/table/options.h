/* Options: parsed from argv by a command's table into its struct, and shown in help. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "cmd/table/command.h"

/* What every command takes. */
struct global_options {
	const char *format;
	const char *out_file;
	const char *events;
	const char *color;
	const char *dir;
	bool quiet;
	bool verbose;
	bool more_verbose;
	bool help;
	int64_t deadline_ms; /* of commands that read over the network; 0: none was given */
};
extern const struct option_spec global_option_specs[];
extern const size_t global_option_count;

/* The options of a command that not every one has: its own rows, then what comes with network_use. NULL: no
 * more.
 */
const struct option_spec *command_option(const struct command *command, size_t at);

/* What the words behind a command's name say. */
struct command_line {
	struct global_options global;
	void *options; /* the command's struct, in the arena */
	struct str_list args;
};

/*
 * Parses the words behind the command's name, options and arguments in any order; "--" ends options.
 * ERR_INVALID names the word that is wrong and suggests.
 */
NODISCARD bool options_parse(const struct command *command, int argc, char **argv, struct arena *out,
			     struct command_line *ret, struct error *err);

void option_help(const struct option_spec *spec, struct strbuf *out);

#endif
