/* Making untrusted text inert: one function per target. */
#include "core/quote.h"

#include "core/quote_char.h"

#include <stdint.h>
#include <string.h>

static void put_plain(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	(void)c;
	strbuf_add_bytes(buf, bytes, len);
}

/* The first `max_chars` characters; the whole text when it has no more. */
static const char *cut(struct arena *out, const char *text, size_t max_chars)
{
	const char *p = text;
	for (size_t chars = 0; *p; chars++) {
		uint32_t ignored;
		if (chars == max_chars)
			return arena_printf(out, "%.*s…", (int)(p - text), text);
		p += char_decode(p, &ignored);
	}
	return text;
}

char *quote_terminal_cut(struct arena *out, const char *text, size_t max_chars)
{
	return quote_terminal(out, text ? cut(out, text, max_chars) : NULL);
}

char *quote_terminal(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	char_each_visible(&buf, text, put_plain);
	return strbuf_dup(out, &buf);
}

uint32_t quote_first_hidden(const char *text)
{
	for (const char *p = text; *p;) {
		uint32_t c;
		p += char_decode(p, &c);
		if (c >= 0x80 && (char_is_hidden(c) || char_is_blank(c)))
			return c;
	}
	return 0;
}

/* How many bytes a character beyond ASCII has that nobody sees; 0 when it is another. */
static size_t hidden_len(const char *p, uint32_t *ret_char)
{
	enum { AS_EMOJI = 0xfe0f }; /* behind a warning sign of our own */
	size_t len = (unsigned char)*p < 0x80 ? 0 : char_decode(p, ret_char);
	return len && *ret_char != AS_EMOJI && char_is_hidden(*ret_char) ? len : 0;
}

static bool has_hidden(const char *text, size_t len)
{
	uint32_t c;
	for (size_t i = 0; i < len; i++)
		if (hidden_len(text + i, &c))
			return true;
	return false;
}

static void put_hidden(struct strbuf *buf, uint32_t c, enum quote_log_form form)
{
	if (c < 0x10000)
		strbuf_addf(buf, form == QUOTE_LOG_TEXT && c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
	else if (form == QUOTE_LOG_TEXT)
		strbuf_addf(buf, "\\u%05x", (unsigned)c);
	else
		strbuf_addf(buf, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
}

char *quote_log(const char *text, size_t len, enum quote_log_form form)
{
	bool commands = memmem(text, len, "##", 2) || (form == QUOTE_LOG_TEXT && memmem(text, len, "::", 2));
	if (!commands && !has_hidden(text, len))
		return NULL;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(mem_free_text) char *copy = mem_printf("%.*s", (int)len, text);
	const char *first = char_skip_blanks(copy);
	for (const char *p = copy; *p; p++) {
		uint32_t c;
		size_t hidden = hidden_len(p, &c);
		if (hidden)
			put_hidden(&buf, c, form);
		else if (!char_is_log_command(p, form == QUOTE_LOG_JSON ? NULL : first))
			strbuf_add_char(&buf, *p);
		else
			strbuf_addf(&buf, form == QUOTE_LOG_JSON ? "\\u%04x" : "\\x%02x", (unsigned)*p);
		if (*p == '\n')
			first = char_skip_blanks(p + 1);
		p += hidden ? hidden - 1 : 0;
	}
	return mem_strdup(strbuf_text(&buf));
}

char *quote_result(const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf"; /* what Excel knows UTF-8 by */
	size_t begin = len >= 3 && strncmp(text, mark, 3) == 0 ? 3 : 0;
	if (!has_hidden(text + begin, len - begin))
		return NULL;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	strbuf_add_bytes(&buf, text, begin);
	for (size_t i = begin; i < len; i++) {
		uint32_t c;
		size_t hidden = hidden_len(text + i, &c);
		if (hidden)
			put_hidden(&buf, c, QUOTE_LOG_JSON); /* some of them are JSON, too */
		else
			strbuf_add_char(&buf, text[i]);
		i += hidden ? hidden - 1 : 0;
	}
	return mem_strdup(strbuf_text(&buf));
}

char *quote_url(struct arena *out, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     c == '-' || c == '.' || c == '_' || c == '~';
		if (plain) {
			strbuf_add_char(&buf, (char)c);
			continue;
		}
		const char escaped[] = {'%', hex[c >> 4], hex[c & 0x0f]};
		strbuf_add_bytes(&buf, escaped, sizeof escaped);
	}
	return strbuf_dup(out, &buf);
}

char *quote_odata(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	strbuf_add_char(&buf, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			strbuf_add_char(&buf, '\'');
		strbuf_add_char(&buf, *p);
	}
	strbuf_add_char(&buf, '\'');
	return strbuf_dup(out, &buf);
}

/* Words that YAML 1.1 or 1.2 readers take for something other than text. */
static bool is_yaml_word(const char *text)
{
	static const char *const words[] = {"true", "false", "yes",  "no",  "on", "off",
					    "y",    "n",     "null", "nan", "inf"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_eq_fold(words[i], text))
			return true;
	return false;
}

static bool is_plain_yaml(const char *text)
{
	if (str_is_guid(text))
		return true;
	bool letter = (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z');
	size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-");
	return letter && text[good] == '\0' && !is_yaml_word(text);
}

char *quote_yaml(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	if (text && is_plain_yaml(text))
		return arena_strdup(out, text);
	strbuf_add_char(&buf, '"');
	const char *first = char_skip_blanks(text ? text : "");
	for (const char *p = text ? text : ""; *p;) {
		uint32_t c;
		size_t len = char_decode(p, &c);
		if (c == '"' || c == '\\')
			strbuf_addf(&buf, "\\%c", (int)c);
		else if (char_is_hidden(c) || c == 0xfffd || char_is_log_command(p, first))
			strbuf_addf(&buf, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
		else
			strbuf_add_bytes(&buf, p, len);
		p += len;
	}
	strbuf_add_char(&buf, '"');
	return strbuf_dup(out, &buf);
}
