/* How many columns a text takes on a terminal: wide (CJK, emoji) characters two, combining marks and the
 * escapes of a style none. */
#ifndef CORE_WIDTH_H
#define CORE_WIDTH_H

#include "core/mem.h"
#include "core/str.h"

size_t text_width(const char *text);
/* Padded with blanks to `columns`, and always by one blank at least when `columns` is not 0. */
const char *text_pad(struct arena *out, const char *text, size_t columns);
/* How many bytes of `text` fit into `columns`. */
size_t text_fit(const char *text, size_t columns);

/*
 * Lines of at most `columns`, broken between words, each behind a prefix: `first`, then `rest`. A word that
 * is longer than a line has one to itself, and a command that is to be copied is one word: 'seatshift …',
 * (seatshift …), or what follows a colon. A newline in the text ends a line.
 */
void text_wrap(struct strbuf *out, const char *text, size_t columns, const char *first, const char *rest);

/* A row of two columns: the second begins at `column`, on the next line where the first is longer. */
void text_row(struct strbuf *out, const char *left, size_t column, const char *text, size_t columns);

/*
 * The lines of a text as they are, but those that are too long are broken in the same way, and go on below
 * where the last of their columns begins: behind two blanks. A line of a file with what is wrong marked below
 * is cut around the marks; a command that has a line to itself stays as it is.
 */
void text_fill(struct strbuf *out, const char *text, size_t columns);

#endif
