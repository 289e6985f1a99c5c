/* Text: comparison, strict number parsing, and a capped builder. */
#include "core/str.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STR_NEAREST_MAX_LEN = 256 };

static unsigned char fold(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

bool str_eq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

int str_cmp_fold(const char *a, const char *b)
{
	while (*a && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return (int)fold(*a) - (int)fold(*b);
}

bool str_eq_fold(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return str_cmp_fold(a, b) == 0;
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

const char *str_find_fold(const char *text, const char *part)
{
	size_t len = strlen(part);
	for (; *text; text++) {
		size_t same = 0;
		while (same < len && text[same] && fold(text[same]) == fold(part[same]))
			same++;
		if (same == len)
			return text;
	}
	return NULL;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t tail = strlen(suffix);
	return len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}

bool str_list_has(const struct str_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->items[i], text))
			return true;
	return false;
}

bool str_list_has_fold(const struct str_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq_fold(list->items[i], text))
			return true;
	return false;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *str_list_search(const struct str_list *list, const char *text)
{
	return list->count ? bsearch(&text, list->items, list->count, sizeof *list->items, compare_text)
			   : NULL;
}

bool str_list_equal(const struct str_list *a, const struct str_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->items[i], b->items[i]))
			return false;
	return true;
}

void str_list_sort_unique(struct str_list *list)
{
	if (list->count < 2)
		return;
	qsort(list->items, list->count, sizeof *list->items, compare_text);
	size_t kept = 1;
	for (size_t i = 1; i < list->count; i++)
		if (strcmp(list->items[i], list->items[kept - 1]) != 0)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

char *str_lower(struct arena *out, const char *text)
{
	char *copy = arena_strdup(out, text);
	for (char *c = copy; c && *c; c++)
		*c = (char)fold(*c);
	return copy;
}

struct str_list str_list_with(struct arena *out, const struct str_list *list, const char *text)
{
	struct str_list longer = {0};
	VEC_RESERVE(out, &longer, list->count + 1);
	for (size_t i = 0; i < list->count; i++)
		VEC_PUSH(out, &longer, list->items[i]);
	VEC_PUSH(out, &longer, text);
	return longer;
}

char *str_list_join(struct arena *out, const struct str_list *list, const char *separator)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			strbuf_add(&buf, separator);
		strbuf_add(&buf, list->items[i]);
	}
	return strbuf_dup(out, &buf);
}

bool str_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
	const char *digits = *text == '-' ? text + 1 : text;
	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	char *end = NULL;
	long long value = strtoll(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*ret_value = value;
	return true;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (fold(c) >= 'a' && fold(c) <= 'f');
}

bool str_is_guid(const char *text)
{
	if (!text || strlen(text) != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text[i] != '-' : !is_hex(text[i]))
			return false;
	}
	return true;
}

/* Length of the well-formed UTF-8 sequence at `p` (RFC 3629: no surrogates, no overlong forms), else 0. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

bool str_is_utf8(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	for (size_t i = 0; i < len;) {
		/* Nearly everything is ASCII: eight at a time, as far as that goes. */
		uint64_t eight;
		if (len - i >= sizeof eight) {
			memcpy(&eight, p + i, sizeof eight);
			if (!(eight & UINT64_C(0x8080808080808080))) {
				i += sizeof eight;
				continue;
			}
		}
		size_t step = utf8_sequence(p + i, len - i);
		if (!step)
			return false;
		i += step;
	}
	return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

size_t str_distance(const char *a, const char *b, size_t limit)
{
	size_t len_a = strlen(a);
	size_t len_b = strlen(b);
	size_t gap = len_a > len_b ? len_a - len_b : len_b - len_a;
	if (gap > limit || len_a > STR_NEAREST_MAX_LEN || len_b > STR_NEAREST_MAX_LEN)
		return limit + 1;
	size_t rows[3][STR_NEAREST_MAX_LEN + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t j = 0; j <= len_b; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		now[0] = i;
		size_t least = i;
		for (size_t j = 1; j <= len_b; j++) {
			size_t cost = fold(a[i - 1]) != fold(b[j - 1]);
			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
			bool swapped = i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
				       fold(a[i - 2]) == fold(b[j - 1]);
			if (swapped && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
			if (now[j] < least)
				least = now[j];
		}
		if (least > limit)
			return limit + 1;
		size_t *oldest = before;
		before = last;
		last = now;
		now = oldest;
	}
	return last[len_b] > limit ? limit + 1 : last[len_b];
}

const char *str_nearest(const char *text, const struct str_list *candidates)
{
	size_t len = strlen(text);
	size_t limit = len < 4 ? 1 : len < 8 ? 2 : 3;
	const char *nearest = NULL;
	for (size_t i = 0; i < candidates->count; i++) {
		size_t distance = str_distance(text, candidates->items[i], limit);
		if (distance > limit)
			continue;
		nearest = candidates->items[i];
		if (distance == 0)
			break;
		limit = distance - 1;
	}
	return nearest;
}

void strbuf_release(struct strbuf *buf)
{
	free(buf->ptr);
	*buf = (struct strbuf){.max = buf->max};
}

void strbuf_clear(struct strbuf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->ptr)
		buf->ptr[0] = '\0';
}

static bool strbuf_room(struct strbuf *buf, size_t more)
{
	assert(buf->max > 0);
	if (buf->failed)
		return false;
	if (more > buf->max - buf->len) {
		strbuf_clear(buf);
		buf->failed = true;
		return false;
	}
	size_t need = buf->len + more + 1;
	if (need > buf->cap) {
		size_t cap = buf->cap ? buf->cap * 2 : 256;
		buf->cap = cap < need ? need : cap;
		buf->ptr = mem_realloc(buf->ptr, buf->cap);
	}
	return true;
}

void strbuf_add_bytes(struct strbuf *buf, const void *data, size_t len)
{
	if (!strbuf_room(buf, len))
		return;
	if (len)
		memcpy(buf->ptr + buf->len, data, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void strbuf_add(struct strbuf *buf, const char *text)
{
	strbuf_add_bytes(buf, text, strlen(text));
}

void strbuf_add_char(struct strbuf *buf, char c)
{
	if (buf->len + 1 < buf->cap && buf->len < buf->max && !buf->failed) {
		buf->ptr[buf->len++] = c;
		buf->ptr[buf->len] = '\0';
		return;
	}
	strbuf_add_bytes(buf, &c, 1);
}

PRINTF(2, 0) static void strbuf_vaddf(struct strbuf *buf, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);
	if (len >= 0 && strbuf_room(buf, (size_t)len)) {
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void strbuf_addf(struct strbuf *buf, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	strbuf_vaddf(buf, fmt, args);
	va_end(args);
}

const char *strbuf_text(const struct strbuf *buf)
{
	return buf->ptr ? buf->ptr : "";
}

void strbuf_part_ends(struct strbuf *buf)
{
	enum { LARGE_PART = 1024 * 1024 };
	if (!buf->drain || buf->failed || buf->len < LARGE_PART)
		return;
	buf->drain(buf->drain_ctx, strbuf_text(buf), buf->len);
	strbuf_clear(buf);
}

char *strbuf_dup(struct arena *out, const struct strbuf *buf)
{
	return arena_strndup(out, strbuf_text(buf), buf->len);
}

uint64_t str_hash(const char *text, size_t len)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	return hash;
}
