/* What to do about a mistake in YAML: by the parser's words and by the line. */
#include "core/doc_help.h"

#include "core/str.h"

#include <string.h>

static const char *line_text(struct arena *out, const char *line)
{
	return arena_strndup(out, line, strcspn(line, "\r\n"));
}

/* The character at a column that counts characters, not bytes. */
static const char *at_column(const char *text, size_t column)
{
	for (; *text && column; column--) {
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
	}
	return text;
}

/* What was to be a key is no key: "seats:10", "seats = 10", or a word alone. */
static const char *help_for_key(struct arena *out, const char *begun)
{
	const char *text = line_text(out, begun);
	text += strspn(text, " -");
	size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
	const char *value = text + name + strspn(text + name, " :=");
	const char *mark = text + name + strspn(text + name, " ");
	if (name && (*mark == ':' || *mark == '=') && *value)
		return arena_printf(out, "Write a colon and a space after the key: '%.*s: %s'.", (int)name,
				    text, value);
	return "Write a colon and a space after a key, and '- ' before an entry of a list.";
}

/* "a: b: c", or a line that stands too far in. */
static const char *help_for_value(const char *text, const char *at)
{
	const char *colon = strstr(text, ": ");
	return colon && colon < at ? "Put a text with a colon and a space in it in quotes."
				   : "Line the keys of one mapping up below each other; this one stands "
				     "further in, or the "
				     "line before it is not finished.";
}

static const char *help_for_bracket(struct arena *out, const struct doc_mistake *m, const char *at)
{
	if (at[0] == ':' && (at[1] == ' ' || at[1] == '\0') && m->same_line)
		return "Put a text with a colon and a space in it in quotes.";
	if (m->same_line)
		return "Separate entries by commas; put a text with quotes, brackets or commas in it in "
		       "quotes.";
	return arena_printf(out,
			    "Close the bracket that is opened on line %zu; what follows ' #' is a comment.",
			    m->begun_line + 1);
}

/* Characters that begin something of YAML's own, where a text was meant. */
static const char *help_for_character(struct arena *out, const char *text, const char *at)
{
	if (*at == '\t' || memchr(text, '\t', strspn(text, " \t")))
		return "Indent with spaces; YAML does not allow tabs there.";
	if (*at && strchr("@`%|>&*!", *at))
		return arena_printf(out, "Put a text that begins with %c in quotes.", *at);
	return NULL;
}

const char *doc_help(struct arena *out, const struct doc_mistake *m, bool *ret_at_begin)
{
	const char *text = line_text(out, m->line);
	const char *at = at_column(text, m->column);
	const char *help = help_for_character(out, text, at);
	*ret_at_begin = false;
	if (help)
		return help;
	if (strstr(m->problem, "could not find expected ':'") && m->begun) {
		*ret_at_begin = true;
		return help_for_key(out, m->begun);
	}
	if (strstr(m->problem, "mapping values are not allowed"))
		return help_for_value(text, at);
	if (strstr(m->problem, "did not find expected ',' or"))
		return help_for_bracket(out, m, at);
	if (strstr(m->problem, "unexpected end of stream"))
		return "Close the quote that is opened here.";
	if (strstr(m->problem, "unknown escape character"))
		return "Put it in single quotes, or write each backslash twice.";
	if (strstr(m->problem, "did not find expected key") ||
	    strstr(m->problem, "did not find expected '-' indicator"))
		return "This line does not line up with those above that it belongs to: indent it as they "
		       "are.";
	return NULL;
}
