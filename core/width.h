/* How many columns a text takes on a terminal: wide (CJK, emoji) characters two, combining marks none. */
#ifndef CORE_WIDTH_H
#define CORE_WIDTH_H

#include "core/mem.h"

size_t text_width(const char *text);
/* Padded with blanks to `columns`, and always by one blank at least when `columns` is not 0. */
const char *text_pad(struct arena *out, const char *text, size_t columns);

#endif
