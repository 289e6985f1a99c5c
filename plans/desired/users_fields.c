/* The list of users of a move: names, groups, holders, CSV files. */
#include "plans/desired/desired_fields.h"

#include <stdlib.h>
#include <string.h>

static void read_entry_upn(struct field_reader *reader, const struct node *node, const struct field *field,
			   void *target)
{
	(void)field;
	struct user_entry *entry = target;
	const char *text = field_text(reader, node);
	const char *fault = text ? upn_fault(reader->out, text) : NULL;
	if (fault)
		field_error(reader, SS110, node, "'%s' is not a user principal name: %s", text, fault)->help =
			upn_help(reader->out, text);
	else
		entry->upn = text;
}

/* The only group of holders there is, so there is nothing to store. */
static void read_holders_of(struct field_reader *reader, const struct node *node, const struct field *field,
			    void *target)
{
	(void)field;
	(void)target;
	const char *text = field_text(reader, node);
	if (text && !str_eq(text, "advisor"))
		field_error(reader, SS110, node, "'%s' is not allowed for 'holders_of'", text)->help =
			"Write holders_of: advisor.";
}

static void schema_holders_of(const struct field *field, struct json_writer *w)
{
	json_begin_object(w);
	json_set_text(w, "const", "advisor");
	json_set_text(w, "description", field->summary);
	json_end_object(w);
}

static const char *const nested_words[] = {"refuse", "ignore", NULL};

const struct field entry_fields[] = {
	FIELD(struct user_entry, upn, "upn", FIELD_CUSTOM, 0, .read = read_entry_upn,
	      .pattern = "^[^@\\s]+@[^@\\s]+$", .summary = "A user principal name."),
	FIELD(struct user_entry, kind, "holders_of", FIELD_CUSTOM, 0, .read = read_holders_of,
	      .schema = schema_holders_of, .summary = "Everyone who holds the Advisor SKU directly now."),
	FIELD(struct user_entry, group, "group", FIELD_TEXT, 0,
	      .summary = "The members of a group, by its id or exact display name."),
	FIELD(struct user_entry, csv, "csv", FIELD_TEXT, 0,
	      .summary = "A CSV file beside this one: upn[,usage_location[,disable]], with a header row."),
	FIELD(struct user_entry, usage_location, "usage_location", FIELD_CUSTOM, 0,
	      .read = field_read_country, .schema = field_schema_country,
	      .summary = "The country for users who have none."),
	FIELD(struct user_entry, disable, "disable", FIELD_TEXTS, 0,
	      .summary = "Service plans to switch off, by name or GUID."),
	FIELD(struct user_entry, nested, "nested", FIELD_ENUM, 0, .words = nested_words,
	      .summary = "Groups among a group's members: refuse (default), or ignore, since licensing does "
			 "not reach into them."),
	FIELD(struct user_entry, lose_mailbox, "lose_mailbox", FIELD_BOOL, 0,
	      .summary = "True accepts that the user is left without a mailbox plan."),
	{0},
};

/* What makes an entry an entry: exactly one of these. */
static const struct {
	const char *key;
	enum entry_kind kind;
} entry_keys[] = {{"upn", ENTRY_UPN},
		  {"holders_of", ENTRY_HOLDERS_OF_ADVISOR},
		  {"group", ENTRY_GROUP},
		  {"csv", ENTRY_CSV}};

static bool find_kind(struct field_reader *reader, const struct node *node, struct user_entry *entry,
		      size_t diags_before)
{
	size_t given = 0;
	for (size_t i = 0; i < ARRAY_LEN(entry_keys); i++) {
		if (!node_get(node, entry_keys[i].key))
			continue;
		given++;
		entry->kind = entry_keys[i].kind;
	}
	if (given == 1)
		return true;
	if (!given && reader->diags->count > diags_before)
		return false; /* a misspelt `upn` was told already */
	struct diag *diag = field_error(reader, given ? SS113 : SS108, node,
					given ? "an entry that names users in more than one way"
					      : "an entry that does not say which users");
	diag->help = given ? "Make an entry for each." : "Give one of upn, holders_of, group and csv.";
	return false;
}

static void read_mapping(struct field_reader *reader, const struct node *node, struct user_entry *entry)
{
	size_t before = reader->diags->count;
	fields_from_yaml(reader, entry_fields, node, entry);
	if (!find_kind(reader, node, entry, before))
		return;
	if (entry->kind != ENTRY_GROUP && node_get(node, "nested"))
		field_error(reader, SS113, node_get(node, "nested"),
			    "'nested' in an entry that names no group")
			->help = "Take it out.";
	switch (entry->kind) {
	case ENTRY_UPN:
		entry->why = arena_printf(reader->out, "upn %s", entry->upn ? entry->upn : "");
		break;
	case ENTRY_HOLDERS_OF_ADVISOR:
		entry->why = "holders_of advisor";
		break;
	case ENTRY_GROUP:
		entry->why = arena_printf(reader->out, "group %s", entry->group ? entry->group : "");
		break;
	case ENTRY_CSV:
		entry->why = arena_printf(reader->out, "csv %s", entry->csv ? entry->csv : "");
		if (entry->csv)
			users_csv_read(reader, node_get(node, "csv"), entry);
		break;
	}
}

static void read_entry(struct field_reader *reader, const struct node *node, struct user_entry *entry)
{
	entry->place = field_place(reader, node);
	if (node->kind == NODE_MAPPING) {
		read_mapping(reader, node, entry);
		return;
	}
	if (!field_expect(reader, node, NODE_SCALAR))
		return;
	entry->kind = ENTRY_UPN;
	read_entry_upn(reader, node, NULL, entry);
	entry->why = arena_printf(reader->out, "upn %s", entry->upn ? entry->upn : "");
}

/* ---- users named more than once ------------------------------------------------------------- */

VEC(entry_refs, const struct user_entry *);

static int compare_names(const void *a, const void *b)
{
	return str_cmp_fold((*(const struct user_entry *const *)a)->upn,
			    (*(const struct user_entry *const *)b)->upn);
}

/* Same file: the lower line is first. Different files: the one of the lower name, for want of better. */
static bool comes_later(const struct place *a, const struct place *b)
{
	int order = strcmp(a->file, b->file);
	if (order)
		return order > 0;
	return a->line != b->line ? a->line > b->line : a->col > b->col;
}

static void collect_named(struct arena *out, const struct user_entry_list *users, struct entry_refs *refs)
{
	for (size_t i = 0; i < users->count; i++) {
		const struct user_entry *entry = &users->items[i];
		if (entry->kind == ENTRY_UPN && entry->upn)
			VEC_PUSH(out, refs, entry);
		for (size_t row = 0; row < entry->row_count; row++)
			VEC_PUSH(out, refs, &entry->rows[row]);
	}
}

static void warn_repeated(struct field_reader *reader, const struct user_entry_list *users)
{
	struct entry_refs refs = {0};
	collect_named(reader->out, users, &refs);
	if (refs.count)
		qsort(refs.items, refs.count, sizeof *refs.items, compare_names);
	for (size_t i = 1; i < refs.count; i++) {
		const struct user_entry *first = refs.items[i - 1];
		const struct user_entry *again = refs.items[i];
		if (!str_eq_fold(first->upn, again->upn))
			continue;
		if (comes_later(&first->place, &again->place)) {
			const struct user_entry *swap = first;
			first = again;
			again = swap;
		}
		diag_add(reader->out, reader->diags, SS203, again->place, "'%s' is listed more than once",
			 again->upn)
			->help = arena_printf(reader->out, "It is also at %s:%zu; the entries are merged.",
					      first->place.file, first->place.line);
	}
}

void field_read_users(struct field_reader *reader, const struct node *node, const struct field *field,
		      void *target)
{
	struct user_entry_list *users = (void *)((char *)target + field->offset);
	if (!field_expect(reader, node, NODE_SEQUENCE))
		return;
	if (!node->count)
		field_error(reader, SS318, node, "'users' is an empty list")->help =
			"Name at least one user; an empty list is never read as a wish to have nobody.";
	users->items = arena_alloc_array(reader->out, node->count, sizeof *users->items);
	users->count = users->cap = node->count;
	NODE_EACH (item, node)
		read_entry(reader, item, &users->items[item->index]);
	warn_repeated(reader, users);
}

void field_schema_users(const struct field *field, struct json_writer *w)
{
	static const char who[] = "[{\"oneOf\":[{\"required\":[\"upn\"]},{\"required\":[\"holders_of\"]},"
				  "{\"required\":[\"group\"]},{\"required\":[\"csv\"]}]}]";
	json_begin_object(w);
	json_set_text(w, "description", field->summary);
	json_put_key(w, "items");
	json_begin_object(w);
	json_put_key(w, "anyOf");
	json_begin_array(w);
	json_begin_object(w);
	json_set_text(w, "pattern", "^[^@\\s]+@[^@\\s]+$");
	json_set_text(w, "type", "string");
	json_end_object(w);
	fields_schema(entry_fields, NULL, who, w);
	json_end_array(w);
	json_end_object(w);
	json_set_int(w, "minItems", 1);
	json_set_text(w, "type", "array");
	json_end_object(w);
}
