/*
 * JSON: parsing with limits, and writing canonically. The only user of cJSON.
 *
 * Parsed values are read-only and borrowed from the root, which json_free drops. Look-ups are
 * case-sensitive. A text with an embedded NUL, invalid UTF-8, more than JSON_MAX_DEPTH levels or a member
 * that stands twice in its object is refused.
 *
 * The writer gives RFC 8785 (JSON Canonicalization Scheme) bytes without building a tree: keys must
 * come in the canonical order (by UTF-16 code units; plain byte order for ASCII keys), which it
 * asserts. Only integers up to 2^53 are written, never fractions.
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include "core/error.h"
#include "core/macros.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_MAX_DEPTH = 64 };
enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json;
NODISCARD bool json_parse(const char *text, size_t len, struct json **ret_root, struct error *err);
void json_free(struct json *root);
DEFINE_FREEP(struct json, json)

/* All of these take NULL, which has no members and no value. */
enum json_type json_type(const struct json *value);			 /* JSON_NULL for NULL */
const struct json *json_get(const struct json *object, const char *key); /* NULL when absent */
const char *json_text(const struct json *value);			 /* NULL unless a string */
const char *json_get_text(const struct json *object, const char *key);
NODISCARD bool json_int(const struct json *value, int64_t *ret_value); /* an integer up to 2^53 */
NODISCARD bool json_bool(const struct json *value, bool *ret_value);
size_t json_count(const struct json *value);		 /* members of an array or object; linear */
const struct json *json_first(const struct json *value); /* first member, or NULL */
const struct json *json_next(const struct json *member);
const char *json_key(const struct json *member); /* of a member of an object */
#define JSON_EACH(member, value)                                                                             \
	for (const struct json *member = json_first(value); member; member = json_next(member))

struct json_writer {
	struct strbuf *out;
	int depth;
	bool comma;   /* a value was written at this level */
	bool has_key; /* the next value belongs to a key */
	bool is_object[JSON_MAX_DEPTH];
	const char *last_key[JSON_MAX_DEPTH]; /* borrowed until the object ends */
};
#define JSON_WRITER(strbuf)                                                                                  \
	{                                                                                                    \
		.out = (strbuf)                                                                              \
	}

void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_put_key(struct json_writer *w, const char *key);   /* `key` must live until the object ends */
void json_put_text(struct json_writer *w, const char *text); /* NULL is written as null */
void json_put_int(struct json_writer *w, int64_t value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);
void json_put_value(struct json_writer *w, const struct json *value); /* a parsed value, keys sorted */
void json_put_raw(struct json_writer *w, const char *text);	      /* a value that is JSON text already */
void json_put_texts(struct json_writer *w, const struct str_list *list); /* an array of strings */

/* Key and value in one call. */
void json_set_text(struct json_writer *w, const char *key, const char *text);
void json_set_given(struct json_writer *w, const char *key, const char *text); /* nothing when NULL */
void json_set_int(struct json_writer *w, const char *key, int64_t value);
void json_set_bool(struct json_writer *w, const char *key, bool value);
void json_set_texts(struct json_writer *w, const char *key, const struct str_list *list);

const char *json_version(void); /* of cJSON */

#endif
