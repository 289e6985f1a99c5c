/* Where a secret would stand: what is none. */
#include "core/credential_value.h"

#include "core/macros.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static size_t count_while(const char *text, size_t len, int (*is)(int c))
{
	size_t count = 0;
	while (count < len && is((unsigned char)text[count]))
		count++;
	return count;
}

/* ---- placeholders ---------------------------------------------------------------------------- */

static int is_of_upper_name(int c)
{
	return isupper(c) || isdigit(c) || c == '_';
}

static int is_of_lower_name(int c)
{
	return islower(c) || isdigit(c) || c == '_';
}

/* $NAME and $name, but not $Welcome2026. */
static bool is_variable(const char *text, size_t len)
{
	static const char environment[] = "$env:";
	if (len < 2 || text[0] != '$')
		return false;
	if (strchr("{(", text[1]))
		return true;
	if (len >= sizeof environment && strncasecmp(text, environment, sizeof environment - 1) == 0)
		return true;
	return count_while(text + 1, len - 1, is_of_upper_name) == len - 1 ||
	       count_while(text + 1, len - 1, is_of_lower_name) == len - 1;
}

/* "https://vault.example/…", "op://vault/item": where it is kept. */
static bool is_address(const char *text, size_t len)
{
	size_t scheme = count_while(text, len, isalpha);
	return scheme && len - scheme >= 3 && memcmp(text + scheme, "://", 3) == 0;
}

bool credential_value_is_placeholder(const char *text, size_t len)
{
	if (!len || strchr("{<", text[0]))
		return true;
	if (text[0] == '*')
		return len == 1 || text[1] == '*';
	if (text[0] == '%')
		return len > 2 && text[len - 1] == '%';
	return is_variable(text, len) || is_address(text, len);
}

/* ---- dates and times ------------------------------------------------------------------------- */

/* The first letters of what is spelt out in a date: "Nov", "nov.", "November", "Dez". */
static bool is_in_date(const char *text, size_t len)
{
	enum { SHORT = 3, MONTH_MAX = 9 };
	static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "mai", "jun", "jul",
					     "aug", "sep", "oct", "okt", "nov", "dec", "dez", "utc"};
	if (len == 1)
		return strchr("TZtz", text[0]) != NULL;
	for (size_t i = 0; len >= SHORT && len <= MONTH_MAX && i < ARRAY_LEN(months); i++)
		if (strncasecmp(text, months[i], SHORT) == 0)
			return true;
	return false;
}

/* 30-Nov-2026, 2026-11-30T10:15:00Z: it begins with a digit, and at least twice something stands between. */
static bool is_date(const char *text, size_t len)
{
	enum { DIGITS_MAX = 7 }; /* of a second */
	size_t between = 0, count = 0;
	if (!len || !isdigit((unsigned char)text[0]))
		return false;
	for (size_t at = 0; at < len; at += count) {
		if ((count = count_while(text + at, len - at, isdigit))) {
			if (count > DIGITS_MAX)
				return false;
		} else if ((count = count_while(text + at, len - at, isalpha))) {
			if (!is_in_date(text + at, count))
				return false;
		} else if (strchr("-./:+,", text[at])) {
			count = 1;
			between++;
		} else {
			return false;
		}
	}
	return between >= 2;
}

/* ---- tickets, names, paths ------------------------------------------------------------------- */

/* INC0045123, CASE#4711, RITM-0012345. */
static bool is_ticket(const char *text, size_t len)
{
	static const char *const kinds[] = {"INC", "CHG", "REQ", "RITM", "CASE",   "TASK",
					    "PRB", "SR",  "CS",	 "CRQ",	 "TICKET", "SCTASK"};
	size_t letters = count_while(text, len, isalpha);
	size_t digits = letters + (letters < len && strchr("#-_:", text[letters]));
	if (digits >= len || count_while(text + digits, len - digits, isdigit) != len - digits)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strlen(kinds[i]) == letters && strncasecmp(text, kinds[i], letters) == 0)
			return true;
	return false;
}

/* Letters of one case, a few digits behind them; or digits alone. */
static bool is_word(const char *text, size_t len, size_t digits_max)
{
	enum { LETTERS_MAX = 16 };
	size_t letters = count_while(text, len, islower);
	if (!letters)
		letters = count_while(text, len, isupper);
	size_t digits = count_while(text + letters, len - letters, isdigit);
	return len && letters + digits == len && letters <= LETTERS_MAX && (!letters || digits <= digits_max);
}

/* "Contoso" too: only where no password is expected, as "Summer" is one's first half. */
static bool is_title_word(const char *text, size_t len, size_t digits_max)
{
	size_t capital = len > 1 && isupper((unsigned char)text[0]) && islower((unsigned char)text[1]);
	return is_word(text + capital, len - capital, digits_max);
}

/* How many words are joined by single characters of `joints`; 0: there is something else among them. */
static size_t words_joined(const char *text, size_t len, const char *joints,
			   bool (*is)(const char *text, size_t len, size_t digits_max), size_t digits_max)
{
	size_t words = 0, begin = 0;
	for (size_t at = 0; at <= len; at++) {
		if (at < len && !strchr(joints, text[at]))
			continue;
		if (!is(text + begin, at - begin, digits_max))
			return 0;
		words++;
		begin = at + 1;
	}
	return words;
}

/* ABC-1234, ABC-1234-567: letters, and a number behind them. */
static bool is_numbered(const char *text, size_t len)
{
	enum { LETTERS_MAX = 10 };
	size_t letters = count_while(text, len, isupper);
	return letters && letters <= LETTERS_MAX && letters + 1 < len && text[letters] == '-' &&
	       words_joined(text + letters + 1, len - letters - 1, "-", is_word, 0) &&
	       count_while(text + letters + 1, len - letters - 1, isdigit);
}

enum { FEW_DIGITS = 2, YEAR_DIGITS = 4 };

static bool is_segment(const char *text, size_t len)
{
	if (!len || (len == 1 && strchr("~.", text[0])) || (len == 2 && memcmp(text, "..", 2) == 0))
		return true;
	if (len == 2 && isalpha((unsigned char)text[0]) && text[1] == ':')
		return true; /* C:\ */
	return words_joined(text, len, "-._", is_title_word, YEAR_DIGITS) > 0;
}

/* projects/4711/secrets/contoso, C:\Users\jane\2026 */
static bool is_path(const char *text, size_t len)
{
	size_t segments = 0, begin = 0;
	for (size_t at = 0; at <= len; at++) {
		if (at < len && !strchr("/\\", text[at]))
			continue;
		if (!is_segment(text + begin, at - begin))
			return false;
		segments++;
		begin = at + 1;
	}
	return segments >= 3;
}

bool credential_value_is_name(const char *text, size_t len)
{
	enum { WORDS_MIN = 3 };
	return is_date(text, len) || is_ticket(text, len) || is_numbered(text, len) || is_path(text, len) ||
	       words_joined(text, len, "-._", is_word, FEW_DIGITS) >= WORDS_MIN;
}

bool credential_value_is_user(const char *text, size_t len)
{
	return words_joined(text, len, "-._", is_title_word, YEAR_DIGITS) >= 2;
}
