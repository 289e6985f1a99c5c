/*
 * Manual pages of the two kinds of file: their keys in the order in which people write them, with an example
 * each (cmd/help/keys). What may be written and what has to be there is read off the JSON Schema, which is
 * printed from the field tables: that part is what `validate` checks.
 */
#include "cmd/help/manual.h"

#include "cmd/help/key_text.h"
#include "cmd/help/mdoc.h"
#include "cmd/templates/templates.h"
#include "core/json.h"

#include <string.h>

struct page {
	const char *name;
	const char *summary;
	const char *about;
	const char *example; /* path of a template */
	const char *keys;
};

static const struct page pages[] = {
	[SCHEMA_CUSTOMER] =
		{"seatshift-customer", "what a customer is to become: customers/NAME.yaml",
		 "One file per customer, in YAML: which tenant, what the customer agreed to, what is moved "
		 "and for whom. It says what is wanted, never how; 'seatshift plan' works out the way. "
		 "Nothing in it is a secret: for a product key it names where the key is kept.",
		 "customers/contoso.yaml", key_text_customer},
	[SCHEMA_REPOSITORY] =
		{"seatshift-repository", "the policy of a customers' repository: seatshift.yaml",
		 "One file per repository, in YAML, in force for all of its customers: the cloud, how to "
		 "sign in, who must approve, and what no plan may exceed. Where approvals are required it "
		 "is read from the approved branch, never from the working tree.",
		 "seatshift.yaml", key_text_repository},
};

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
	return false;
}

/* What can be written: "one of phone, portal, let-expire", "a number from 1 to 100". */
static void put_type(struct strbuf *out, const struct json *schema)
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

/* A key of the page: where it stands in the file, and what its entry says. */
struct key {
	const char *path; /* "moves[].open.seats" */
	const char *name; /* "seats" */
	const char *example;
	const char *fallback;
	const char *about;
	size_t depth;
	bool required;
	const struct json *schema; /* NULL: no such key */
};

static void find_schema(const struct json *root, struct key *key)
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

/* The next entry of keys/NAME.txt; false at the end. */
static bool next_key(const char **text, struct arena *out, struct key *ret)
{
	*text += strspn(*text, "\n");
	if (!**text)
		return false;
	*ret = (struct key){.path = ""};
	while (**text && **text != '\n') {
		size_t len = strcspn(*text, "\n");
		const char *line = arena_strndup(out, *text, len);
		if (!*ret->path)
			ret->path = line;
		else if (str_starts(line, "> "))
			ret->example = line + 2;
		else if (str_starts(line, "= "))
			ret->fallback = line + 2;
		else
			ret->about = line;
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

static void put_key(struct strbuf *out, const struct key *key)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	strbuf_addf(out, ".It Cm %s%s\n", key->name, key->required ? " Pq required" : "");
	strbuf_addf(&text, "%s ", key->about);
	put_type(&text, key->schema);
	mdoc_text(out, strbuf_text(&text));
	if (key->fallback) {
		CLEANUP(mem_free_text) char *line = mem_printf("Default: %s.", key->fallback);
		strbuf_add(out, ".br\n");
		mdoc_text(out, line);
	}
	if (key->example)
		mdoc_literal(out, key->example);
}

/* Lists within lists, as deep as the keys stand in each other. */
static bool put_keys(struct strbuf *out, const struct json *schema, const char *text, struct arena *tmp,
		     struct error *err)
{
	struct key key;
	size_t open = 0;
	while (next_key(&text, tmp, &key)) {
		find_schema(schema, &key);
		if (!key.schema || !key.about)
			return error_set(err, ERR_FAILED,
					 "the manual describes '%s', which the schema does not have",
					 key.path);
		for (; open < key.depth + 1; open++)
			strbuf_add(out, ".Bl -tag -width Ds\n");
		for (; open > key.depth + 1; open--)
			strbuf_add(out, ".El\n");
		put_key(out, &key);
	}
	for (; open; open--)
		strbuf_add(out, ".El\n");
	return true;
}

static void put_example(struct strbuf *out, const char *path)
{
	for (size_t i = 0; i < template_file_count; i++) {
		if (template_files[i].set != TEMPLATE_EXAMPLE || !str_eq(template_files[i].path, path))
			continue;
		mdoc_section(out, "EXAMPLES");
		mdoc_literal(out, template_files[i].bytes);
	}
}

bool manual_file(enum schema_kind kind, struct strbuf *out, struct error *err)
{
	const struct page *page = &pages[kind];
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(json_freep) struct json *schema = NULL;
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	schema_write(kind, &text);
	if (!json_parse(strbuf_text(&text), text.len, &schema, err))
		return false;
	mdoc_head(out, page->name, 5, page->summary);
	mdoc_section(out, "DESCRIPTION");
	mdoc_text(out, page->about);
	strbuf_add(out, ".Pp\n");
	mdoc_text(out, "An unknown or repeated key, a wrong type, an alias, an anchor, a tag or a second "
		       "document is an error. 'seatshift validate' lists all errors of a file in one run; "
		       "'seatshift schema' prints the JSON Schema, which editors use. The keys, in the order "
		       "in which they are usually written:");
	if (!put_keys(out, schema, page->keys, tmp, err))
		return false;
	put_example(out, page->example);
	mdoc_section(out, "SEE ALSO");
	strbuf_addf(out, ".Xr seatshift 1 ,\n.Xr seatshift-validate 1 ,\n.Xr seatshift-%s 5\n",
		    kind == SCHEMA_CUSTOMER ? "repository" : "customer");
	return true;
}
