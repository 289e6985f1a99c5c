/* Help for all commands, or for one. */
#include "cmd/help/help.h"

#include "cmd/help/topic.h"
#include "cmd/table/options.h"
#include "core/width.h"

#include <string.h>

enum { COLUMNS = 80, COMMAND_COLUMN = 26, EXIT_COLUMN = 21 };

static void write_global_options(struct strbuf *out)
{
	for (size_t i = 0; i < global_option_count; i++)
		option_help(&global_option_specs[i], out);
}

static void write_exit_statuses(struct arena *tmp, struct strbuf *out)
{
	struct exit_row row;
	for (size_t i = 0; command_exit_row(i, &row); i++)
		text_row(out, arena_printf(tmp, "  %3d  %s", row.status, row.name), EXIT_COLUMN, row.meaning,
			 COLUMNS);
}

static void write_all(const struct command *const *table, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_add(out,
		   "seatshift moves a Microsoft 365 customer from Advisor to Open License:\nplanned, "
		   "reviewed, verified.\n\nUsage: seatshift COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n");
	for (const struct command *const *row = table; *row; row++)
		text_row(out, arena_printf(tmp, "  %s %s", (*row)->name, (*row)->args), COMMAND_COLUMN,
			 (*row)->summary, COLUMNS);
	strbuf_add(out, "\nOptions of every command:\n");
	write_global_options(out);
	strbuf_add(out, "\nExit status:\n");
	write_exit_statuses(tmp, out);
	struct str_list names = {0};
	struct topic topic;
	for (size_t i = 0; topic_at(i, tmp, &topic); i++)
		VEC_PUSH(tmp, &names, topic.name);
	strbuf_add(out, "\nHelp for one command: seatshift help COMMAND\n");
	text_wrap(out,
		  arena_printf(tmp, "Topics, by seatshift help TOPIC: %s", str_list_join(tmp, &names, ", ")),
		  COLUMNS, "", "  ");
}

/* Where the lines of the source end means nothing: only a line that is not indented begins another one. */
static void join_lines(char *paragraph, bool is_list)
{
	char *to = paragraph;
	for (char *at = paragraph; *at; at++) {
		bool goes_on = *at == '\n' && (!is_list || at[1] == ' ');
		*to++ = goes_on ? ' ' : *at;
		for (; goes_on && at[1] == ' '; at++)
			;
	}
	*to = '\0';
}

static void write_details(const char *details, struct strbuf *out)
{
	while (*details) {
		const char *end = strstr(details, "\n\n");
		size_t len = end ? (size_t)(end - details) : strlen(details);
		CLEANUP(mem_free_text) char *paragraph = mem_printf("%.*s", (int)len, details);
		bool is_list = strstr(paragraph, "\n ") != NULL;
		join_lines(paragraph, is_list);
		if (is_list)
			text_fill(out, paragraph, COLUMNS);
		else
			text_wrap(out, paragraph, COLUMNS, "", "");
		details += len;
		strbuf_add(out, is_list ? "\n" : "");
		strbuf_add(out, *details ? "\n" : "");
		details += strspn(details, "\n");
	}
}

void help_write(const struct command *const *table, const struct command *command, struct strbuf *out)
{
	if (!command) {
		write_all(table, out);
		return;
	}
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	text_wrap(out,
		  arena_printf(tmp, "seatshift %s%s%s [OPTIONS]", command->name, *command->args ? " " : "",
			       command->args),
		  COLUMNS, "Usage: ", "  ");
	text_wrap(out, command->summary, COLUMNS, "\n", "");
	if (command->details) {
		strbuf_add_char(out, '\n');
		write_details(command->details, out);
	}
	const struct option_spec *own;
	for (size_t i = 0; (own = command_option(command, i)); i++) {
		strbuf_add(out, i ? "" : "\nOptions:\n");
		option_help(own, out);
	}
	strbuf_add(out, "\nOptions of every command:\n");
	write_global_options(out);
}
