/* Help for all commands, or for one. */
#include "cmd/help/help.h"

#include "cmd/help/topic.h"
#include "cmd/table/options.h"

static void write_all(const struct command *const *table, struct strbuf *out)
{
	strbuf_add(out,
		   "seatshift moves a Microsoft 365 customer from Advisor to Open License: planned, "
		   "reviewed, verified.\n\nUsage: seatshift COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n");
	for (const struct command *const *row = table; *row; row++)
		strbuf_addf(out, "  %-10s %-26s %s\n", (*row)->name, (*row)->args, (*row)->summary);
	strbuf_add(out, "\nOptions of every command:\n");
	options_help(global_option_specs, global_option_count, out);
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

void help_write(const struct command *const *table, const struct command *command, struct strbuf *out)
{
	if (!command) {
		write_all(table, out);
		return;
	}
	strbuf_addf(out, "Usage: seatshift %s%s%s [OPTIONS]\n\n%s\n", command->name,
		    *command->args ? " " : "", command->args, command->summary);
	if (command->details)
		strbuf_addf(out, "\n%s\n", command->details);
	if (command->option_count) {
		strbuf_add(out, "\nOptions:\n");
		options_help(command->options, command->option_count, out);
	}
	strbuf_add(out, "\nOptions of every command:\n");
	options_help(global_option_specs, global_option_count, out);
}
