/* Reading the tree of a YAML file. */
#include "core/doc.h"
#include "core/str.h"

static void add_path(struct strbuf *buf, const struct node *node)
{
	if (!node->parent)
		return;
	add_path(buf, node->parent);
	if (!node->key)
		strbuf_addf(buf, "[%zu]", node->index);
	else
		strbuf_addf(buf, "%s%s", buf->len ? "." : "", node->key->text ? node->key->text : "?");
}

const char *node_path(struct arena *out, const struct node *node)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(DOC_MAX_BYTES);
	add_path(&buf, node);
	return strbuf_dup(out, &buf);
}

const struct node *node_get(const struct node *mapping, const char *key)
{
	if (mapping->kind != NODE_MAPPING)
		return NULL;
	NODE_EACH (value, mapping)
		if (value->key->kind == NODE_SCALAR && str_eq(value->key->text, key))
			return value;
	return NULL;
}

bool node_is_null(const struct node *node)
{
	if (node->kind != NODE_SCALAR || node->quoted)
		return false;
	return !*node->text || str_eq(node->text, "~") || str_eq(node->text, "null") ||
	       str_eq(node->text, "Null") || str_eq(node->text, "NULL");
}
