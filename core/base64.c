/* Base64 (RFC 4648). */
#include "core/base64.h"

static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(struct strbuf *out, const char *digits, const void *bytes, size_t len)
{
	const unsigned char *in = bytes;
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		unsigned value = (unsigned)in[i] << 16;
		value |= left > 1 ? (unsigned)in[i + 1] << 8 : 0;
		value |= left > 2 ? (unsigned)in[i + 2] : 0;
		size_t chars = left > 2 ? 4 : left + 1;
		for (size_t k = 0; k < chars; k++)
			strbuf_add_char(out, digits[(value >> (18 - 6 * k)) & 63]);
	}
}

void base64url_encode(struct strbuf *out, const void *bytes, size_t len)
{
	encode(out, url_safe, bytes, len);
}

void base64_encode(struct strbuf *out, const void *bytes, size_t len)
{
	encode(out, standard, bytes, len);
	for (size_t i = len; i % 3; i++)
		strbuf_add_char(out, '=');
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t len, struct strbuf *out)
{
	unsigned bits = 0;
	int have = 0;
	while (len && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		int digit = digit_of(text[i]);
		if (digit < 0)
			return false;
		bits = (bits << 6 | (unsigned)digit) & 0xffffff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		strbuf_add_char(out, (char)(unsigned char)(bits >> have & 0xff));
	}
	return !out->failed && len % 4 != 1;
}
