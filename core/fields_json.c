/* The JSON front end of field tables: lenient about unknown members, strict about type and presence. */
#include "core/fields.h"

#include "core/clock.h"

#include <string.h>

/* Every VEC has this layout; its bytes are copied in and out so that no type is punned. */
VEC(raw_list, void);

/* Where in the answer a value is; made into text only when there is something to complain about. */
struct place_in {
	const struct place_in *up;
	const char *name; /* NULL: an item */
	size_t index;
};

static bool read_object(const struct field *fields, const struct json *object, const struct place_in *at,
			struct arena *out, char *target, struct error *err);

static void add_path(struct strbuf *buf, const struct place_in *at)
{
	if (at->up)
		add_path(buf, at->up);
	if (!at->name)
		strbuf_addf(buf, "[%zu]", at->index);
	else
		strbuf_addf(buf, at->up ? ".%s" : "%s", at->name);
}

static bool wrong(struct error *err, const struct place_in *at, const char *problem)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(STRBUF_SMALL);
	add_path(&path, at);
	return error_set(err, ERR_INVALID, "'%s' is %s", strbuf_text(&path), problem);
}

static bool read_text(const struct field *field, const struct json *value, const struct place_in *at,
		      struct arena *out, char *target, struct error *err)
{
	const char *text = json_text(value);
	int32_t day;
	if (!text)
		return wrong(err, at, "not a string");
	if (!*text && (field->flags & FIELD_NOT_EMPTY))
		return wrong(err, at, "not a non-empty string");
	if (field->type == FIELD_GUID && !str_is_guid(text))
		return wrong(err, at, "not a GUID");
	if (field->type == FIELD_DATE && !date_parse(text, &day))
		return wrong(err, at, "not a date (YYYY-MM-DD)");
	text = field->type == FIELD_GUID ? str_lower(out, text) : arena_strdup(out, text);
	memcpy(target, &text, sizeof text);
	return true;
}

static bool read_int(const struct field *field, const struct json *value, const struct place_in *at,
		     char *target, struct error *err)
{
	int64_t number;
	if (!json_int(value, &number))
		return wrong(err, at, "not an integer");
	bool bounded = field->min || field->max;
	if (bounded && (number < field->min || number > field->max))
		return wrong(err, at, "out of range");
	memcpy(target, &number, sizeof number);
	return true;
}

static bool read_bool(const struct json *value, const struct place_in *at, char *target, struct error *err)
{
	bool truth;
	if (!json_bool(value, &truth))
		return wrong(err, at, "not true or false");
	memcpy(target, &truth, sizeof truth);
	return true;
}

static bool read_enum(const struct field *field, const struct json *value, const struct place_in *at,
		      char *target, struct error *err)
{
	const char *text = json_text(value);
	for (int i = 0; text && field->words[i]; i++) {
		if (!str_eq(text, field->words[i]))
			continue;
		memcpy(target, &i, sizeof i);
		return true;
	}
	return wrong(err, at, "not one of the known words");
}

static bool read_texts(const struct json *value, const struct place_in *at, struct arena *out, char *target,
		       struct error *err)
{
	struct str_list list = {0};
	if (json_type(value) != JSON_ARRAY)
		return wrong(err, at, "not an array");
	JSON_EACH (item, value) {
		const char *text = json_text(item);
		if (!text)
			return wrong(err, at, "not an array of strings");
		VEC_PUSH(out, &list, arena_strdup(out, text));
	}
	memcpy(target, &list, sizeof list);
	return true;
}

static bool read_list(const struct field *field, const struct json *value, const struct place_in *at,
		      struct arena *out, char *target, struct error *err)
{
	struct raw_list list = {0};
	if (json_type(value) != JSON_ARRAY)
		return wrong(err, at, "not an array");
	list.count = list.cap = json_count(value);
	list.items = arena_alloc_array(out, list.count, field->item_size);
	char *item = list.items;
	size_t index = 0;
	JSON_EACH (member, value) {
		const struct place_in inner = {.up = at, .index = index};
		if (!read_object(field->fields, member, &inner, out, item, err))
			return false;
		item += field->item_size;
		index++;
	}
	memcpy(target, &list, sizeof list);
	return true;
}

static bool read_value(const struct field *field, const struct json *value, const struct place_in *at,
		       struct arena *out, char *target, struct error *err)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_GUID:
	case FIELD_DATE:
		return read_text(field, value, at, out, target, err);
	case FIELD_BOOL:
		return read_bool(value, at, target, err);
	case FIELD_INT:
		return read_int(field, value, at, target, err);
	case FIELD_ENUM:
		return read_enum(field, value, at, target, err);
	case FIELD_TEXTS:
		return read_texts(value, at, out, target, err);
	case FIELD_STRUCT:
		return read_object(field->fields, value, at, out, target, err);
	case FIELD_LIST:
		return read_list(field, value, at, out, target, err);
	case FIELD_CUSTOM:
		break; /* of files alone: a table with one is not read from JSON */
	}
	return wrong(err, at, "not readable");
}

static bool read_object(const struct field *fields, const struct json *object, const struct place_in *at,
			struct arena *out, char *target, struct error *err)
{
	if (json_type(object) != JSON_OBJECT)
		return wrong(err, at, "not an object");
	for (const struct field *field = fields; field->name; field++) {
		const struct json *value = json_get(object, field->name);
		bool required = (field->flags & FIELD_REQUIRED) != 0;
		bool nullable = (field->flags & FIELD_NULLABLE) != 0;
		if (json_type(value) == JSON_NULL && (!required || (value && nullable)))
			continue;
		const struct place_in inner = {.up = at, .name = field->name};
		if (!value)
			return wrong(err, &inner, "missing");
		if (!read_value(field, value, &inner, out, target + field->offset, err))
			return false;
	}
	return true;
}

bool fields_from_file(const struct field *fields, const struct json *object, const char *what,
		      struct arena *out, void *ret_struct, struct error *err)
{
	const struct place_in at = {.name = what};
	return read_object(fields, object, &at, out, ret_struct, err);
}

bool fields_from_json(const struct field *fields, const struct json *object, const char *what,
		      struct arena *out, void *ret_struct, struct error *err)
{
	struct error inner = ERROR_INIT;
	if (fields_from_file(fields, object, what, out, ret_struct, &inner))
		return true;
	error_set(err, ERR_REMOTE, "unexpected answer: %s", inner.message);
	error_release(&inner);
	return false;
}
