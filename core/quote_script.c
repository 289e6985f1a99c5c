/* Making untrusted text inert in spreadsheets and PowerShell. */
#include "core/quote.h"

#include "core/quote_char.h"

#include <string.h>

static void put_csv(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	if (c == '"')
		strbuf_add_char(buf, '"');
	strbuf_add_bytes(buf, bytes, len);
}

/* = + - @, also in their full-width forms, which some spreadsheets take for the same. */
static bool begins_formula(const char *text)
{
	uint32_t c = 0;
	const char *p = text;
	do
		p += *p ? char_decode(p, &c) : 0;
	while (*p && (c == ' ' || c == 0xa0 || c == 0x3000 || c == '"'));
	return c == '=' || c == '+' || c == '-' || c == '@' || c == 0xff1d || c == 0xff0b || c == 0xff0d ||
	       c == 0xff20 || c == '\t' || c == '\r' || c == '\n';
}

char *quote_csv(struct arena *out, const char *text)
{
	if (!text || !*text)
		return arena_strdup(out, "");
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	bool formula = begins_formula(text);
	bool quoted =
		formula || text[strcspn(text, "\",;'")] || text[0] == ' ' || text[strlen(text) - 1] == ' ';
	strbuf_add(&buf, quoted ? "\"" : "");
	strbuf_add(&buf, formula ? "'" : "");
	char_each_visible(&buf, text, put_csv);
	strbuf_add(&buf, quoted ? "\"" : "");
	return strbuf_dup(out, &buf);
}

/* ASCII stays in the literal, with ' doubled; anything else is added as a character by number. */
static void put_powershell(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	if (c >= 0x10000)
		strbuf_addf(buf, "' + [char]::ConvertFromUtf32(0x%05x) + '", (unsigned)c);
	else if (c >= 0x80)
		strbuf_addf(buf, "' + [char]0x%04x + '", (unsigned)c);
	else if (c == '\'')
		strbuf_add(buf, "''");
	else
		strbuf_add_bytes(buf, bytes, len);
}

static bool is_ascii(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p >= 0x80)
			return false;
	return true;
}

char *quote_powershell(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	bool plain = is_ascii(text ? text : "");
	strbuf_add(&buf, plain ? "'" : "('");
	char_each_visible(&buf, text, put_powershell);
	strbuf_add(&buf, plain ? "'" : "')");
	return strbuf_dup(out, &buf);
}

static void put_shell(struct strbuf *buf, uint32_t c, const char *bytes, size_t len)
{
	if (c == '\'')
		strbuf_add(buf, "'\\''");
	else
		strbuf_add_bytes(buf, bytes, len);
}

char *quote_shell(struct arena *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,:@%";
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	if (text && *text && !text[strspn(text, plain)])
		return arena_strdup(out, text);
	strbuf_add_char(&buf, '\'');
	char_each_visible(&buf, text, put_shell);
	strbuf_add_char(&buf, '\'');
	return strbuf_dup(out, &buf);
}

char *quote_ascii_json(struct arena *out, const char *json)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	const char *plain = json;
	for (const char *p = json; *p;) {
		uint32_t c = (unsigned char)*p;
		size_t len = c < 0x7f ? 1 : char_decode(p, &c);
		const char *here = p;
		p += len;
		if (c < 0x7f && !char_is_log_command(here, NULL))
			continue;
		strbuf_add_bytes(&buf, plain, (size_t)(here - plain));
		plain = p;
		if (c < 0x10000)
			strbuf_addf(&buf, "\\u%04x", (unsigned)c);
		else
			strbuf_addf(&buf, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
				    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
	}
	strbuf_add(&buf, plain);
	return strbuf_dup(out, &buf);
}
