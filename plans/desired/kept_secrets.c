/*
 * Product keys and other secrets that stand in a file, wherever: in a value, a name or a comment. The file
 * goes into git, where everybody who can read it could use them.
 */
#include "core/credential.h"
#include "core/doc.h"
#include "core/product_key.h"
#include "core/product_key_find.h"
#include "core/product_key_hidden.h"
#include "plans/desired/desired_fields.h"

#include <string.h>

enum { TOLD_MAX = 100 };

static bool is_told(const struct diag_list *diags, size_t first, const char *file, size_t line)
{
	for (size_t i = first; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		if (diag->code == SS112 && str_eq(diag->place.file, file) &&
		    (!line || diag->place.line == line))
			return true;
	}
	return false;
}

static void tell(struct field_reader *reader, struct place place, const char *what)
{
	field_error_at(reader, SS112, place, "%s may not stand in the file", what)->help =
		"Take it out; if it was ever committed, treat it as known.";
}

static size_t count_characters(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* What it is, and where; NULL: there is none. */
static const char *find_in_line(const char *line, size_t len, struct product_key_place *ret)
{
	struct credential other;
	if (product_key_find(line, len, 0, ret))
		return "a product key";
	if (!credential_find(line, len, 0, &other))
		return NULL;
	*ret = (struct product_key_place){other.at, other.len};
	return other.what;
}

/* What a field's own reader has said of the line is the better message. */
static void look_at_lines(struct field_reader *reader, size_t first, const char *text, size_t len)
{
	size_t told = 0;
	size_t number = 1;
	for (size_t start = 0; start < len && told < TOLD_MAX; number++) {
		const char *line = text + start;
		const char *newline = memchr(line, '\n', len - start);
		size_t line_len = newline ? (size_t)(newline - line) : len - start;
		struct product_key_place found;
		const char *what = find_in_line(line, line_len, &found);
		if (what && !is_told(reader->diags, first, reader->file, number)) {
			tell(reader,
			     (struct place){reader->file, number, count_characters(line, found.at) + 1,
					    count_characters(line + found.at, found.len)},
			     what);
			told++;
		}
		start += line_len + 1;
	}
}

/* What lists many people, or has a part of a key on purpose: it is not put together with other texts. */
static bool is_list(const struct node *key)
{
	static const char *const names[] = {"users", "except", "canary", "protected", "disable", "ends_in"};
	for (size_t i = 0; key && key->kind == NODE_SCALAR && i < ARRAY_LEN(names); i++)
		if (str_eq(key->text, names[i]))
			return true;
	return false;
}

static const char *find_in_text(const char *text)
{
	struct credential other;
	size_t len = strlen(text);
	if (product_key_hidden(text, len))
		return "a product key";
	return credential_find(text, len, 0, &other) ? other.what : NULL;
}

/* A text of several lines, or one with escapes, says more than its lines do; all texts together say more yet.
 */
static bool look_at_node(struct field_reader *reader, const struct node *node, struct str_list *all)
{
	if (node->kind == NODE_SCALAR) {
		if (all)
			VEC_PUSH(reader->out, all, node->text);
		const char *what = find_in_text(node->text);
		if (what)
			tell(reader, field_place(reader, node), what);
		return what != NULL;
	}
	NODE_EACH (child, node)
		if ((child->key && look_at_node(reader, child->key, NULL)) ||
		    look_at_node(reader, child, is_list(child->key) ? NULL : all))
			return true;
	return false;
}

static void look_at_all(struct field_reader *reader, const struct node *root)
{
	struct str_list all = {0};
	if (!look_at_node(reader, root, &all) && product_key_split(&all))
		field_error_at(
			reader, SS112, field_place(reader, root),
			"a product key may not stand in the file: there are pieces of one in several places")
			->help = "Take it out; if it was ever committed, treat it as known.";
}

void refuse_kept_secrets(struct field_reader *reader, size_t first, const char *text, size_t len,
			 const struct node *root)
{
	look_at_lines(reader, first, text, len);
	if (root && !is_told(reader->diags, first, reader->file, 0))
		look_at_all(reader, root);
}

bool kept_document(struct field_reader *reader, struct bytes text, size_t first, const struct node **ret_root)
{
	if (doc_parse(reader->file, text.ptr, text.len, reader->out, reader->diags, ret_root))
		return true;
	refuse_kept_secrets(reader, first, text.ptr, text.len, NULL);
	diags_sort_from(reader->diags, first);
	return false;
}
