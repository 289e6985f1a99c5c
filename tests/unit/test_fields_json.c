/* JSON through field tables: unknown members pass, wrong types and missing members are named. */
#include "core/fields.h"
#include "core/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct leaf {
	const char *id;
	int64_t count;
};
VEC(leaf_list, struct leaf);
struct tree {
	const char *name;
	bool on;
	int kind;
	struct str_list words;
	struct leaf_list leaves;
	int64_t inner;
};

static const char *const kinds[] = {"oak", "elm", NULL};
static const struct field leaf_fields[] = {
	FIELD(struct leaf, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct leaf, count, "count", FIELD_INT, 0, .min = 1, .max = 9),
	{0},
};
static const struct field inner_fields[] = {
	FIELD(struct tree, inner, "value", FIELD_INT, FIELD_REQUIRED),
	{0},
};
static const struct field tree_fields[] = {
	FIELD(struct tree, name, "name", FIELD_TEXT, FIELD_REQUIRED | FIELD_NULLABLE),
	FIELD(struct tree, on, "on", FIELD_BOOL, 0),
	FIELD(struct tree, kind, "kind", FIELD_ENUM, 0, .words = kinds),
	FIELD(struct tree, words, "words", FIELD_TEXTS, 0),
	FIELD(struct tree, leaves, "leaves", FIELD_LIST, FIELD_REQUIRED, .fields = leaf_fields,
	      .item_size = sizeof(struct leaf)),
	{.name = "inner", .type = FIELD_STRUCT, .fields = inner_fields},
	{0},
};

static bool read(const char *text, struct arena *out, struct tree *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	*ret = (struct tree){0};
	assert_true(json_parse(text, strlen(text), &root, err));
	return fields_from_json(tree_fields, root, "tree", out, ret, err);
}

static void test_good(void **state)
{
	struct tree tree;
	struct error err = ERROR_INIT;
	CLEANUP(arena_freep) struct arena *out = arena_new();
	(void)state;
	assert_true(read("{\"name\":null,\"on\":true,\"kind\":\"elm\",\"words\":[\"a\",\"b\"],\"new\":{},"
			 "\"leaves\":[{\"id\":\"8F3C1D5E-6A0B-4C7D-9E2F-1A2B3C4D5E6F\",\"count\":9},"
			 "{\"id\":\"00000000-0000-4000-8000-000000000000\",\"count\":null}],"
			 "\"inner\":{\"value\":3}}",
			 out, &tree, &err));
	assert_null(tree.name);
	assert_true(tree.on);
	assert_int_equal(tree.kind, 1);
	assert_int_equal(tree.words.count, 2);
	assert_int_equal(tree.leaves.count, 2);
	assert_string_equal(tree.leaves.items[0].id, "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f");
	assert_int_equal(tree.leaves.items[0].count, 9);
	assert_int_equal(tree.inner, 3);
}

static void test_bad(void **state)
{
	static const char *const cases[][2] = {
		{"[]", "unexpected answer: 'tree' is not an object"},
		{"{\"leaves\":[]}", "unexpected answer: 'tree.name' is missing"},
		{"{\"name\":1,\"leaves\":[]}", "unexpected answer: 'tree.name' is not a string"},
		{"{\"name\":\"\"}", "unexpected answer: 'tree.leaves' is missing"},
		{"{\"name\":\"\",\"leaves\":null}", "unexpected answer: 'tree.leaves' is not an array"},
		{"{\"name\":\"\",\"leaves\":[{}]}", "unexpected answer: 'tree.leaves[0].id' is missing"},
		{"{\"name\":\"\",\"leaves\":[{\"id\":\"x\"}]}",
		 "unexpected answer: 'tree.leaves[0].id' is not a GUID"},
		{"{\"name\":\"\",\"on\":\"yes\",\"leaves\":[]}",
		 "unexpected answer: 'tree.on' is not true or false"},
		{"{\"name\":\"\",\"kind\":\"ash\",\"leaves\":[]}",
		 "unexpected answer: 'tree.kind' is not one of the known words"},
		{"{\"name\":\"\",\"words\":[1],\"leaves\":[]}",
		 "unexpected answer: 'tree.words' is not an array of strings"},
		{"{\"name\":\"\",\"leaves\":[],\"inner\":{\"value\":1.5}}",
		 "unexpected answer: 'tree.inner.value' is not an integer"},
		{"{\"name\":\"\",\"leaves\":[{\"id\":\"00000000-0000-4000-8000-000000000000\","
		 "\"count\":10}]}",
		 "unexpected answer: 'tree.leaves[0].count' is out of range"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tree tree;
		struct error err = ERROR_INIT;
		CLEANUP(arena_freep) struct arena *out = arena_new();
		if (read(cases[i][0], out, &tree, &err) || err.code != ERR_REMOTE ||
		    !str_eq(err.message, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], err.message ? err.message : "accepted");
		error_release(&err);
	}
}

static const struct field sorted_fields[] = {
	{.name = "inner", .type = FIELD_STRUCT, .fields = inner_fields},
	FIELD(struct tree, kind, "kind", FIELD_ENUM, 0, .words = kinds),
	FIELD(struct tree, leaves, "leaves", FIELD_LIST, FIELD_REQUIRED,
	      .fields =
		      (const struct field[]){
			      FIELD(struct leaf, count, "count", FIELD_INT, 0),
			      FIELD(struct leaf, id, "id", FIELD_GUID, 0),
			      {0},
		      },
	      .item_size = sizeof(struct leaf)),
	{.name = "maybe",
	 .type = FIELD_STRUCT,
	 .flags = FIELD_NULLABLE,
	 .fields =
		 (const struct field[]){
			 FIELD(struct tree, name, "name", FIELD_TEXT, FIELD_REQUIRED),
			 {0},
		 }},
	FIELD(struct tree, name, "name", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct tree, on, "on", FIELD_BOOL, 0),
	FIELD(struct tree, words, "words", FIELD_TEXTS, 0),
	{0},
};

/* What is written is read back, and written again the same. */
static void test_out(void **state)
{
	static const char *const texts[] = {
		"{\"inner\":{\"value\":7},\"kind\":\"elm\",\"leaves\":[{\"count\":3,\"id\":"
		"\"5b1f0c7e-2d4a-4b8e-a6c9-7e3d1f2a9b84\"},{\"count\":0}],\"maybe\":{\"name\":\"a\"},"
		"\"name\":\"a\",\"on\":true,\"words\":[\"x\",\"y\"]}",
		"{\"inner\":{\"value\":-1},\"kind\":\"oak\",\"leaves\":[],\"maybe\":null,\"name\":null,"
		"\"on\":false,\"words\":[]}",
	};
	struct error err = ERROR_INIT;
	CLEANUP(arena_freep) struct arena *out = arena_new();
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP(json_freep) struct json *root = NULL;
		CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_SMALL);
		struct json_writer w = JSON_WRITER(&again);
		struct tree tree = {0};
		assert_true(json_parse(texts[i], strlen(texts[i]), &root, &err));
		assert_true(fields_from_file(sorted_fields, root, "tree", out, &tree, &err));
		fields_to_json(sorted_fields, &tree, &w);
		assert_string_equal(strbuf_text(&again), texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad),
					   cmocka_unit_test(test_out)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
