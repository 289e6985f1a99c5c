/* A second net under the secret type: the values of known secrets, taken out of what is printed. */
#include "core/redact.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 6, SHORTEST_TOKEN = 20 };

struct known {
	struct known *next;
	struct secret *value;
};

struct redact {
	struct known *first; /* longest first: one secret may be a part of another */
};

struct redact *redact_new(void)
{
	return mem_alloc(sizeof(struct redact));
}

void redact_free(struct redact *redact)
{
	if (!redact)
		return;
	while (redact->first) {
		struct known *next = redact->first->next;
		secret_free(redact->first->value);
		free(redact->first);
		redact->first = next;
	}
	free(redact);
}

void redact_add(struct redact *redact, const char *bytes, size_t len)
{
	if (!redact || len < SHORTEST)
		return;
	struct known **at = &redact->first;
	while (*at && secret_len((*at)->value) > len)
		at = &(*at)->next;
	for (const struct known *k = *at; k && secret_len(k->value) == len; k = k->next)
		if (memcmp(secret_expose(k->value), bytes, len) == 0)
			return;
	struct known *known = mem_alloc(sizeof *known);
	*known = (struct known){.next = *at, .value = secret_new(bytes, len)};
	*at = known;
}

static const struct secret *secret_at(const struct redact *redact, const char *p, size_t left)
{
	for (const struct known *k = redact->first; k; k = k->next) {
		size_t len = secret_len(k->value);
		if (len <= left && memcmp(p, secret_expose(k->value), len) == 0)
			return k->value;
	}
	return NULL;
}

static bool is_base64url(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

/* The dot between two parts of a token, as it is or as a URL has it. */
static size_t dot_len(const char *p, size_t left)
{
	if (left && *p == '.')
		return 1;
	return left >= 3 && p[0] == '%' && p[1] == '2' && (p[2] == 'E' || p[2] == 'e') ? 3 : 0;
}

/*
 * How long the JSON web token is that begins at `at`, 0 when none does. "eyJ" is how base64 of '{"' begins,
 * so each part but the signature does; within a longer word it is chance.
 */
static size_t token_at(const char *text, size_t len, size_t at)
{
	static const char opening[] = "eyJ";
	const size_t opening_len = sizeof opening - 1;
	if (len - at < SHORTEST_TOKEN || memcmp(text + at, opening, opening_len) != 0)
		return 0;
	if (at && is_base64url(text[at - 1]) && !(at >= 3 && dot_len(text + at - 3, 3) == 3))
		return 0;
	size_t end = at;
	for (;;) {
		while (end < len && is_base64url(text[end]))
			end++;
		size_t dot = dot_len(text + end, len - end);
		if (!dot || end + dot >= len || !is_base64url(text[end + dot]))
			break;
		end += dot;
	}
	return end - at >= SHORTEST_TOKEN ? end - at : 0;
}

static bool has_token(const char *text, size_t len)
{
	const char *p = text;
	while ((p = memmem(p, len - (size_t)(p - text), "eyJ", 3))) {
		if (token_at(text, len, (size_t)(p - text)))
			return true;
		p++;
	}
	return false;
}

static bool has_any(const struct redact *redact, const char *text, size_t len)
{
	if (has_token(text, len))
		return true;
	for (const struct known *k = redact->first; k; k = k->next)
		if (memmem(text, len, secret_expose(k->value), secret_len(k->value)))
			return true;
	return false;
}

char *redact_text(const struct redact *redact, const char *text, size_t len, size_t *ret_len)
{
	static const char mark[] = "<redacted>";
	if (!redact || !has_any(redact, text, len))
		return NULL;
	/* The shortest secret has six bytes, so a text at most doubles. */
	char *result = mem_alloc(len * 2 + sizeof mark);
	size_t filled = 0;
	for (size_t i = 0; i < len;) {
		const struct secret *known = secret_at(redact, text + i, len - i);
		size_t found = known ? secret_len(known) : token_at(text, len, i);
		if (!found) {
			result[filled++] = text[i++];
			continue;
		}
		memcpy(result + filled, mark, sizeof mark - 1);
		filled += sizeof mark - 1;
		i += found;
	}
	*ret_len = filled;
	return result;
}

const char *redact_before_cut(const struct redact *redact, const char *text, struct arena *out)
{
	size_t len = 0;
	CLEANUP(mem_free_text) char *clean = text ? redact_text(redact, text, strlen(text), &len) : NULL;
	return clean ? arena_strndup(out, clean, len) : text;
}
