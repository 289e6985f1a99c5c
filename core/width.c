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

size_t text_width(const char *text)
{
	size_t columns = 0;
	for (const char *p = text; *p;) {
		uint32_t c;
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

/* One word behind what stands on the line, or on a line of its own when it would not fit. */
static void put_word(struct strbuf *out, const char *word, size_t columns, const char *rest, size_t *at,
		     bool *first_of_line)
{
	size_t width = text_width(word);
	if (!*first_of_line && *at + 1 + width > columns) {
		strbuf_addf(out, "\n%s", rest);
		*at = text_width(rest);
		*first_of_line = true;
	}
	strbuf_addf(out, "%s%s", *first_of_line ? "" : " ", word);
	*at += width + !*first_of_line;
	*first_of_line = false;
}

void text_wrap(struct strbuf *out, const char *text, size_t columns, const char *first, const char *rest)
{
	strbuf_add(out, first);
	size_t at = text_width(first);
	bool first_of_line = true;
	while (*text) {
		size_t len = strcspn(text, " \n");
		CLEANUP(mem_free_text) char *word = mem_printf("%.*s", (int)len, text);
		if (len)
			put_word(out, word, columns, rest, &at, &first_of_line);
		text += len;
		if (*text == '\n' && text[1]) {
			strbuf_addf(out, "\n%s", rest);
			at = text_width(rest);
			first_of_line = true;
		}
		text += *text != '\0';
	}
	strbuf_add_char(out, '\n');
}
