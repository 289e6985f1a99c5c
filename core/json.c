/* JSON: parsing with limits, and writing canonically. The only user of cJSON. */
#include "core/json.h"

#include "core/json_scan.h"
#include "core/mem.h"
#include "core/quote.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JSON_MAX_INTEGER 9007199254740992.0

static const cJSON *node_of(const struct json *value)
{
	return (const cJSON *)(const void *)value;
}

static const struct json *value_of(const cJSON *node)
{
	return (const struct json *)(const void *)node;
}

/* ---- members that stand twice ------------------------------------------------------------------- */

enum { FEW_MEMBERS = 24 };

static const cJSON *twice_of_few(const cJSON *object)
{
	for (const cJSON *member = object->child; member; member = member->next)
		for (const cJSON *other = member->next; other; other = other->next)
			if (strcmp(member->string, other->string) == 0)
				return other;
	return NULL;
}

static int compare_names(const void *left, const void *right)
{
	const cJSON *const *a = left;
	const cJSON *const *b = right;
	return strcmp((*a)->string, (*b)->string);
}

static const cJSON *twice_of_many(const cJSON *object, size_t count)
{
	const cJSON **members = mem_alloc(count * sizeof *members);
	const cJSON *twice = NULL;
	size_t filled = 0;
	for (const cJSON *member = object->child; member; member = member->next)
		members[filled++] = member;
	qsort(members, count, sizeof *members, compare_names);
	for (size_t i = 1; i < count && !twice; i++)
		if (strcmp(members[i - 1]->string, members[i]->string) == 0)
			twice = members[i];
	free(members);
	return twice;
}

/*
 * The first member that stands twice in its object, anywhere below. Who reads such a text takes the first of
 * them or the last: two readers, two meanings of what one of them has judged. The depth was checked before.
 */
static const cJSON *find_twice(const cJSON *value)
{
	const cJSON *twice = NULL;
	size_t count = 0;
	for (const cJSON *member = value->child; member && !twice; member = member->next, count++)
		twice = member->child ? find_twice(member) : NULL;
	if (twice || !cJSON_IsObject(value))
		return twice;
	return count <= FEW_MEMBERS ? twice_of_few(value) : twice_of_many(value, count);
}

bool json_parse(const char *text, size_t len, struct json **ret_root, struct error *err)
{
	if (!json_scan(text, len, err))
		return error_wrap(err, "not valid JSON");
	if (!str_is_utf8(text, len))
		return error_set(err, ERR_INVALID, "not valid JSON: not UTF-8");
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	if (!root) {
		size_t offset = end ? (size_t)(end - text) : 0;
		return error_set(err, ERR_INVALID, "not valid JSON near offset %zu", offset);
	}
	for (const char *p = end; p < text + len; p++) {
		if (!strchr(" \t\r\n", *p)) {
			json_free((struct json *)(void *)root);
			return error_set(err, ERR_INVALID,
					 "not valid JSON: text after the value at offset %zu",
					 (size_t)(p - text));
		}
	}
	const cJSON *twice = find_twice(root);
	if (twice) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		error_set(err, ERR_INVALID, "not valid JSON: the member '%s' stands twice",
			  quote_terminal_cut(tmp, twice->string, 64));
		json_free((struct json *)(void *)root);
		return false;
	}
	*ret_root = (struct json *)(void *)root;
	return true;
}

void json_free(struct json *root)
{
	cJSON_Delete((cJSON *)(void *)root);
}

enum json_type json_type(const struct json *value)
{
	const cJSON *node = node_of(value);
	if (!node || cJSON_IsNull(node))
		return JSON_NULL;
	if (cJSON_IsBool(node))
		return JSON_BOOL;
	if (cJSON_IsNumber(node))
		return JSON_NUMBER;
	if (cJSON_IsString(node))
		return JSON_STRING;
	return cJSON_IsArray(node) ? JSON_ARRAY : JSON_OBJECT;
}

const struct json *json_get(const struct json *object, const char *key)
{
	return object ? value_of(cJSON_GetObjectItemCaseSensitive(node_of(object), key)) : NULL;
}

const char *json_text(const struct json *value)
{
	return value ? cJSON_GetStringValue(node_of(value)) : NULL;
}

const char *json_get_text(const struct json *object, const char *key)
{
	return json_text(json_get(object, key));
}

bool json_int(const struct json *value, int64_t *ret_value)
{
	if (json_type(value) != JSON_NUMBER)
		return false;
	double number = cJSON_GetNumberValue(node_of(value));
	if (!(fabs(number) <= JSON_MAX_INTEGER) || trunc(number) != number)
		return false;
	*ret_value = (int64_t)number;
	return true;
}

bool json_bool(const struct json *value, bool *ret_value)
{
	if (json_type(value) != JSON_BOOL)
		return false;
	*ret_value = cJSON_IsTrue(node_of(value)) != 0;
	return true;
}

size_t json_count(const struct json *value)
{
	size_t count = 0;
	for (const struct json *member = json_first(value); member; member = json_next(member))
		count++;
	return count;
}

const struct json *json_first(const struct json *value)
{
	return value ? value_of(node_of(value)->child) : NULL;
}

const struct json *json_next(const struct json *member)
{
	return value_of(node_of(member)->next);
}

const char *json_key(const struct json *member)
{
	return node_of(member)->string;
}

static void put_escaped(struct strbuf *out, const char *text)
{
	static const char *const short_forms[32] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
	strbuf_add_char(out, '"');
	const char *plain = text;
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		strbuf_add_bytes(out, plain, (size_t)(p - plain));
		plain = p + 1;
		if (c == '"' || c == '\\') {
			strbuf_add_char(out, '\\');
			strbuf_add_char(out, (char)c);
		} else if (short_forms[c]) {
			strbuf_add(out, short_forms[c]);
		} else {
			strbuf_addf(out, "\\u%04x", c);
		}
	}
	strbuf_add(out, plain);
	strbuf_add_char(out, '"');
}

static void before_value(struct json_writer *w)
{
	assert(w->depth == 0 || w->has_key == w->is_object[w->depth - 1]);
	if (w->comma && !w->has_key)
		strbuf_add_char(w->out, ',');
	w->comma = true;
	w->has_key = false;
}

static void begin(struct json_writer *w, bool is_object)
{
	before_value(w);
	assert(w->depth < JSON_MAX_DEPTH);
	w->is_object[w->depth] = is_object;
	w->last_key[w->depth] = NULL;
	w->depth++;
	w->comma = false;
	strbuf_add_char(w->out, is_object ? '{' : '[');
}

static void end(struct json_writer *w, bool is_object)
{
	assert(w->depth > 0 && w->is_object[w->depth - 1] == is_object && !w->has_key);
	w->depth--;
	w->comma = true;
	strbuf_add_char(w->out, is_object ? '}' : ']');
}

void json_begin_object(struct json_writer *w)
{
	begin(w, true);
}

void json_end_object(struct json_writer *w)
{
	end(w, true);
}

void json_begin_array(struct json_writer *w)
{
	begin(w, false);
}

void json_end_array(struct json_writer *w)
{
	end(w, false);
}

/*
 * RFC 8785 orders keys by UTF-16 code units. That differs from byte order only where a character
 * beyond U+FFFF (lead byte f0..f4, surrogates d800..dfff) meets one in U+E000..U+FFFF (ee, ef).
 */
static int compare_keys(const char *a, const char *b)
{
	const unsigned char *x = (const unsigned char *)a;
	const unsigned char *y = (const unsigned char *)b;
	while (*x && *x == *y) {
		x++;
		y++;
	}
	bool x_astral = *x >= 0xf0;
	bool y_astral = *y >= 0xf0;
	if (x_astral != y_astral && (x_astral ? *y : *x) >= 0xee)
		return x_astral ? -1 : 1;
	return (int)*x - (int)*y;
}

void json_put_key(struct json_writer *w, const char *key)
{
	assert(w->depth > 0 && w->is_object[w->depth - 1] && !w->has_key);
	const char *last = w->last_key[w->depth - 1];
	assert(!last || compare_keys(last, key) < 0);
	w->last_key[w->depth - 1] = key;
	if (w->comma)
		strbuf_add_char(w->out, ',');
	put_escaped(w->out, key);
	strbuf_add_char(w->out, ':');
	w->has_key = true;
}

void json_put_text(struct json_writer *w, const char *text)
{
	before_value(w);
	if (text)
		put_escaped(w->out, text);
	else
		strbuf_add(w->out, "null");
}

/* Documents for very many people are half numbers. */
void json_put_int(struct json_writer *w, int64_t value)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = value < 0 ? (uint64_t)-value : (uint64_t)value;
	before_value(w);
	assert(value <= (int64_t)JSON_MAX_INTEGER && value >= -(int64_t)JSON_MAX_INTEGER);
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		digits[--at] = '-';
	strbuf_add_bytes(w->out, digits + at, sizeof digits - at);
}

void json_put_bool(struct json_writer *w, bool value)
{
	before_value(w);
	strbuf_add(w->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *w)
{
	json_put_text(w, NULL);
}

static int compare_members(const void *a, const void *b)
{
	return compare_keys(json_key(*(const struct json *const *)a),
			    json_key(*(const struct json *const *)b));
}

static void put_object(struct json_writer *w, const struct json *value)
{
	size_t count = json_count(value);
	const struct json **members = mem_alloc(count * sizeof *members);
	size_t filled = 0;
	JSON_EACH (member, value)
		members[filled++] = member;
	if (count)
		qsort(members, count, sizeof *members, compare_members);
	json_begin_object(w);
	for (size_t i = 0; i < count; i++) {
		json_put_key(w, json_key(members[i]));
		json_put_value(w, members[i]);
	}
	json_end_object(w);
	free(members);
}

static void put_number(struct json_writer *w, const struct json *value)
{
	int64_t integer;
	if (json_int(value, &integer)) {
		json_put_int(w, integer);
		return;
	}
	before_value(w);
	strbuf_addf(w->out, "%.17g", cJSON_GetNumberValue(node_of(value)));
}

void json_put_value(struct json_writer *w, const struct json *value)
{
	switch (json_type(value)) {
	case JSON_NULL:
		json_put_null(w);
		return;
	case JSON_BOOL:
		json_put_bool(w, cJSON_IsTrue(node_of(value)) != 0);
		return;
	case JSON_NUMBER:
		put_number(w, value);
		return;
	case JSON_STRING:
		json_put_text(w, json_text(value));
		return;
	case JSON_ARRAY:
		json_begin_array(w);
		JSON_EACH (member, value)
			json_put_value(w, member);
		json_end_array(w);
		return;
	case JSON_OBJECT:
		put_object(w, value);
		return;
	}
}

void json_put_raw(struct json_writer *w, const char *text)
{
	before_value(w);
	strbuf_add(w->out, text);
}

void json_put_texts(struct json_writer *w, const struct str_list *list)
{
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++)
		json_put_text(w, list->items[i]);
	json_end_array(w);
}

void json_set_text(struct json_writer *w, const char *key, const char *text)
{
	json_put_key(w, key);
	json_put_text(w, text);
}

void json_set_given(struct json_writer *w, const char *key, const char *text)
{
	if (text)
		json_set_text(w, key, text);
}

void json_set_int(struct json_writer *w, const char *key, int64_t value)
{
	json_put_key(w, key);
	json_put_int(w, value);
}

void json_set_bool(struct json_writer *w, const char *key, bool value)
{
	json_put_key(w, key);
	json_put_bool(w, value);
}

void json_set_texts(struct json_writer *w, const char *key, const struct str_list *list)
{
	json_put_key(w, key);
	json_put_texts(w, list);
}

const char *json_version(void)
{
	return cJSON_Version();
}
