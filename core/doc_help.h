/* What to do about a mistake that the YAML parser words for those who know its grammar. For core/doc.c. */
#ifndef CORE_DOC_HELP_H
#define CORE_DOC_HELP_H

#include "core/mem.h"

#include <stdbool.h>
#include <stddef.h>

/* Where the parser stopped, and where what it was reading began. Lines from 0, as the parser counts. */
struct doc_mistake {
	const char *problem; /* the parser's words */
	const char *line;    /* that it stopped in; not ended by NUL but by its line break */
	size_t column;	     /* in characters */
	const char *begun;   /* the line in which it began; NULL when it says nothing of that */
	size_t begun_line;
	bool same_line;
};

/* A sentence, or NULL. *ret_at_begin: it is mended where it began. */
const char *doc_help(struct arena *out, const struct doc_mistake *mistake, bool *ret_at_begin);

#endif
