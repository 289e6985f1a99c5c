/* OData query options as Graph supports them: $select, $filter, $top, $count, and page tokens. */
#ifndef PROVIDERS_TWIN_ODATA_H
#define PROVIDERS_TWIN_ODATA_H

#include "providers/twin/call.h"

/*
 * A property of a resource. Tables are sorted by name, as answers are written in that order.
 * `item` is what the list's owner passes through.
 */
struct odata_property {
	const char *name;
	bool by_default; /* also given without $select */
	void (*write)(struct call *call, struct json_writer *w, const void *item);
};

struct odata_type {
	const char *name; /* "microsoft.graph.user" */
	const char *set;  /* "users", for @odata.context */
	const struct odata_property *properties;
	size_t count;
};

/* The chosen properties as a bit mask; false (and a 400 answered) for one that does not exist. */
NODISCARD bool odata_select(struct call *call, const struct odata_type *type, uint64_t *ret_mask);
bool odata_is_real(const char *type, const char *property);   /* Graph has it, whether or not the twin does */
bool odata_selected(struct call *call, const char *property); /* named in $select */
void odata_write_item(struct call *call, const struct odata_type *type, uint64_t mask, const void *item);
/* One object as the whole answer, with its @odata.context. */
void odata_write_entity(struct call *call, const struct odata_type *type, uint64_t mask, const void *item);

/* Refuses (400 answered) every $option not in `allowed` ("$select $top"). */
NODISCARD bool odata_allow(struct call *call, const char *allowed);

/* Where a listing stands: what the page token said, and how many items a page holds. */
struct odata_page {
	size_t from;
	size_t size;
	bool is_first;
	bool wants_count;
	bool advanced; /* ConsistencyLevel: eventual with $count=true */
};
NODISCARD bool odata_page(struct call *call, size_t default_size, size_t max_size, struct odata_page *ret);
/* What stands on a page. */
struct odata_items {
	const void *const *items; /* given one by one to the type's writers */
	size_t count;
	size_t next;   /* where the next page starts; 0: this is the last */
	int64_t total; /* -1: no count was asked for */
};
void odata_write_page(struct call *call, const struct odata_type *type, uint64_t mask,
		      const struct odata_items *page);
/* The same for a small collection that is all there: pages it by the options, then writes. */
void odata_write_all(struct call *call, const struct odata_type *type, const void *const *items, size_t count,
		     const char *allowed);

/* A signed token that carries a number and a time; false: it is not one of this path's. */
const char *odata_token(struct call *call, size_t value, int64_t at_ms);
NODISCARD bool odata_token_read(struct call *call, const char *token, size_t *ret_value, int64_t *ret_at_ms);
/* The same request again, with these options in place of its own; a NULL value leaves one out. */
const char *odata_next_link(struct call *call, size_t next); /* of a page that begins at `next` */
const char *odata_link(struct call *call, const struct call_param *changes, size_t count);

/* A parsed $filter. */
struct odata_filter;
struct odata_value { /* of a property of an item, for comparing */
	enum { VALUE_MISSING, VALUE_NULL, VALUE_TEXT, VALUE_BOOL } kind;
	const char *text;
	bool flag;
};
struct odata_filter_ops {
	/* VALUE_MISSING: no such property can be filtered on. */
	struct odata_value (*value)(const void *item, const char *property);
	bool (*has_sku)(const void *item, const char *sku_id); /* assignedLicenses/any(...) */
	size_t (*license_count)(const void *item);
	const void *sample; /* any item, or NULL: to see whether a property exists */
	bool (*has_address)(const void *item, const char *address); /* proxyAddresses/any(...); or NULL */
};
enum { ODATA_CLAUSES = 15 };
/* `advanced` allows what needs ConsistencyLevel. NULL with a 400 answered when it cannot be served. */
const struct odata_filter *odata_filter_parse(struct call *call, const char *text,
					      const struct odata_filter_ops *ops, bool advanced);
bool odata_filter_matches(const struct odata_filter *filter, const struct odata_filter_ops *ops,
			  const void *item);
/* When the filter can only match these values of `property` (eq, in, or of those): the values. */
bool odata_filter_keys(const struct odata_filter *filter, const char *property, struct arena *arena,
		       struct str_list *ret);

#endif
