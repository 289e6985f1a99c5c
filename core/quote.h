/*
 * Making untrusted text inert: one function per target.
 *
 * Names, notes and messages come from tenants and files. Each function returns text in `out` that
 * cannot act in its target, whatever the input; input that is not UTF-8 has its bad bytes replaced.
 */
#ifndef CORE_QUOTE_H
#define CORE_QUOTE_H

#include "core/mem.h"

/*
 * For a terminal or a log, on one line: control characters (C0, DEL, C1), line and paragraph
 * separators, bidirectional controls and zero-width characters become visible escapes (\n, \x1b,
 * \u202e). NULL gives "".
 */
char *quote_terminal(struct arena *out, const char *text);
char *quote_terminal_cut(struct arena *out, const char *text, size_t max_chars); /* cut is shown by "…" */
char *quote_url(struct arena *out, const char *text);   /* one path segment or query value, RFC 3986 */
char *quote_odata(struct arena *out, const char *text); /* an OData string literal, single quotes added */
/*
 * A YAML scalar that every reader takes for this text: plain where that is beyond doubt (a name, a UPN,
 * a GUID), else in double quotes with everything that could act, or not be seen, escaped. NULL gives "".
 */
char *quote_yaml(struct arena *out, const char *text);

#endif
