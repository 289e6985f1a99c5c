/* What the quoting functions share: decoding, and what must be made visible. */
#include "core/quote_char.h"

#include <string.h>

size_t char_decode(const char *p, uint32_t *ret_char)
{
	static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
	const unsigned char *u = (const unsigned char *)p;
	/* Nearly all text is this. */
	if (u[0] < 0x80) {
		*ret_char = u[0];
		return 1;
	}
	for (size_t len = 2; len <= 4; len++) {
		if (p[len - 1] == '\0')
			break;
		if (!str_is_utf8(p, len))
			continue;
		uint32_t value = u[0] & masks[len - 1];
		for (size_t i = 1; i < len; i++)
			value = value << 6 | (u[i] & 0x3fu);
		*ret_char = value;
		return len;
	}
	*ret_char = 0xfffd;
	return 1;
}

/* Unicode's Default_Ignorable_Code_Point and control characters, and blanks that look like another one or
 * like nothing. The blank of Chinese and Japanese (U+3000) is not among them: names are written with it. */
bool char_is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},	    {0x7f, 0xa0},     {0xad, 0xad},	  {0x34f, 0x34f},
		{0x61c, 0x61c},	    {0x115f, 0x1160}, {0x1680, 0x1680},	  {0x17b4, 0x17b5},
		{0x180b, 0x180f},   {0x2000, 0x200f}, {0x2028, 0x202f},	  {0x205f, 0x206f},
		{0x2800, 0x2800},   {0x3164, 0x3164}, {0xfe00, 0xfe0f},	  {0xfeff, 0xfeff},
		{0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
		{0xe0000, 0xe0fff},
	};
	if (c >= 0x20 && c < 0x7f)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* What .NET trims, in which the runners of GitHub and Azure are written. */
bool char_is_blank(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	       c == 0x3000;
}

const char *char_skip_blanks(const char *line)
{
	for (;;) {
		uint32_t c = 0;
		size_t len = *line ? char_decode(line, &c) : 0;
		if (!len || !char_is_blank(c))
			return line;
		line += len;
	}
}

bool char_is_log_command(const char *p, const char *first)
{
	if (p[0] == ':')
		return p[1] == ':' && p == first;
	if (p[0] != '#' || p[1] != '#')
		return false;
	p += 2;
	while ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'))
		p++;
	return *p == '[';
}

static void put_ascii(struct strbuf *buf, const char *text, char_put *put)
{
	for (const char *p = text; *p; p++)
		put(buf, (unsigned char)*p, p, 1);
}

static void put_escape(struct strbuf *buf, uint32_t c, char_put *put)
{
	static const char hex[] = "0123456789abcdef";
	switch (c) {
	case '\n':
		put_ascii(buf, "\\n", put);
		return;
	case '\r':
		put_ascii(buf, "\\r", put);
		return;
	case '\t':
		put_ascii(buf, "\\t", put);
		return;
	default:
		break;
	}
	char text[8] = {'\\', c < 0x100 ? 'x' : 'u'};
	size_t at = 2;
	for (int shift = c < 0x100 ? 4 : c < 0x10000 ? 12 : 16; shift >= 0; shift -= 4)
		text[at++] = hex[c >> shift & 0x0f];
	put_ascii(buf, text, put);
}

void char_each_visible(struct strbuf *buf, const char *text, char_put *put)
{
	const char *first = char_skip_blanks(text ? text : "");
	for (const char *p = text ? text : ""; *p;) {
		uint32_t c;
		size_t len = char_decode(p, &c);
		if (char_is_hidden(c) || char_is_log_command(p, first))
			put_escape(buf, c, put);
		else if (c == 0xfffd)
			put(buf, c, "\xef\xbf\xbd", 3);
		else
			put(buf, c, p, len);
		p += len;
	}
}
