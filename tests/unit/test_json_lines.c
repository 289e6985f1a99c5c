/* Canonical JSON with line breaks: one way to write it, and nothing else is read. */
#include "core/intern.h"
#include "core/json_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char document[] =
	"{\n\"empty\":[],\n\"list\":[\n{\"a\":1},\n\"two,\"\n],\n\"text\":\"x:[\"\n}\n";

static void test_written(void **state)
{
	(void)state;
	struct strbuf out = STRBUF_INIT(1000);
	struct json_lines lines;
	json_lines_begin(&lines, &out);
	json_lines_begin_list(&lines, "empty");
	json_lines_end_list(&lines);
	json_lines_begin_list(&lines, "list");
	struct json_writer *w = json_lines_item(&lines);
	json_begin_object(w);
	json_set_int(w, "a", 1);
	json_end_object(w);
	json_put_text(json_lines_item(&lines), "two,");
	json_lines_end_list(&lines);
	json_put_text(json_lines_member(&lines, "text"), "x:[");
	json_lines_end(&lines);
	assert_string_equal(strbuf_text(&out), document);
	strbuf_release(&out);
}

static bool note_member(void *ctx, const char *key, const struct json *value, struct error *err)
{
	(void)err;
	strbuf_addf(ctx, "%s=%s;", key, json_text(value) ? json_text(value) : "");
	return true;
}

static bool note_item(void *ctx, const char *key, const struct json *value, struct error *err)
{
	(void)err;
	strbuf_addf(ctx, "%s:%s;", key, json_text(value) ? json_text(value) : "");
	return true;
}

static bool read_noted(const char *text, struct strbuf *notes, struct error *err)
{
	const struct json_lines_reader reader = {note_member, note_item, notes};
	return json_lines_read(text, strlen(text), &reader, err);
}

static void test_read(void **state)
{
	(void)state;
	struct strbuf notes = STRBUF_INIT(1000);
	struct error err = ERROR_INIT;
	assert_true(read_noted(document, &notes, &err));
	assert_string_equal(strbuf_text(&notes), "empty=;list:;list:two,;text=x:[;");
	strbuf_release(&notes);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"{\n}\n",
		"{\"a\":1}\n",
		"{\n\"a\":1}\n",
		"{\n\"a\":1\n}",
		"{\n\"a\":1\n}\n\n",
		"{\n\"a\":1,\n}\n",
		"{\n\"b\":1,\n\"a\":1\n}\n", /* order */
		"{\n\"a\":1,\n\"a\":2\n}\n", /* twice */
		"{\n\"a\":1,\"b\":2\n}\n",   /* two in a line */
		"{\n\"a\":[\n]\n}\n",
		"{\n\"a\":[\n1,\n]\n}\n",
		"{\n\"a\":[\n1\n",
		"{\n\"a\":[\n1\n2\n]\n}\n",
		"{\n\"a\":[\n{\"x\":\n1}\n]\n}\n",
		"{\r\n\"a\":1\r\n}\r\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct strbuf notes = STRBUF_INIT(1000);
		struct error err = ERROR_INIT;
		assert_false(read_noted(texts[i], &notes, &err));
		assert_int_equal(err.code, ERR_INVALID);
		assert_non_null(err.message);
		error_release(&err);
		strbuf_release(&notes);
	}
}

static void test_numbers_of_texts(void **state)
{
	(void)state;
	struct intern *table = intern_new();
	char text[16];
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < 5000; i++) {
			int len = snprintf(text, sizeof text, "text %zu", i);
			assert_int_equal(intern_number(table, text, (size_t)len), i);
		}
	assert_int_equal(intern_number(table, "text 17, longer", 7), 17);
	assert_int_equal(intern_texts(table)->count, 5000);
	assert_string_equal(intern_texts(table)->items[4999], "text 4999");
	intern_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_numbers_of_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
