/* Diagnostics: collecting them and showing them as text. The explanations are in diag_explain.c. */
#include "core/diag.h"

#include "core/credential.h"
#include "core/product_key_find.h"
#include "core/quote.h"
#include "core/str.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>

enum {
	LINE_WINDOW = 76, /* characters of a long line that are shown */
	LINE_BEFORE = 32, /* of them, before the place */
};

const char *diag_title(enum diag_code code)
{
	static const struct {
		enum diag_code code;
		const char *title;
	} titles[] = {
#define DIAG_ROW(number, title) {SS##number, title},
		DIAG_CODES(DIAG_ROW)
#undef DIAG_ROW
	};
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (titles[i].code == code)
			return titles[i].title;
	return NULL;
}

bool diag_has_errors(const struct diag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].severity == DIAG_ERROR)
			return true;
	return false;
}

/* ---- product keys must never be shown, not even inside somebody's mistake ---------------------- */

/* Length of the value of a "key:" written in the line at `p`, else 0. A mapping is not a value. */
static size_t key_value(const char *p, size_t *ret_skip)
{
	size_t at = strlen("key");
	if (strncmp(p, "key", at) != 0)
		return 0;
	at += strspn(p + at, "\"' \t");
	if (p[at] != ':')
		return 0;
	at++;
	at += strspn(p + at, " \t");
	if (p[at] == '{' || p[at] == '#' || p[at] == '\0')
		return 0;
	*ret_skip = at;
	return strcspn(p + at, ",}");
}

/*
 * A line of a file may hold a mistyped key that nothing can tell from a word: what follows "key:" is hidden
 * too. Bytes that go on a character become stars as well: the caret may then be off, not the key out.
 */
static void mask_key_values(char *line)
{
	char before = ' ';
	for (char *p = line; *p;) {
		size_t skip = 0;
		size_t len = isalnum((unsigned char)before) || before == '_' ? 0 : key_value(p, &skip);
		if (len)
			memset(p + skip, '*', len);
		p += len ? skip + len : 1;
		before = p[-1];
	}
}

static enum diag_severity severity_of(enum diag_code code)
{
	return code / 100 == 2 ? DIAG_WARNING : DIAG_ERROR;
}

static void mask_secrets(char *text)
{
	product_key_mask(text);
	credential_mask(text);
}

struct diag *diag_add(struct arena *arena, struct diag_list *list, enum diag_code code, struct place place,
		      const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *message = arena_vprintf(arena, fmt, args);
	va_end(args);
	mask_secrets(message);
	struct diag diag = {.code = code, .severity = severity_of(code), .place = place, .message = message};
	VEC_PUSH(arena, list, diag);
	return &list->items[list->count - 1];
}

/* ---- text ----------------------------------------------------------------------------------- */

/* Line `number` of the text, in `out`, without its end; NULL when there is none. */
static char *find_line(struct arena *out, const char *source, size_t number)
{
	const char *line = source;
	for (size_t i = 1; i < number; i++) {
		line = strchr(line, '\n');
		if (!line)
			return NULL;
		line++;
	}
	size_t len = strcspn(line, "\n");
	if (len && line[len - 1] == '\r')
		len--;
	return arena_strndup(out, line, len);
}

static size_t char_bytes(const char *p)
{
	size_t len = 1;
	while (((unsigned char)p[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static size_t count_chars(const char *text)
{
	size_t count = 0;
	for (const char *p = text; *p; p += char_bytes(p))
		count++;
	return count;
}

/* Columns on a terminal: East Asian wide characters and emoji take two (Unicode, UAX #11). */
static size_t width_of(const char *text)
{
	static const struct {
		uint32_t first, last;
	} wide[] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
		    {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};
	size_t width = 0;
	for (const char *p = text; *p;) {
		size_t len = char_bytes(p);
		uint32_t c = (unsigned char)p[0] & (len > 1 ? 0x7fu >> len : 0x7fu);
		for (size_t i = 1; i < len; i++)
			c = c << 6 | ((unsigned char)p[i] & 0x3fu);
		width++;
		for (size_t i = 0; i < ARRAY_LEN(wide); i++)
			width += c >= wide[i].first && c <= wide[i].last;
		p += len;
	}
	return width;
}

/* The characters [from, to) of the line, visible; a tab is one space, so that carets stand under it. */
static char *visible_part(struct arena *out, const char *line, size_t from, size_t to)
{
	size_t at = 0;
	const char *p = line;
	while (*p && at < from) {
		p += char_bytes(p);
		at++;
	}
	const char *start = p;
	while (*p && at < to) {
		p += char_bytes(p);
		at++;
	}
	char *part = arena_strndup(out, start, (size_t)(p - start));
	for (char *c = part; *c; c++)
		if (*c == '\t')
			*c = ' ';
	return quote_terminal(out, part);
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void add_source(struct arena *tmp, struct strbuf *buf, const struct diag *diag, const char *source)
{
	const struct place *place = &diag->place;
	char *line = place->line ? find_line(tmp, source, place->line) : NULL;
	if (!line)
		return;
	bool has_mark = place->line == 1 && str_starts(line, "\xef\xbb\xbf");
	line += has_mark ? 3 : 0;
	mask_secrets(line);
	mask_key_values(line);
	size_t length = count_chars(line);
	size_t col = min_size(place->col ? place->col - 1 : 0, length);
	size_t end = col + min_size(place->len, length - col);
	bool masked = diag->code == SS112;
	bool is_long = length > LINE_WINDOW;
	size_t from = is_long && col > LINE_BEFORE ? col - LINE_BEFORE : 0;
	size_t to = min_size(from + LINE_WINDOW, length);
	end = min_size(end, to);
	const char *before = visible_part(tmp, line, from, col);
	const char *marked = masked ? "*****" : visible_part(tmp, line, col, end);
	const char *after = masked ? "" : visible_part(tmp, line, end, to);
	const char *cut = from ? "…" : "";
	strbuf_addf(buf, "\n  %s%s%s%s%s\n  ", cut, before, marked, after, to < length ? "…" : "");
	for (size_t i = width_of(before) + (from ? 1 : 0); i; i--)
		strbuf_add_char(buf, ' ');
	size_t carets = width_of(marked);
	for (size_t i = 0; i < (carets ? carets : 1); i++)
		strbuf_add_char(buf, '^');
}

static void add_place(struct arena *tmp, struct strbuf *buf, const struct place *place)
{
	if (!place->file)
		return;
	strbuf_add(buf, quote_terminal(tmp, place->file));
	if (place->line)
		strbuf_addf(buf, ":%zu:%zu", place->line, place->col ? place->col : 1);
	strbuf_add(buf, ": ");
}

/* Begin and end of a text say what is wrong; what it quotes stands between. */
static char *shortened(struct arena *out, const char *text)
{
	enum { HEAD = 600, TAIL = 300 };
	size_t len = strlen(text);
	if (len <= HEAD + TAIL)
		return arena_strdup(out, text);
	const char *head_end = text + HEAD;
	const char *tail = text + len - TAIL;
	while (head_end > text && ((unsigned char)*head_end & 0xc0) == 0x80)
		head_end--;
	while (((unsigned char)*tail & 0xc0) == 0x80)
		tail++;
	return arena_printf(out, "%.*s…%s", (int)(head_end - text), text, tail);
}

char *diag_message(struct arena *out, const struct diag *diag)
{
	return quote_terminal(out, shortened(out, diag->message));
}

char *diag_help(struct arena *out, const struct diag *diag)
{
	if (!diag->help)
		return NULL;
	char *help = shortened(out, diag->help);
	mask_secrets(help);
	return help;
}

char *diag_text(struct arena *out, const struct diag *diag, const char *source)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	add_place(tmp, &buf, &diag->place);
	strbuf_addf(&buf, "%s[SS%d]: %s", diag->severity == DIAG_ERROR ? "error" : "warning", (int)diag->code,
		    diag_message(tmp, diag));
	if (source)
		add_source(tmp, &buf, diag, source);
	if (diag->help)
		strbuf_addf(&buf, "\nhelp: %s", quote_terminal(tmp, diag_help(tmp, diag)));
	return strbuf_dup(out, &buf);
}
