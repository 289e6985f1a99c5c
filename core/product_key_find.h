/*
 * Finds product keys in a text, however somebody wrote them: the one rule for whatever is shown, kept or sent
 * on.
 *
 * A key is 25 letters and digits, BCDFGHJKMPQRTVWXY2346789 and at most one N. Blanks, line breaks, hyphens,
 * dots and other marks between them count for nothing, nor does the case, nor the alphabet
 * (core/lookalike.h). What keeps words, names of SKUs, GUIDs and digests from being taken for one: words have
 * vowels, digests have only the letters A to F, and what stands for a key (XXXXX-…) repeats itself. A key
 * with a slip of the pen is found as well: one character missing or too many, up to three that keys do not
 * have (O, I, 0, 1 …), or five groups of five that mix letters and digits.
 */
#ifndef CORE_PRODUCT_KEY_FIND_H
#define CORE_PRODUCT_KEY_FIND_H

#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

struct product_key_place {
	size_t at, len; /* bytes */
};

/* The first key in `text` at or after byte `from`. Linear in `len`. */
NODISCARD bool product_key_find(const char *text, size_t len, size_t from,
				struct product_key_place *ret_place);

/* Whether there is one without any slip, in five groups or in one. */
NODISCARD bool product_key_find_exact(const char *text, size_t len);

/* Stars over every key, byte for byte. */
void product_key_mask(char *text);

#endif
