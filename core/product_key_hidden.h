/*
 * Product keys that somebody has disguised, in a text that is kept: with words between their groups, or
 * encoded. Stricter than core/product_key_find.h, which says what is masked wherever it is shown: here a text
 * is refused before it is written, and whoever wrote it can write it differently.
 *
 * Found: a key that product_key_find finds; five groups of five with anything between them, or longer pieces
 * of 25 characters together; any of that in base64 or base32, in hexadecimal digits, or as escapes (%51,
 * \x51, &#81;, =51, U+0051).
 */
#ifndef CORE_PRODUCT_KEY_HIDDEN_H
#define CORE_PRODUCT_KEY_HIDDEN_H

#include "core/macros.h"

#include <stdbool.h>
#include <stddef.h>

NODISCARD bool product_key_hidden(const char *text, size_t len);
/* Only what is exactly a key, with anything between its pieces: for texts that were put one behind the other.
 */
NODISCARD bool product_key_in_pieces(const char *text, size_t len);

#endif
