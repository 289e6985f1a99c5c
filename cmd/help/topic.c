/* Topics: their light markup made into mdoc, or into lines for a terminal. */
#include "cmd/help/topic.h"

#include "cmd/help/mdoc.h"
#include "core/diag.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 4 };

enum line_kind { LINE_EMPTY, LINE_HEADING, LINE_LITERAL, LINE_TERM, LINE_MEANING, LINE_TEXT };

/* One line of the source, without what marks it. */
struct line {
	enum line_kind kind;
	const char *text;
	size_t len;
};

static const struct {
	int first;
	const char *title;
} code_groups[] = {
	{100, "THE FILE OR THE COMMAND LINE IS WRONG"},
	{200, "WARNINGS IN A PLAN"},
	{300, "WHY THERE IS NO PLAN"},
	{400, "WHAT HAPPENED WHILE APPLYING"},
};

/* The page says what codes are; what each means comes from the table that `explain` reads. */
static const char *add_codes(const char *page, struct arena *out)
{
	static const enum diag_code codes[] = {
#define CODE_ROW(number, title) SS##number,
		DIAG_CODES(CODE_ROW)
#undef CODE_ROW
	};
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	strbuf_add(&text, page);
	size_t at = 0;
	for (size_t group = 0; group < ARRAY_LEN(code_groups); group++) {
		bool headed = false;
		for (; at < ARRAY_LEN(codes) && (int)codes[at] < code_groups[group].first + 100; at++) {
			if (!headed)
				strbuf_addf(&text, "\n# %s\n", code_groups[group].title);
			headed = true;
			strbuf_addf(&text, "\nSS%d: %s\n: %s\n", (int)codes[at], diag_title(codes[at]),
				    diag_explanation(codes[at]));
		}
	}
	return strbuf_dup(out, &text);
}

bool topic_at(size_t index, struct arena *out, struct topic *ret)
{
	if (index >= topic_count)
		return false;
	*ret = topics[index];
	if (str_eq(ret->name, "codes"))
		ret->text = add_codes(ret->text, out);
	return true;
}

bool topic_find(const char *name, struct arena *out, struct topic *ret)
{
	for (size_t i = 0; topic_at(i, out, ret); i++)
		if (str_eq(ret->name, name))
			return true;
	return false;
}

/* Returns where the next line begins; NULL at the end. */
static const char *next_line(const char *text, struct line *ret)
{
	if (!*text)
		return NULL;
	size_t len = strcspn(text, "\n");
	const char *next = text + len + (text[len] == '\n');
	*ret = (struct line){LINE_TEXT, text, len};
	if (!len)
		ret->kind = LINE_EMPTY;
	else if (str_starts(text, "# "))
		*ret = (struct line){LINE_HEADING, text + 2, len - 2};
	else if (str_starts(text, "    "))
		*ret = (struct line){LINE_LITERAL, text + INDENT, len - INDENT};
	else if (str_starts(text, ": "))
		*ret = (struct line){LINE_MEANING, text + 2, len - 2};
	else if (str_starts(next, ": "))
		ret->kind = LINE_TERM;
	return next;
}

/* Lists and literals go on over the empty lines in them: what closes one is a line of another kind. */
struct manual {
	struct strbuf *out;
	bool in_list, in_literal, paragraph;
};

static void close_literal(struct manual *m)
{
	if (m->in_literal)
		strbuf_add(m->out, ".Ed\n");
	m->in_literal = false;
}

static void close_blocks(struct manual *m)
{
	close_literal(m);
	if (m->in_list)
		strbuf_add(m->out, ".El\n");
	m->in_list = false;
}

static void put_manual_line(struct manual *m, const struct line *line, const char *text)
{
	if (line->kind != LINE_LITERAL)
		close_literal(m);
	switch (line->kind) {
	case LINE_EMPTY:
		break;
	case LINE_HEADING:
		close_blocks(m);
		mdoc_section(m->out, text);
		break;
	case LINE_LITERAL:
		if (!m->in_literal)
			strbuf_add(m->out, ".Bd -literal -offset indent\n");
		m->in_literal = true;
		mdoc_literal_line(m->out, text);
		break;
	case LINE_TERM:
		if (!m->in_list)
			strbuf_add(m->out, ".Bl -tag -width Ds\n");
		m->in_list = true;
		strbuf_add(m->out, ".It ");
		mdoc_words(m->out, text);
		break;
	case LINE_MEANING:
		mdoc_text(m->out, text);
		break;
	case LINE_TEXT:
		if (m->in_list)
			close_blocks(m);
		if (m->paragraph)
			strbuf_add(m->out, ".Pp\n");
		mdoc_text(m->out, text);
		break;
	}
	if (line->kind != LINE_EMPTY)
		m->paragraph = line->kind != LINE_HEADING && line->kind != LINE_TERM;
}

void topic_manual(const struct topic *topic, struct strbuf *out)
{
	const char *text = topic->text;
	struct manual m = {.out = out};
	struct line line;
	while ((text = next_line(text, &line))) {
		CLEANUP(mem_free_text) char *own = mem_printf("%.*s", (int)line.len, line.text);
		put_manual_line(&m, &line, own);
	}
	close_blocks(&m);
}

/* Words, broken at the terminal's usual width, each line behind `indent` blanks. */
static void put_wrapped(struct strbuf *out, const char *text, size_t len, size_t indent)
{
	size_t column = 0;
	for (const char *end = text + len; text < end;) {
		size_t word = 0;
		while (text + word < end && text[word] != ' ')
			word++;
		if (column && column + 1 + word > WIDTH) {
			strbuf_add_char(out, '\n');
			column = 0;
		}
		strbuf_addf(out, "%*s%.*s", column ? 1 : (int)indent, "", (int)word, text);
		column += word + (column ? 1 : indent);
		text += word;
		while (text < end && *text == ' ')
			text++;
	}
	strbuf_add_char(out, '\n');
}

void topic_text(const struct topic *topic, struct strbuf *out)
{
	const char *text = topic->text;
	struct line line;
	strbuf_addf(out, "%s: %s\n\n", topic->name, topic->summary);
	while ((text = next_line(text, &line))) {
		if (line.kind == LINE_EMPTY)
			strbuf_add_char(out, '\n');
		else if (line.kind == LINE_LITERAL)
			strbuf_addf(out, "%*s%.*s\n", INDENT, "", (int)line.len, line.text);
		else
			put_wrapped(out, line.text, line.len, line.kind == LINE_MEANING ? INDENT : 0);
	}
}
