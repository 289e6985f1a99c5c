/* What the key texts (cmd/help/key_text.h) and the JSON Schema say of the keys of a file. */
#include "cmd/help/file_keys.h"

#include "cmd/templates/templates.h"

#include <string.h>

/* The alternatives of a value that may be written in several ways. */
static const struct json *alternatives(const struct json *schema)
{
	const struct json *list = json_get(schema, "oneOf");
	return list ? list : json_get(schema, "anyOf");
}

static bool is_required(const struct json *object, const char *key)
{
	JSON_EACH (name, json_get(object, "required"))
		if (str_eq(json_text(name), key))
			return true;
	return json_get(object, "items") && is_required(json_get(object, "items"), key);
}

/* What can be written: "one of phone, portal, distributor", "a number from 1 to 100". */
void file_key_type(struct strbuf *out, const struct json *schema)
{
	const char *type = json_get_text(schema, "type");
	int64_t min;
	int64_t max;
	const struct json *words = json_get(schema, "enum");
	if (words) {
		strbuf_add(out, "One of");
		JSON_EACH (word, words) {
			if (json_text(word))
				strbuf_addf(out, "%s '%s'", word == json_first(words) ? "" : ",",
					    json_text(word));
		}
		strbuf_add_char(out, '.');
	} else if (str_eq(type, "integer") && json_int(json_get(schema, "minimum"), &min) &&
		   json_int(json_get(schema, "maximum"), &max)) {
		strbuf_addf(out, "A number from %lld to %lld.", (long long)min, (long long)max);
	} else if (str_eq(type, "boolean")) {
		strbuf_add(out, "'true' or 'false'.");
	} else if (str_eq(type, "array")) {
		strbuf_add(out, "A list.");
	} else if (str_eq(type, "object")) {
		strbuf_add(out, "A mapping.");
	} else if (str_eq(type, "string")) {
		const char *format = json_get_text(schema, "format");
		strbuf_add(out, str_eq(format, "date")	 ? "A day, YYYY-MM-DD."
				: str_eq(format, "uuid") ? "A GUID."
							 : "Text.");
	}
}

/* Below a list or alternatives too: the members of all of them. NULL when there is none. */
static const struct json *find_property(const struct json *schema, const char *name)
{
	const struct json *found = json_get(json_get(schema, "properties"), name);
	if (!found && json_get(schema, "items"))
		found = find_property(json_get(schema, "items"), name);
	if (found)
		return found;
	JSON_EACH (one, alternatives(schema))
		if ((found = find_property(one, name)))
			return found;
	return NULL;
}

static void find_schema(const struct json *root, struct file_key *key)
{
	const struct json *object = root;
	const char *at = key->path;
	key->schema = NULL;
	while (*at) {
		size_t len = strcspn(at, ".");
		size_t name = strcspn(at, ".[");
		CLEANUP(mem_free_text) char *own = mem_printf("%.*s", (int)name, at);
		key->schema = find_property(object, own);
		if (!key->schema)
			return;
		key->required = is_required(object, own);
		object = key->schema;
		at += len + (at[len] == '.');
	}
}

/* "= none" of an entry: what is behind the mark, or NULL. */
static const char *behind(const char *line, const char *mark)
{
	return str_starts(line, mark) ? line + strlen(mark) : NULL;
}

static void read_line(struct file_key *key, const char *line)
{
	const char *rest;
	if (!*key->path)
		key->path = line;
	else if ((rest = behind(line, "> ")))
		key->example = rest;
	else if ((rest = behind(line, "= ")))
		key->fallback = rest;
	else if (str_eq(line, "?"))
		key->in_new = NEW_ASKED;
	else if (str_eq(line, "!"))
		key->in_new = NEW_GIVEN;
	else
		key->about = line;
}

/* The next entry of keys/NAME.txt; false at the end. */
static bool next_key(const char **text, struct arena *out, struct file_key *ret)
{
	*text += strspn(*text, "\n");
	if (!**text)
		return false;
	*ret = (struct file_key){.path = ""};
	while (**text && **text != '\n') {
		size_t len = strcspn(*text, "\n");
		read_line(ret, arena_strndup(out, *text, len));
		*text += len + ((*text)[len] == '\n');
	}
	ret->name = ret->path;
	for (const char *at = ret->path; *at; at++) {
		if (*at != '.')
			continue;
		ret->name = at + 1;
		ret->depth++;
	}
	return true;
}

bool file_keys(const char *text, int32_t today, const struct json *schema, struct arena *out,
	       struct file_key_list *ret_keys, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf dated = STRBUF_INIT(STRBUF_LARGE);
	struct file_key key;
	days_write(text, today, &dated);
	const char *rest = strbuf_text(&dated);
	while (next_key(&rest, out, &key)) {
		find_schema(schema, &key);
		if (!key.schema || !key.about)
			return error_set(err, ERR_FAILED,
					 "the manual describes '%s', which the schema does not have",
					 key.path);
		VEC_PUSH(out, ret_keys, key);
	}
	return true;
}

bool file_key_has_alternatives(const struct json *schema)
{
	return alternatives(json_get(schema, "items")) != NULL;
}
