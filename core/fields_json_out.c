/* The same field tables the other way: a struct becomes the object that fields_from_json reads back. */
#include "core/fields.h"

#include <string.h>

/* Every VEC has this layout; its bytes are copied out so that no type is punned. */
VEC(raw_list, const void);

static const char *text_at(const void *at)
{
	const char *text;
	memcpy(&text, at, sizeof text);
	return text;
}

static bool is_text(const struct field *field)
{
	return field->type == FIELD_TEXT || field->type == FIELD_GUID || field->type == FIELD_DATE;
}

/* A struct has no NULL: it is there when all the texts are that it cannot do without. */
static bool is_there(const struct field *fields, const char *base)
{
	for (const struct field *field = fields; field->name; field++)
		if (is_text(field) && (field->flags & FIELD_REQUIRED) && !text_at(base + field->offset))
			return false;
	return true;
}

static void put_list(const struct field *field, const char *at, struct json_writer *w)
{
	struct raw_list list;
	memcpy(&list, at, sizeof list);
	const char *item = list.items;
	json_begin_array(w);
	for (size_t i = 0; i < list.count; i++, item += field->item_size)
		fields_to_json(field->fields, item, w);
	json_end_array(w);
}

static void put_word(const struct field *field, const char *at, struct json_writer *w)
{
	int word;
	memcpy(&word, at, sizeof word);
	json_put_text(w, field->words[word]);
}

static void put_value(const struct field *field, const char *at, struct json_writer *w)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_GUID:
	case FIELD_DATE:
		json_put_text(w, text_at(at));
		break;
	case FIELD_BOOL:
		json_put_bool(w, *(const bool *)at);
		break;
	case FIELD_INT: {
		int64_t number;
		memcpy(&number, at, sizeof number);
		json_put_int(w, number);
		break;
	}
	case FIELD_ENUM:
		put_word(field, at, w);
		break;
	case FIELD_TEXTS: {
		struct str_list list;
		memcpy(&list, at, sizeof list);
		json_put_texts(w, &list);
		break;
	}
	case FIELD_STRUCT:
		if ((field->flags & FIELD_NULLABLE) && !is_there(field->fields, at))
			json_put_null(w);
		else
			fields_to_json(field->fields, at, w);
		break;
	case FIELD_LIST:
		put_list(field, at, w);
		break;
	case FIELD_CUSTOM:
		json_put_null(w); /* of files alone: a table with one is not written as JSON */
		break;
	}
}

void fields_to_json(const struct field *fields, const void *base, struct json_writer *w)
{
	json_begin_object(w);
	for (const struct field *field = fields; field->name; field++) {
		const char *at = (const char *)base + field->offset;
		if (is_text(field) && !text_at(at) && !(field->flags & (FIELD_NULLABLE | FIELD_REQUIRED)))
			continue;
		json_put_key(w, field->name);
		put_value(field, at, w);
	}
	json_end_object(w);
}
