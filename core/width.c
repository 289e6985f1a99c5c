/* Column widths on a terminal. After Unicode's EastAsianWidth, by blocks: near enough to keep columns. */
#include "core/width.h"

#include "core/quote_char.h"

#include <string.h>

struct range {
	uint32_t first, last;
};

static const struct range wide[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},	{0x2e80, 0x303e},   {0x3041, 0xa4cf},
	{0xa960, 0xa97f},   {0xac00, 0xd7a3},	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},
	{0xff01, 0xff60},   {0xffe0, 0xffe6},	{0x16fe0, 0x18cff}, {0x1b000, 0x1b2ff},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};
static const struct range none[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
	{0x0900, 0x0902}, {0x093c, 0x093c}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
	{0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0xfe20, 0xfe2f},
};

static bool within(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static size_t width_of(uint32_t c)
{
	if (c < 0x300)
		return 1;
	return within(c, none, ARRAY_LEN(none)) ? 0 : within(c, wide, ARRAY_LEN(wide)) ? 2 : 1;
}

/* "\x1b[1m": how long it is; 0 when none begins here. */
static size_t style_len(const char *p)
{
	if (p[0] != '\x1b' || p[1] != '[')
		return 0;
	size_t len = 2 + strspn(p + 2, "0123456789;");
	return p[len] == 'm' ? len + 1 : 0;
}

size_t text_width(const char *text)
{
	size_t columns = 0;
	for (const char *p = text; *p;) {
		uint32_t c;
		size_t styled = style_len(p);
		p += styled;
		if (styled)
			continue;
		p += char_decode(p, &c);
		columns += width_of(c);
	}
	return columns;
}

size_t text_fit(const char *text, size_t columns)
{
	const char *p = text;
	while (*p) {
		uint32_t c;
		size_t len = char_decode(p, &c);
		if (width_of(c) > columns)
			break;
		columns -= width_of(c);
		p += len;
	}
	return (size_t)(p - text);
}

const char *text_pad(struct arena *out, const char *text, size_t columns)
{
	size_t width = text_width(text);
	size_t missing = !columns ? 0 : width < columns ? columns - width : 1;
	return arena_printf(out, "%s%*s", text, (int)missing, "");
}

/* Text that is being wrapped. */
struct filling {
	struct strbuf *out;
	size_t columns;
	const char *rest; /* begins each line but the first */
	size_t at;	  /* where the line ends so far */
	size_t gap;	  /* blanks before the next word: columns of a row that is too wide stay some */
	bool first_of_line;
};

static void begin_line(struct filling *f)
{
	strbuf_addf(f->out, "\n%s", f->rest);
	f->at = text_width(f->rest);
	f->first_of_line = true;
}

/* One word behind what stands on the line, or on a line of its own when it would not fit. */
static void put_word(struct filling *f, const char *word)
{
	size_t width = text_width(word);
	if (!f->first_of_line && f->at + f->gap + width > f->columns)
		begin_line(f);
	const size_t gap = f->first_of_line ? 0 : f->gap;
	strbuf_addf(f->out, "%*s%s", (int)gap, "", word);
	f->at += gap + width;
	f->first_of_line = false;
}

static size_t up_to(const char *text, const char *ends)
{
	size_t len = strcspn(text, ends);
	return text[len] && text[len] != '\n' && text[len] != ',' ? len + 1 : len;
}

/* A word, or a command that is to be copied. */
static size_t word_len(const char *text, bool behind_colon)
{
	static const char name[] = "seatshift ";
	const size_t len = sizeof name - 1;
	if (*text == '\'' && strncmp(text + 1, name, len) == 0)
		return 1 + up_to(text + 1, "'\n") + strcspn(text + 1 + up_to(text + 1, "'\n"), " \n");
	if (*text == '(' && strncmp(text + 1, name, len) == 0)
		return up_to(text, "),\n") + strcspn(text + up_to(text, "),\n"), " \n");
	if (behind_colon && strncmp(text, name, len) == 0)
		return strcspn(text, ";\n");
	return strcspn(text, " \n");
}

static void wrap(struct strbuf *out, const char *text, size_t columns, const char *first, const char *rest,
		 bool keep_gaps)
{
	struct filling f = {out, columns, rest, text_width(first), 0, true};
	bool behind_colon = false;
	strbuf_add(out, first);
	while (*text) {
		size_t len = word_len(text, behind_colon);
		CLEANUP(mem_free_text) char *word = mem_printf("%.*s", (int)len, text);
		if (len) {
			put_word(&f, word);
			behind_colon = text[len - 1] == ':';
			f.gap = 0;
		}
		text += len;
		if (*text == '\n' && text[1])
			begin_line(&f);
		f.gap += keep_gaps ? *text == ' ' : !f.gap;
		text += *text != '\0';
	}
	strbuf_add_char(out, '\n');
}

void text_wrap(struct strbuf *out, const char *text, size_t columns, const char *first, const char *rest)
{
	wrap(out, text, columns, first, rest, false);
}

void text_row(struct strbuf *out, const char *left, size_t column, const char *text, size_t columns)
{
	CLEANUP(mem_free_text) char *rest = mem_printf("%*s", (int)column, "");
	size_t width = text_width(left);
	bool fits = width + 1 < column; /* two blanks tell columns apart */
	CLEANUP(mem_free_text) char *first = mem_printf("%s%*s", left, fits ? (int)(column - width) : 0, "");
	if (!fits)
		strbuf_addf(out, "%s\n", left);
	text_wrap(out, text, columns, fits ? first : rest, rest);
}

/* Bytes before the text of a line: its indent and, behind two blanks or more, its columns but the last. */
static size_t lead_of(const char *line, size_t columns)
{
	size_t lead = strspn(line, " ");
	for (size_t at = lead; line[at];) {
		size_t len = strcspn(line + at, " ");
		size_t gap = strspn(line + at + len, " ");
		at += len + gap;
		CLEANUP(mem_free_text) char *before = mem_printf("%.*s", (int)at, line);
		if (text_width(before) > columns / 2)
			break;
		if (gap > 1 && line[at])
			lead = at;
	}
	return lead;
}

static const char *without_end(char *text)
{
	size_t len = strlen(text);
	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
	return text;
}

/* "- " or "1. ": what goes on of an entry stands below its text. 0: it is none. */
static size_t marker_of(const char *text)
{
	const size_t digits = strspn(text, "0123456789");
	if (strncmp(text, "- ", 2) == 0)
		return 2;
	return digits && strncmp(text + digits, ". ", 2) == 0 ? digits + 2 : 0;
}

static void fill_line(struct strbuf *out, const char *line, size_t columns)
{
	size_t lead = lead_of(line, columns);
	static const char command[] = "seatshift ";
	const size_t len = sizeof command - 1;
	const size_t marker = marker_of(line + lead);
	bool has_columns = lead > strspn(line, " ");
	CLEANUP(mem_free_text) char *first = mem_printf("%.*s", (int)lead, line);
	/* A digest, say, that is one word and too long behind its label; or a command, which is copied whole.
	 */
	if (has_columns &&
	    (!line[lead + strcspn(line + lead, " ")] || strncmp(line + lead, command, len) == 0)) {
		strbuf_addf(out, "%s\n    %s\n", without_end(first), line + lead);
		return;
	}
	size_t indent = text_width(first) + (marker ? marker : has_columns ? 0 : 2);
	CLEANUP(mem_free_text) char *rest = mem_printf("%*s", (int)indent, "");
	wrap(out, line + lead, columns, first, rest, true);
}

static bool is_command(const char *line)
{
	size_t blanks = strspn(line, " ");
	line += blanks;
	return blanks && (strncmp(line, "seatshift ", 10) == 0 || strncmp(line, "export ", 7) == 0);
}

static bool is_marks(const char *line)
{
	size_t blanks = strspn(line, " ");
	size_t carets = strspn(line + blanks, "^");
	return carets && (line[blanks + carets] == '\n' || !line[blanks + carets]);
}

/* A line of a file that is too long, and what is marked in it: both around the marks. */
static void cut_around(struct strbuf *out, const char *line, const char *marks, size_t columns)
{
	static const char begun[] = "  …";
	size_t at = strspn(marks, " ");
	size_t carets = strlen(marks + at);
	size_t skip = at + carets < columns || at < columns / 3 ? 0 : text_fit(line, at - columns / 3);
	CLEANUP(mem_free_text) char *skipped = mem_printf("%.*s", (int)skip, line);
	const char *first = skip ? begun : "";
	size_t room = columns - text_width(first);
	bool is_cut = text_width(line + skip) > room;
	size_t indent = at - text_width(skipped) + text_width(first);
	strbuf_addf(out, "%s%.*s%s\n%*s", first, (int)text_fit(line + skip, room - is_cut), line + skip,
		    is_cut ? "…" : "", (int)indent, "");
	for (size_t i = 0; i < carets && indent + i < columns; i++)
		strbuf_add_char(out, '^');
	strbuf_add_char(out, '\n');
}

void text_fill(struct strbuf *out, const char *text, size_t columns)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		bool ended = text[len] == '\n';
		CLEANUP(mem_free_text) char *line = mem_printf("%.*s", (int)len, text);
		text += len + ended;
		CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT(STRBUF_LARGE);
		if (text_width(line) > columns && is_marks(text)) {
			size_t below = strcspn(text, "\n");
			CLEANUP(mem_free_text) char *marks = mem_printf("%.*s", (int)below, text);
			ended = text[below] == '\n';
			text += below + ended;
			cut_around(&filled, line, marks, columns);
		} else if (text_width(line) > columns && !is_command(line))
			fill_line(&filled, line, columns);
		else
			strbuf_addf(&filled, "%s\n", line);
		strbuf_add_bytes(out, strbuf_text(&filled), filled.len - !ended);
	}
}
