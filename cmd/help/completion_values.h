/* The values that arguments and options can take, by the names they have in help. For cmd/help/completion.c.
 */
#ifndef CMD_COMPLETION_VALUES_H
#define CMD_COMPLETION_VALUES_H

#include "cmd/table/command.h"

struct completion {
	struct app *app;
	const struct command *command; /* NULL: not typed yet */
	const struct str_list *args;   /* those before the word being typed */
	const char *typed;	       /* what there is of the word */
	const char *before;	       /* what stands before it in the same word: "--format=" */
	struct strbuf *out;
};

void completion_add(struct completion *c, const char *word, const char *about); /* when it begins as typed */
void completion_argument(struct completion *c);
void completion_option_value(struct completion *c, const struct option_spec *spec);

#endif
