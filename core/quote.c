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
