/* JSON: limits of the parser, canonical bytes of the writer. */
#include "core/json.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct json *parse(const char *text, size_t len)
{
	struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (!json_parse(text, len, &root, &err))
		fail_msg("%s: %s", text, err.message);
	return root;
}

static void refuse(const char *text, size_t len)
{
	struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (json_parse(text, len, &root, &err))
		fail_msg("accepted: %s", text);
	assert_int_equal(err.code, ERR_INVALID);
	assert_null(root);
	error_release(&err);
}

static void check_canonical(const char *text, const char *want)
{
	CLEANUP(json_freep) struct json *root = parse(text, strlen(text));
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&out);
	json_put_value(&w, root);
	assert_string_equal(strbuf_text(&out), want);
}

/* RFC 8785, sections 3.2.2 to 3.2.4 and its test data, as far as integers and texts go. */
static void test_canonical_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"{\"literals\":[null,true,false]}", "{\"literals\":[null,true,false]}"},
		{"{\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"}",
		 "{\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
		{"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet "
		 "With "
		 "Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
		 "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
		 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"Latin "
		 "Small "
		 "Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: "
		 "Grinning "
		 "Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
		{"[56,{\"d\":true,\"10\":null,\"1\":[]}]", "[56,{\"1\":[],\"10\":null,\"d\":true}]"},
		{"{\"1\":{\"f\":{\"f\":\"hi\",\"F\":5},\"\\n\":56},\"10\":{},\"\":\"empty\",\"a\":{},"
		 "\"111\":[{\"e\":\"yes\",\"E\":\"no\"}],\"A\":{}}",
		 "{\"\":\"empty\",\"1\":{\"\\n\":56,\"f\":{\"F\":5,\"f\":\"hi\"}},\"10\":{},"
		 "\"111\":[{\"E\":\"no\",\"e\":\"yes\"}],\"A\":{},\"a\":{}}"},
		{"[0,-0,1e3,9007199254740992,-9007199254740992]",
		 "[0,0,1000,9007199254740992,-9007199254740992]"},
		{"\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"", "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\""},
		{" [ ] ", "[]"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_canonical(cases[i].text, cases[i].want);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",
		" ",
		"{",
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"'a'",
		"\"a",
		"[1] x",
		"nul",
		"[1",
		"\"\\u0000\"",
		"\"x\\u0000y\"",
		"\"\\ud800\"",
		"\"\\x41\"",
		"\"\xff\"",
		"\"\xc0\x80\"",
		"\"\xed\xa0\x80\"",
		"[1]]",
		"\"\\u12\"",
		"+1",
		"\"\t\"",
		"[01]",
		"[.5]",
		"[1.]",
		"\"\n\"",
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refuse(cases[i], strlen(cases[i]));
	refuse("\"a\0b\"", 5);
	refuse("1\0", 2);
}

static void test_escaped_backslash_before_u0000(void **state)
{
	(void)state;
	CLEANUP(json_freep) struct json *root = parse("\"\\\\u0000\"", 9);
	assert_string_equal(json_text(root), "\\u0000");
}

static void test_depth(void **state)
{
	(void)state;
	char text[2 * JSON_MAX_DEPTH + 3];
	memset(text, '[', JSON_MAX_DEPTH);
	memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
	CLEANUP(json_freep) struct json *root = parse(text, 2 * (size_t)JSON_MAX_DEPTH);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&out);
	json_put_value(&w, root);
	assert_int_equal(out.len, 2 * JSON_MAX_DEPTH);
	memset(text, '[', JSON_MAX_DEPTH + 1);
	memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
	refuse(text, 2 * (size_t)JSON_MAX_DEPTH + 2);
	/* Brackets in a text are no levels. */
	text[0] = '"';
	memset(text + 1, '[', 2 * JSON_MAX_DEPTH);
	text[2 * JSON_MAX_DEPTH + 1] = '"';
	CLEANUP(json_freep) struct json *plain = parse(text, 2 * (size_t)JSON_MAX_DEPTH + 2);
	assert_int_equal(json_type(plain), JSON_STRING);
}

/* Two readers could take two meanings from it: by first and by last. */
static void test_a_member_that_stands_twice(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{\"a\":1,\"a\":1}",
		"{\"a\":1,\"b\":2,\"a\":3}",
		"[{\"x\":{\"a\":[],\"\\u0061\":[]}}]",
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refuse(cases[i], strlen(cases[i]));
	static const char *const ends[] = {"one more", "m0", "m999"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		CLEANUP(strbuf_release) struct strbuf many = STRBUF_INIT(STRBUF_LARGE);
		for (int m = 0; m < 1000; m++)
			strbuf_addf(&many, "%c\"m%d\":%d", m ? ',' : '{', m, m);
		strbuf_addf(&many, ",\"%s\":1}", ends[i]);
		if (i) {
			refuse(strbuf_text(&many), many.len);
			continue;
		}
		CLEANUP(json_freep) struct json *root = parse(strbuf_text(&many), many.len);
		assert_int_equal(json_count(root), 1001);
	}
}

static void test_length_is_kept(void **state)
{
	(void)state;
	CLEANUP(json_freep) struct json *root = parse("[12]34", 4);
	assert_int_equal(json_count(root), 1);
	refuse("[12]34", 3);
	refuse("truefalse", 3);
}

static void test_look_ups(void **state)
{
	(void)state;
	const char *text =
		"{\"Id\":\"x\",\"n\":3,\"big\":9007199254740993,\"half\":0.5,\"b\":true,\"z\":null}";
	CLEANUP(json_freep) struct json *root = parse(text, strlen(text));
	int64_t number = 7;
	bool flag = false;
	assert_null(json_get(root, "id"));
	assert_string_equal(json_get_text(root, "Id"), "x");
	assert_null(json_get_text(root, "n"));
	assert_true(json_int(json_get(root, "n"), &number));
	assert_int_equal(number, 3);
	assert_false(json_int(json_get(root, "half"), &number));
	assert_false(json_int(json_get(root, "Id"), &number));
	assert_false(json_int(NULL, &number));
	assert_int_equal(number, 3);
	assert_true(json_bool(json_get(root, "b"), &flag));
	assert_true(flag);
	assert_int_equal(json_type(json_get(root, "z")), JSON_NULL);
	assert_int_equal(json_count(root), 6);
	assert_int_equal(json_count(NULL), 0);
}

static void keys_out_of_order(struct json_writer *w)
{
	json_begin_object(w);
	json_set_int(w, "b", 1);
	json_set_int(w, "a", 1);
}

static void key_twice(struct json_writer *w)
{
	json_begin_object(w);
	json_set_int(w, "a", 1);
	json_set_int(w, "a", 1);
}

static void value_without_key(struct json_writer *w)
{
	json_begin_object(w);
	json_put_int(w, 1);
}

static void key_without_value(struct json_writer *w)
{
	json_begin_object(w);
	json_put_key(w, "a");
	json_end_object(w);
}

static void key_in_array(struct json_writer *w)
{
	json_begin_array(w);
	json_put_key(w, "a");
}

static void wrong_end(struct json_writer *w)
{
	json_begin_array(w);
	json_end_object(w);
}

static void integer_too_large(struct json_writer *w)
{
	json_put_int(w, 9007199254740993);
}

static void test_writer_asserts(void **state)
{
	(void)state;
	void (*const bugs[])(struct json_writer *) = {
		keys_out_of_order, key_twice, value_without_key, key_without_value,
		key_in_array,	   wrong_end, integer_too_large,
	};
	for (size_t i = 0; i < ARRAY_LEN(bugs); i++) {
		pid_t child = fork();
		if (child == 0) {
			struct strbuf out = STRBUF_INIT(STRBUF_SMALL);
			struct json_writer w = JSON_WRITER(&out);
			signal(SIGABRT, SIG_DFL);
			close(STDERR_FILENO);
			bugs[i](&w);
			_exit(0);
		}
		int status = 0;
		waitpid(child, &status, 0);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
			fail_msg("bug %zu goes unseen", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical_bytes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_escaped_backslash_before_u0000),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_a_member_that_stands_twice),
		cmocka_unit_test(test_length_is_kept),
		cmocka_unit_test(test_look_ups),
		cmocka_unit_test(test_writer_asserts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
