/*
 * Product keys that stand in a file, wherever: in a value, a name or a comment. The file goes into git, where
 * everybody who can read it could redeem them.
 */
#include "core/product_key_find.h"
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

static void tell(struct field_reader *reader, struct place place)
{
	field_error_at(reader, SS112, place, "a product key may not stand in the file")->help =
		"Take it out; if it was ever committed, treat it as known.";
}

static size_t count_characters(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
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
		struct product_key_place key;
		if (product_key_find(line, line_len, 0, &key) &&
		    !is_told(reader->diags, first, reader->file, number)) {
			tell(reader, (struct place){reader->file, number, count_characters(line, key.at) + 1,
						    count_characters(line + key.at, key.len)});
			told++;
		}
		start += line_len + 1;
	}
}

/* A text of several lines, or one with escapes, says more than its lines do. */
static bool look_at_node(struct field_reader *reader, const struct node *node)
{
	struct product_key_place key;
	if (node->kind == NODE_SCALAR && product_key_find(node->text, strlen(node->text), 0, &key)) {
		tell(reader, field_place(reader, node));
		return true;
	}
	NODE_EACH (child, node)
		if ((child->key && look_at_node(reader, child->key)) || look_at_node(reader, child))
			return true;
	return false;
}

void refuse_kept_keys(struct field_reader *reader, size_t first, const char *text, size_t len,
		      const struct node *root)
{
	look_at_lines(reader, first, text, len);
	if (root && !is_told(reader->diags, first, reader->file, 0))
		(void)look_at_node(reader, root);
}
