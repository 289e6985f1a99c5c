/* The letters of a text that may be a product key's. For core/product_key_*.c only. */
#ifndef CORE_PRODUCT_KEY_LETTER_H
#define CORE_PRODUCT_KEY_LETTER_H

#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

/* One letter or digit, in upper case, at [at, end) of the text. */
struct letter {
	char c; /* LETTER_OTHER: of an alphabet in which it looks like none that we know */
	size_t at, end;
};
enum { LETTER_OTHER = '?' };

/*
 * The letter or digit at `at`, whose case, width and alphabet count for nothing: what looks like a letter is
 * one. False for any other character.
 */
NODISCARD bool letter_at(const char *text, size_t len, size_t at, struct letter *ret);
/* The one that ends at `end`. */
NODISCARD bool letter_before(const char *text, size_t len, size_t end, struct letter *ret);
/* How many bytes the character at `at` has, letter or not. */
size_t letter_character_len(const char *text, size_t len, size_t at);

bool letter_is_of_keys(char c); /* BCDFGHJKMNPQRTVWXY2346789 */

#endif
