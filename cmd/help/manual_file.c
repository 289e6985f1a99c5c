/*
 * Manual pages of the two kinds of file, read off their JSON Schemas, which are themselves printed from
 * the field tables: what a page says is what `validate` checks.
 */
#include "cmd/help/manual.h"

#include "cmd/help/mdoc.h"
#include "cmd/templates/templates.h"
#include "core/json.h"

#include <string.h>

struct page {
	const char *name;
	const char *summary;
	const char *about;
	const char *example; /* path of a template */
};

static const struct page pages[] = {
	[SCHEMA_CUSTOMER] =
		{"seatshift-customer", "what a customer is to become: customers/NAME.yaml",
		 "One file per customer, in YAML: which tenant, what the customer agreed to, what is moved "
		 "and for whom. It says what is wanted, never how; 'seatshift plan' works out the way. "
		 "Nothing in it is a secret: for a product key it names where the key is kept.",
		 "customers/contoso.yaml"},
	[SCHEMA_REPOSITORY] =
		{"seatshift-repository", "the policy of a customers' repository: seatshift.yaml",
		 "One file per repository, in YAML, in force for all of its customers: the cloud, how to "
		 "sign in, who must approve, and what no plan may exceed. Where approvals are required it "
		 "is read from the approved branch, never from the working tree.",
		 "seatshift.yaml"},
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

static void put_properties(struct strbuf *out, const struct json *object, int depth);

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

static void put_inner(struct strbuf *out, const struct json *schema, int depth)
{
	if (json_get(schema, "properties"))
		put_properties(out, schema, depth + 1);
	if (json_get(schema, "items"))
		put_inner(out, json_get(schema, "items"), depth);
	JSON_EACH (one, alternatives(schema))
		put_inner(out, one, depth);
}

static void put_property(struct strbuf *out, const struct json *object, const struct json *schema, int depth)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	const char *about = json_get_text(schema, "description");
	strbuf_addf(out, ".It Cm %s%s\n", json_key(schema),
		    is_required(object, json_key(schema)) ? " Pq required" : "");
	if (about)
		strbuf_addf(&text, "%s ", about);
	put_type(&text, schema);
	mdoc_text(out, text.len ? strbuf_text(&text) : "See the example.");
	put_inner(out, schema, depth);
}

static void put_properties(struct strbuf *out, const struct json *object, int depth)
{
	strbuf_add(out, ".Bl -tag -width Ds\n");
	JSON_EACH (property, json_get(object, "properties"))
		put_property(out, object, property, depth);
	strbuf_add(out, ".El\n");
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
	schema_write(kind, &text);
	if (!json_parse(strbuf_text(&text), text.len, &schema, err))
		return false;
	mdoc_head(out, page->name, 5, page->summary);
	mdoc_section(out, "DESCRIPTION");
	mdoc_text(out, page->about);
	strbuf_add(out, ".Pp\n");
	mdoc_text(out, "An unknown or repeated key, a wrong type, an alias, an anchor, a tag or a second "
		       "document is an "
		       "error. 'seatshift validate' tells all errors of a file in one run; 'seatshift "
		       "schema' prints the "
		       "JSON Schema, which editors use. The keys are as follows:");
	put_properties(out, schema, 0);
	put_example(out, page->example);
	mdoc_section(out, "SEE ALSO");
	strbuf_addf(out, ".Xr seatshift 1 ,\n.Xr seatshift-validate 1 ,\n.Xr seatshift-%s 5\n",
		    kind == SCHEMA_CUSTOMER ? "repository" : "customer");
	return true;
}
