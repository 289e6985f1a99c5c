/* A customer file to fill in. */
#include "cmd/help/file_to_fill.h"

#include "cmd/help/file_keys.h"
#include "cmd/help/key_text.h"
#include "core/quote.h"
#include "core/width.h"
#include "plans/desired/desired.h"

#include <string.h>

enum { COLUMNS = 100 };

struct filling {
	const char *customer;
	struct file_key_list keys;
	struct arena *tmp;
	struct strbuf *out;
	struct str_list *empty;
};

/* Whether a key stands in another one. */
static bool is_below(const struct file_key *key, const struct file_key *above)
{
	size_t len = strlen(above->path);
	return strncmp(key->path, above->path, len) == 0 && (key->path[len] == '.' || key->path[len] == '[');
}

static bool has_keys(const struct filling *f, size_t at)
{
	return at + 1 < f->keys.count && is_below(&f->keys.items[at + 1], &f->keys.items[at]);
}

static bool is_written(const struct file_key *key)
{
	return key->required || key->in_new != NEW_OPTIONAL;
}

static size_t lists_around(const struct file_key *key)
{
	size_t count = 0;
	for (const char *at = strstr(key->path, "[]"); at; at = strstr(at + 1, "[]"))
		count++;
	return count;
}

/* "  - " before what begins an item of a list: the first key of a mapping, or one of several forms. */
static bool begins_item(const struct filling *f, size_t at)
{
	const struct file_key *key = &f->keys.items[at];
	for (size_t above = at; above-- > 0;) {
		const struct file_key *list = &f->keys.items[above];
		if (!is_below(key, list))
			continue;
		bool is_item = str_starts(key->path + strlen(list->path), "[].");
		return is_item && (above + 1 == at || file_key_has_alternatives(list->schema));
	}
	return false;
}

static const char *blanks(const struct filling *f, size_t count)
{
	return arena_printf(f->tmp, "%*s", (int)count, "");
}

static bool is_scalar(const struct json *schema)
{
	const char *type = json_get_text(schema, "type");
	return !str_eq(type, "object") && !str_eq(type, "array") && !str_eq(type, "string");
}

/* What the key does, what it takes and what holds without it. */
static const char *explain(const struct filling *f, const struct file_key *key)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	strbuf_addf(&text, "%s ", key->about);
	if (is_scalar(key->schema) || json_get(key->schema, "enum") || json_get(key->schema, "format"))
		file_key_type(&text, key->schema);
	if (key->fallback)
		strbuf_addf(&text, " Default: %s.", key->fallback);
	return strbuf_dup(f->tmp, &text);
}

static const char *example_value(const struct file_key *key)
{
	const char *colon = strstr(key->example, ": ");
	return colon ? colon + 2 : key->example;
}

static void put_comment(const struct filling *f, const char *text, size_t indent, size_t inner)
{
	const char *mark = arena_printf(f->tmp, "%s# %s", blanks(f, indent), blanks(f, inner));
	const char *rest = arena_printf(f->tmp, "%s%s", mark, inner ? "  " : "");
	text_wrap(f->out, text, COLUMNS, mark, rest);
}

/* A mapping that may be left out is one line; what it can hold is explained above it. */
static size_t put_optional(const struct filling *f, size_t at, size_t indent, const char *dash)
{
	const struct file_key *key = &f->keys.items[at];
	size_t next = at + 1;
	for (; next < f->keys.count && is_below(&f->keys.items[next], key); next++) {
		const struct file_key *inner = &f->keys.items[next];
		put_comment(f, arena_printf(f->tmp, "%s: %s", inner->name, explain(f, inner)), indent,
			    2 * (inner->depth - key->depth));
	}
	strbuf_addf(f->out, "%s#%s%s\n", blanks(f, indent), dash, key->example);
	return next;
}

static void put_written(const struct filling *f, size_t at, size_t indent, const char *dash)
{
	const struct file_key *key = &f->keys.items[at];
	const char *value = "";
	if (str_eq(key->path, "customer"))
		value = arena_printf(f->tmp, " %s", quote_yaml(f->tmp, f->customer));
	else if (key->in_new == NEW_GIVEN)
		value = arena_printf(f->tmp, " %s", example_value(key));
	else if (!has_keys(f, at))
		VEC_PUSH(f->tmp, f->empty, key->path);
	strbuf_addf(f->out, "%s%s%s:%s\n", blanks(f, indent), dash, key->name, value);
}

static size_t put_key(const struct filling *f, size_t at)
{
	const struct file_key *key = &f->keys.items[at];
	size_t indent = 2 * (key->depth + lists_around(key));
	bool item = begins_item(f, at);
	bool written = is_written(key);
	if (item)
		indent -= 2;
	if (!key->depth)
		strbuf_add_char(f->out, '\n');
	put_comment(f, explain(f, key), indent, 0);
	if (written && key->in_new != NEW_GIVEN && !has_keys(f, at) && !str_eq(key->path, "customer"))
		put_comment(f, arena_printf(f->tmp, "Example: %s", example_value(key)), indent, 0);
	if (!written)
		return put_optional(f, at, indent, item ? "- " : "");
	put_written(f, at, indent, item ? "- " : "");
	return at + 1;
}

bool file_to_fill(const char *customer, int32_t today, struct arena *tmp, struct strbuf *out,
		  struct str_list *ret_empty, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(json_freep) struct json *schema = NULL;
	struct filling f = {.customer = customer, .tmp = tmp, .out = out, .empty = ret_empty};
	schema_write(SCHEMA_CUSTOMER, &text);
	if (!json_parse(strbuf_text(&text), text.len, &schema, err) ||
	    !file_keys(key_text_customer, today, schema, tmp, &f.keys, err))
		return false;
	strbuf_addf(out,
		    "# yaml-language-server: $schema=../.seatshift/customer.schema.json\n"
		    "# What %s is to become. Fill in what stands empty. What has a '#' right before its name "
		    "may\n"
		    "# be left out: take the '#' away to use it. Nothing here is a secret: for a product "
		    "key, say\n"
		    "# where it is kept. Check the file with: seatshift validate customers/%s.yaml\n",
		    customer, customer);
	for (size_t at = 0; at < f.keys.count;)
		at = put_key(&f, at);
	return true;
}
