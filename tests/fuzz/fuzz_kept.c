/*
 * Any bytes as texts that are kept together, one a line: whether a key hides in them is decided for any
 * bytes, is the same in any order of two, and a key that is at hand is found in whatever holds it whole.
 * Other secrets lie within their text, and are gone once they are masked.
 */
#include "core/credential.h"
#include "core/kept_text.h"
#include "core/product_key.h"
#include "core/product_key_hidden.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static const char key[] = "Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K";

static bool refuses(const struct str_list *texts, bool this_key)
{
	struct error err = ERROR_INIT;
	CLEANUP(secret_freep) struct secret *secret = secret_new(key, sizeof key - 1);
	bool good =
		this_key ? product_key_refuse_this(texts, secret, &err) : product_key_refuse_all(texts, &err);
	assert(good == (err.message == NULL));
	error_release(&err);
	return !good;
}

static void try_credentials(char *text)
{
	const size_t len = strlen(text);
	struct credential found;
	struct error err = ERROR_INIT;
	bool any = false;
	for (size_t from = 0; credential_find(text, len, from, &found); from = found.at + found.len) {
		assert(found.len && found.len <= len && found.at <= len - found.len &&
		       found.at + found.len > from);
		any = true;
	}
	bool good = kept_text_refuse(text, &err);
	assert(!good || !any);
	error_release(&err);
	credential_mask(text);
	assert(strlen(text) == len && !credential_find(text, len, 0, &found));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct str_list texts = {0};
	char *rest = arena_strndup(arena, (const char *)bytes, size);
	bool any = false;
	bool whole = false;
	for (char *line = rest; line;) {
		char *end = strchr(line, '\n');
		if (end)
			*end = '\0';
		any |= product_key_hidden(line, strlen(line));
		whole |= strstr(line, key) != NULL;
		VEC_PUSH(arena, &texts, line);
		line = end ? end + 1 : NULL;
	}
	bool refused = refuses(&texts, false);
	assert(refused || !any);
	if (texts.count == 2) {
		const char *const turned[] = {texts.items[1], texts.items[0]};
		const struct str_list back = {.items = (const char **)(void *)(uintptr_t)turned, .count = 2};
		assert(refuses(&back, false) == refused);
	}
	assert(refuses(&texts, true) || !whole);
	for (size_t i = 0; i < texts.count; i++)
		try_credentials(arena_strdup(arena, texts.items[i]));
	return 0;
}
