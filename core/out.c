/* The only code that prints. */
#include "core/out.h"

#include "core/quote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing was written to the stream before, so the file can be emptied beneath it. */
static void empty_kept_file(struct out *out)
{
	struct stat info;
	int fd = fileno(out->result);
	if (out->result_kept && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && ftruncate(fd, 0) < 0)
		clearerr(out->result); /* the write that follows tells of a file that cannot be written */
	out->result_kept = false;
}

void out_result_bytes(struct out *out, const char *bytes, size_t len)
{
	size_t clean_len = 0;
	CLEANUP(mem_free_text) char *clean = redact_text(out->redact, bytes, len, &clean_len);
	empty_kept_file(out);
	out->result_written = true;
	fwrite(clean ? clean : bytes, 1, clean ? clean_len : len, out->result);
}

void out_result(struct out *out, const char *text)
{
	out_result_bytes(out, text, strlen(text));
}

/* Our own colours: ESC [ digits m, and nothing else that an escape can do. */
static bool is_style(const char *p)
{
	return p[0] == 0x1b && p[1] == '[' && p[2 + strspn(p + 2, "0123456789")] == 'm';
}

/* A last net: formatted names were quoted already, so only a mistake would have something left to lose. */
static void strip_controls(char *text)
{
	for (char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if ((c < 0x20 && c != '\n' && c != '\t' && !is_style(p)) || c == 0x7f)
			*p = '?';
	}
}

static void message(struct out *out, const char *fmt, va_list args) PRINTF(2, 0);
static void message(struct out *out, const char *fmt, va_list args)
{
	CLEANUP(mem_free_text) char *text = mem_vprintf(fmt, args);
	size_t clean_len = 0;
	CLEANUP(mem_free_text) char *clean = redact_text(out->redact, text, strlen(text), &clean_len);
	char *shown = clean ? clean : text;
	strip_controls(shown);
	fprintf(out->messages, "%s\n", shown);
	fflush(out->messages);
}

void out_message(struct out *out, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(out, fmt, args);
	va_end(args);
}

void out_note(struct out *out, const char *fmt, ...)
{
	if (out->quiet)
		return;
	va_list args;
	va_start(args, fmt);
	message(out, fmt, args);
	va_end(args);
}

void out_verbose(struct out *out, const char *fmt, ...)
{
	if (out->verbosity < 1)
		return;
	va_list args;
	va_start(args, fmt);
	message(out, fmt, args);
	va_end(args);
}

void out_redraw(struct out *out, const char *line)
{
	fprintf(out->messages, "\r\x1b[K%s", line);
	fflush(out->messages);
}

bool out_flush(struct out *out)
{
	fflush(out->messages);
	return fflush(out->result) == 0 && !ferror(out->result);
}

const char *out_styled(struct arena *arena, bool on, enum out_style style, const char *text)
{
	static const char *const codes[] = {
		[STYLE_PLAIN] = "",    [STYLE_BOLD] = "1",    [STYLE_DIM] = "2", [STYLE_RED] = "31",
		[STYLE_GREEN] = "32",  [STYLE_YELLOW] = "33", [STYLE_CYAN] = "36",
	};
	if (!on || style == STYLE_PLAIN)
		return text;
	return arena_printf(arena, "\x1b[%sm%s\x1b[0m", codes[style], text);
}
