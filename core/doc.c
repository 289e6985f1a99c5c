/* YAML text to a tree of nodes with places. The only user of libyaml. */
#include "core/doc.h"

#include "core/doc_help.h"
#include "core/doc_text.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { FEW_KEYS = 8 };

struct loader {
	const char *file;
	const char *text;
	size_t len;
	struct arena *out;
	struct diag_list *diags;
	yaml_parser_t parser;
};

static struct place place_of_mark(const struct loader *l, const yaml_mark_t *start, const yaml_mark_t *end)
{
	struct place place = {.file = l->file, .line = start->line + 1, .col = start->column + 1, .len = 1};
	if (end && end->line == start->line && end->column > start->column)
		place.len = end->column - start->column;
	return place;
}

static struct diag *complain(struct loader *l, enum diag_code code, struct place place, const char *message)
{
	return diag_add(l->out, l->diags, code, place, "%s", message);
}

/* The text is NUL-terminated beyond `len`. NULL when there is no such line. */
static const char *line_of_mark(const struct loader *l, const yaml_mark_t *mark)
{
	const char *p = l->text;
	for (size_t line = 0; line < mark->line; line++) {
		p = memchr(p, '\n', l->len - (size_t)(p - l->text));
		if (!p)
			return NULL;
		p++;
	}
	return p;
}

static bool at_end_of_text(const struct loader *l, const yaml_mark_t *mark)
{
	const char *p = line_of_mark(l, mark);
	return !p || p == l->text + l->len;
}

/* A syntax error ends the parse: libyaml cannot continue after one. */
static void syntax_error(struct loader *l)
{
	const yaml_parser_t *p = &l->parser;
	const char *problem = p->problem ? p->problem : "cannot be read";
	if (p->error == YAML_READER_ERROR) {
		complain(l, SS101, doc_text_place(l->file, l->text, l->len, p->problem_offset), problem)
			->help =
			"Write it as an escape, such as \"\\x07\", in double quotes, or take it out.";
		return;
	}
	const char *line = line_of_mark(l, &p->problem_mark);
	const struct doc_mistake mistake = {.problem = problem,
					    .line = line ? line : "",
					    .column = p->problem_mark.column,
					    .begun = p->context ? line_of_mark(l, &p->context_mark) : NULL,
					    .begun_line = p->context_mark.line,
					    .same_line = !p->context ||
							 p->context_mark.line == p->problem_mark.line};
	bool at_begin;
	const char *help = doc_help(l->out, &mistake, &at_begin);
	/* What is never closed is seen at the end of the file, but mended where it begins. */
	at_begin = p->context && (at_begin || at_end_of_text(l, &p->problem_mark));
	struct place place = place_of_mark(l, at_begin ? &p->context_mark : &p->problem_mark, NULL);
	struct diag *diag;
	if (!at_begin && !mistake.same_line)
		diag = diag_add(l->out, l->diags, SS101, place, "%s (%s from line %zu)", problem, p->context,
				p->context_mark.line + 1);
	else
		diag = complain(l, SS101, place, problem);
	diag->help = help;
}

static bool next_event(struct loader *l, yaml_event_t *ret_event)
{
	if (yaml_parser_parse(&l->parser, ret_event))
		return true;
	syntax_error(l);
	return false;
}

static void refuse_anchor_and_tag(struct loader *l, const yaml_event_t *event, const yaml_char_t *anchor,
				  const yaml_char_t *tag)
{
	struct place place = place_of_mark(l, &event->start_mark, NULL);
	if (anchor)
		complain(l, SS103, place, "anchors are not allowed")->help =
			"Write the value out at each place.";
	if (tag)
		complain(l, SS103, place, "tags are not allowed")->help =
			"Leave the tag out; put a text that begins with ! or looks like a number in quotes.";
}

static struct node *node_new(struct loader *l, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node = arena_alloc(l->out, sizeof *node);
	struct place place = place_of_mark(l, &event->start_mark, &event->end_mark);
	node->kind = kind;
	node->line = place.line;
	node->col = place.col;
	node->len = place.len;
	return node;
}

static void fill_scalar(struct loader *l, struct node *node, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	refuse_anchor_and_tag(l, event, event->data.scalar.anchor, event->data.scalar.tag);
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = arena_strndup(l->out, value, len);
	if (memchr(value, '\0', len)) {
		complain(l, SS110, place_of_mark(l, &event->start_mark, &event->end_mark),
			 "a text may not contain a NUL character");
		node->kind = NODE_BAD;
	}
}

static int compare_keys(const void *a, const void *b)
{
	const struct node *left = (*(const struct node *const *)a)->key;
	const struct node *right = (*(const struct node *const *)b)->key;
	int order = strcmp(left->text, right->text);
	if (order)
		return order;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return (left->col > right->col) - (left->col < right->col);
}

static void duplicate_key(struct loader *l, const struct node *first, const struct node *again)
{
	struct place place = {l->file, again->key->line, again->key->col, again->key->len};
	struct diag *diag = diag_add(l->out, l->diags, SS107, place, "'%s' is given twice", again->key->text);
	diag->help =
		arena_printf(l->out, "It is first given on line %zu; keep one of them.", first->key->line);
}

/* Sorting keeps a mapping of very many keys from costing the square of them. */
static void find_duplicates(struct loader *l, const struct node *mapping)
{
	if (mapping->count < 2)
		return;
	const struct node *few[FEW_KEYS];
	const struct node **values =
		mapping->count <= FEW_KEYS
			? few
			: arena_alloc_array(l->out, mapping->count, sizeof(const struct node *));
	size_t count = 0;
	NODE_EACH (value, mapping)
		if (value->key->kind == NODE_SCALAR)
			values[count++] = value;
	qsort(values, count, sizeof(const struct node *), compare_keys);
	const struct node *first = count ? values[0] : NULL;
	for (size_t i = 1; i < count; i++) {
		if (str_eq(first->key->text, values[i]->key->text))
			duplicate_key(l, first, values[i]);
		else
			first = values[i];
	}
}

static struct node *load_node(struct loader *l, yaml_event_t *event, size_t depth);

static void append_child(struct node *parent, struct node **last, struct node *child)
{
	child->parent = parent;
	child->index = parent->count++;
	if (*last)
		(*last)->next = child;
	else
		parent->first = child;
	*last = child;
}

static struct node *load_next(struct loader *l, size_t depth)
{
	yaml_event_t event;
	return next_event(l, &event) ? load_node(l, &event, depth) : NULL;
}

static bool load_sequence(struct loader *l, struct node *sequence, size_t depth)
{
	struct node *last = NULL;
	for (;;) {
		yaml_event_t event;
		if (!next_event(l, &event))
			return false;
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&event);
			return true;
		}
		struct node *child = load_node(l, &event, depth);
		if (!child)
			return false;
		append_child(sequence, &last, child);
	}
}

static bool load_mapping(struct loader *l, struct node *mapping, size_t depth)
{
	struct node *last = NULL;
	for (;;) {
		yaml_event_t event;
		if (!next_event(l, &event))
			return false;
		if (event.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&event);
			find_duplicates(l, mapping);
			return true;
		}
		struct node *key = load_node(l, &event, depth);
		if (!key)
			return false;
		key->parent = mapping;
		if (key->kind == NODE_SEQUENCE || key->kind == NODE_MAPPING) {
			struct place place = {l->file, key->line, key->col, 1};
			complain(l, SS109, place, "a key must be a text")->help =
				"Write 'key: value'; a text that begins with ?, [ or { stands in quotes.";
			key->kind = NODE_BAD;
		}
		struct node *value = load_next(l, depth);
		if (!value)
			return false;
		value->key = key;
		append_child(mapping, &last, value);
	}
}

static struct node *load_collection(struct loader *l, const yaml_event_t *event, size_t depth)
{
	bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
	struct node *node = node_new(l, is_mapping ? NODE_MAPPING : NODE_SEQUENCE, event);
	if (is_mapping)
		refuse_anchor_and_tag(l, event, event->data.mapping_start.anchor,
				      event->data.mapping_start.tag);
	else
		refuse_anchor_and_tag(l, event, event->data.sequence_start.anchor,
				      event->data.sequence_start.tag);
	if (depth > DOC_MAX_DEPTH) {
		diag_add(l->out, l->diags, SS105, place_of_mark(l, &event->start_mark, NULL),
			 "more than %d levels of nesting", DOC_MAX_DEPTH);
		return NULL;
	}
	bool loaded = is_mapping ? load_mapping(l, node, depth + 1) : load_sequence(l, node, depth + 1);
	if (!loaded)
		return NULL;
	if (is_mapping && node->first)
		node->len = node->first->key->len;
	return node;
}

/* Takes the event. NULL when the rest of the file cannot be read; the reason is in the diagnostics. */
static struct node *load_node(struct loader *l, yaml_event_t *event, size_t depth)
{
	struct node *node = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		node = node_new(l, NODE_SCALAR, event);
		fill_scalar(l, node, event);
	} else if (event->type == YAML_ALIAS_EVENT) {
		node = node_new(l, NODE_BAD, event);
		complain(l, SS103, place_of_mark(l, &event->start_mark, &event->end_mark),
			 "aliases are not allowed")
			->help = "Write the value out at each place; put a text that begins with * in "
				 "quotes.";
	} else {
		node = load_collection(l, event, depth);
	}
	yaml_event_delete(event);
	return node;
}

static void check_directives(struct loader *l, const yaml_event_t *start)
{
	if (start->data.document_start.tag_directives.start != start->data.document_start.tag_directives.end)
		complain(l, SS103, place_of_mark(l, &start->start_mark, NULL), "tags are not allowed");
}

static bool load_document(struct loader *l, const struct node **ret_root)
{
	yaml_event_t event;
	if (!next_event(l, &event)) /* the start of the stream */
		return false;
	yaml_event_delete(&event);
	if (!next_event(l, &event))
		return false;
	bool empty = event.type == YAML_STREAM_END_EVENT;
	if (!empty)
		check_directives(l, &event);
	yaml_event_delete(&event);
	const struct node *root = empty ? NULL : load_next(l, 1);
	if (!empty && !root)
		return false;
	if (empty || node_is_null(root)) {
		complain(l, SS117, (struct place){.file = l->file}, "the file is empty");
		return false;
	}
	if (!next_event(l, &event)) /* the end of the document */
		return false;
	yaml_event_delete(&event);
	if (!next_event(l, &event))
		return false;
	if (event.type != YAML_STREAM_END_EVENT)
		complain(l, SS104, place_of_mark(l, &event.start_mark, NULL),
			 "a second document begins here; a file holds one")
			->help = "Put it in a file of its own.";
	yaml_event_delete(&event);
	*ret_root = root;
	return true;
}

bool doc_parse(const char *file, const char *text, size_t len, struct arena *out, struct diag_list *diags,
	       const struct node **ret_root)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	if (len >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
		text += 3;
		len -= 3;
	}
	/* A copy, because the text need not end in a NUL and strings are looked for in it. */
	struct loader l = {.file = file, .text = text, .len = len, .out = out, .diags = diags};
	if (len <= DOC_MAX_BYTES)
		l.text = arena_strndup(out, text, len);
	if (!doc_text_check(file, l.text, len, out, diags))
		return false;
	if (!yaml_parser_initialize(&l.parser))
		mem_exhausted();
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser, (const unsigned char *)l.text, len);
	bool loaded = load_document(&l, ret_root);
	yaml_parser_delete(&l.parser);
	return loaded;
}

const char *doc_version(void)
{
	return yaml_get_version_string();
}
