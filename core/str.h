/*
 * Text: comparison, strict number parsing, and a capped builder.
 *
 * Text is UTF-8 and NUL-terminated. What came from a file or a tenant is not trusted to be
 * printable; core/quote.h makes it so.
 */
#ifndef CORE_STR_H
#define CORE_STR_H

#include "core/macros.h"
#include "core/mem.h"
#include "core/vec.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool str_eq(const char *a, const char *b);	/* two NULLs are equal */
bool str_eq_fold(const char *a, const char *b); /* ASCII case folded: GUIDs, SKU names, domains, UPNs */
int str_cmp_fold(const char *a, const char *b);
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
/* Where `part` is in `text`, ASCII case folded; or NULL. */
const char *str_find_fold(const char *text, const char *part);
bool str_list_has(const struct str_list *list, const char *text);      /* exact */
bool str_list_has_fold(const struct str_list *list, const char *text); /* ASCII case folded */
const char *const *str_list_search(const struct str_list *list,
				   const char *text); /* in a sorted list; or NULL */
bool str_list_equal(const struct str_list *a,
		    const struct str_list *b);	      /* the same texts in the same order */
void str_list_sort_unique(struct str_list *list);     /* by bytes, in place */
char *str_lower(struct arena *out, const char *text); /* ASCII only; NULL gives NULL */
struct str_list str_list_with(struct arena *out, const struct str_list *list,
			      const char *text); /* a longer copy */
char *str_list_join(struct arena *out, const struct str_list *list, const char *separator);

/* The whole of `text` must be a decimal number within [min, max]; nothing is written otherwise. */
NODISCARD bool str_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value);

bool str_is_guid(const char *text); /* 8-4-4-4-12 hex digits */
bool str_is_utf8(const char *text, size_t len);

/* Edit distance (Damerau, adjacent swaps count one), ASCII case folded; more than `limit` gives limit + 1. */
size_t str_distance(const char *a, const char *b, size_t limit);

/* The candidate nearest to `text` when it is near enough to be a likely misspelling, else NULL. */
const char *str_nearest(const char *text, const struct str_list *candidates);

/*
 * A builder with a maximum given at birth. After one failure (over the maximum) it stays failed and
 * empty, so a chain of appends needs one check at the end.
 */
struct strbuf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
	/* Where parts may go before the whole is there; NULL: all of it stays. */
	void (*drain)(void *ctx, const char *bytes, size_t len);
	void *drain_ctx;
};
#define STRBUF_INIT(max_bytes)                                                                               \
	{                                                                                                    \
		.max = (max_bytes)                                                                           \
	}
enum { STRBUF_SMALL = 64 * 1024, STRBUF_LARGE = 512 * 1024 * 1024 };

void strbuf_release(struct strbuf *buf);
void strbuf_clear(struct strbuf *buf);
void strbuf_add(struct strbuf *buf, const char *text);
void strbuf_add_bytes(struct strbuf *buf, const void *data, size_t len);
void strbuf_add_char(struct strbuf *buf, char c);
void strbuf_addf(struct strbuf *buf, const char *fmt, ...) PRINTF(2, 3);
const char *strbuf_text(const struct strbuf *buf); /* never NULL, NUL-terminated */
char *strbuf_dup(struct arena *out, const struct strbuf *buf);
/* Nothing that is there will be looked at again, and no word goes on after it: it may go, when it is large.
 */
void strbuf_part_ends(struct strbuf *buf);

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ For tables in memory, no proof of anything. */
uint64_t str_hash(const char *text, size_t len);

#endif
