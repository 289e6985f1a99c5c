/* Help for all commands, or for one. */
#include "cmd/help/help.h"

#include "cmd/help/topic.h"
#include "cmd/table/options.h"
#include "core/width.h"

#include <string.h>

static void write_global_options(struct strbuf *out)
{
	for (size_t i = 0; i < global_option_count; i++)
		option_help(&global_option_specs[i], out);
}

static void write_all(const struct command *const *table, struct strbuf *out)
{
	strbuf_add(out,
		   "seatshift moves a Microsoft 365 customer from Advisor to Open License: planned, "
		   "reviewed, verified.\n\nUsage: seatshift COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n");
	for (const struct command *const *row = table; *row; row++)
		strbuf_addf(out, "  %-10s %-26s %s\n", (*row)->name, (*row)->args, (*row)->summary);
	strbuf_add(out, "\nOptions of every command:\n");
	write_global_options(out);
	strbuf_add(out, "\nExit status:\n");
	struct exit_row row;
	for (size_t i = 0; command_exit_row(i, &row); i++)
		strbuf_addf(out, "  %3d  %-13s %s\n", row.status, row.name, row.meaning);
	strbuf_add(out, "\nHelp for one command: seatshift help COMMAND\nTopics, by seatshift help TOPIC: ");
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct topic topic;
	for (size_t i = 0; topic_at(i, tmp, &topic); i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", topic.name);
	strbuf_add_char(out, '\n');
}

/* Paragraphs filled anew: where the lines of the source end means nothing, but in a list with indented lines.
 */
static void write_details(const char *details, struct strbuf *out)
{
	enum { COLUMNS = 80 };
	while (*details) {
		const char *end = strstr(details, "\n\n");
		size_t len = end ? (size_t)(end - details) : strlen(details);
		CLEANUP(mem_free_text) char *paragraph = mem_printf("%.*s", (int)len, details);
		bool is_list = strstr(paragraph, "\n ") != NULL;
		for (char *at = paragraph; *at && !is_list; at++)
			*at = *at == '\n' ? ' ' : *at;
		if (is_list)
			strbuf_addf(out, "%s\n", paragraph);
		else
			text_wrap(out, paragraph, COLUMNS, "", "");
		details += len;
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
	strbuf_addf(out, "Usage: seatshift %s%s%s [OPTIONS]\n\n%s\n", command->name,
		    *command->args ? " " : "", command->args, command->summary);
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
