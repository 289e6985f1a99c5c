/* What the quoting functions share: one character at a time. Not for use outside core/quote*.c and
 * core/width.c. */
#ifndef CORE_QUOTE_CHAR_H
#define CORE_QUOTE_CHAR_H

#include "core/str.h"

#include <stdint.h>

/* Decodes one character at `p`; a bad byte gives U+FFFD and one byte. */
size_t char_decode(const char *p, uint32_t *ret_char);

/* Controls, separators, bidirectional controls, zero-width characters, the byte-order mark, tags, odd blanks.
 */
bool char_is_hidden(uint32_t c);

/*
 * CI systems take commands from a job's log: "##vso[", "##[", "##teamcity[" anywhere in a line (Azure
 * Pipelines, GitHub Actions, TeamCity), "::" at its beginning (GitHub Actions). `first` is the line's first
 * character that is no blank: char_skip_blanks.
 */
bool char_is_log_command(const char *p, const char *first);
bool char_is_blank(uint32_t c); /* Unicode's blanks, that of Chinese and Japanese among them */
const char *char_skip_blanks(const char *line);

/*
 * Walks `text` made visible: hidden characters, and the first one of a log command, come as their escapes
 * (\n, \x1b, \u202e), everything else as itself. `put` gets one character, as bytes and as a number.
 */
typedef void char_put(struct strbuf *buf, uint32_t c, const char *bytes, size_t len);
void char_each_visible(struct strbuf *buf, const char *text, char_put *put);

#endif
