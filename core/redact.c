/* A second net under the secret type: the values of known secrets, taken out of what is printed. */
#include "core/redact.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 6 };

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

static bool has_any(const struct redact *redact, const char *text, size_t len)
{
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
		const struct secret *found = secret_at(redact, text + i, len - i);
		if (!found) {
			result[filled++] = text[i++];
			continue;
		}
		memcpy(result + filled, mark, sizeof mark - 1);
		filled += sizeof mark - 1;
		i += secret_len(found);
	}
	*ret_len = filled;
	return result;
}
