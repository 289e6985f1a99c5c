/* Product keys: their shape. */
#include "core/product_key.h"

#include "core/product_key_find.h"

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

bool product_key_refuse(const char *text, struct error *err)
{
	struct product_key_place place;
	if (!text || !product_key_find(text, strlen(text), 0, &place))
		return true;
	error_set(err, ERR_INVALID, "that looks like a product key: a key is never recorded");
	return error_hint(err, "Write its last five characters, or nothing of it.");
}
