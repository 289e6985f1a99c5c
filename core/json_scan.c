/* What cJSON does not refuse. */
#include "core/json_scan.h"

#include "core/json.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t skip_digits(const char *text, size_t len, size_t i)
{
	while (i < len && is_digit(text[i]))
		i++;
	return i;
}

/* Just behind the number at `i` as RFC 8259 has it, or `i` when there is none. */
static size_t skip_number(const char *text, size_t len, size_t i)
{
	size_t start = i;
	i += text[i] == '-';
	size_t first = i;
	i = skip_digits(text, len, i);
	if (i == first || (text[first] == '0' && i > first + 1))
		return start;
	if (i < len && text[i] == '.') {
		size_t fraction = i + 1;
		i = skip_digits(text, len, fraction);
		if (i == fraction)
			return start;
	}
	if (i < len && (text[i] == 'e' || text[i] == 'E')) {
		i++;
		i += i < len && (text[i] == '+' || text[i] == '-');
		size_t exponent = i;
		i = skip_digits(text, len, i);
		if (i == exponent)
			return start;
	}
	return i;
}

/* Just behind the string whose opening quote is at `i`. */
static bool skip_string(const char *text, size_t len, size_t *i, struct error *err)
{
	for ((*i)++; *i < len && text[*i] != '"'; (*i)++) {
		if ((unsigned char)text[*i] < 0x20)
			return error_set(err, ERR_INVALID, "control character at offset %zu", *i);
		if (text[*i] != '\\')
			continue;
		if (len - *i > 5 && memcmp(text + *i, "\\u0000", 6) == 0)
			return error_set(err, ERR_INVALID, "escaped NUL at offset %zu", *i);
		(*i)++;
	}
	if (*i < len)
		(*i)++;
	return true;
}

/*
 * The limits, before cJSON sees the text, since it does not refuse these: depth (it recurses), control
 * characters in strings (it cuts them at a NUL), numbers as C has them.
 */
bool json_scan(const char *text, size_t len, struct error *err)
{
	size_t depth = 0;
	for (size_t i = 0; i < len;) {
		char c = text[i];
		if (c == '"') {
			if (!skip_string(text, len, &i, err))
				return false;
			continue;
		}
		if (c == '-' || is_digit(c)) {
			size_t behind = skip_number(text, len, i);
			if (behind == i)
				return error_set(err, ERR_INVALID, "not a number at offset %zu", i);
			i = behind;
			continue;
		}
		if (c == '\0')
			return error_set(err, ERR_INVALID, "NUL byte at offset %zu", i);
		if ((c == '{' || c == '[') && ++depth > JSON_MAX_DEPTH)
			return error_set(err, ERR_INVALID, "more than %d levels deep", JSON_MAX_DEPTH);
		if ((c == '}' || c == ']') && depth)
			depth--;
		i++;
	}
	return true;
}
