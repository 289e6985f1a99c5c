/* How many columns a text takes on a terminal: wide (CJK, emoji) characters two, combining marks none. */
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
 * is longer than a line has one to itself. A newline in the text ends a line.
 */
void text_wrap(struct strbuf *out, const char *text, size_t columns, const char *first, const char *rest);

#endif
