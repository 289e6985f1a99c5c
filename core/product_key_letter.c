/* The letters of a text that may be a product key's. */
#include "core/product_key_letter.h"

#include "core/lookalike.h"

#include <ctype.h>
#include <stdint.h>

static bool goes_on(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t letter_character_len(const char *text, size_t len, size_t at)
{
	size_t bytes = 1;
	while (bytes < 4 && at + bytes < len && (unsigned char)text[at] >= 0xc0 && goes_on(text[at + bytes]))
		bytes++;
	return bytes;
}

static uint32_t decode(const char *text, size_t bytes)
{
	static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)text[0] & masks[bytes - 1];
	for (size_t i = 1; i < bytes; i++)
		c = c << 6 | ((unsigned char)text[i] & 0x3fu);
	return c;
}

/* Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian: their words are no marks between letters. */
static bool is_other_letter(uint32_t c)
{
	return (c >= 0x370 && c < 0x700) || (c >= 0x10a0 && c < 0x1100);
}

bool letter_at(const char *text, size_t len, size_t at, struct letter *ret)
{
	unsigned char first = (unsigned char)text[at];
	if (first < 0x80) {
		*ret = (struct letter){(char)toupper(first), at, at + 1};
		return isalnum(first) != 0;
	}
	size_t bytes = letter_character_len(text, len, at);
	uint32_t c = bytes > 1 ? decode(text + at, bytes) : 0;
	char like = c ? lookalike(c) : 0;
	if (!like && is_other_letter(c))
		like = LETTER_OTHER;
	*ret = (struct letter){like, at, at + bytes};
	return like != 0;
}

bool letter_before(const char *text, size_t len, size_t end, struct letter *ret)
{
	size_t at = end;
	while (at > 0 && end - at < 4 && goes_on(text[at - 1]))
		at--;
	if (at > 0 && (at == end || (unsigned char)text[at - 1] >= 0xc0))
		at--;
	return at < end && letter_at(text, len, at, ret) && ret->end == end;
}

bool letter_is_of_keys(char c)
{
	static const bool of_keys[128] = {
		['B'] = true, ['C'] = true, ['D'] = true, ['F'] = true, ['G'] = true,
		['H'] = true, ['J'] = true, ['K'] = true, ['M'] = true, ['N'] = true,
		['P'] = true, ['Q'] = true, ['R'] = true, ['T'] = true, ['V'] = true,
		['W'] = true, ['X'] = true, ['Y'] = true, ['2'] = true, ['3'] = true,
		['4'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
	};
	return (unsigned char)c < sizeof of_keys && of_keys[(unsigned char)c];
}
