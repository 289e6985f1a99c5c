/*
 * $filter: the forms Graph supports on directory objects.
 *
 * or, and, not, brackets; eq and ne with a text, GUID, true, false or null; in (...); startswith();
 * assignedLicenses/any(x:x/skuId eq GUID); assignedLicenses/$count eq 0; proxyAddresses/any(p:p eq TEXT).
 * What Graph serves only as an advanced query is refused without ConsistencyLevel and $count.
 */
#include "providers/twin/odata.h"

#include <ctype.h>
#include <string.h>

enum filter_kind {
	FILTER_OR,
	FILTER_AND,
	FILTER_NOT,
	FILTER_EQ,
	FILTER_IN,
	FILTER_STARTS,
	FILTER_SKU,
	FILTER_ADDRESS,
	FILTER_COUNT
};

struct odata_filter {
	enum filter_kind kind;
	const struct odata_filter *left, *right;
	const char *property;
	struct odata_value value;
	struct str_list values;
};

struct parser {
	struct call *call;
	const struct odata_filter_ops *ops;
	const char *at;
	size_t clauses;
	int depth;
	bool advanced;
};

static const struct odata_filter *parse_or(struct parser *p);

static const struct odata_filter *unsupported(struct parser *p, const char *what)
{
	call_error(p->call, 400, "Request_UnsupportedQuery", "%s", what);
	return NULL;
}

static const struct odata_filter *malformed(struct parser *p)
{
	call_error(p->call, 400, "Request_BadRequest", "Invalid filter clause: syntax error near '%.40s'.",
		   p->at);
	return NULL;
}

static void skip_spaces(struct parser *p)
{
	p->at += strspn(p->at, " ");
}

static bool take(struct parser *p, const char *text)
{
	skip_spaces(p);
	size_t len = strlen(text);
	if (strncasecmp(p->at, text, len) != 0)
		return false;
	if (isalpha((unsigned char)text[len - 1]) && isalnum((unsigned char)p->at[len]))
		return false;
	p->at += len;
	return true;
}

static const char *take_word(struct parser *p)
{
	skip_spaces(p);
	size_t len = 0;
	while (isalnum((unsigned char)p->at[len]) || p->at[len] == '-' || p->at[len] == '_')
		len++;
	const char *word = arena_strndup(p->call->arena, p->at, len);
	p->at += len;
	return len ? word : NULL;
}

static bool take_value(struct parser *p, struct odata_value *ret)
{
	skip_spaces(p);
	if (*p->at != '\'') {
		const char *word = take_word(p);
		*ret = (struct odata_value){.kind = VALUE_TEXT, .text = word};
		if (str_eq(word, "null"))
			ret->kind = VALUE_NULL;
		else if (str_eq(word, "true") || str_eq(word, "false"))
			*ret = (struct odata_value){.kind = VALUE_BOOL, .flag = *word == 't'};
		else if (!word || !str_is_guid(word))
			return false;
		return true;
	}
	struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	for (p->at++; *p->at && (*p->at != '\'' || p->at[1] == '\''); p->at++) {
		strbuf_add_char(&text, *p->at);
		p->at += *p->at == '\'';
	}
	bool closed = *p->at == '\'';
	p->at += closed;
	*ret = (struct odata_value){.kind = VALUE_TEXT, .text = strbuf_dup(p->call->arena, &text)};
	strbuf_release(&text);
	return closed;
}

static struct odata_filter *node(struct parser *p, enum filter_kind kind)
{
	struct odata_filter *filter = arena_alloc(p->call->arena, sizeof *filter);
	filter->kind = kind;
	return filter;
}

static const struct odata_filter *negate(struct parser *p, const struct odata_filter *inner)
{
	if (!inner)
		return NULL;
	if (!p->advanced)
		return unsupported(p,
				   "Operator 'not' is not supported without the advanced query parameters.");
	struct odata_filter *filter = node(p, FILTER_NOT);
	filter->left = inner;
	return filter;
}

static bool count_clause(struct parser *p)
{
	if (++p->clauses <= ODATA_CLAUSES || p->advanced)
		return true;
	unsupported(p, "Too many child clauses specified in search filter expression containing 'OR' "
		       "operators. Max allowed: 15.");
	return false;
}

static const struct odata_filter *parse_any(struct parser *p)
{
	const char *variable = take(p, "any(") ? take_word(p) : NULL;
	if (!p->ops->has_sku || !variable || !take(p, ":") || !str_eq(take_word(p), variable) ||
	    !take(p, "/skuId") || !take(p, "eq"))
		return malformed(p);
	struct odata_filter *filter = node(p, FILTER_SKU);
	if (!take_value(p, &filter->value) || filter->value.kind != VALUE_TEXT ||
	    !str_is_guid(filter->value.text) || !take(p, ")"))
		return malformed(p);
	return count_clause(p) ? filter : NULL;
}

static const struct odata_filter *parse_licenses(struct parser *p)
{
	if (!take(p, "$count"))
		return parse_any(p);
	bool equal = take(p, "eq");
	if (!p->ops->license_count || (!equal && !take(p, "ne")) || !take(p, "0"))
		return malformed(p);
	if (!p->advanced)
		return unsupported(
			p, "Filter on 'assignedLicenses/$count' needs the advanced query parameters.");
	const struct odata_filter *filter = count_clause(p) ? node(p, FILTER_COUNT) : NULL;
	return equal ? filter : negate(p, filter);
}

static const struct odata_filter *parse_addresses(struct parser *p)
{
	const char *variable = take(p, "any(") ? take_word(p) : NULL;
	if (!p->ops->has_address || !variable || !take(p, ":") || !str_eq(take_word(p), variable) ||
	    !take(p, "eq"))
		return malformed(p);
	struct odata_filter *filter = node(p, FILTER_ADDRESS);
	if (!take_value(p, &filter->value) || filter->value.kind != VALUE_TEXT || !take(p, ")"))
		return malformed(p);
	return count_clause(p) ? filter : NULL;
}

static const struct odata_filter *parse_in(struct parser *p, const char *property)
{
	struct odata_filter *filter = node(p, FILTER_IN);
	filter->property = property;
	if (!take(p, "("))
		return malformed(p);
	do {
		struct odata_value value;
		if (!take_value(p, &value) || value.kind != VALUE_TEXT)
			return malformed(p);
		if (!count_clause(p))
			return NULL;
		VEC_PUSH(p->call->arena, &filter->values, value.text);
	} while (take(p, ","));
	return take(p, ")") ? filter : malformed(p);
}

static bool known_property(struct parser *p, const char *property)
{
	if (!property || (p->ops->sample && p->ops->value(p->ops->sample, property).kind == VALUE_MISSING)) {
		call_error(p->call, 400, "Request_UnsupportedQuery",
			   "Unsupported or invalid query filter clause specified for property '%s'.",
			   property ? property : "");
		return false;
	}
	return true;
}

static const struct odata_filter *parse_comparison(struct parser *p)
{
	if (take(p, "startswith(")) {
		struct odata_filter *starts = node(p, FILTER_STARTS);
		starts->property = take_word(p);
		if (!known_property(p, starts->property))
			return NULL;
		if (!take(p, ",") || !take_value(p, &starts->value) || starts->value.kind != VALUE_TEXT ||
		    !take(p, ")"))
			return malformed(p);
		return count_clause(p) ? starts : NULL;
	}
	if (take(p, "assignedLicenses/"))
		return parse_licenses(p);
	if (take(p, "proxyAddresses/"))
		return parse_addresses(p);
	const char *property = take_word(p);
	if (!known_property(p, property))
		return NULL;
	if (take(p, "in"))
		return parse_in(p, property);
	bool equal = take(p, "eq");
	if (!equal && !take(p, "ne"))
		return malformed(p);
	struct odata_filter *filter = node(p, FILTER_EQ);
	filter->property = property;
	if (!take_value(p, &filter->value))
		return malformed(p);
	if (!count_clause(p))
		return NULL;
	return equal ? filter : negate(p, filter);
}

static const struct odata_filter *parse_unary(struct parser *p)
{
	/* Graph's limit on nesting is three; brackets around a single clause are free there as well. */
	if (p->depth > 8)
		return unsupported(p, "The filter expression is nested too deeply.");
	p->depth++;
	const struct odata_filter *filter;
	if (take(p, "not")) {
		filter = negate(p, parse_unary(p));
	} else if (take(p, "(")) {
		filter = parse_or(p);
		if (filter && !take(p, ")"))
			filter = malformed(p);
	} else {
		filter = parse_comparison(p);
	}
	p->depth--;
	return filter;
}

static const struct odata_filter *join(struct parser *p, enum filter_kind kind,
				       const struct odata_filter *left, const struct odata_filter *right)
{
	if (!left || !right)
		return NULL;
	struct odata_filter *filter = node(p, kind);
	filter->left = left;
	filter->right = right;
	return filter;
}

static const struct odata_filter *parse_and(struct parser *p)
{
	const struct odata_filter *left = parse_unary(p);
	while (left && take(p, "and"))
		left = join(p, FILTER_AND, left, parse_unary(p));
	return left;
}

static const struct odata_filter *parse_or(struct parser *p)
{
	const struct odata_filter *left = parse_and(p);
	while (left && take(p, "or"))
		left = join(p, FILTER_OR, left, parse_and(p));
	return left;
}

const struct odata_filter *odata_filter_parse(struct call *call, const char *text,
					      const struct odata_filter_ops *ops, bool advanced)
{
	struct parser p = {.call = call, .ops = ops, .at = text, .advanced = advanced};
	const struct odata_filter *filter = parse_or(&p);
	skip_spaces(&p);
	return filter && *p.at ? malformed(&p) : filter;
}

static bool equals(struct odata_value a, struct odata_value b)
{
	if (a.kind != b.kind)
		return false;
	if (a.kind == VALUE_BOOL)
		return a.flag == b.flag;
	return a.kind == VALUE_NULL || str_eq_fold(a.text, b.text);
}

bool odata_filter_matches(const struct odata_filter *f, const struct odata_filter_ops *ops, const void *item)
{
	switch (f->kind) {
	case FILTER_OR:
		return odata_filter_matches(f->left, ops, item) || odata_filter_matches(f->right, ops, item);
	case FILTER_AND:
		return odata_filter_matches(f->left, ops, item) && odata_filter_matches(f->right, ops, item);
	case FILTER_NOT:
		return !odata_filter_matches(f->left, ops, item);
	case FILTER_EQ:
		return equals(ops->value(item, f->property), f->value);
	case FILTER_IN: {
		struct odata_value value = ops->value(item, f->property);
		return value.kind == VALUE_TEXT && str_list_has_fold(&f->values, value.text);
	}
	case FILTER_STARTS: {
		struct odata_value value = ops->value(item, f->property);
		return value.kind == VALUE_TEXT &&
		       strncasecmp(value.text, f->value.text, strlen(f->value.text)) == 0;
	}
	case FILTER_SKU:
		return ops->has_sku(item, f->value.text);
	case FILTER_ADDRESS:
		return ops->has_address(item, f->value.text);
	case FILTER_COUNT:
		return ops->license_count(item) == 0;
	}
	return false;
}

bool odata_filter_keys(const struct odata_filter *f, const char *property, struct arena *arena,
		       struct str_list *ret)
{
	if (f->kind == FILTER_OR)
		return odata_filter_keys(f->left, property, arena, ret) &&
		       odata_filter_keys(f->right, property, arena, ret);
	if (!str_eq_fold(f->property, property))
		return false;
	if (f->kind == FILTER_EQ && f->value.kind == VALUE_TEXT) {
		VEC_PUSH(arena, ret, f->value.text);
		return true;
	}
	for (size_t i = 0; f->kind == FILTER_IN && i < f->values.count; i++)
		VEC_PUSH(arena, ret, f->values.items[i]);
	return f->kind == FILTER_IN;
}
