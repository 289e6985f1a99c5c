/*
 * Making untrusted text inert: one function per target.
 *
 * Names, notes and messages come from tenants and files. Each function returns text in `out` that
 * cannot act in its target, whatever the input; input that is not UTF-8 has its bad bytes replaced.
 */
#ifndef CORE_QUOTE_H
#define CORE_QUOTE_H

#include "core/mem.h"

#include <stdint.h>

/*
 * For a terminal or a log, on one line: control characters (C0, DEL, C1), line and paragraph separators,
 * bidirectional controls, zero-width characters and odd blanks become visible escapes (\n, \x1b, \u202e), and
 * so does the first character of what CI systems would take for a command in a job's log ("##vso[", "##[",
 * "::" at the beginning). NULL gives "".
 */
char *quote_terminal(struct arena *out, const char *text);
/* The first character beyond ASCII that nobody sees, such as a no-break space; 0 when there is none. */
uint32_t quote_first_hidden(const char *text);
char *quote_terminal_cut(struct arena *out, const char *text, size_t max_chars); /* cut is shown by "…" */

/*
 * The faces of a plan. All make hidden characters visible first, as quote_terminal does, so that what
 * comes out is on one line; NULL gives an empty text.
 *
 *   markdown    a code span: no mention, link, issue number, emoji or HTML acts in one. For a cell of a
 *               table, where `|` is escaped too.
 *   html        element content and quoted attribute values alike
 *   csv         one whole field (RFC 4180), quoted where needed; what a spreadsheet would take for a
 *               formula gets a leading '
 *   dot         the inside of a double-quoted label
 *   mermaid     the inside of a double-quoted label: anything but letters, digits and blanks as #N;
 *   powershell  a whole expression in plain ASCII: 'it''s', ('Zo' + [char]0x00eb). PowerShell takes
 *               curly quotes for quotes, and Windows PowerShell reads a script without a byte-order
 *               mark as Windows-1252, where bytes of other letters are curly quotes.
 */
char *quote_markdown(struct arena *out, const char *text);
/* A sentence with names in it: plain words, numbers and days as they are, all else in code spans. */
char *quote_markdown_prose(struct arena *out, const char *text);
char *quote_html(struct arena *out, const char *text);
char *quote_csv(struct arena *out, const char *text);
/* Before a CSV file for Excel, which takes one without it for the local code page. */
#define QUOTE_CSV_BOM "\xEF\xBB\xBF"
char *quote_dot(struct arena *out, const char *text);
char *quote_mermaid(struct arena *out, const char *text);
char *quote_powershell(struct arena *out, const char *text);
char *quote_shell(struct arena *out, const char *text);	     /* one word of a POSIX shell */
char *quote_ascii_json(struct arena *out, const char *json); /* JSON text with \u escapes for all but ASCII */

/*
 * A last net for what goes into a job's log: texts that are inert one by one may make a command together, or
 * where a line was wrapped. What nobody sees (C1 controls, bidirectional controls, zero-width characters, …)
 * is escaped as well: JSON has no other place for that, since its writer is canonical. `text` may have many
 * lines; NULL when nothing in it acts, else a new text to free. JSON says the same after it as before.
 */
enum quote_log_form { QUOTE_LOG_TEXT, QUOTE_LOG_JSON };
char *quote_log(const char *text, size_t len, enum quote_log_form form);
/* The same for other formats, whose quoting is their own: only what nobody sees, but for a byte-order mark.
 */
char *quote_result(const char *text, size_t len);

char *quote_url(struct arena *out, const char *text);	/* one path segment or query value, RFC 3986 */
char *quote_odata(struct arena *out, const char *text); /* an OData string literal, single quotes added */
/*
 * A YAML scalar that every reader takes for this text: plain where that is beyond doubt (a name, a UPN,
 * a GUID), else in double quotes with everything that could act, or not be seen, escaped. NULL gives "".
 */
char *quote_yaml(struct arena *out, const char *text);

#endif
