/*
 * The only code that prints.
 *
 * Results go to the result stream (stdout, or --out FILE), everything else to the message stream
 * (stderr). Text is passed through unchanged here except that control characters other than newline
 * never reach a terminal, that nothing in it can act in a CI job's log, and that the values of known secrets
 * are replaced (core/redact.h). Names from a tenant are quoted (core/quote.h) by whoever formats them.
 */
#ifndef CORE_OUT_H
#define CORE_OUT_H

#include "core/clock.h"
#include "core/macros.h"
#include "core/redact.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdio.h>

enum out_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_OTHER };
enum out_style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_GREEN, STYLE_YELLOW, STYLE_CYAN };

struct out {
	FILE *result;
	FILE *messages;
	enum out_format format;
	const char *format_name; /* as given: "text", "json", "markdown", ... */
	bool result_written;	 /* the result is out: an error is reported on stderr only */
	int result_errno;	 /* why a part of the result could not be written; 0 */
	bool result_kept;	 /* what the result file held before stays until there is a result */
	bool quiet;		 /* -q: no progress, no notes */
	int verbosity;		 /* -v, -vv */
	bool color_result;
	bool color_messages;
	bool messages_terminal;	   /* progress may redraw, and long lines are broken between words */
	size_t columns_said;	   /* by COLUMNS, on a terminal or not; 0: each terminal says for itself */
	size_t lines_drawn;	   /* by out_redraw_lines */
	bool line_drawn;	   /* by out_redraw: the next message takes its place */
	const struct clock *clock; /* for said_ms; or NULL */
	int64_t said_ms;	   /* monotonic: when anything was last said on `messages`; 0: nothing yet */
	struct redact *redact;	   /* secrets that must never be seen, or NULL */
};

void out_result(struct out *out, const char *text); /* as is, whole */
/*
 * Text for people: lines that are wider than the terminal, or 80 columns elsewhere, are broken between words;
 * COLUMNS says otherwise for both.
 */
void out_text(struct out *out, const char *text);
size_t out_result_columns(const struct out *out);
void out_result_bytes(struct out *out, const char *bytes, size_t len);
void out_message(struct out *out, const char *fmt, ...)
	PRINTF(2, 3); /* one line on stderr; a newline is added */
/* The same for what is meant to act in a CI job's log. */
void out_log_command(struct out *out, const char *fmt, ...) PRINTF(2, 3);
void out_note(struct out *out, const char *fmt, ...) PRINTF(2, 3); /* the same, but not with -q */
/* The same for a card: filled as wide as a terminal is, in a log too. */
void out_note_laid_out(struct out *out, const char *fmt, ...) PRINTF(2, 3);
void out_verbose(struct out *out, const char *fmt, ...) PRINTF(2, 3); /* the same, only with -v */
/* Columns of the terminal that messages go to, as it is now; 80 where that cannot be known. */
size_t out_columns(const struct out *out);
/* Replaces the line that stands on the terminal, and never takes more than one; "" clears it. */
void out_redraw(struct out *out, const char *line);
/* The same for several lines: those drawn before are replaced. No lines: they are cleared. */
void out_redraw_lines(struct out *out, const struct str_list *lines);
bool out_flush(struct out *out); /* false, with errno, when a result could not be written */
/* Wraps `text` in the escape of `style` when `on`; in `arena`. */
const char *out_styled(struct arena *arena, bool on, enum out_style style, const char *text);

#endif
