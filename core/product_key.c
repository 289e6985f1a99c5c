/* Product keys: their shape. */
#include "core/product_key.h"

#include "core/product_key_hidden.h"
#include "core/product_key_letter.h"

#include <ctype.h>
#include <string.h>

enum { GROUPS = PRODUCT_KEY_LENGTH / PRODUCT_KEY_ENDING, TEXT_LENGTH = PRODUCT_KEY_LENGTH + GROUPS - 1 };

/* What Microsoft's keys are made of; that Open keys are too is not certain, so others are only remarked on.
 */
static const char usual[] = "BCDFGHJKMNPQRTVWXY2346789";

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The 25 characters in upper case; false when there are more, fewer, or others. */
static bool collect(const char *text, char bare[PRODUCT_KEY_LENGTH + 1])
{
	size_t count = 0;
	while (is_blank(*text))
		text++;
	size_t len = strlen(text);
	while (len && is_blank(text[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '-')
			continue;
		if (c >= 0x80 || !isalnum(c) || count == PRODUCT_KEY_LENGTH)
			return false;
		bare[count++] = (char)toupper(c);
	}
	bare[count] = '\0';
	return count == PRODUCT_KEY_LENGTH;
}

static void find_unusual(const char *bare, struct product_key_check *check)
{
	size_t count = 0;
	for (char c = '0'; c <= 'Z'; c++) /* NOLINT(bugprone-too-small-loop-variable) */
		if (strchr(bare, c) && !strchr(usual, c))
			check->letters[count++] = c;
	check->unusual = count > 0;
}

static struct secret *grouped(const char *bare)
{
	char text[TEXT_LENGTH + 1];
	size_t at = 0;
	for (size_t i = 0; i < PRODUCT_KEY_LENGTH; i++) {
		if (i && i % PRODUCT_KEY_ENDING == 0)
			text[at++] = '-';
		text[at++] = bare[i];
	}
	struct secret *key = secret_new(text, at);
	secret_wipe(text, sizeof text);
	return key;
}

bool product_key_parse(const struct secret *text, const char *ends_in, struct secret **ret_key,
		       struct product_key_check *ret_check, struct error *err)
{
	char bare[PRODUCT_KEY_LENGTH + 1] = "";
	struct product_key_check check = {0};
	bool good = collect(secret_expose(text), bare) && secret_len(text) == strlen(secret_expose(text));
	bool ends =
		good && (!ends_in || strcmp(bare + PRODUCT_KEY_LENGTH - PRODUCT_KEY_ENDING, ends_in) == 0);
	if (ends) {
		find_unusual(bare, &check);
		*ret_check = check;
		*ret_key = grouped(bare);
	}
	secret_wipe(bare, sizeof bare);
	if (!good)
		return error_set(err, ERR_INVALID,
				 "what is kept there is not a product key: that is %d letters and digits",
				 PRODUCT_KEY_LENGTH);
	if (!ends) {
		error_set(err, ERR_INVALID, "the product key does not end in %s", ends_in);
		return error_hint(err, "It is another customer's key, or key.ends_in is wrong.");
	}
	return true;
}

static bool refuse(struct error *err)
{
	error_set(err, ERR_INVALID, "that looks like a product key: a key is never recorded");
	return error_hint(err, "Write its last five characters, or nothing of it.");
}

bool product_key_refuse(const char *text, struct error *err)
{
	return !text || !product_key_hidden(text, strlen(text)) || refuse(err);
}

/* Does a key begin in one of them and end in another, in this order or the other way round? */
static bool spans(const char *one, const char *other)
{
	static const char *const between[] = {" ", ""};
	for (size_t i = 0; i < ARRAY_LEN(between); i++) {
		CLEANUP(mem_free_text) char *forth = mem_printf("%s%s%s", one, between[i], other);
		CLEANUP(mem_free_text) char *back = mem_printf("%s%s%s", other, between[i], one);
		if (product_key_in_pieces(forth, strlen(forth)) || product_key_in_pieces(back, strlen(back)))
			return true;
	}
	return false;
}

/* Most texts have hardly anything that could be of a key: five of its letters in a row, or four with a digit.
 */
static bool may_hold_part(const char *text)
{
	enum { SHORTEST = 4 };
	size_t len = strlen(text);
	size_t run = 0;
	bool digit = false;
	struct letter letter;
	for (size_t at = 0; at < len; at += letter_character_len(text, len, at)) {
		bool is_letter = letter_at(text, len, at, &letter);
		bool goes_on = is_letter && letter_is_of_keys(letter.c);
		run = goes_on ? run + 1 : is_letter ? 0 : run;
		digit = run && (digit || (goes_on && isdigit((unsigned char)letter.c)));
		if (run >= SHORTEST && (digit || run > SHORTEST))
			return true;
	}
	return false;
}

bool product_key_split(const struct str_list *texts)
{
	enum { PAIRS_MAX = 24 }; /* of more, only neighbours are put together */
	CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT(STRBUF_LARGE);
	const char *parts[PAIRS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < texts->count; i++) {
		if (!may_hold_part(texts->items[i]))
			continue;
		strbuf_addf(&all, "%s ", texts->items[i]);
		for (size_t j = 0; j < count; j++)
			if (spans(parts[j], texts->items[i]))
				return true;
		if (count < PAIRS_MAX)
			parts[count++] = texts->items[i];
	}
	return product_key_in_pieces(strbuf_text(&all), all.len);
}

bool product_key_refuse_all(const struct str_list *texts, struct error *err)
{
	for (size_t i = 0; i < texts->count; i++)
		if (!product_key_refuse(texts->items[i], err))
			return false;
	return !product_key_split(texts) || refuse(err);
}

/* The letters alone, in upper case: what marks, blanks and alphabets make of a text counts for nothing. */
static void add_letters(struct strbuf *out, const char *text)
{
	size_t len = strlen(text);
	struct letter letter;
	for (size_t at = 0; at < len; at += letter_character_len(text, len, at))
		if (letter_at(text, len, at, &letter))
			strbuf_add_char(out, letter.c);
}

static bool holds_group(const char *letters, const char *group, bool backwards)
{
	char part[PRODUCT_KEY_ENDING + 1] = "";
	for (size_t i = 0; i < PRODUCT_KEY_ENDING; i++)
		part[i] = group[backwards ? PRODUCT_KEY_ENDING - 1 - i : i];
	bool holds = strstr(letters, part) != NULL;
	secret_wipe(part, sizeof part);
	return holds;
}

bool product_key_refuse_this(const struct str_list *texts, const struct secret *key, struct error *err)
{
	enum { PARTS_MAX = 2 }; /* of those that the customer file does not name */
	CLEANUP(strbuf_release) struct strbuf letters = STRBUF_INIT(STRBUF_LARGE);
	size_t found[2] = {0};
	for (size_t i = 0; i < texts->count; i++)
		add_letters(&letters, texts->items[i]);
	for (size_t group = 0; group + 1 < GROUPS; group++)
		for (size_t way = 0; way < 2; way++)
			found[way] +=
				holds_group(strbuf_text(&letters),
					    secret_expose(key) + group * (PRODUCT_KEY_ENDING + 1), way == 1);
	if (found[0] < PARTS_MAX && found[1] < PARTS_MAX)
		return true;
	error_set(err, ERR_INVALID,
		  "there are parts of this customer's product key in it: a key is never recorded");
	return error_hint(err, "Write its last five characters, or nothing of it.");
}
