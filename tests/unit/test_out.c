/* Messages: our own colours act, nothing else that could does; lines that are too long. */
#include "core/out.h"

#include "core/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *told(const char *text, bool redraw)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&bytes, &len);
	assert_non_null(stream);
	struct out out = {.result = stream, .messages = stream};
	if (redraw)
		out_redraw(&out, text);
	else
		out_message(&out, "%s", text);
	fclose(stream);
	return bytes;
}

static void test_what_acts_is_shown(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"plain, é and 日本", "plain, é and 日本\n"},
		{"two\nlines\tand a tab", "two\nlines\tand a tab\n"},
		{"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\n"},
		{"\x1b[1m\x1b[36mboth\x1b[0m", "\x1b[1m\x1b[36mboth\x1b[0m\n"},
		{"\x1b[8mhidden", "\\x1b[8mhidden\n"}, /* conceals what follows */
		{"\x1b[7mreversed", "\\x1b[7mreversed\n"},
		{"\x1b[30m\x1b[40m", "\\x1b[30m\\x1b[40m\n"},
		{"\x1b[mreset", "\\x1b[mreset\n"},
		{"\x1b[310mno such colour", "\\x1b[310mno such colour\n"},
		{"\x1b[31;8mtwo in one", "\\x1b[31;8mtwo in one\n"},
		{"\x1b[2Jclear", "\\x1b[2Jclear\n"},
		{"\x1b]0;title\x07", "\\x1b]0;title\\x07\n"},
		{"\x1b", "\\x1b\n"},
		{"over\rwritten", "over\\x0dwritten\n"},
		{"\xc2\x9b"
		 "31mC1",
		 "\\x9b31mC1\n"},
		{"\xc2\xa0no-break", "\\xa0no-break\n"},
		{"\x7f\x08", "\\x7f\\x08\n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *shown = told(cases[i].text, false);
		assert_string_equal(shown, cases[i].shown);
		free(shown);
	}
}

static void test_a_line_that_is_redrawn(void **state)
{
	(void)state;
	char *shown = told("\x1b[32m3 of 4\x1b[0m\x1b[2J", true);
	assert_string_equal(shown, "\r\x1b[K\x1b[32m3 of 4\x1b[0m\\x1b[2J");
	free(shown);
}

static void test_every_style_passes(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	for (int style = STYLE_PLAIN; style <= STYLE_CYAN; style++) {
		const char *text = out_styled(arena, true, (enum out_style)style, "word");
		char *shown = told(text, false);
		assert_string_equal(shown, arena_printf(arena, "%s\n", text));
		assert_string_equal(out_styled(arena, false, (enum out_style)style, "word"), "word");
		free(shown);
	}
	arena_free(arena);
}

/* Lines that are too long go on where their last column begins; what is copied stays whole. */
static void test_long_lines_are_filled(void **state)
{
	static const struct {
		const char *text, *filled;
	} cases[] = {
		{"short\n", "short\n"},
		{"no end", "no end"},
		{"abcdefgh  no    one two three\n", "abcdefgh  no    one\n          two three\n"},
		{"one two three four five six", "one two three four\n  five six"},
		{"  a  bb  three four five six\n", "  a  bb  three four\n         five six\n"},
		{"- one two three four five\n", "- one two three four\n  five\n"},
		{" 1. one two three four five\n", " 1. one two three\n    four five\n"},
		{" 12. one two three four\n", " 12. one two three\n     four\n"},
		{" 1.5 one two three four\n", " 1.5 one two three\n   four\n"},
		{"  X  seatshift step 1234 a0001\n", "  X\n    seatshift step 1234 a0001\n"},
		{"\x1b[32mok\x1b[0m  one two three four\n", "\x1b[32mok\x1b[0m  one two three\n    four\n"},
		{"then: seatshift apply 12345678 --yes\n", "then:\n  seatshift apply 12345678 --yes\n"},
		{"Run 'seatshift plan contoso' again.\n", "Run\n  'seatshift plan contoso'\n  again.\n"},
		{"  seatshift apply 12345678 --yes\n", "  seatshift apply 12345678 --yes\n"},
		{"  users: [a, b, c, d, e]\n         ^\n", "  users: [a, b, c, …\n         ^\n"},
		{"  users: [a, b, c, d, e]\n                      ^\n", "  …c, d, e]\n         ^\n"},
		{"  label  0123456789abcdef\n", "  label\n    0123456789abcdef\n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strbuf filled = STRBUF_INIT(STRBUF_SMALL);
		text_fill(&filled, cases[i].text, 20);
		assert_string_equal(strbuf_text(&filled), cases[i].filled);
		strbuf_release(&filled);
	}
}

/* A message takes the place of a progress line that still stands, instead of going on where it ends. */
static void test_a_message_after_a_line_that_is_drawn(void **state)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&bytes, &len);
	assert_non_null(stream);
	struct out out = {.result = stream, .messages = stream};
	(void)state;
	out_redraw(&out, "contoso: 1 of 2");
	out_message(&out, "fabrikam: wrong tenant");
	out_message(&out, "done");
	out_redraw(&out, "");
	out_message(&out, "and nothing is cleared twice");
	fclose(stream);
	assert_string_equal(bytes, "\r\x1b[Kcontoso: 1 of 2\r\x1b[Kfabrikam: wrong tenant\ndone\n"
				   "\r\x1b[Kand nothing is cleared twice\n");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_acts_is_shown),
		cmocka_unit_test(test_a_message_after_a_line_that_is_drawn),
		cmocka_unit_test(test_a_line_that_is_redrawn),
		cmocka_unit_test(test_every_style_passes),
		cmocka_unit_test(test_long_lines_are_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
