/* JSON: parsing with limits, and writing canonically. The only user of cJSON. */
#include "core/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#define JSON_MAX_INTEGER 9007199254740992.0

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
static bool scan(const char *text, size_t len, struct error *err)
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

static const cJSON *node_of(const struct json *value)
{
	return (const cJSON *)(const void *)value;
}

static const struct json *value_of(const cJSON *node)
{
	return (const struct json *)(const void *)node;
}

bool json_parse(const char *text, size_t len, struct json **ret_root, struct error *err)
{
	if (!scan(text, len, err))
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

void json_put_int(struct json_writer *w, int64_t value)
{
	before_value(w);
	assert(value <= (int64_t)JSON_MAX_INTEGER && value >= -(int64_t)JSON_MAX_INTEGER);
	strbuf_addf(w->out, "%" PRId64, value);
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
		/* A repeated key: the first one counts, as it does for every look-up. */
		if (i && str_eq(json_key(members[i]), json_key(members[i - 1])))
			continue;
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
