/* Passwords in web addresses. */
#include "core/url_secret.h"

#include "core/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What ends a word in a message. */
static bool ends_word(char c)
{
	return (unsigned char)c <= ' ' || strchr("'\"`<>()", c);
}

/* Behind the scheme, or what was meant to be one: "https://", "https:/", "//"; the beginning without. */
static const char *behind_scheme(const char *word, const char *end, bool *ret_has_scheme)
{
	const char *p = word;
	while (p < end && (isalnum((unsigned char)*p) || strchr("+.-", *p)))
		p++;
	const char *slashes = p + (p < end && *p == ':');
	const char *rest = slashes;
	while (rest < end && (*rest == '/' || *rest == '\\'))
		rest++;
	*ret_has_scheme = rest - slashes > (slashes == p);
	return *ret_has_scheme ? rest : word;
}

/* Of the word [*at, end): what stands before the last "@", when there is a password in it. */
static bool find_in_word(const char **at, const char *end, size_t *ret_len)
{
	bool has_scheme = false;
	const char *start = behind_scheme(*at, end, &has_scheme);
	const char *sign = memrchr(start, '@', (size_t)(end - start));
	if (!sign || sign == start)
		return false;
	bool web = has_scheme && strncasecmp(*at, "ssh", 3) != 0 && strncasecmp(*at, "git", 3) != 0;
	if (!web && !memchr(start, ':', (size_t)(sign - start)))
		return false;
	*at = start;
	*ret_len = (size_t)(sign - start);
	return true;
}

void url_secret_mask(char *text)
{
	static const char mark[] = "***";
	for (char *p = text; *p;) {
		char *end = p;
		while (*end && !ends_word(*end))
			end++;
		const char *at = p;
		size_t len = 0;
		if (find_in_word(&at, end, &len)) {
			size_t shown = len < strlen(mark) ? len : strlen(mark);
			char *from = text + (at - text);
			memcpy(from, mark, shown);
			memmove(from + shown, from + len, strlen(from + len) + 1);
			end -= len - shown;
		}
		p = *end ? end + 1 : end;
	}
}

static int hex(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

static size_t percent_decode(const char *text, size_t len, char *ret)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++) {
		bool coded = text[i] == '%' && i + 2 < len && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
		ret[count++] = coded ? (char)(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i];
		i += coded ? 2 : 0;
	}
	return count;
}

void url_secret_hide(struct redact *redact, const char *url)
{
	const char *at = url;
	size_t len = 0;
	if (!url || !find_in_word(&at, url + strlen(url), &len))
		return;
	const char *colon = memchr(at, ':', len);
	const char *password = colon ? colon + 1 : at;
	size_t password_len = len - (size_t)(password - at);
	char *decoded = mem_alloc(len + 1);
	redact_add(redact, at, len);
	redact_add(redact, password, password_len);
	redact_add(redact, decoded, percent_decode(password, password_len, decoded));
	secret_wipe(decoded, len + 1);
	free(decoded);
}
