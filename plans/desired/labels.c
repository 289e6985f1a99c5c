/* Labels: free words that a customer file carries, and that a fleet selects by. */
#include "plans/desired/desired_fields.h"

#include <string.h>

enum { LABELS_MAX = 64 };
static const char key_shape[] = "^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$";

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool key_is_good(const char *key)
{
	enum { KEY_MAX = 63 };
	size_t len = strlen(key);
	if (!len || len > KEY_MAX || !is_word(key[0]) || !is_word(key[len - 1]))
		return false;
	for (const char *c = key; *c; c++)
		if (!is_word(*c) && !strchr("._/-", *c))
			return false;
	return true;
}

void field_read_labels(struct field_reader *reader, const struct node *node, const struct field *field,
		       void *target)
{
	struct label_list *labels = (void *)((char *)target + field->offset);
	if (!field_expect(reader, node, NODE_MAPPING))
		return;
	if (node->count > LABELS_MAX) {
		field_error(reader, SS110, node, "'%s' has %zu entries", field->name, node->count)->help =
			"At most 64 are allowed.";
		return;
	}
	NODE_EACH (value, node) {
		if (value->key->kind != NODE_SCALAR)
			continue; /* an alias, or a list: told when the file was read */
		if (!key_is_good(value->key->text))
			field_error(reader, SS110, value->key, "'%s' is not a label", value->key->text)
				->help = "Use letters, digits, '.', '_', '/' and '-', at most 63, a letter "
					 "or digit at "
					 "both ends.";
		const char *text = field_text(reader, value);
		if (text)
			VEC_PUSH(reader->out, labels, (struct label){value->key->text, text});
	}
}

void field_schema_labels(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_put_key(w, "additionalProperties");
	json_begin_object(w);
	json_set_int(w, "minLength", 1);
	json_put_key(w, "type");
	json_begin_array(w);
	json_put_text(w, "string");
	json_put_text(w, "number");
	json_put_text(w, "boolean");
	json_end_array(w);
	json_end_object(w);
	json_set_text(w, "description", field->summary);
	json_set_int(w, "maxProperties", LABELS_MAX);
	json_put_key(w, "propertyNames");
	json_begin_object(w);
	json_set_text(w, "pattern", key_shape);
	json_end_object(w);
	json_set_text(w, "type", "object");
	json_end_object(w);
}

bool labels_match(const struct label_list *wanted, const struct label_list *labels)
{
	for (size_t i = 0; i < wanted->count; i++) {
		bool found = false;
		for (size_t j = 0; j < labels->count && !found; j++)
			found = str_eq(wanted->items[i].key, labels->items[j].key) &&
				str_eq(wanted->items[i].value, labels->items[j].value);
		if (!found)
			return false;
	}
	return true;
}
