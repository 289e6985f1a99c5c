/* Product keys in texts: however they are written they are found, and words, names and digests are not taken
 * for one. */
#include "core/product_key_find.h"

#include "core/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text, *masked; /* NULL: there is no key in it */
} cases[] = {
	/* however it is written */
	{"Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K", "*****************************"},
	{"is Q7WX4CNRYBTKVMH3PD9F7QX2K.", "is *************************."},
	{"q7wx4 cnryb tkvmh 3pd9f 7qx2k", "*****************************"},
	{"Q7wx4.CNRYB_TKvmh/3PD9F:7QX2K!", "*****************************!"},
	{"q7wx4cnryb tkvmh3pd9f 7qx2k", "***************************"},
	{"Q 7 W X 4 C N R Y B T K V M H 3 P D 9 F 7 Q X 2 K",
	 "*************************************************"},
	{"Q7WX4 - CNRYB - TKVMH -\n\t3PD9F - 7QX2K", "**************************************"},
	{"Q7WX4\xe2\x80\x93"
	 "CNRYB\xe2\x80\x93TKVMH\xe2\x80\x93"
	 "3PD9F\xe2\x80\x93"
	 "7QX2K", /* en dashes */
	 "*************************************"},
	{"\xef\xbc\xb1\xef\xbc\x97WX4CNRYBTKVMH3PD9F7QX2\xef\xbd\x8b.", /* full width */
	 "*******************************."},
	{"YHRB4FWC7KTPX9MQ3VGDJ82HB without an N", "************************* without an N"},
	{"Q7WX4-CNRYB ---- TKVMH-3PD9F-7QX2K", "**********************************"},
	{"Q7WX4 ......... CNRYB ///// TKVMH |||||| 3PD9F <<<< >>>> 7QX2K",
	 "**************************************************************"},
	{"\xd0\xa2KVMH-Q7WX4-\xd0\xa1NRYB-3PD9F-7QX2\xd0\x9a", /* Cyrillic T, C and K */
	 "********************************"},
	{"\xf0\x9d\x90\x90"
	 "7WX4-CNRYB-TKVMH-3PD9F-7QX2K",
	 "********************************"},
	/* glued to something */
	{"zoeQ7WX4-CNRYB-TKVMH-3PD9F-7QX2Kaliases", "zoe*****************************aliases"},
	{"KEY=Q7WX4CNRYBTKVMH3PD9F7QX2K", "KEY=*************************"},
	{"Q7WX4CNRYBTKVMH3PD9F7QX2KW4HJT9BCMKVRPXD6FQ3YT8NCM",
	 "**************************************************"},
	{"two: Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K, also W4HJT-9BCMK-VRPXD-6FQ3Y-T8NCM",
	 "two: *****************************, also *****************************"},
	/* a slip of the pen */
	{"O7WX4-CNRYB-TKVMH-3PD9F-7QXIK", "*****************************"},
	{"Q7WX4-CNRYB-TKVMH-3PD9F-7QX2", "****************************"},
	{"Q7WX4-CNRYB-TKVMH-3PD9F-7QX22K", "******************************"},
	{"AB1DE-F2HIJ-KLM3O-PQ4ST-UV5XY", "*****************************"},
	/* words, names, numbers, digests, and what stands for a key */
	{"needs SHAREPOINTENTERPRISE", NULL},
	{"MICROSOFTBOOKINGSPREMIUM1 is on", NULL},
	{"these three seats could never be moved today", NULL},
	{"alpha-bravo-gamma-delta-omega", NULL},
	{"SS108, SS320, SS106, SS109, SS113", NULL},
	{"EXCHANGE_S_ENTERPRISE, MCOSTANDARD, SHAREPOINTWAC", NULL},
	{"WIN10_PRO_ENT_SUB DYN365_ENTERPRISE_PLAN1", NULL},
	{"XXXXX-XXXXX-XXXXX-XXXXX-7QX2K", NULL},
	{"key ends in 7QX2K", NULL},
	{"6fd2c87f-b296-42f0-b197-1e91e994b900", NULL},
	{"by 42f7-b297-42f8-cb972d92d994bb", NULL},
	{"sha256:b9f2c7d4b3d2c6f8b9c2d7f4b3c8d2f6b9c2d7f4b3c8d2f6b9c2d7f4b3c8d2f6", NULL},
	{"2347 6894 2736 9482 7364 9283 4", NULL},
	{"2026-11-23T22:34:47Z 2026-11-29T23:46:22Z", NULL},
	{"kjb24@example.com, kwd37@example.com, kbb24@example.com", NULL},
	{"Q7WX4-CNRYB-TKVMH-3PD9F", NULL},
	{"", NULL},
	{"\xef\xbc", NULL},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[200];
		struct product_key_place place;
		snprintf(text, sizeof text, "%s", cases[i].text);
		bool found = product_key_find(text, strlen(text), 0, &place);
		if (found != (cases[i].masked != NULL))
			fail_msg("'%s': %s", cases[i].text, found ? "found" : "not found");
		product_key_mask(text);
		assert_string_equal(text, cases[i].masked ? cases[i].masked : cases[i].text);
	}
}

/* A fixed sequence, so that every run tries the same keys. */
static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static const char alphabet[] = "BCDFGHJKMPQRTVWXY2346789";

static void make_key(uint32_t *seed, char key[26])
{
	for (size_t i = 0; i < 25; i++)
		key[i] = alphabet[next(seed) % 24];
	key[next(seed) % 25] = 'N';
	key[25] = '\0';
}

/* Any key, in any case, with any mark between any of its characters, in the middle of a sentence. */
static void test_keys_as_they_are_made(void **state)
{
	(void)state;
	static const char marks[] = " .-_/\t,:;|\n+*~#'\"";
	uint32_t seed = 1;
	for (int round = 0; round < 20000; round++) {
		char key[26];
		char text[200] = "the note says ";
		size_t len = strlen(text);
		make_key(&seed, key);
		for (size_t i = 0; i < 25; i++) {
			bool small = next(&seed) % 2;
			if (i && (i % 5 == 0 || next(&seed) % 8 == 0) && next(&seed) % 4)
				text[len++] = marks[next(&seed) % (sizeof marks - 1)];
			text[len++] = (char)(small && key[i] >= 'A' ? key[i] + 'a' - 'A' : key[i]);
		}
		snprintf(text + len, sizeof text - len, " was used");
		struct product_key_place place;
		if (!product_key_find(text, strlen(text), 0, &place))
			fail_msg("not found: %s", text);
		/* At most a letter before it or after it is taken for a part. */
		assert_true(place.at + place.len >= len && place.at + place.len <= len + 4);
	}
}

/* One character that no key has, in any place: hardly any is missed. */
static void test_keys_with_a_slip(void **state)
{
	(void)state;
	uint32_t seed = 2;
	int missed = 0;
	for (int round = 0; round < 10000; round++) {
		char key[26];
		struct product_key_place place;
		make_key(&seed, key);
		key[next(&seed) % 25] = "OIL015SZAEU"[next(&seed) % 11];
		missed += !product_key_find(key, 25, 0, &place);
	}
	assert_in_range(missed, 0, 150);
}

static void test_from_a_place_on(void **state)
{
	(void)state;
	static const char text[] = "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K and W4HJT-9BCMK-VRPXD-6FQ3Y-T8NCM";
	struct product_key_place place;
	assert_true(product_key_find(text, strlen(text), 29, &place));
	assert_int_equal(place.at + place.len, strlen(text));
	assert_false(product_key_find(text, strlen(text), strlen(text), &place));
	assert_false(product_key_find(text, 28, 10, &place)); /* the rest of the text is not looked at */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts), cmocka_unit_test(test_keys_as_they_are_made),
		cmocka_unit_test(test_keys_with_a_slip), cmocka_unit_test(test_from_a_place_on)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
