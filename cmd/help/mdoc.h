/* The mdoc language: text of any kind made into lines that it takes for text, and into arguments of macros.
 */
#ifndef CMD_MDOC_H
#define CMD_MDOC_H

#include "core/str.h"

/* Date of the pages' last change: pages are the same on any day and machine. */
#define MDOC_DATE "November 22, 2026"

void mdoc_head(struct strbuf *out, const char *name, int section, const char *summary);
void mdoc_section(struct strbuf *out, const char *title);
/* Paragraphs (an empty line between two), filled, a new line for each sentence. References such as
 * seatshift-plan(1) become links. */
void mdoc_text(struct strbuf *out, const char *text);
void mdoc_literal(struct strbuf *out, const char *text);      /* lines as they are, indented */
void mdoc_literal_line(struct strbuf *out, const char *text); /* one of them, between .Bd and .Ed */
void mdoc_words(struct strbuf *out, const char *text);	      /* behind a macro: words that are no orders */
/* One argument of a macro: escaped, and quoted where it has blanks. */
void mdoc_argument(struct strbuf *out, const char *text);

#endif
