/*
 * Any bytes as a text that is shown, kept or refused: keys are found within it and gone after masking,
 * passwords of addresses too, and what is quoted gives no command to a CI system.
 */
#include "core/product_key_find.h"
#include "core/product_key_hidden.h"
#include "core/quote.h"
#include "core/url_secret.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static void try_keys(char *text, size_t len)
{
	struct product_key_place place;
	for (size_t from = 0; product_key_find(text, len, from, &place); from = place.at + place.len)
		assert(place.at >= from && place.len >= 24 && place.len <= len - place.at);
	bool found = product_key_find(text, len, 0, &place);
	assert(!found || product_key_hidden(text, len));
	product_key_mask(text);
	assert(strlen(text) == len && !product_key_find(text, len, 0, &place));
}

static bool acts(const char *line)
{
	const char *first = line + strspn(line, " \t");
	return strncmp(first, "::", 2) == 0 || strstr(line, "##[") || strcasestr(line, "##vso[");
}

static void try_quotes(const char *text, struct arena *arena)
{
	assert(!acts(quote_terminal(arena, text)));
	assert(!acts(quote_markdown(arena, text)) && !acts(quote_markdown_prose(arena, text)) &&
	       !acts(quote_html(arena, text)) && !acts(quote_csv(arena, text)));
	CLEANUP(mem_free_text) char *log = quote_log(text, strlen(text), QUOTE_LOG_TEXT);
	for (char *line = log; line && *line;) {
		char *end = line + strcspn(line, "\n");
		bool more = *end;
		*end = '\0';
		assert(!acts(line));
		line = more ? end + 1 : NULL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	char *text = arena_strndup(arena, (const char *)bytes, size);
	try_quotes(text, arena);
	char *copy = arena_strdup(arena, text);
	url_secret_mask(copy);
	assert(strlen(copy) <= strlen(text));
	struct redact *redact = redact_new();
	url_secret_hide(redact, text);
	redact_free(redact);
	try_keys(text, strlen(text));
	return 0;
}
