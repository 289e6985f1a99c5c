/* Disguised product keys in texts that are kept, and innocent texts, of which none may be refused. */
#include "core/product_key_hidden.h"

#include "core/base64.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/product_key.h"
#include "core/product_key_find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const disguises[] = {
	"Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K",
	"Q7WX4 ----- CNRYB ===== TKVMH ..... 3PD9F ***** 7QX2K",
	"Q7WX4 and then CNRYB and then TKVMH and then 3PD9F and then 7QX2K",
	"first group q7wx4, second group cnryb, third group tkvmh, fourth group 3pd9f, last group 7qx2k",
	"1) Q7WX4 2) CNRYB 3) TKVMH 4) 3PD9F 5) 7QX2K",
	"Q7WX4CNR is the beginning, YBTKVMH3 the middle and PD9F7QX2K the end",
	"group 5: 7QX2K; group 4: 3PD9F; group 3: TKVMH; group 2: CNRYB; group 1: Q7WX4",
	"K2XQ7-F9DP3-HMVKT-BYRNC-4XW7Q", /* backwards */
	"\xef\xbc\xb1\xef\xbc\x97WX4 then CNRYB then TKVMH then 3PD9F then 7QX2\xef\xbd\x8b",
	"Q7WX4-CNRYB-\xd0\xa2\xd0\x9aVM\xd0\x9d-3PD9F-7QX2K", /* Cyrillic T, K, H */
	"Q7WX4-C\xce\x9dRYB-\xce\xa4KVMH-3\xce\xa1"
	"D9F-7Q\xce\xa7"
	"2K", /* Greek N, T, P, X */
	"\xf0\x9d\x90\x90\xf0\x9d\x9f\x95\xf0\x9d\x90\x96\xf0\x9d\x90\x97\xf0\x9d\x9f\x92-CNRYB-TKVMH-3PD9F-"
	"7QX2K",
	"\xe2\x93\x86\x37WX4-\xe2\x92\xb8NRYB-TKVMH-3PD9F-7QX2K", /* circled Q and C */
	"Q\xcc\x81"
	"7\xcc\x81WX4-CNRYB-TKVMH-3PD9F-7QX2K",			 /* accents */
	"Q7\xe2\x80\x8bWX4\xe2\x80\x8b-CNRYB-TKVMH-3PD9F-7QX2K", /* zero-width blanks */
	"UTdXWDQtQ05SWUItVEtWTUgtM1BEOUYtN1FYMks=",
	"keyUTdXWDQtQ05SWUItVEtWTUgtM1BEOUYtN1FYMks",
	"UTdXWDQtQ05SWUIt\nVEtWTUgtM1BE OUYtN1FYMks=",
	"UTdXWDRDTlJZQlRLVk1IM1BEOUY3UVgySw",
	"UQA3AFcAWAA0AC0AQwBOAFIAWQBCAC0AVABLAFYATQBIAC0AMwBQAEQAOQBGAC0ANwBRAFgAMgBLAA==", /* UTF-16 */
	"KE3VOWBUFVBU4USZIIWVIS2WJVEC2M2QIQ4UMLJXKFMDESY=", /* base32, and with something before it */
	"nnsxsorake3vowbufvbu4usziiwvis2wjvec2m2qiq4umljxkfmdesy=",
	"51375758342d434e5259422d544b564d482d33504439462d375158324b",
	"51 37 57 58 34 43 4E 52 59 42 54 4B 56 4D 48 33 50 44 39 46 37 51 58 32 4B",
	"%51%37%57%58%34%2D%43%4E%52%59%42%2D%54%4B%56%4D%48%2D%33%50%44%39%46%2D%37%51%58%32%4B",
	"Q7W%584-CNR%59B-TKVMH-3PD9F-7QX2K",
	"&#81;&#55;&#87;&#88;&#52;-CNRYB-TKVMH-3PD9F-7QX2&#x4b;",
	"\\x51\\x37\\x57\\x58\\x34-CNRYB-TKVMH-3PD9F-7QX2\\u004b",
	"=51=37=57=58=34-CNRYB-TKVMH-3PD9F-7QX2K",
	"U+0051 U+0037 U+0057 U+0058 U+0034 CNRYB TKVMH 3PD9F 7QX2K",
};

static void test_disguises(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(disguises); i++)
		if (!product_key_hidden(disguises[i], strlen(disguises[i])))
			fail_msg("not found: %s", disguises[i]);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void make_key(uint32_t *seed, char key[30])
{
	static const char alphabet[] = "BCDFGHJKMPQRTVWXY2346789";
	for (size_t i = 0; i < 29; i++)
		key[i] = i % 6 == 5 ? '-' : alphabet[next(seed) % 24];
	key[29] = '\0';
}

/* Hardly any is missed: what has few digits, or stands alone, looks like words. */
static void test_keys_as_they_are_made(void **state)
{
	(void)state;
	uint32_t seed = 3;
	int words = 0, encoded = 0;
	for (int round = 0; round < 5000; round++) {
		char key[30];
		char text[300];
		make_key(&seed, key);
		snprintf(text, sizeof text, "%.5s and %.5s with %.5s then %.5s, at the end %.5s", key,
			 key + 6, key + 12, key + 18, key + 24);
		words += !product_key_hidden(text, strlen(text));
		CLEANUP(strbuf_release) struct strbuf base64 = STRBUF_INIT(STRBUF_SMALL);
		base64_encode(&base64, key, strlen(key));
		encoded += !product_key_hidden(strbuf_text(&base64), base64.len);
	}
	print_message("of 5000 keys missed with words in between: %d, in base64: %d\n", words, encoded);
	assert_in_range(words, 0, 100);
	assert_in_range(encoded, 0, 5);
}

static void test_innocent_texts(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct bytes text;
	size_t count = 0, wrong = 0;
	const char *path = getenv("INNOCENT_TEXTS");
	assert_non_null(path);
	assert_true(file_read(path, 1 << 20, arena, &text, &err));
	for (const char *line = text.ptr; *line;) {
		size_t line_len = strcspn(line, "\n");
		char *copy = arena_strndup(arena, line, line_len);
		if (product_key_hidden(line, line_len)) {
			print_message("taken for a key: %s\n", copy);
			wrong++;
		}
		product_key_mask(copy);
		if (strncmp(copy, line, line_len) != 0) {
			print_message("masked: %s\n", copy);
			wrong++;
		}
		line += line_len + (line[line_len] == '\n');
		count++;
	}
	print_message("%zu innocent texts, %zu taken for a key\n", count, wrong);
	assert_int_equal(wrong, 0);
	assert_true(count >= 200);
}

static bool refused(const char *const *texts, size_t count, const char *key)
{
	struct error err = ERROR_INIT;
	const struct str_list list = {.items = (const char **)(void *)(uintptr_t)texts, .count = count};
	CLEANUP(secret_freep) struct secret *secret = key ? secret_new(key, strlen(key)) : NULL;
	bool good = key ? product_key_refuse_this(&list, secret, &err) : product_key_refuse_all(&list, &err);
	error_release(&err);
	return !good;
}

static void test_split_over_texts(void **state)
{
	(void)state;
	const char *const two[] = {"Q7WX4-CNRYB-TK", "VMH-3PD9F-7QX2K"};
	const char *const swapped[] = {"VMH-3PD9F-7QX2K", "something else", "Q7WX4-CNRYB-TK"};
	const char *const five[] = {"Q7WX4", "CNRYB", "TKVMH", "3PD9F", "7QX2K"};
	const char *const words[] = {"it begins with Q7WX4 and CNRYB", "goes on with TKVMH",
				     "and ends in 3PD9F, 7QX2K"};
	const char *const innocent[] = {"33417725", "Megan Bowen", "it ends in 7QX2K", "adele@build-7"};
	assert_true(refused(two, 2, NULL));
	assert_true(refused(swapped, 3, NULL));
	assert_true(refused(five, 5, NULL));
	assert_true(refused(words, 3, NULL));
	assert_false(refused(innocent, 4, NULL));
}

/* With the key at hand nothing has to be guessed: any two of its groups, but for the last. */
static void test_the_key_itself(void **state)
{
	(void)state;
	static const char key[] = "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K";
	const char *const parts[] = {"it has CNRYB in it", "and q.7.w.x.4 too"};
	const char *const backwards[] = {"BYRNC F9DP3"};
	const char *const one[] = {"room CNRYB, ends in 7QX2K"};
	const char *const slipped[] = {"Q7WX4CNRYBTKVMH3PD9F7QX2"};
	assert_true(refused(parts, 2, key));
	assert_true(refused(backwards, 1, key));
	assert_true(refused(slipped, 1, key));
	assert_false(refused(one, 1, key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disguises), cmocka_unit_test(test_keys_as_they_are_made),
		cmocka_unit_test(test_innocent_texts), cmocka_unit_test(test_split_over_texts),
		cmocka_unit_test(test_the_key_itself)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
