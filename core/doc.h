/*
 * YAML text to a tree of nodes with places. The only user of libyaml.
 *
 * A deliberately small YAML: one document, no aliases, anchors or tags, no duplicate keys, at most
 * DOC_MAX_DEPTH levels, at most DOC_MAX_BYTES, UTF-8, lines that end with LF or CRLF only (the other
 * line breaks of YAML 1.1 would let a key hide in what a reviewer sees as one line). What a plain
 * scalar means is not decided here: the field tables know what they expect.
 */
#ifndef CORE_DOC_H
#define CORE_DOC_H

#include "core/diag.h"
#include "core/macros.h"
#include "core/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum { DOC_MAX_DEPTH = 32, DOC_MAX_BYTES = 8 * 1024 * 1024 };

enum node_kind {
	NODE_SCALAR,
	NODE_SEQUENCE,
	NODE_MAPPING,
	NODE_BAD /* complained about already (an alias): readers pass over it */
};

struct node {
	enum node_kind kind;
	bool quoted;	  /* a scalar in quotes or a block scalar */
	const char *text; /* of a scalar; without NUL bytes */
	size_t line, col; /* 1-based, in characters */
	size_t len;	  /* characters to underline */
	size_t index;	  /* among its siblings */
	size_t count;	  /* children of a sequence or mapping */
	const struct node *parent;
	const struct node *key; /* of a value in a mapping */
	const struct node *first;
	const struct node *next;
};

/*
 * Parses `text`, shown as `file`. Complaints go to `diags`, as many as can be found in one run; false
 * when there is no tree to continue with. A true result may still come with errors in `diags`.
 */
NODISCARD bool doc_parse(const char *file, const char *text, size_t len, struct arena *out,
			 struct diag_list *diags, const struct node **ret_root);

/* "moves[0].open.seats"; "" for the root. */
const char *node_path(struct arena *out, const struct node *node);
const struct node *node_get(const struct node *mapping, const char *key); /* NULL when absent; linear */
bool node_is_null(const struct node *node);				  /* nothing, ~ or null, unquoted */

#define NODE_EACH(child, of) for (const struct node *child = (of)->first; child; child = child->next)

const char *doc_version(void); /* of libyaml */

#endif
