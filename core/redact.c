/* A second net under the secret type: the values of known secrets, taken out of what is printed. */
#include "core/redact.h"

#include "core/base64.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 6, SHORTEST_TOKEN = 20, SHORTEST_ENCODED = 12, LONGEST_ENCODED = 16 * 1024 };
enum { FORM_MAX = 4 * LONGEST_ENCODED };
static const char opening[] = "eyJ"; /* how base64 of '{"' begins, and so each part of a token but the last */

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

static void keep(struct redact *redact, const char *bytes, size_t len)
{
	if (len < SHORTEST)
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

static bool is_base64url(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

static void drop(struct strbuf *form)
{
	secret_wipe(form->ptr, form->len);
	strbuf_clear(form);
}

static void keep_hex(struct redact *redact, const char *bytes, size_t len, const char digits[17])
{
	CLEANUP(strbuf_release) struct strbuf form = STRBUF_INIT(FORM_MAX);
	for (size_t i = 0; i < len; i++) {
		strbuf_add_char(&form, digits[(unsigned char)bytes[i] >> 4]);
		strbuf_add_char(&form, digits[(unsigned char)bytes[i] & 15]);
	}
	if (!form.failed)
		keep(redact, strbuf_text(&form), form.len);
	drop(&form);
}

/*
 * Three bytes are four letters, so what stands before a secret decides how it looks: a name and a colon in a
 * Basic header. What neighbours have a part in is left out, at either end.
 */
static void keep_base64(struct redact *redact, const char *bytes, size_t len,
			void (*encode)(struct strbuf *out, const void *bytes, size_t len))
{
	static const size_t shared[] = {0, 2, 3}; /* letters that hold something of so many bytes before */
	CLEANUP(strbuf_release) struct strbuf shifted = STRBUF_INIT(FORM_MAX);
	CLEANUP(strbuf_release) struct strbuf form = STRBUF_INIT(FORM_MAX);
	for (size_t before = 0; before < ARRAY_LEN(shared); before++) {
		strbuf_add_bytes(&shifted, "\0\0", before);
		strbuf_add_bytes(&shifted, bytes, len);
		encode(&form, strbuf_text(&shifted), shifted.len);
		size_t whole = shifted.len * 8 / 6;
		if (!form.failed && whole > shared[before])
			keep(redact, strbuf_text(&form) + shared[before], whole - shared[before]);
		drop(&shifted);
		drop(&form);
	}
}

/* Each part of a token is as good as a secret: whoever has the others may be shown the last one. */
static void keep_parts(struct redact *redact, const char *bytes, size_t len)
{
	if (len < SHORTEST_TOKEN || memcmp(bytes, opening, sizeof opening - 1) != 0)
		return;
	for (const char *p = bytes, *end = bytes + len; p < end;) {
		const char *dot = memchr(p, '.', (size_t)(end - p));
		size_t part = (size_t)((dot ? dot : end) - p);
		if (part >= SHORTEST_TOKEN)
			keep(redact, p, part);
		p += part + 1;
	}
}

void redact_add(struct redact *redact, const char *bytes, size_t len)
{
	if (!redact)
		return;
	keep(redact, bytes, len);
	keep_parts(redact, bytes, len);
	/* Of a short one, what is left between its neighbours would be found in ordinary words. */
	if (len < SHORTEST_ENCODED || len > LONGEST_ENCODED)
		return;
	keep_hex(redact, bytes, len, "0123456789ABCDEF");
	keep_hex(redact, bytes, len, "0123456789abcdef");
	keep_base64(redact, bytes, len, base64_encode);
	keep_base64(redact, bytes, len, base64url_encode);
}

static int hex_value(char c)
{
	const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* One byte of a text, as it is or as a URL has it; returns how many it takes there. */
static size_t read_byte(const char *p, size_t left, char *ret)
{
	int high = left >= 3 && *p == '%' ? hex_value(p[1]) : -1;
	int low = high >= 0 ? hex_value(p[2]) : -1;
	*ret = low >= 0 ? (char)(high * 16 + low) : *p;
	return low >= 0 ? 3 : 1;
}

/* How much of the text the secret is that begins there, each byte of it percent-encoded or not; 0: it is not.
 */
static size_t encoded_len(const struct secret *secret, const char *p, size_t left)
{
	const char *bytes = secret_expose(secret);
	size_t at = 0;
	for (size_t i = 0; i < secret_len(secret); i++) {
		char c = 0;
		if (at >= left)
			return 0;
		size_t used = p[at] == bytes[i] ? 1 : read_byte(p + at, left - at, &c);
		if (p[at] != bytes[i] && (used == 1 || c != bytes[i]))
			return 0;
		at += used;
	}
	return at;
}

/* How long the secret is that begins there; 0: none does. */
static size_t secret_at(const struct redact *redact, const char *p, size_t left)
{
	for (const struct known *k = redact->first; k; k = k->next) {
		size_t len = encoded_len(k->value, p, left);
		if (len)
			return len;
	}
	return 0;
}

/* The dot between two parts of a token, as it is or as a URL has it. */
static size_t dot_len(const char *p, size_t left)
{
	if (left && *p == '.')
		return 1;
	return left >= 3 && p[0] == '%' && p[1] == '2' && (p[2] == 'E' || p[2] == 'e') ? 3 : 0;
}

/* How long the JSON web token is that begins at `at`, 0 when none does. Within a longer word it is chance. */
static size_t token_at(const char *text, size_t len, size_t at)
{
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
	bool may_be_encoded = memchr(text, '%', len) != NULL;
	for (size_t i = 0; may_be_encoded && i < len; i++)
		if (secret_at(redact, text + i, len - i))
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
		size_t found = secret_at(redact, text + i, len - i);
		found = found ? found : token_at(text, len, i);
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
