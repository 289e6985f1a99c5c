/* The strict YAML front end of field tables. */
#include "core/fields_yaml.h"

#include "core/clock.h"

#include <regex.h>
#include <stdarg.h>

struct place field_place(const struct field_reader *reader, const struct node *node)
{
	return (struct place){reader->file, node->line, node->col, node->len};
}

struct place field_place_of_mapping(const struct field_reader *reader, const struct node *mapping)
{
	return field_place(reader, mapping->key ? mapping->key : mapping);
}

static struct diag *add_error(struct field_reader *reader, enum diag_code code, struct place place,
			      const char *fmt, va_list args) PRINTF(4, 0);
static struct diag *add_error(struct field_reader *reader, enum diag_code code, struct place place,
			      const char *fmt, va_list args)
{
	const char *message = arena_vprintf(reader->out, fmt, args);
	return diag_add(reader->out, reader->diags, code, place, "%s", message);
}

struct diag *field_error(struct field_reader *reader, enum diag_code code, const struct node *node,
			 const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct diag *diag = add_error(reader, code, field_place(reader, node), fmt, args);
	va_end(args);
	return diag;
}

struct diag *field_error_at(struct field_reader *reader, enum diag_code code, struct place place,
			    const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct diag *diag = add_error(reader, code, place, fmt, args);
	va_end(args);
	return diag;
}

/* ---- types ---------------------------------------------------------------------------------- */

static const char *kind_name(const struct node *node)
{
	if (node->kind == NODE_SEQUENCE)
		return "a list";
	return node->kind == NODE_MAPPING ? "a mapping" : "a text";
}

static void wrong_type(struct field_reader *reader, const struct node *node, const char *expected,
		       const char *help)
{
	const char *path = node_path(reader->out, node);
	field_error(reader, SS109, node, "%s%sexpected %s, found %s", path, *path ? ": " : "", expected,
		    kind_name(node))
		->help = help;
}

/* "seats:10" is one text to YAML. */
static const char *spaced_key(struct arena *out, const char *text)
{
	const char *colon = strchr(text, ':');
	return arena_printf(out, "Write a space after the colon: '%.*s: %s'.", (int)(colon - text), text,
			    colon + 1);
}

/* The text, or the first key, in which something may be glued to what it was to be apart from. */
static const char *glued_text(const struct node *node)
{
	const struct node *first = node->kind == NODE_MAPPING && node->first ? node->first->key : node;
	return first->kind == NODE_SCALAR && !first->quoted && *first->text ? first->text : NULL;
}

/* The whole file, or a key of it: what to write instead. */
static const char *next_step(struct arena *out, const struct node *node, enum node_kind kind)
{
	const char *glued = glued_text(node);
	const char *key = node->key ? node->key->text : NULL;
	if (glued && glued[0] == '-' && kind == NODE_SEQUENCE)
		return arena_printf(out, "Write a space after the dash: '- %s'.", glued + 1);
	if (glued && kind == NODE_MAPPING && !node->quoted && strchr(glued, ':'))
		return spaced_key(out, glued);
	if (kind == NODE_SEQUENCE && node->kind == NODE_SCALAR)
		return arena_printf(out, "Write it as a list: [%s].", node->text);
	if (kind == NODE_SEQUENCE)
		return "Write each entry on a line of its own, after a dash and a space.";
	if (kind == NODE_MAPPING && key)
		return arena_printf(
			out, "Write what belongs to '%s' below it and further in, as 'key: value'.", key);
	if (kind == NODE_MAPPING)
		return "Write 'key: value' on each line.";
	if (node->kind == NODE_SEQUENCE && node->count == 1 && node->first->kind == NODE_SCALAR)
		return arena_printf(out, "Leave the brackets or the dash out: %s.", node->first->text);
	return "Write one value, in quotes where it has brackets, braces or a colon in it.";
}

bool field_expect(struct field_reader *reader, const struct node *node, enum node_kind kind)
{
	if (node->kind == NODE_BAD)
		return false;
	if (node->kind == kind && (kind != NODE_SCALAR || !node_is_null(node)))
		return true;
	if (node_is_null(node)) {
		field_error(reader, SS109, node, "%s: no value", node_path(reader->out, node))->help =
			"Give it a value or take it out.";
		return false;
	}
	const char *const names[] = {"a text", "a list", "a mapping", ""};
	wrong_type(reader, node, names[kind], next_step(reader->out, node, kind));
	return false;
}

const char *field_text(struct field_reader *reader, const struct node *node)
{
	if (!field_expect(reader, node, NODE_SCALAR))
		return NULL;
	if (*node->text)
		return node->text;
	field_error(reader, SS110, node, "%s: an empty text", node_path(reader->out, node))->help =
		"Give it a value or take it out.";
	return NULL;
}

/* The list of texts of a sequence; false after a complaint about the whole. */
static bool field_texts(struct field_reader *reader, const struct node *node, struct str_list *ret_list)
{
	if (!field_expect(reader, node, NODE_SEQUENCE))
		return false;
	NODE_EACH (item, node) {
		const char *text = field_text(reader, item);
		if (text)
			VEC_PUSH(reader->out, ret_list, text);
	}
	return true;
}

static struct str_list word_list(struct arena *out, const char *const *words)
{
	struct str_list list = {0};
	for (size_t i = 0; words[i]; i++)
		VEC_PUSH(out, &list, words[i]);
	return list;
}

static int word_index(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (str_eq(words[i], text))
			return i;
	return -1;
}

static int read_word(struct field_reader *reader, const struct node *node, const struct field *field)
{
	const char *text = field_text(reader, node);
	if (!text)
		return -1;
	int index = word_index(field->words, text);
	if (index >= 0)
		return index;
	struct str_list words = word_list(reader->out, field->words);
	const char *nearest = str_nearest(text, &words);
	const char *all = str_list_join(reader->out, &words, ", ");
	struct diag *diag =
		field_error(reader, SS110, node, "'%s' is not allowed for '%s'", text, field->name);
	diag->help = nearest ? arena_printf(reader->out, "Did you mean '%s'? Allowed: %s.", nearest, all)
			     : arena_printf(reader->out, "Allowed: %s.", all);
	return -1;
}

bool field_matches(const char *pattern, const char *text)
{
	regex_t regex;
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false; /* a mistake in a table: every value is refused, so a test finds it */
	bool matched = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return matched;
}

static const char *read_text(struct field_reader *reader, const struct node *node, const struct field *field)
{
	if (field->words) {
		int index = read_word(reader, node, field);
		return index < 0 ? NULL : field->words[index];
	}
	const char *text = field_text(reader, node);
	if (!text || !field->pattern || field_matches(field->pattern, text))
		return text;
	field_error(reader, SS110, node, "'%s' is not allowed for '%s'", text, field->name)->help =
		field->summary;
	return NULL;
}

static const char *read_guid(struct field_reader *reader, const struct node *node, const struct field *field)
{
	const char *text = field_text(reader, node);
	if (!text || str_is_guid(text))
		return str_lower(reader->out, text);
	field_error(reader, SS110, node, "'%s' is not a GUID", text)->help =
		arena_printf(reader->out, "'%s' is 32 hex digits in groups of 8-4-4-4-12.", field->name);
	return NULL;
}

static void read_bool(struct field_reader *reader, const struct node *node, const struct field *field,
		      bool *ret_value)
{
	if (field->words) {
		int index = read_word(reader, node, field);
		if (index >= 0)
			*ret_value = index > 0;
		return;
	}
	if (!field_expect(reader, node, NODE_SCALAR))
		return;
	bool is_true = str_eq(node->text, "true");
	if (!node->quoted && (is_true || str_eq(node->text, "false"))) {
		*ret_value = is_true;
		return;
	}
	bool yes = str_eq_fold(node->text, "yes") || str_eq_fold(node->text, "on") ||
		   str_eq_fold(node->text, "true");
	bool no = str_eq_fold(node->text, "no") || str_eq_fold(node->text, "off") ||
		  str_eq_fold(node->text, "false");
	wrong_type(reader, node, "true or false",
		   yes	? "Did you mean true? Write it in lower case, without quotes."
		   : no ? "Did you mean false? Write it in lower case, without quotes."
			: "Write true or false, without quotes.");
}

static void read_int(struct field_reader *reader, const struct node *node, const struct field *field,
		     int64_t *ret_value)
{
	bool bounded = field->min || field->max;
	int64_t value;
	if (!field_expect(reader, node, NODE_SCALAR))
		return;
	if (!str_parse_int(node->text, INT64_MIN, INT64_MAX, &value) || node->quoted) {
		wrong_type(reader, node, "a whole number",
			   node->quoted ? "Leave the quotes out." : "Write decimal digits only.");
		return;
	}
	if (bounded && (value < field->min || value > field->max)) {
		field_error(reader, SS110, node, "%s is not allowed for '%s'", node->text, field->name)
			->help = arena_printf(reader->out, "Allowed: %lld to %lld.", (long long)field->min,
					      (long long)field->max);
		return;
	}
	*ret_value = value;
}

static const char *read_date(struct field_reader *reader, const struct node *node, const struct field *field)
{
	int32_t day;
	const char *text = field_text(reader, node);
	if (!text || date_parse(text, &day))
		return text;
	field_error(reader, SS110, node, "'%s' is not a date", text)->help =
		arena_printf(reader->out, "Write '%s' as YYYY-MM-DD, a day that exists.", field->name);
	return NULL;
}

/* ---- lists and structs ---------------------------------------------------------------------- */

static void refuse_empty(struct field_reader *reader, const struct node *node, const struct field *field)
{
	if ((field->flags & FIELD_NOT_EMPTY) && node->kind == NODE_SEQUENCE && !node->count)
		field_error(reader, SS110, node, "'%s' is an empty list", field->name)->help =
			"Name at least one.";
}

/* All VECs of structs have the same layout; the macro needs the type, this does not. */
static void read_list(struct field_reader *reader, const struct node *node, const struct field *field,
		      void *target)
{
	VEC(any_list, void) *list = target;
	if (!field_expect(reader, node, NODE_SEQUENCE))
		return;
	refuse_empty(reader, node, field);
	list->items = arena_alloc_array(reader->out, node->count, field->item_size);
	list->count = list->cap = node->count;
	NODE_EACH (item, node)
		if (field_expect(reader, item, NODE_MAPPING))
			fields_from_yaml(reader, field->fields, item,
					 (char *)list->items + item->index * field->item_size);
}

static void read_texts(struct field_reader *reader, const struct node *node, const struct field *field,
		       struct str_list *ret_list)
{
	*ret_list = (struct str_list){0};
	if (field_texts(reader, node, ret_list))
		refuse_empty(reader, node, field);
}

static void set_text(const char **target, const char *text)
{
	if (text)
		*target = text;
}

static void read_field(struct field_reader *reader, const struct node *node, const struct field *field,
		       void *target)
{
	char *base = target;
	void *at = base + field->offset;
	if (field->place_offset)
		*(struct place *)(void *)(base + field->place_offset) = field_place(reader, node);
	if (field->given_offset)
		*(bool *)(base + field->given_offset) = true;
	switch (field->type) {
	case FIELD_TEXT:
		set_text(at, read_text(reader, node, field));
		break;
	case FIELD_GUID:
		set_text(at, read_guid(reader, node, field));
		break;
	case FIELD_DATE:
		set_text(at, read_date(reader, node, field));
		break;
	case FIELD_BOOL:
		read_bool(reader, node, field, at);
		break;
	case FIELD_INT:
		read_int(reader, node, field, at);
		break;
	case FIELD_ENUM: {
		int index = read_word(reader, node, field);
		if (index >= 0)
			*(int *)at = (int)field->min + index;
		break;
	}
	case FIELD_TEXTS:
		read_texts(reader, node, field, at);
		break;
	case FIELD_STRUCT:
		if (field_expect(reader, node, NODE_MAPPING))
			fields_from_yaml(reader, field->fields, node, at);
		break;
	case FIELD_LIST:
		read_list(reader, node, field, at);
		break;
	case FIELD_CUSTOM:
		if (node->kind != NODE_BAD)
			field->read(reader, node, field, target);
		break;
	}
}

static const struct field *find_field(const struct field *fields, const char *name)
{
	for (const struct field *field = fields; field->name; field++)
		if (str_eq(field->name, name))
			return field;
	return NULL;
}

/* What was meant, as far as that can be told. */
static const char *help_for_unknown(struct field_reader *reader, const struct node *key,
				    const struct str_list *names)
{
	const char *colon = key->quoted ? NULL : strchr(key->text, ':');
	if (colon &&
	    str_list_has_fold(names, arena_strndup(reader->out, key->text, (size_t)(colon - key->text))))
		return spaced_key(reader->out, key->text);
	const char *nearest = str_nearest(key->text, names);
	const bool is_it = nearest && str_eq_fold(nearest, key->text);
	const char *elsewhere = reader->own && !is_it
					? field_belongs(reader->files, reader->own, key->text, reader->out)
					: NULL;
	if (elsewhere)
		return elsewhere;
	return nearest ? arena_printf(reader->out, "Did you mean '%s'?", nearest)
		       : arena_printf(reader->out, "Allowed here: %s.",
				      str_list_join(reader->out, names, ", "));
}

static void unknown_key(struct field_reader *reader, const struct field *fields, const struct node *mapping,
			const struct node *key)
{
	struct str_list names = {0};
	for (const struct field *field = fields; field->name; field++)
		VEC_PUSH(reader->out, &names, field->name);
	const char *path = node_path(reader->out, mapping);
	field_error(reader, SS106, key, "unknown key '%s'%s%s", key->text, *path ? " in " : "", path)->help =
		help_for_unknown(reader, key, &names);
}

static void require_fields(struct field_reader *reader, const struct field *fields,
			   const struct node *mapping)
{
	for (const struct field *field = fields; field->name; field++) {
		if (!(field->flags & FIELD_REQUIRED) || node_get(mapping, field->name))
			continue;
		const char *path = node_path(reader->out, mapping);
		struct place place = field_place_of_mapping(reader, mapping);
		field_error_at(reader, SS108, place, "'%s' is missing%s%s", field->name, *path ? " in " : "",
			       path)
			->help = field->summary;
	}
}

void fields_from_yaml(struct field_reader *reader, const struct field *fields, const struct node *mapping,
		      void *target)
{
	NODE_EACH (value, mapping) {
		if (value->key->kind != NODE_SCALAR)
			continue;
		const struct field *field = find_field(fields, value->key->text);
		if (!field)
			unknown_key(reader, fields, mapping, value->key);
		else if (node_get(mapping, field->name) == value) /* of a key given twice, the first */
			read_field(reader, value, field, target);
	}
	require_fields(reader, fields, mapping);
}
