/*
 * Manual pages of the files that people write: their keys in the order in which people write them, with an
 * example each (cmd/help/keys). What may be written and what has to be there is read off the JSON Schema,
 * which is printed from the field tables: that part is what `validate` checks.
 */
#include "cmd/help/manual.h"

#include "cmd/help/file_keys.h"
#include "cmd/help/key_text.h"
#include "cmd/help/mdoc.h"
#include "cmd/templates/templates.h"
#include "core/json.h"

#include <string.h>

/* 2026-12-01, whenever the page is made: a build gives the same bytes on any day. */
enum { EXAMPLE_DAY = 20788 };

struct page {
	const char *name;
	const char *summary;
	const char *about;
	const char *example; /* path of a template; NULL: fleet_example */
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
	[SCHEMA_FLEET] =
		{"seatshift-fleet", "many customers as one undertaking: fleet.yaml",
		 "One file beside seatshift.yaml, in YAML: which of the repository's customers are moved "
		 "together, who comes first, and when to stop. 'seatshift fleet plan' freezes what it says, "
		 "with a plan for each customer; see seatshift-fleets(7).",
		 NULL, key_text_fleet},
};

static const char fleet_example[] = "version: 1\n"
				    "select: {labels: {region: emea}}\n"
				    "waves:\n"
				    "  - {name: pilot, customers: [contoso], soak: 24h}\n"
				    "  - {name: first, share: 10%, soak: 4h}\n"
				    "  - {name: rest}\n"
				    "max_failed: 2\n"
				    "parallel: 8\n";

static void put_key(struct strbuf *out, const struct file_key *key)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	strbuf_addf(out, ".It Cm %s%s\n", key->name, key->required ? " Pq required" : "");
	strbuf_addf(&text, "%s ", key->about);
	file_key_type(&text, key->schema);
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
	struct file_key_list keys = {0};
	size_t open = 0;
	if (!file_keys(text, EXAMPLE_DAY, schema, tmp, &keys, err))
		return false;
	for (size_t i = 0; i < keys.count; i++) {
		const struct file_key *key = &keys.items[i];
		for (; open < key->depth + 1; open++)
			strbuf_add(out, ".Bl -tag -width Ds\n");
		for (; open > key->depth + 1; open--)
			strbuf_add(out, ".El\n");
		put_key(out, key);
	}
	for (; open; open--)
		strbuf_add(out, ".El\n");
	return true;
}

static void put_example(struct strbuf *out, const char *path)
{
	if (!path) {
		mdoc_section(out, "EXAMPLES");
		mdoc_literal(out, fleet_example);
	}
	for (size_t i = 0; path && i < template_file_count; i++) {
		if (template_files[i].set != TEMPLATE_EXAMPLE || !str_eq(template_files[i].path, path))
			continue;
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
		days_write(template_files[i].bytes, EXAMPLE_DAY, &text);
		mdoc_section(out, "EXAMPLES");
		mdoc_literal(out, strbuf_text(&text));
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
	strbuf_add(out, ".Xr seatshift 1 ,\n.Xr seatshift-validate 1");
	for (int other = 0; other < SCHEMA_COUNT; other++)
		if (other != (int)kind)
			strbuf_addf(out, " ,\n.Xr seatshift-%s 5", schema_names[other]);
	strbuf_add_char(out, '\n');
	return true;
}
