/*
 * The room of everything that explains the command table and the kinds of file: help, manual pages,
 * completion. It says nothing that those tables do not.
 */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "cmd/table/command.h"

/* Help for one command, or for all of the table when NULL. */
void help_write(const struct command *const *table, const struct command *command, struct strbuf *out);

#endif
