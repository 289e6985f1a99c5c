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
