/* Making untrusted text inert in Markdown and HTML. */
#include "core/quote.h"

#include "core/quote_char.h"

#include <string.h>

static void put_plain(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	(void)c;
	strbuf_add_bytes(buf, bytes, len);
}

/*
 * A cell ends at a pipe even inside a code span, unless a backslash stands before it; and a backslash
 * that stands there already would be taken for an escaped backslash, so a blank comes between.
 */
static void add_cell_text(struct strbuf *buf, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '|')
			strbuf_add(buf, p > text && p[-1] == '\\' ? " \\" : "\\");
		strbuf_add_char(buf, *p);
	}
}

static size_t longest_run(const char *text, char of)
{
	size_t longest = 0;
	size_t run = 0;
	for (const char *p = text; *p; p++) {
		run = *p == of ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* A span is fenced by one backtick more than the longest run inside it. */
char *quote_markdown(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf inside = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	char_each_visible(&inside, text, put_plain);
	const char *visible = strbuf_text(&inside);
	if (!inside.len)
		return arena_strdup(out, "");
	size_t fence = longest_run(visible, '`') + 1;
	/* One blank at each end is taken away again; it keeps backticks, blanks and backslashes off the
	 * fence. */
	bool padded = strchr("` \\", visible[0]) || strchr("` \\", visible[inside.len - 1]);
	for (size_t i = 0; i < fence; i++)
		strbuf_add_char(&buf, '`');
	strbuf_add(&buf, padded ? " " : "");
	add_cell_text(&buf, visible);
	strbuf_add(&buf, padded ? " " : "");
	for (size_t i = 0; i < fence; i++)
		strbuf_add_char(&buf, '`');
	return strbuf_dup(out, &buf);
}

/* Letters, with an apostrophe or a hyphen between them: no mention, link, emoji or number of an issue. */
static bool is_plain_word(const char *p, size_t len)
{
	bool behind_letter = false;
	for (size_t i = 0; i < len; i++) {
		bool letter = (p[i] >= 'A' && p[i] <= 'Z') || (p[i] >= 'a' && p[i] <= 'z');
		if (!letter && (!behind_letter || (p[i] != '\'' && p[i] != '-')))
			return false;
		behind_letter = letter;
	}
	return behind_letter;
}

/* "E3": how products are called. */
static bool is_plain_grade(const char *p, size_t len)
{
	return (len == 2 || len == 3) && p[0] >= 'A' && p[0] <= 'Z' && strspn(p + 1, "0123456789") >= len - 1;
}

/* Fewer digits than an abbreviated commit has, or a day: with a comma or a hyphen between digits. */
static bool is_plain_number(const char *p, size_t len)
{
	enum { DIGITS = 6, DAY = 10 };
	size_t digits = strspn(p, "0123456789");
	if (len == DAY && digits == 4 && p[4] == '-' && p[7] == '-')
		return strspn(p + 5, "0123456789") == 2 && strspn(p + 8, "0123456789") >= 2;
	bool grouped = digits < len && digits <= 3 && p[digits] == ',' && strspn(p, "0123456789,") >= len &&
		       p[len - 1] != ',' && len <= DAY;
	return (digits >= len && len <= DIGITS) || grouped;
}

static bool is_plain_sign(const char *p, size_t len)
{
	static const char *const signs[] = {"×", "→", "·", "…", "-"};
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (len == strlen(signs[i]) && memcmp(p, signs[i], len) == 0)
			return true;
	return false;
}

/* The part of a word that may need a code span: without what stands before and behind it in a sentence. */
struct core {
	size_t begin, end;
};

static struct core core_of(const char *word, size_t len)
{
	struct core core = {0, len};
	while (core.begin < core.end && strchr("(\"'", word[core.begin]))
		core.begin++;
	while (core.end > core.begin && strchr(")\"'.,;:!?", word[core.end - 1]))
		core.end--;
	return core;
}

static bool is_plain(const char *p, size_t len)
{
	return !len || is_plain_word(p, len) || is_plain_grade(p, len) || is_plain_number(p, len) ||
	       is_plain_sign(p, len);
}

/* Words that are not plain and follow each other, with nothing of a sentence between, share a span. */
char *quote_markdown_prose(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf visible = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	char_each_visible(&visible, text, put_plain);
	for (const char *p = strbuf_text(&visible); *p;) {
		size_t len = strcspn(p, " ");
		struct core core = core_of(p, len);
		const char *span = p + core.begin;
		bool plain = is_plain(span, core.end - core.begin);
		strbuf_add_bytes(&buf, p, plain ? len : core.begin);
		while (!plain && core.end == len && p[len] == ' ') {
			size_t next = strcspn(p + len + 1, " ");
			struct core more = core_of(p + len + 1, next);
			if (more.begin || is_plain(p + len + 1, more.end))
				break;
			core.end = len + 1 + more.end;
			len += 1 + next;
		}
		if (!plain) {
			strbuf_add(&buf,
				   quote_markdown(out, arena_strndup(out, span, core.end - core.begin)));
			strbuf_add_bytes(&buf, p + core.end, len - core.end);
		}
		p += len;
		for (; *p == ' '; p++)
			strbuf_add_char(&buf, ' ');
	}
	return strbuf_dup(out, &buf);
}

static void put_html(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	switch (c) {
	case '&':
		strbuf_add(buf, "&amp;");
		return;
	case '<':
		strbuf_add(buf, "&lt;");
		return;
	case '>':
		strbuf_add(buf, "&gt;");
		return;
	case '"':
		strbuf_add(buf, "&quot;");
		return;
	case '\'':
		strbuf_add(buf, "&#39;");
		return;
	default:
		strbuf_add_bytes(buf, bytes, len);
	}
}

char *quote_html(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	char_each_visible(&buf, text, put_html);
	return strbuf_dup(out, &buf);
}
