/* JSON Schema (draft 2020-12) out of field tables. */
#include "core/fields_schema.h"

#include <stdlib.h>

/* JSON is written with sorted keys; tables are in the order in which people write files. */
static int compare_fields(const void *a, const void *b)
{
	return strcmp((*(const struct field *const *)a)->name, (*(const struct field *const *)b)->name);
}

static const struct field **sorted_fields(struct arena *tmp, const struct field *fields, size_t *ret_count)
{
	size_t count = 0;
	while (fields[count].name)
		count++;
	const struct field **sorted = arena_alloc_array(tmp, count, sizeof(const struct field *));
	for (size_t i = 0; i < count; i++)
		sorted[i] = &fields[i];
	qsort(sorted, count, sizeof(const struct field *), compare_fields);
	*ret_count = count;
	return sorted;
}

static void write_words(struct json_writer *w, const struct field *field)
{
	if (!field->words)
		return;
	json_put_key(w, "enum");
	json_begin_array(w);
	for (size_t i = 0; field->words[i]; i++)
		json_put_text(w, field->words[i]);
	json_end_array(w);
}

/* "format" is for people and editors; the pattern is what decides. */
static const char *format_of(const struct field *field)
{
	return field->type == FIELD_DATE ? "date" : field->type == FIELD_GUID ? "uuid" : NULL;
}

/* Whether digits alone can be in order: an order's reference, the end of a key, a customer's name. */
static bool takes_digits(const struct field *field, const char *pattern)
{
	static const char *const samples[] = {"11", "11111"};
	if (field->words || !pattern)
		return !field->words;
	bool takes = false;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		takes = takes || field_matches(pattern, samples[i]);
	return takes;
}

/*
 * What stands without quotes is text to us; to an editor it is a number, or true, by its letters. A pattern
 * holds for strings only: of numbers those can pass that have digits alone.
 */
static void write_text_type(struct json_writer *w, bool digits, bool any)
{
	if (!digits && !any) {
		json_set_text(w, "type", "string");
		return;
	}
	json_put_key(w, "type");
	json_begin_array(w);
	json_put_text(w, "string");
	json_put_text(w, any ? "number" : "integer");
	if (any)
		json_put_text(w, "boolean");
	json_end_array(w);
}

static void write_bounds(struct json_writer *w, const struct field *field)
{
	if (!field->min && !field->max)
		return;
	json_set_int(w, "maximum", field->max);
	json_set_int(w, "minimum", field->min);
}

/* Where a struct begins zeroed, the first word, and false, are what holds. */
static void write_fallback(struct json_writer *w, const struct field *field)
{
	bool by_word =
		field->words && (field->type == FIELD_BOOL || (field->type == FIELD_ENUM && !field->min));
	bool none = field->fallback && !*field->fallback;
	if (none || field->flags & FIELD_REQUIRED)
		return;
	if (field->fallback) {
		json_put_key(w, "default");
		json_put_raw(w, field->fallback);
	} else if (by_word) {
		json_set_text(w, "default", field->words[0]);
	} else if (field->type == FIELD_BOOL) {
		json_set_bool(w, "default", false);
	}
}

static void write_text(struct json_writer *w, const struct field *field, const char *pattern)
{
	json_begin_object(w);
	write_fallback(w, field);
	if (field->summary)
		json_set_text(w, "description", field->summary);
	write_words(w, field);
	if (format_of(field))
		json_set_text(w, "format", format_of(field));
	if (field->type == FIELD_TEXT || field->type == FIELD_CUSTOM)
		write_bounds(w, field);
	if (!pattern)
		json_set_int(w, "minLength", 1);
	else
		json_set_text(w, "pattern", pattern);
	write_text_type(w, pattern && takes_digits(field, pattern), !pattern && !field->words);
	json_end_object(w);
}

static void write_int(struct json_writer *w, const struct field *field)
{
	json_begin_object(w);
	write_fallback(w, field);
	if (field->summary)
		json_set_text(w, "description", field->summary);
	write_bounds(w, field);
	json_set_text(w, "type", "integer");
	json_end_object(w);
}

static void write_bool(struct json_writer *w, const struct field *field)
{
	if (field->words) {
		write_text(w, field, NULL);
		return;
	}
	json_begin_object(w);
	write_fallback(w, field);
	if (field->summary)
		json_set_text(w, "description", field->summary);
	json_set_text(w, "type", "boolean");
	json_end_object(w);
}

static void write_list(struct json_writer *w, const struct field *field)
{
	json_begin_object(w);
	if (field->summary)
		json_set_text(w, "description", field->summary);
	json_put_key(w, "items");
	if (field->type == FIELD_LIST) {
		fields_schema(field->fields, NULL, NULL, w);
	} else {
		json_begin_object(w);
		json_set_int(w, "minLength", 1);
		write_text_type(w, false, true);
		json_end_object(w);
	}
	if (field->flags & FIELD_NOT_EMPTY)
		json_set_int(w, "minItems", 1);
	json_set_text(w, "type", "array");
	json_end_object(w);
}

static void write_object(struct json_writer *w, const struct field *fields, const char *summary,
			 const char *rules);

static void write_field(struct json_writer *w, const struct field *field)
{
	static const char guid[] = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
	static const char date[] = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_ENUM:
		write_text(w, field, field->pattern);
		break;
	case FIELD_GUID:
		write_text(w, field, guid);
		break;
	case FIELD_DATE:
		write_text(w, field, date);
		break;
	case FIELD_BOOL:
		write_bool(w, field);
		break;
	case FIELD_INT:
		write_int(w, field);
		break;
	case FIELD_TEXTS:
	case FIELD_LIST:
		write_list(w, field);
		break;
	case FIELD_STRUCT:
		write_object(w, field->fields, field->summary, field->rules);
		break;
	case FIELD_CUSTOM:
		if (field->schema)
			field->schema(field, w);
		else
			write_text(w, field, field->pattern);
		break;
	}
}

static void write_members(struct json_writer *w, const struct field *fields)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	size_t count;
	size_t required = 0;
	const struct field **sorted = sorted_fields(tmp, fields, &count);
	json_put_key(w, "properties");
	json_begin_object(w);
	for (size_t i = 0; i < count; i++) {
		json_put_key(w, sorted[i]->name);
		write_field(w, sorted[i]);
		required += (sorted[i]->flags & FIELD_REQUIRED) != 0;
	}
	json_end_object(w);
	if (!required)
		return;
	json_put_key(w, "required");
	json_begin_array(w);
	for (size_t i = 0; i < count; i++)
		if (sorted[i]->flags & FIELD_REQUIRED)
			json_put_text(w, sorted[i]->name);
	json_end_array(w);
}

static void write_object(struct json_writer *w, const struct field *fields, const char *summary,
			 const char *rules)
{
	json_begin_object(w);
	json_set_bool(w, "additionalProperties", false);
	if (rules) {
		json_put_key(w, "allOf");
		json_put_raw(w, rules);
	}
	if (summary)
		json_set_text(w, "description", summary);
	write_members(w, fields);
	json_set_text(w, "type", "object");
	json_end_object(w);
}

void fields_schema(const struct field *fields, const char *summary, const char *rules, struct json_writer *w)
{
	write_object(w, fields, summary, rules);
}

void fields_schema_document(const struct field *fields, const char *id, const char *title, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	json_begin_object(&w);
	json_set_text(&w, "$id", id);
	json_set_text(&w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_set_bool(&w, "additionalProperties", false);
	write_members(&w, fields);
	json_set_text(&w, "title", title);
	json_set_text(&w, "type", "object");
	json_end_object(&w);
	strbuf_add_char(out, '\n');
}
