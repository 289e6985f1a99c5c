/* Product keys that somebody has disguised. */
#include "core/product_key_hidden.h"

#include "core/base64.h"
#include "core/product_key_find.h"
#include "core/product_key_letter.h"
#include "core/str.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
	LENGTH = 25,
	GROUP = 5,
	PIECES_MAX = 5,
	DISTANCE_MAX = 600, /* bytes from the first piece's begin to the last one's end */
	DIFFERENT_MIN = 8,  /* as core/product_key_find.c has it */
	MIXED_MIN = 2,	    /* pieces with both letters and digits: most words and most numbers have not */
	DIGITS_MIN = 2,
	BASE64_MIN = 33, /* of 25 bytes, without padding; one may be lost at either end */
	BASE32_MIN = 40, /* likewise */
	HEX_MIN = 2 * LENGTH,
};

/* ---- in pieces ------------------------------------------------------------------------------ */

/* A run of letters without anything between them. */
struct piece {
	size_t at, end, count;
	size_t digits, ns;
	uint64_t seen;
	bool of_keys; /* each is one that keys have */
	bool mixed;
};

struct pieces {
	struct piece last[PIECES_MAX]; /* the newest is the last */
	size_t count;
};

static struct piece next_piece(const char *text, size_t len, size_t at)
{
	struct piece piece = {.at = at, .end = at, .of_keys = true};
	struct letter letter;
	size_t letters = 0;
	while (piece.end < len && letter_at(text, len, piece.end, &letter)) {
		bool digit = isdigit((unsigned char)letter.c);
		piece.of_keys = piece.of_keys && letter_is_of_keys(letter.c);
		if (piece.of_keys)
			piece.seen |= 1ull << (digit ? letter.c - '0' : letter.c - 'A' + 10);
		piece.ns += letter.c == 'N';
		piece.digits += digit;
		letters += !digit;
		piece.count++;
		piece.end = letter.end;
	}
	piece.mixed = piece.digits && letters;
	return piece;
}

static size_t count_bits(uint64_t bits)
{
	size_t count = 0;
	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* The last `count` of them: 25 characters, as varied as keys are, and not far from each other. */
static bool make_key(const struct pieces *pieces, size_t count)
{
	const struct piece *first = &pieces->last[PIECES_MAX - count];
	size_t letters = 0, digits = 0, ns = 0, mixed = 0;
	uint64_t seen = 0;
	for (const struct piece *piece = first; piece < pieces->last + PIECES_MAX; piece++) {
		letters += piece->count;
		digits += piece->digits;
		ns += piece->ns;
		mixed += piece->mixed;
		seen |= piece->seen;
	}
	return letters == LENGTH && ns <= 1 && digits >= DIGITS_MIN && mixed >= MIXED_MIN &&
	       count_bits(seen) >= DIFFERENT_MIN &&
	       pieces->last[PIECES_MAX - 1].end - first->at <= DISTANCE_MAX;
}

static void push(struct pieces *pieces, const struct piece *piece)
{
	memmove(pieces->last, pieces->last + 1, sizeof pieces->last - sizeof pieces->last[0]);
	pieces->last[PIECES_MAX - 1] = *piece;
	pieces->count += pieces->count < PIECES_MAX;
}

/* In a list of addresses, the name before an @, and what is behind it, are people's. */
static bool is_list_of_addresses(const char *text, size_t len)
{
	const char *first = memchr(text, '@', len);
	return first && memchr(first + 1, '@', len - (size_t)(first + 1 - text));
}

static bool is_of_address(const char *text, size_t len, const struct piece *piece)
{
	return (piece->end < len && text[piece->end] == '@') || (piece->at > 0 && text[piece->at - 1] == '@');
}

static bool is_scattered(const char *text, size_t len)
{
	struct pieces groups = {0}; /* of five */
	struct pieces longer = {0}; /* a key in two to four pieces */
	bool addresses = is_list_of_addresses(text, len);
	for (size_t at = 0; at < len;) {
		const struct piece piece = next_piece(text, len, at);
		at = piece.count ? piece.end : at + letter_character_len(text, len, at);
		if (!piece.count || !piece.of_keys || (addresses && is_of_address(text, len, &piece)))
			continue;
		if (piece.count == GROUP) {
			push(&groups, &piece);
			if (groups.count == PIECES_MAX && make_key(&groups, PIECES_MAX))
				return true;
		} else if (piece.count > GROUP && piece.count < LENGTH && piece.mixed) {
			push(&longer, &piece);
			for (size_t count = 2; count <= longer.count && count < PIECES_MAX; count++)
				if (make_key(&longer, count))
					return true;
		}
	}
	return false;
}

bool product_key_in_pieces(const char *text, size_t len)
{
	return product_key_find_exact(text, len) || is_scattered(text, len);
}

/* ---- encoded -------------------------------------------------------------------------------- */

static bool is_in(const char *text, size_t len)
{
	struct product_key_place place;
	return product_key_find(text, len, 0, &place) || is_scattered(text, len);
}

/* Decoded bytes are a text only where they can be read; in UTF-16, every other one is NUL. */
static bool is_in_readable(const char *bytes, size_t len)
{
	CLEANUP(strbuf_release) struct strbuf run = STRBUF_INIT(STRBUF_LARGE);
	for (size_t i = 0; i <= len; i++) {
		if (i < len && isprint((unsigned char)bytes[i])) {
			strbuf_add_char(&run, bytes[i]);
		} else if (i == len || bytes[i]) {
			if (run.len >= LENGTH && is_in(strbuf_text(&run), run.len))
				return true;
			strbuf_clear(&run);
		}
	}
	return false;
}

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("+/-_", c));
}

/* What stands before it may be glued to it: any of the four ways to count is tried. */
static bool is_in_base64(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t run = 0;
		while (at + run < len && is_base64(text[at + run]))
			run++;
		for (size_t skip = 0; run >= BASE64_MIN && skip < 4; skip++) {
			CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_LARGE);
			size_t whole = run - skip;
			whole -= whole % 4 == 1;
			if (base64_decode(text + at + skip, whole, &bytes) &&
			    is_in_readable(strbuf_text(&bytes), bytes.len))
				return true;
		}
		at += run + 1;
	}
	return false;
}

/* Five bits a letter, as authenticators and some mail gateways have it; glued to something, or not. */
static bool is_in_base32(const char *text, size_t len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	for (size_t at = 0; at < len;) {
		size_t run = 0;
		while (at + run < len && memchr(alphabet, toupper((unsigned char)text[at + run]), 32))
			run++;
		for (size_t skip = 0; run >= BASE32_MIN && skip < 8; skip++) {
			CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_LARGE);
			uint32_t bits = 0, held = 0;
			for (size_t i = skip; i < run; i++) {
				const char *letter = strchr(alphabet, toupper((unsigned char)text[at + i]));
				bits = (bits << 5 | (uint32_t)(letter - alphabet)) & 0xffff;
				held += 5;
				if (held >= 8)
					strbuf_add_char(&bytes, (char)(bits >> (held -= 8) & 0xff));
			}
			if (is_in_readable(strbuf_text(&bytes), bytes.len))
				return true;
		}
		at += run + 1;
	}
	return false;
}

/* Mail programs and people break it into lines. */
static bool is_in_broken_lines(const char *text, size_t len)
{
	CLEANUP(strbuf_release) struct strbuf joined = STRBUF_INIT(STRBUF_LARGE);
	for (size_t i = 0; i < len; i++)
		if (!isspace((unsigned char)text[i]))
			strbuf_add_char(&joined, text[i]);
	return joined.len < len && (is_in_base64(strbuf_text(&joined), joined.len) ||
				    is_in_base32(strbuf_text(&joined), joined.len));
}

static int hex_value(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

/* "51 37 57", "51:37:57", "513757". */
static bool is_in_hex(const char *text, size_t len)
{
	CLEANUP(strbuf_release) struct strbuf digits = STRBUF_INIT(STRBUF_LARGE);
	for (size_t i = 0; i <= len; i++) {
		bool between = i < len && strchr(" :-,\n", text[i]) != NULL;
		if (i < len && hex_value(text[i]) >= 0) {
			strbuf_add_char(&digits, text[i]);
			continue;
		}
		if (between)
			continue;
		for (size_t skip = 0; digits.len >= HEX_MIN && skip < 2; skip++) {
			CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(STRBUF_LARGE);
			const char *hex = strbuf_text(&digits);
			for (size_t d = skip; d + 1 < digits.len; d += 2)
				strbuf_add_char(&bytes,
						(char)(hex_value(hex[d]) * 16 + hex_value(hex[d + 1])));
			if (is_in_readable(strbuf_text(&bytes), bytes.len))
				return true;
		}
		strbuf_clear(&digits);
	}
	return false;
}

/* How escapes begin, and how many digits of which base follow; what may end them. */
static const struct escape {
	const char *begin;
	int base;
	size_t digits_min, digits_max;
	char end; /* 0: nothing */
} escapes[] = {
	{"%", 16, 2, 2, 0},	 {"\\x", 16, 2, 2, 0}, {"0x", 16, 2, 2, 0}, {"=", 16, 2, 2, 0},
	{"\\u{", 16, 2, 6, '}'}, {"\\u", 16, 4, 4, 0}, {"U+", 16, 4, 6, 0}, {"&#x", 16, 2, 6, ';'},
	{"&#", 10, 2, 6, ';'},	 {"\\", 8, 3, 3, 0},
};

/* How long the escape at `text` is, and the ASCII character that it stands for; 0: there is none. */
static size_t read_escape(const char *text, size_t len, char *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		const struct escape *escape = &escapes[i];
		size_t at = strlen(escape->begin);
		size_t digits = 0;
		int value = 0;
		if (len < at || strncmp(text, escape->begin, at) != 0)
			continue;
		for (; at < len && digits < escape->digits_max; at++, digits++) {
			int digit = hex_value(text[at]);
			if (digit < 0 || digit >= escape->base)
				break;
			value = value * escape->base + digit;
		}
		if (digits < escape->digits_min || value >= 0x7f || value < ' ')
			continue;
		*ret = (char)value;
		return at + (escape->end && at < len && text[at] == escape->end);
	}
	return 0;
}

static bool is_in_escapes(const char *text, size_t len)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT(STRBUF_LARGE);
	size_t found = 0;
	for (size_t at = 0; at < len;) {
		char c = text[at];
		size_t bytes = read_escape(text + at, len - at, &c);
		found += bytes > 0;
		strbuf_add_char(&plain, c);
		at += bytes ? bytes : 1;
	}
	return found && is_in(strbuf_text(&plain), plain.len);
}

/* Most texts are a name, or a few words: too short for what is encoded, and without what encodings need. */
static bool may_be_encoded(const char *text, size_t len)
{
	size_t run = 0;
	size_t hex = 0;
	for (size_t i = 0; i < len; i++) {
		run = is_base64(text[i]) ? run + 1 : isspace((unsigned char)text[i]) ? run : 0;
		hex += hex_value(text[i]) >= 0;
		if (run >= BASE64_MIN || hex >= HEX_MIN || strchr("%\\=&+", text[i]) ||
		    (text[i] == 'x' && i && text[i - 1] == '0'))
			return true;
	}
	return false;
}

bool product_key_hidden(const char *text, size_t len)
{
	enum { SHORTEST = LENGTH - 1 };
	if (len < SHORTEST)
		return false;
	if (!may_be_encoded(text, len))
		return is_in(text, len);
	return is_in(text, len) || is_in_escapes(text, len) || is_in_base64(text, len) ||
	       is_in_base32(text, len) || is_in_broken_lines(text, len) || is_in_hex(text, len);
}
