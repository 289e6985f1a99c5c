/*
 * What may come next on a command line: the one answer behind the completions of all shells.
 *
 * Commands, options and their values come from the command table; customers, plans and steps from the
 * repository that -C names. Nothing is said of what cannot be read: completion never complains.
 */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include "cmd/table/command.h"

/*
 * `words` are those behind "seatshift", the last one being typed (perhaps empty). One line for each
 * candidate that begins with it: the word, a tab, what it is. ":files" and ":folders" are for the shell.
 */
void completion_words(struct app *app, const struct str_list *words, struct strbuf *out);

#endif
