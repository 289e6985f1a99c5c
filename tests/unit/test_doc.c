/* The YAML tree: places, quoting, order, and what is refused at this level. */
#include "core/doc.h"

#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct loaded {
	struct arena *arena;
	struct diag_list diags;
	const struct node *root;
	bool ok;
};

static struct loaded load_bytes(const char *text, size_t len)
{
	struct loaded l = {.arena = arena_new()};
	l.ok = doc_parse("f.yaml", text, len, l.arena, &l.diags, &l.root);
	return l;
}

static struct loaded load(const char *text)
{
	return load_bytes(text, strlen(text));
}

static void test_places_are_in_characters(void **state)
{
	(void)state;
	struct loaded l = load("ä: [ü, 'öö', \"x\"]\nlist:\n  - a: 1\n    b: |\n      text\n");
	assert_true(l.ok);
	const struct node *list = node_get(l.root, "ä");
	assert_int_equal(list->count, 3);
	const struct node *second = list->first->next;
	assert_string_equal(second->text, "öö");
	assert_true(second->quoted);
	assert_false(list->first->quoted);
	assert_int_equal(second->line, 1);
	assert_int_equal(second->col, 8);
	assert_int_equal(second->len, 4);
	const struct node *b = node_get(node_get(l.root, "list")->first, "b");
	assert_string_equal(b->text, "text\n");
	assert_int_equal(b->line, 4);
	assert_string_equal(node_path(l.arena, b), "list[0].b");
	assert_string_equal(node_path(l.arena, second), "ä[1]");
	assert_null(node_get(l.root, "other"));
	arena_free(l.arena);
}

static void test_nothing_is_typed_here(void **state)
{
	(void)state;
	struct loaded l = load("{a: 2026-12-01, b: 0x1f, c: yes, d: ~, e: '', f: , g: null, h: 'null'}");
	assert_true(l.ok);
	assert_string_equal(node_get(l.root, "a")->text, "2026-12-01");
	assert_string_equal(node_get(l.root, "b")->text, "0x1f");
	static const char *const nulls[] = {"d", "f", "g"};
	static const char *const texts[] = {"c", "e", "h"};
	for (size_t i = 0; i < ARRAY_LEN(nulls); i++) {
		assert_true(node_is_null(node_get(l.root, nulls[i])));
		assert_false(node_is_null(node_get(l.root, texts[i])));
	}
	arena_free(l.arena);
}

/* The text must not need a NUL behind it: it may be a mapped file. */
static void test_length_is_obeyed(void **state)
{
	(void)state;
	struct loaded l = load_bytes("a: 1\nb: [", 5);
	assert_true(l.ok);
	assert_int_equal(l.root->count, 1);
	arena_free(l.arena);
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		enum diag_code code;
		size_t line, col;
		bool has_tree;
	} cases[] = {
		{"empty", "", SS117, 0, 0, false},
		{"comment only", "# x\n", SS117, 0, 0, false},
		{"open bracket", "a: 1\nb: [x\n", SS101, 2, 4, false},
		{"open quote", "a: 1\nb: 'x\nc: 2\n", SS101, 2, 4, false},
		{"tab", "a:\n\tb: 1\n", SS101, 2, 1, false},
		{"anchor", "a: &x 1\n", SS103, 1, 4, true},
		{"alias", "a: *x\n", SS103, 1, 4, true},
		{"tag", "a: !x 1\n", SS103, 1, 4, true},
		{"tag of a list", "a: !x [1]\n", SS103, 1, 4, true},
		{"anchor of a mapping", "a: &x {b: 1}\n", SS103, 1, 4, true},
		{"second document", "a: 1\n---\nb: 2\n", SS104, 2, 1, true},
		{"duplicate", "a: 1\nb: 2\n'a': 3\n", SS107, 3, 1, true},
		{"duplicate among many", "{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1, c: 2}",
		 SS107, 1, 62, true},
		{"list as key", "[a]: 1\n", SS109, 1, 1, true},
		{"not UTF-8", "a: \"\xc3\x28\"\n", SS102, 1, 5, false},
		{"overlong", "\xc0\xaf: 1\n", SS102, 1, 1, false},
		{"lone CR", "a: 1\rb: 2\n", SS101, 1, 5, false},
		{"next line",
		 "a: 1\xc2\x85"
		 "b: 2\n",
		 SS101, 1, 5, false},
		{"control", "a: \x01\n", SS101, 1, 4, false},
		{"NUL escape", "a: \"\\0\"\n", SS110, 1, 4, true},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct loaded l = load(cases[i].text);
		if (l.diags.count != 1 || l.ok != cases[i].has_tree)
			fail_msg("%s: %zu complaints", cases[i].name, l.diags.count);
		const struct diag *diag = &l.diags.items[0];
		if (diag->code != cases[i].code || diag->place.line != cases[i].line ||
		    diag->place.col != cases[i].col)
			fail_msg("%s: %s", cases[i].name, diag_text(l.arena, diag, NULL));
		arena_free(l.arena);
	}
}

static void test_depth(void **state)
{
	(void)state;
	char text[2 * DOC_MAX_DEPTH + 3] = {0};
	memset(text, '[', DOC_MAX_DEPTH);
	memset(text + DOC_MAX_DEPTH, ']', DOC_MAX_DEPTH);
	struct loaded fits = load(text);
	assert_true(fits.ok);
	arena_free(fits.arena);
	memset(text, '[', DOC_MAX_DEPTH + 1);
	memset(text + DOC_MAX_DEPTH + 1, ']', DOC_MAX_DEPTH + 1);
	struct loaded deeper = load(text);
	assert_false(deeper.ok);
	assert_int_equal(deeper.diags.items[0].code, SS105);
	arena_free(deeper.arena);
}

static void test_size(void **state)
{
	(void)state;
	char *text = mem_alloc(DOC_MAX_BYTES + 2);
	memset(text, ' ', DOC_MAX_BYTES + 1);
	memcpy(text, "a: 1 #", 6);
	struct loaded fits = load_bytes(text, DOC_MAX_BYTES);
	assert_true(fits.ok);
	arena_free(fits.arena);
	struct loaded larger = load_bytes(text, DOC_MAX_BYTES + 1);
	assert_false(larger.ok);
	assert_int_equal(larger.diags.items[0].code, SS102);
	arena_free(larger.arena);
	mem_free_text(&text);
}

/* ---- diagnostics ---------------------------------------------------------------------------- */

static void test_every_code_is_explained(void **state)
{
	(void)state;
	static const enum diag_code codes[] = {
#define CODE(number, title) SS##number,
		DIAG_CODES(CODE)
#undef CODE
	};
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const char *text = diag_explanation(codes[i]);
		if (!diag_title(codes[i]) || !text || strlen(text) < 80 || !str_ends(text, "."))
			fail_msg("SS%d has no explanation", (int)codes[i]);
	}
	assert_null(diag_explanation((enum diag_code)999));
	assert_null(diag_title((enum diag_code)999));
}

static void test_diag_text(void **state)
{
	(void)state;
	static const char source[] = "one\n\ttwo\x1b: three\n";
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct diag_list list = {0};
	struct place place = {"f.yaml", 2, 2, 3};
	diag_add(arena, &list, SS106, place, "unknown key '%s'", "two")->help = "Did you mean 'to'?";
	assert_string_equal(diag_text(arena, &list.items[0], source),
			    "f.yaml:2:2: error[SS106]: unknown key 'two'\n"
			    "   two\\x1b: three\n"
			    "   ^^^\n"
			    "help: Did you mean 'to'?");
	assert_string_equal(diag_text(arena, &list.items[0], NULL),
			    "f.yaml:2:2: error[SS106]: unknown key 'two'\nhelp: Did you mean 'to'?");
	list.items[0].place.line = 9; /* not in the source */
	assert_non_null(strstr(diag_text(arena, &list.items[0], source), "f.yaml:9:2"));
	diag_add(arena, &list, SS203, (struct place){0}, "too few\n");
	assert_string_equal(diag_text(arena, &list.items[1], NULL), "warning[SS203]: too few\\n");
}

static void test_keys_are_never_shown(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"x: BCDFG-HJKMP-QRTVW-XY234-6789B",
		"x: BCDFGHJKMPQRTVWXY2346789B",
		"x: [BCDFG HJKMP QRTVW XY234 6789B]",
		"key: BCDFG-HJKMP",
		"\"key\" : 'BCDFG'",
		"{sku: X, key: BCDFG, seats: 1}",
	};
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct diag_list list = {0};
		struct place place = {"f.yaml", 1, 1, 1};
		diag_add(arena, &list, SS106, place, "unknown key '%s'", "BCDFG-HJKMP-QRTVW-XY234-6789B");
		const char *text = diag_text(arena, &list.items[0], lines[i]);
		if (strstr(text, "BCDFG") || strstr(text, "6789B"))
			fail_msg("shown: %s", text);
	}
	struct diag_list list = {0};
	struct place place = {"f.yaml", 1, 1, 1};
	diag_add(arena, &list, SS106, place, "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f ENTERPRISEPACK");
	assert_non_null(strstr(list.items[0].message, "1a2b3c4d5e6f ENTERPRISEPACK"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places_are_in_characters),
		cmocka_unit_test(test_nothing_is_typed_here),
		cmocka_unit_test(test_length_is_obeyed),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_every_code_is_explained),
		cmocka_unit_test(test_diag_text),
		cmocka_unit_test(test_keys_are_never_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
