/* Making untrusted text inert in the labels of DOT and Mermaid. */
#include "core/quote.h"

#include "core/quote_char.h"

/* Labels are escString: backslashes act, and so do HTML entities. */
static void put_dot(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	if (c == '"' || c == '\\')
		strbuf_add_char(buf, '\\');
	if (c == '&')
		strbuf_add(buf, "&amp;");
	else
		strbuf_add_bytes(buf, bytes, len);
}

char *quote_dot(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	char_each_visible(&buf, text, put_dot);
	return strbuf_dup(out, &buf);
}

static void put_mermaid(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	bool plain = c >= 0x80 || c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		     (c >= 'a' && c <= 'z');
	if (plain)
		strbuf_add_bytes(buf, bytes, len);
	else
		strbuf_addf(buf, "#%u;", (unsigned)c);
}

char *quote_mermaid(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	char_each_visible(&buf, text, put_mermaid);
	return strbuf_dup(out, &buf);
}
