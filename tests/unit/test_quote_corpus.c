/* Quoting: what comes out cannot act, for a corpus of strings that try to, and for bytes that are not UTF-8.
 */
#include "core/quote.h"
#include "core/str.h"
#include "core/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct one {
	char *(*quote)(struct arena *, const char *);
	const char *in, *want;
};

static const struct one cases[] = {
	{quote_terminal, "a\x1b[1m\n\xe2\x80\xae", "a\\x1b[1m\\n\\u202e"},
	{quote_terminal, "\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
	{quote_markdown, "a|b", "`a\\|b`"},
	{quote_markdown, "a\\|b", "`a\\ \\|b`"},
	{quote_markdown, "`x`", "`` `x` ``"},
	{quote_markdown, "x\\", "` x\\ `"},
	{quote_markdown, "", ""},
	{quote_markdown_prose, "the seats, 1,000 of 25, end 2026-12-31",
	 "the seats, 1,000 of 25, end 2026-12-31"},
	{quote_markdown_prose, "ask adele@contoso.com, or 'Sales UK'.",
	 "ask `adele@contoso.com`, or 'Sales UK'."},
	{quote_markdown_prose, "@adele #12 GH-12", "`@adele #12 GH-12`"},
	{quote_markdown_prose, "see www.contoso.com (a_b) :x: *y*",
	 "see `www.contoso.com` (`a_b`) `:x`: `*y*`"},
	{quote_markdown_prose, "deadbee1 1234567 a|b", "`deadbee1 1234567 a\\|b`"},
	{quote_markdown_prose, "", ""},
	{quote_html, "<a href=\"x\">'&", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"},
	{quote_csv, "plain", "plain"},
	{quote_csv, "a,\"b\"", "\"a,\"\"b\"\"\""},
	{quote_csv, "=1", "\"'=1\""},
	{quote_csv,
	 " \xef\xbc\x9d"
	 "1",
	 "\"' \xef\xbc\x9d"
	 "1\""},
	{quote_csv, "a\r\nb", "a\\r\\nb"},
	{quote_dot, "\"]; \\N &lt;", "\\\"]; \\\\N &amp;lt;"},
	{quote_mermaid, "a\"]#;", "a#34;#93;#35;#59;"},
	{quote_powershell, "it's", "'it''s'"},
	{quote_powershell, "\xe2\x80\x99;x", "('' + [char]0x2019 + ';x')"},
	{quote_powershell, "\xf0\x9f\x98\x80", "('' + [char]::ConvertFromUtf32(0x1f600) + '')"},
	{quote_powershell, "a\nb", "'a\\nb'"},
	{quote_powershell, NULL, "''"},
	{quote_shell, "plans/contoso-1", "plans/contoso-1"},
	{quote_shell, "on the way; rm -rf '~'", "'on the way; rm -rf '\\''~'\\'''"},
	{quote_shell, "a\nb", "'a\\nb'"},
	{quote_shell, "", "''"},
	{quote_ascii_json, "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\"\\u00e9\\ud83d\\ude00\""},
};

static void test_cases(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(cases[i].quote(arena, cases[i].in), cases[i].want);
	arena_free(arena);
}

static bool no_controls(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return str_is_utf8(text, strlen(text));
}

/* A PowerShell expression of literals and characters by number, and nothing else. */
static bool is_powershell_literal(const char *p)
{
	bool group = *p == '(';
	p += group;
	for (;;) {
		if (*p == '\'') {
			for (p++; *p && !(p[0] == '\'' && p[1] != '\''); p += p[0] == '\'' ? 2 : 1)
				if ((unsigned char)*p >= 0x80)
					return false;
			if (*p++ != '\'')
				return false;
		} else if (str_starts(p, "[char]0x")) {
			p += 8 + strspn(p + 8, "0123456789abcdef");
		} else if (str_starts(p, "[char]::ConvertFromUtf32(0x")) {
			p += 27 + strspn(p + 27, "0123456789abcdef");
			if (*p++ != ')')
				return false;
		} else {
			return false;
		}
		if (!group || !str_starts(p, " + "))
			break;
		p += 3;
	}
	return group ? str_eq(p, ")") : *p == '\0';
}

/* One span from end to end, with no pipe that ends a cell: an even number of backslashes never precedes one.
 */
static bool is_code_span(const char *text)
{
	size_t len = strlen(text);
	size_t fence = strspn(text, "`");
	if (!fence || len < 2 * fence)
		return false;
	size_t run = 0;
	for (size_t i = fence; i < len; i++) {
		if (text[i] == '|' && (text[i - 1] != '\\' || text[i - 2] == '\\'))
			return false;
		run = text[i] == '`' ? run + 1 : 0;
		bool run_ends = text[i] == '`' && text[i + 1] != '`';
		if (run_ends && run == fence && i + 1 != len)
			return false;
	}
	return run == fence;
}

static bool is_dot_text(const char *p)
{
	for (; *p; p++) {
		if (*p == '"')
			return false;
		if (*p == '\\' && *++p != '"' && *p != '\\')
			return false;
		if (*p == '&' && !str_starts(p, "&amp;"))
			return false;
	}
	return true;
}

static bool is_csv_field(const char *text)
{
	if (*text != '"')
		return !text[strcspn(text, "\",\r\n")] && !strchr("=+-@", *text ? *text : 'x');
	size_t len = strlen(text);
	if (len < 2 || text[len - 1] != '"' || strchr("=+-@", text[1]))
		return false;
	for (size_t i = 1; i + 1 < len; i++)
		if (text[i] == '"' && text[++i] != '"')
			return false;
	return true;
}

static void check_all(struct arena *arena, const char *text)
{
	assert_true(no_controls(quote_terminal(arena, text)));
	const char *html = quote_html(arena, text);
	assert_true(no_controls(html) && !html[strcspn(html, "<>\"'")]);
	assert_true(no_controls(quote_markdown(arena, text)));
	assert_true(!*text || is_code_span(quote_markdown(arena, text)));
	assert_true(no_controls(quote_markdown_prose(arena, text)));
	assert_true(no_controls(quote_csv(arena, text)) && is_csv_field(quote_csv(arena, text)));
	assert_true(no_controls(quote_dot(arena, text)) && is_dot_text(quote_dot(arena, text)));
	const char *mermaid = quote_mermaid(arena, text);
	assert_true(no_controls(mermaid) && !mermaid[strcspn(mermaid, "\"<>`&%[]{}()|")]);
	assert_true(is_powershell_literal(quote_powershell(arena, text)));
}

/* Every line of the corpus, as it stands there and with its escapes read. */
static void test_corpus(void **state)
{
	(void)state;
	const char *path = getenv("NASTY_STRINGS");
	assert_non_null(path);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	char line[4096];
	size_t lines = 0;
	while (fgets(line, sizeof line, file)) {
		struct arena *arena = arena_new();
		char raw[4096];
		size_t len = 0;
		line[strcspn(line, "\n")] = '\0';
		check_all(arena, line);
		for (const char *p = line; *p; p++) {
			if (p[0] == '\\' && p[1] == 'x') {
				raw[len++] = (char)strtol((char[]){p[2], p[3], '\0'}, NULL, 16);
				p += 3;
			} else if (p[0] == '\\' && p[1]) {
				p++;
				raw[len++] = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == 'r' ? '\r' : *p;
			} else {
				raw[len++] = *p;
			}
		}
		raw[len] = '\0';
		check_all(arena, raw);
		arena_free(arena);
		lines++;
	}
	fclose(file);
	assert_true(lines > 40);
}

/* Pairs and triples of bytes that act somewhere, and bytes that are no UTF-8. */
static void test_combinations(void **state)
{
	(void)state;
	static const char acting[] = "'\"`|\\<>&=+-@#;$(){}[],%\n\r\t\x1b !*_~\x80\xc3\xe2\x98\xff";
	enum { COUNT = sizeof acting - 1 };
	for (size_t i = 0; i < COUNT; i++) {
		struct arena *arena = arena_new();
		for (size_t j = 0; j < COUNT; j++)
			for (size_t k = 0; k < COUNT; k++)
				check_all(arena,
					  (char[]){acting[i], acting[j], acting[k], 'x', acting[i], '\0'});
		arena_free(arena);
	}
}

static void test_width(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	assert_string_equal(text_pad(arena, "\xe6\x97\xa5", 4), "\xe6\x97\xa5  ");
	assert_string_equal(text_pad(arena, "abcdef", 4), "abcdef ");
	assert_string_equal(quote_terminal_cut(arena, "abcdef", 3), "abc…");
	assert_string_equal(quote_terminal_cut(arena, "abc", 3), "abc");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_combinations),
		cmocka_unit_test(test_width),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
