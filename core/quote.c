/* Making untrusted text inert: one function per target. */
#include "core/quote.h"

#include "core/str.h"

#include <stdint.h>
#include <string.h>

/* Decodes one character at `p`; bad bytes give U+FFFD and one byte. */
static size_t decode(const char *p, uint32_t *ret_char)
{
	for (size_t len = 1; len <= 4; len++) {
		if (len > 1 && p[len - 1] == '\0')
			break;
		if (!str_is_utf8(p, len))
			continue;
		const unsigned char *u = (const unsigned char *)p;
		static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
		uint32_t value = u[0] & masks[len - 1];
		for (size_t i = 1; i < len; i++)
			value = value << 6 | (u[i] & 0x3fu);
		*ret_char = value;
		return len;
	}
	*ret_char = 0xfffd;
	return 1;
}

/* Controls, separators, bidirectional controls, zero-width characters, the byte-order mark, tags. */
static bool acts_on_terminal(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},	    {0x61c, 0x61c},
		      {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		      {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static void add_visible(struct strbuf *buf, uint32_t c)
{
	switch (c) {
	case '\n':
		strbuf_add(buf, "\\n");
		return;
	case '\r':
		strbuf_add(buf, "\\r");
		return;
	case '\t':
		strbuf_add(buf, "\\t");
		return;
	default:
		strbuf_addf(buf, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
	}
}

char *quote_terminal_cut(struct arena *out, const char *text, size_t max_chars)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t chars = 0;
	for (const char *p = text ? text : ""; *p;) {
		uint32_t c;
		size_t len = decode(p, &c);
		if (chars++ == max_chars) {
			strbuf_add(&buf, "…");
			break;
		}
		if (acts_on_terminal(c))
			add_visible(&buf, c);
		else if (c == 0xfffd)
			strbuf_add(&buf, "\xef\xbf\xbd");
		else
			strbuf_add_bytes(&buf, p, len);
		p += len;
	}
	return strbuf_dup(out, &buf);
}

char *quote_terminal(struct arena *out, const char *text)
{
	return quote_terminal_cut(out, text, SIZE_MAX);
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
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"};
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
	for (const char *p = text ? text : ""; *p;) {
		uint32_t c;
		size_t len = decode(p, &c);
		if (c == '"' || c == '\\')
			strbuf_addf(&buf, "\\%c", (int)c);
		else if (acts_on_terminal(c) || c == 0xfffd)
			strbuf_addf(&buf, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
		else
			strbuf_add_bytes(&buf, p, len);
		p += len;
	}
	strbuf_add_char(&buf, '"');
	return strbuf_dup(out, &buf);
}
