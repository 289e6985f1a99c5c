/*
 * Where the product key is to be found. The key itself must never be in the file, so nothing that
 * could be one is repeated in a message; diag_text hides it in the line it shows.
 */
#include "plans/desired/desired_fields.h"

#include <ctype.h>
#include <string.h>

enum { KEY_ENDS_IN = 5 };

static struct diag *literal_key(struct field_reader *reader, const struct node *node, const char *message)
{
	struct diag *diag = field_error(reader, SS112, node, "%s", message);
	diag->help =
		"Say where it is: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}; if it was "
		"ever committed, treat it as known.";
	return diag;
}

static bool is_env_name(const char *text)
{
	if (isdigit((unsigned char)*text))
		return false;
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_')
			return false;
	return *text != '\0';
}

static void read_env(struct field_reader *reader, const struct node *node, const struct field *field,
		     void *target)
{
	(void)field;
	struct move *move = target;
	const char *text = field_text(reader, node);
	if (text && !is_env_name(text))
		literal_key(reader, node, "'env' takes the name of an environment variable, not the key");
	else
		move->key_env = text;
}

static void read_ends_in(struct field_reader *reader, const struct node *node, const struct field *field,
			 void *target)
{
	(void)field;
	struct move *move = target;
	const char *text = field_text(reader, node);
	if (!text)
		return;
	size_t len = strlen(text);
	size_t good = 0;
	while (isalnum((unsigned char)text[good]))
		good++;
	if (len > KEY_ENDS_IN) {
		literal_key(reader, node, "'ends_in' takes the last five characters only");
		return;
	}
	if (len != KEY_ENDS_IN || good != len) {
		field_error(reader, SS110, node, "'ends_in' is not five letters and digits")->help =
			"Write the last five characters of the product key.";
		return;
	}
	char *upper = arena_strdup(reader->out, text);
	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	move->key_ends_in = upper;
}

const struct field key_fields[] = {
	FIELD(struct move, key_env, "env", FIELD_CUSTOM, 0, .read = read_env,
	      .pattern = "^[A-Za-z_][A-Za-z0-9_]*$",
	      .summary = "The environment variable that holds the key."),
	FIELD(struct move, key_file, "file", FIELD_TEXT, 0, .summary = "The file that holds the key."),
	FIELD(struct move, key_command, "command", FIELD_TEXTS, FIELD_NOT_EMPTY,
	      .summary = "A program and its arguments that print the key; run without a shell."),
	FIELD(struct move, key_ends_in, "ends_in", FIELD_CUSTOM, 0, .min = 10000, .max = 99999,
	      .read = read_ends_in, .pattern = "^[A-Za-z0-9]{5}$",
	      .summary = "The last five characters of the key, to distinguish keys."),
	{0},
};

/* A name such as `literal` or `product_key`: its value may be the key, so the value is what is hidden. */
static bool names_a_literal(const char *name)
{
	static const char *const words[] = {"key", "literal", "value", "secret", "text", "product"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

static bool refuse_literals(struct field_reader *reader, const struct node *node)
{
	bool refused = false;
	NODE_EACH (value, node) {
		if (value->key->kind != NODE_SCALAR || !names_a_literal(value->key->text))
			continue;
		literal_key(reader, value, "a product key may not stand in the file");
		refused = true;
	}
	return refused;
}

void field_read_key(struct field_reader *reader, const struct node *node, const struct field *field,
		    void *target)
{
	(void)field;
	struct move *move = target;
	if (node->kind != NODE_MAPPING) {
		if (node_is_null(node))
			(void)field_expect(reader, node, NODE_MAPPING);
		else
			literal_key(reader, node, "a product key may not stand in the file");
		return;
	}
	if (refuse_literals(reader, node))
		return;
	fields_from_yaml(reader, key_fields, node, move);
	const enum key_source sources[] = {KEY_ENV, KEY_FILE, KEY_COMMAND};
	const char *const names[] = {"env", "file", "command"};
	size_t given = 0;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		if (!node_get(node, names[i]))
			continue;
		given++;
		move->key_source = sources[i];
	}
	struct place place = field_place_of_mapping(reader, node);
	if (!given)
		field_error_at(reader, SS108, place, "'key' does not say where the key is")->help =
			"Give one of env, file and command.";
	if (given > 1)
		field_error_at(reader, SS113, place, "'key' names more than one place")->help =
			"Keep one of env, file and command.";
}

void field_schema_key(const struct field *field, struct json_writer *w)
{
	static const char one_place[] = "[{\"oneOf\":[{\"required\":[\"env\"]},{\"required\":[\"file\"]},"
					"{\"required\":[\"command\"]}]}]";
	fields_schema(key_fields, field->summary, one_place, w);
}
