/* The mdoc language. */
#include "cmd/help/mdoc.h"

#include <ctype.h>
#include <string.h>

enum { WIDTH = 72, TEMP = 64 };

/* UTF-8 as \[uXXXX], which every roff takes; bytes that are not are left out. */
static size_t add_wide(struct strbuf *out, const char *p)
{
	static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
	size_t len = 1;
	while (len < 4 && ((unsigned char)p[len] & 0xc0) == 0x80)
		len++;
	unsigned long value = (unsigned char)p[0] & masks[len - 1];
	for (size_t i = 1; i < len; i++)
		value = value << 6 | ((unsigned char)p[i] & 0x3fu);
	strbuf_addf(out, "\\[u%04lX]", value);
	return len;
}

static void add_escaped(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x80) {
			i += add_wide(out, text + i);
			continue;
		}
		if (c == '\\')
			strbuf_add(out, "\\e");
		else if (c == '"')
			strbuf_add(out, "\\(dq");
		else
			strbuf_add_char(out, (char)c);
		i++;
	}
}

/* A line that begins with one of these would be an order. */
static void guard(struct strbuf *out, const char *line)
{
	if (*line == '.' || *line == '\'')
		strbuf_add(out, "\\&");
}

void mdoc_head(struct strbuf *out, const char *name, int section, const char *summary)
{
	char upper[TEMP];
	size_t len = strlen(name) < sizeof upper - 1 ? strlen(name) : sizeof upper - 1;
	for (size_t i = 0; i < len; i++)
		upper[i] = (char)toupper((unsigned char)name[i]);
	upper[len] = '\0';
	strbuf_addf(out, ".\\\" Generated from the tables of seatshift.\n.Dd " MDOC_DATE "\n.Dt %s %d\n.Os\n",
		    upper, section);
	strbuf_addf(out, ".Sh NAME\n.Nm %s\n.Nd ", name);
	add_escaped(out, summary, strlen(summary));
	/* A mark at the end would be taken for punctuation of the line itself. */
	strbuf_add(out, str_ends(summary, "?") ? "\\&\n" : "\n");
}

void mdoc_section(struct strbuf *out, const char *title)
{
	strbuf_addf(out, ".Sh %s\n", title);
}

/* Whether the word ends a sentence and the next begins one. */
static bool is_end(const char *word, size_t len, const char *next)
{
	if (len && (word[len - 1] == ')' || word[len - 1] == '"'))
		len--;
	bool closes = len && strchr(".!?", word[len - 1]);
	return closes && (isupper((unsigned char)*next) || (unsigned char)*next >= 0x80 || *next == '\'');
}

/* "seatshift-plan(1)," as a link of its own line: ".Xr seatshift-plan 1 ,". False when it is none. */
static bool add_link(struct strbuf *out, const char *word, size_t len, bool begun)
{
	size_t name = 0;
	while (name < len && (islower((unsigned char)word[name]) || isdigit((unsigned char)word[name]) ||
			      word[name] == '-'))
		name++;
	if (!name || len < name + 3 || word[name] != '(' || !strchr("1357", word[name + 1]) ||
	    word[name + 2] != ')')
		return false;
	for (size_t i = name + 3; i < len; i++)
		if (!strchr(".,;:)", word[i]))
			return false;
	strbuf_addf(out, "%s.Xr %.*s %c", begun ? "\n" : "", (int)name, word, word[name + 1]);
	for (size_t i = name + 3; i < len; i++)
		strbuf_addf(out, " %c", word[i]);
	strbuf_add_char(out, '\n');
	return true;
}

static void add_paragraph(struct strbuf *out, const char *text, size_t len)
{
	const char *end = text + len;
	size_t column = 0;
	while (text < end) {
		text += strspn(text, " \n");
		size_t word = strcspn(text, " \n");
		if (text >= end || !word)
			break;
		if (add_link(out, text, word, column > 0)) {
			column = 0;
			text += word;
			continue;
		}
		if (column && column + 1 + word > WIDTH) {
			strbuf_add_char(out, '\n');
			column = 0;
		}
		if (column)
			strbuf_add_char(out, ' ');
		else
			guard(out, text);
		add_escaped(out, text, word);
		column += word + (column ? 1 : 0);
		const char *next = text + word + strspn(text + word, " \n");
		if (next < end && is_end(text, word, next)) {
			strbuf_add_char(out, '\n');
			column = 0;
		}
		text += word;
	}
	if (column)
		strbuf_add_char(out, '\n');
}

void mdoc_text(struct strbuf *out, const char *text)
{
	for (bool first = true; *text; first = false) {
		const char *gap = strstr(text, "\n\n");
		size_t len = gap ? (size_t)(gap - text) : strlen(text);
		if (!first)
			strbuf_add(out, ".Pp\n");
		add_paragraph(out, text, len);
		text += len;
		text += strspn(text, "\n");
	}
}

void mdoc_literal_line(struct strbuf *out, const char *text)
{
	size_t kept = strcspn(text, "\n");
	while (kept && text[kept - 1] == ' ')
		kept--;
	guard(out, text);
	add_escaped(out, text, kept);
	strbuf_add_char(out, '\n');
}

void mdoc_literal(struct strbuf *out, const char *text)
{
	strbuf_add(out, ".Bd -literal -offset indent\n");
	while (*text) {
		mdoc_literal_line(out, text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	strbuf_add(out, ".Ed\n");
}

/* Short words in capitals could be macros, and lone punctuation is moved about: both are guarded. */
void mdoc_words(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t word = strcspn(text, " ");
		bool macro = word < 4 && isupper((unsigned char)*text);
		if (macro || (strchr("()[]?!|", *text) && word == 1))
			strbuf_add(out, "\\&");
		add_escaped(out, text, word);
		text += word;
		strbuf_add(out, *text ? " " : "\n");
		text += strspn(text, " ");
	}
}

void mdoc_argument(struct strbuf *out, const char *text)
{
	bool blank = strchr(text, ' ') != NULL || !*text;
	if (blank)
		strbuf_add_char(out, '"');
	else if (strchr(".,:;()[]?!|", *text) || (strlen(text) < 4 && isupper((unsigned char)*text)))
		strbuf_add(out, "\\&"); /* alone it would be punctuation, or a macro */
	add_escaped(out, text, strlen(text));
	if (blank)
		strbuf_add_char(out, '"');
}
