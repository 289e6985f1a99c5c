/* The only code that prints. */
#include "core/out.h"

#include "core/product_key_find.h"
#include "core/quote.h"
#include "core/width.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing was written to the stream before, so the file can be emptied beneath it. */
static void empty_kept_file(struct out *out)
{
	struct stat info;
	int fd = fileno(out->result);
	if (out->result_kept && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && ftruncate(fd, 0) < 0)
		clearerr(out->result); /* the write that follows reports a file that cannot be
					  written */
	out->result_kept = false;
}

void out_result_bytes(struct out *out, const char *bytes, size_t len)
{
	size_t clean_len = len;
	CLEANUP(mem_free_text) char *clean = redact_text(out->redact, bytes, len, &clean_len);
	const char *text = clean ? clean : bytes;
	CLEANUP(mem_free_text) char *inert = NULL;
	if (out->format == FORMAT_OTHER) /* those have commands of nobody but their own quoting */
		inert = quote_result(text, clean_len);
	else
		inert = quote_log(text, clean_len,
				  out->format == FORMAT_JSON ? QUOTE_LOG_JSON : QUOTE_LOG_TEXT);
	empty_kept_file(out);
	out->result_written = true;
	size_t size = inert ? strlen(inert) : clean_len;
	if (fwrite(inert ? inert : text, 1, size, out->result) != size)
		out->result_errno = errno;
}

void out_result(struct out *out, const char *text)
{
	out_result_bytes(out, text, strlen(text));
}

/* The one table of styles: what out_styled writes, and the only escapes that the net below lets
 * through. */
static const char *const style_codes[] = {
	[STYLE_PLAIN] = "\x1b[0m", [STYLE_BOLD] = "\x1b[1m",   [STYLE_DIM] = "\x1b[2m",
	[STYLE_RED] = "\x1b[31m",  [STYLE_GREEN] = "\x1b[32m", [STYLE_YELLOW] = "\x1b[33m",
	[STYLE_CYAN] = "\x1b[36m",
};

/* How long the style at `p` is; 0 when what stands there is not one of ours. */
static size_t style_len(const char *p)
{
	for (size_t i = 0; i < ARRAY_LEN(style_codes); i++) {
		size_t len = strlen(style_codes[i]);
		if (strncmp(p, style_codes[i], len) == 0)
			return len;
	}
	return 0;
}

/* C0, DEL, and the C1 controls as UTF-8 has them (0xc2 0x80 to 0xc2 0x9f): how many bytes, or 0. */
static size_t control_len(const unsigned char *p)
{
	if ((p[0] < 0x20 && p[0] != '\n' && p[0] != '\t') || p[0] == 0x7f)
		return 1;
	return p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f ? 2 : 0;
}

/* A last net: names were quoted when they were formatted, so only a mistake has something left to
 * lose. */
static char *make_visible(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	while (*text) {
		const unsigned char *p = (const unsigned char *)text;
		size_t styled = style_len(text);
		size_t control = styled ? 0 : control_len(p);
		if (control)
			strbuf_addf(&buf, "\\x%02x", p[control - 1]);
		else
			strbuf_add_bytes(&buf, text, styled ? styled : 1);
		text += styled ? styled : control ? control : 1;
	}
	return mem_strdup(strbuf_text(&buf));
}

static void note_said(struct out *out)
{
	if (out->clock)
		out->said_ms = clock_monotonic_ms(out->clock);
}

enum log_commands { COMMANDS_SHOWN, COMMANDS_ACT };

/* A message in a log is one line, for whoever searches it; what is laid out is so everywhere. */
enum line_ends { FILLED_ON_TERMINALS, FILLED_EVERYWHERE };

static void message_as(struct out *out, enum log_commands commands, enum line_ends ends, const char *fmt,
		       va_list args) PRINTF(4, 0);
static void message_as(struct out *out, enum log_commands commands, enum line_ends ends, const char *fmt,
		       va_list args)
{
	CLEANUP(mem_free_text) char *text = mem_vprintf(fmt, args);
	size_t clean_len = 0;
	CLEANUP(mem_free_text)
	char *clean = redact_text(out->redact, text, strlen(text), &clean_len);
	product_key_mask(clean ? clean : text);
	CLEANUP(mem_free_text) char *shown = make_visible(clean ? clean : text);
	CLEANUP(mem_free_text)
	char *inert = commands == COMMANDS_ACT ? NULL : quote_log(shown, strlen(shown), QUOTE_LOG_TEXT);
	CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT(STRBUF_LARGE);
	if (out->messages_terminal || ends == FILLED_EVERYWHERE)
		text_fill(&filled, inert ? inert : shown, out_columns(out));
	if (out->line_drawn)
		fputs("\r\x1b[K", out->messages);
	out->line_drawn = false;
	fprintf(out->messages, "%s\n", filled.len ? strbuf_text(&filled) : inert ? inert : shown);
	fflush(out->messages);
	note_said(out);
}

static void message(struct out *out, enum log_commands commands, const char *fmt, va_list args) PRINTF(3, 0);
static void message(struct out *out, enum log_commands commands, const char *fmt, va_list args)
{
	message_as(out, commands, FILLED_ON_TERMINALS, fmt, args);
}

void out_message(struct out *out, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(out, COMMANDS_SHOWN, fmt, args);
	va_end(args);
}

void out_log_command(struct out *out, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(out, COMMANDS_ACT, fmt, args);
	va_end(args);
}

void out_note(struct out *out, const char *fmt, ...)
{
	if (out->quiet)
		return;
	va_list args;
	va_start(args, fmt);
	message(out, COMMANDS_SHOWN, fmt, args);
	va_end(args);
}

void out_note_laid_out(struct out *out, const char *fmt, ...)
{
	if (out->quiet)
		return;
	va_list args;
	va_start(args, fmt);
	message_as(out, COMMANDS_SHOWN, FILLED_EVERYWHERE, fmt, args);
	va_end(args);
}

void out_verbose(struct out *out, const char *fmt, ...)
{
	if (out->verbosity < 1)
		return;
	va_list args;
	va_start(args, fmt);
	message(out, COMMANDS_SHOWN, fmt, args);
	va_end(args);
}

static size_t columns_of(const struct out *out, FILE *stream)
{
	enum { USUAL = 80 };
	struct winsize size;
	if (out->columns_said)
		return out->columns_said;
	return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL;
}

size_t out_columns(const struct out *out)
{
	return columns_of(out, out->messages);
}

/* Prose that is wider is hard to read. */
size_t out_result_columns(const struct out *out)
{
	enum { LEAST = 40, MOST = 100 };
	size_t columns = columns_of(out, out->result);
	return columns < LEAST ? LEAST : columns > MOST ? MOST : columns;
}

void out_text(struct out *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT(STRBUF_LARGE);
	text_fill(&filled, text, out_result_columns(out));
	out_result_bytes(out, strbuf_text(&filled), filled.len);
}

void out_redraw(struct out *out, const char *line)
{
	CLEANUP(mem_free_text) char *shown = make_visible(line);
	/* In the last column some terminals wrap already. */
	shown[text_fit(shown, out_columns(out) - 1)] = '\0';
	fprintf(out->messages, "\r\x1b[K%s", shown);
	out->line_drawn = *shown;
	fflush(out->messages);
	note_said(out);
}

void out_redraw_lines(struct out *out, const struct str_list *lines)
{
	if (out->lines_drawn)
		fprintf(out->messages, "\r\x1b[%zuA\x1b[J", out->lines_drawn);
	for (size_t i = 0; i < lines->count; i++) {
		CLEANUP(mem_free_text) char *shown = make_visible(lines->items[i]);
		shown[text_fit(shown, out_columns(out) - 1)] = '\0';
		fprintf(out->messages, "%s\n", shown);
	}
	out->lines_drawn = lines->count;
	fflush(out->messages);
	note_said(out);
}

bool out_flush(struct out *out)
{
	fflush(out->messages);
	if (fflush(out->result) != 0 && !out->result_errno)
		out->result_errno = errno;
	errno = out->result_errno;
	return !out->result_errno;
}

const char *out_styled(struct arena *arena, bool on, enum out_style style, const char *text)
{
	if (!on || style == STYLE_PLAIN)
		return text;
	return arena_printf(arena, "%s%s%s", style_codes[style], text, style_codes[STYLE_PLAIN]);
}
