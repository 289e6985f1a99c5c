/* Query options, page tokens and the writing of collections. */
#include "providers/twin/odata.h"

#include "core/digest.h"
#include "core/quote.h"

#include <stdlib.h>
#include <string.h>

static bool list_has(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *p = list; len && (p = strcasestr(p, word)); p += len) {
		bool starts = p == list || p[-1] == ' ' || p[-1] == ',';
		if (starts && (!p[len] || p[len] == ' ' || p[len] == ','))
			return true;
	}
	return false;
}

bool odata_allow(struct call *call, const char *allowed)
{
	for (size_t i = 0; i < call->params.count; i++) {
		const char *name = call->params.items[i].name;
		if (str_eq_fold(name, "api-version") || list_has(allowed, name))
			continue;
		if (name[0] != '$')
			return call_error(call, 400, "Request_BadRequest",
					  "Unrecognized query argument specified: '%s'.", name);
		return call_error(call, 400, "Request_UnsupportedQuery",
				  "The query option '%s' is not supported for this request.", name);
	}
	return true;
}

bool odata_selected(struct call *call, const char *property)
{
	const char *select = call_param(call, "$select");
	return select && list_has(select, property);
}

bool odata_select(struct call *call, const struct odata_type *type, uint64_t *ret_mask)
{
	const char *select = call_param(call, "$select");
	uint64_t mask = 0;
	for (size_t i = 0; i < type->count && !select; i++)
		mask |= type->properties[i].by_default ? UINT64_C(1) << i : 0;
	for (const char *p = select; p && *p;) {
		p += strspn(p, " ");
		size_t len = strcspn(p, ", ");
		const char *name = arena_strndup(call->arena, p, len);
		size_t found = 0;
		while (found < type->count && !str_eq_fold(type->properties[found].name, name))
			found++;
		if (found == type->count && odata_is_real(type->name, name))
			return call_error(call, 501, "NotImplemented",
					  "The twin does not imitate the property '%s' of type '%s'.", name,
					  type->name);
		if (found == type->count)
			return call_error(call, 400, "Request_BadRequest",
					  "Could not find a property named '%s' on type '%s'.", name,
					  type->name);
		mask |= UINT64_C(1) << found;
		p += len + strspn(p + len, " ");
		p += *p == ',';
	}
	*ret_mask = mask;
	return true;
}

void odata_write_item(struct call *call, const struct odata_type *type, uint64_t mask, const void *item)
{
	struct json_writer *w = &call->w;
	for (size_t i = 0; i < type->count; i++) {
		if (!(mask & (UINT64_C(1) << i)))
			continue;
		json_put_key(w, type->properties[i].name);
		type->properties[i].write(call, w, item);
	}
}

static void write_context(struct call *call, const struct odata_type *type, const char *suffix)
{
	const char *select = call_param(call, "$select");
	json_set_text(&call->w, "@odata.context",
		      arena_printf(call->arena, "%s/v1.0/$metadata#%s%s%s%s%s", call->base, type->set,
				   select ? "(" : "", select ? select : "", select ? ")" : "", suffix));
}

void odata_write_entity(struct call *call, const struct odata_type *type, uint64_t mask, const void *item)
{
	json_begin_object(&call->w);
	write_context(call, type, "/$entity");
	odata_write_item(call, type, mask, item);
	json_end_object(&call->w);
}

/* A token names where the next page starts and when it was given; signed, so that it stays opaque. */
static char *token_signature(struct call *call, const char *text)
{
	const char *what =
		arena_printf(call->arena, "%s %016llx %s %s", text, (unsigned long long)call->twin->page_key,
			     call->tenant->id, call->path);
	char hex[SHA256_TEXT_SIZE];
	sha256_hex(what, strlen(what), hex);
	return arena_strndup(call->arena, hex, 24);
}

#define TOKEN_PREFIX "RFNwdAIAAQ-"

const char *odata_token(struct call *call, size_t value, int64_t at_ms)
{
	const char *text = arena_printf(call->arena, "%zx-%llx", value, (unsigned long long)at_ms);
	return arena_printf(call->arena, TOKEN_PREFIX "%s-%s", text, token_signature(call, text));
}

bool odata_token_read(struct call *call, const char *token, size_t *ret_value, int64_t *ret_at_ms)
{
	const char *text = str_starts(token, TOKEN_PREFIX) ? token + strlen(TOKEN_PREFIX) : "";
	const char *last = strrchr(text, '-');
	text = last ? arena_strndup(call->arena, text, (size_t)(last - text)) : "";
	bool valid = last && str_eq(last + 1, token_signature(call, text));
	/* What is signed was written by odata_token, so it can be read back without checks. */
	const char *middle = valid ? strchr(text, '-') : NULL;
	if (!middle)
		return false;
	*ret_at_ms = (int64_t)strtoull(middle + 1, NULL, 16);
	*ret_value = (size_t)strtoull(text, NULL, 16);
	return true;
}

static bool token_read(struct call *call, const char *token, size_t *ret_from)
{
	int64_t issued_ms = 0;
	if (!odata_token_read(call, token, ret_from, &issued_ms) ||
	    twin_now(call->twin) - issued_ms > call->twin->settings.page_token_ms)
		return call_error(
			call, 400, "Directory_ExpiredPageToken",
			"The specified page token value has expired and can no longer be included in "
			"your request.");
	return true;
}

bool odata_page(struct call *call, size_t default_size, size_t max_size, struct odata_page *ret)
{
	struct odata_page page = {.size = default_size, .is_first = true};
	const char *top = call_param(call, "$top");
	int64_t value;
	if (top && (!str_parse_int(top, 1, (int64_t)max_size, &value)))
		return call_error(call, 400, "Request_UnsupportedQuery",
				  "Invalid page size specified: '%s'. Must be between 1 and %zu inclusive.",
				  top, max_size);
	if (top)
		page.size = (size_t)value;
	size_t cap = (size_t)call->twin->settings.page_size;
	if (cap && page.size > cap)
		page.size = cap;
	const char *level = call_header(call, "consistencylevel");
	bool eventual = str_eq_fold(level, "eventual");
	const char *count = call_param(call, "$count");
	bool asks_for_count = str_eq_fold(count, "true");
	if (count && !asks_for_count && !str_eq_fold(count, "false"))
		return call_error(call, 400, "Request_BadRequest", "Invalid value for $count.");
	/* Without the header the directory leaves the count out and answers all the same. */
	page.wants_count = page.advanced = asks_for_count && eventual;
	const char *token = call_param(call, "$skiptoken");
	if (token) {
		if (!token_read(call, token, &page.from))
			return false;
		page.is_first = false;
	}
	*ret = page;
	return true;
}

static bool is_changed(const struct call_param *changes, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_fold(changes[i].name, name))
			return true;
	return false;
}

const char *odata_link(struct call *call, const struct call_param *changes, size_t count)
{
	struct strbuf link = STRBUF_INIT(STRBUF_SMALL);
	strbuf_addf(&link, "%s/v1.0%s%s?", call->base, str_starts(call->path, "/") ? "" : "/",
		    str_starts(call->path, "/v1.0/") ? call->path + 5 : call->path);
	for (size_t i = 0; i < call->params.count; i++) {
		const struct call_param *param = &call->params.items[i];
		if (!is_changed(changes, count, param->name))
			strbuf_addf(&link, "%s=%s&", param->name, quote_url(call->arena, param->value));
	}
	for (size_t i = 0; i < count; i++)
		if (changes[i].value)
			strbuf_addf(&link, "%s=%s&", changes[i].name, changes[i].value);
	const char *text = arena_strndup(call->arena, strbuf_text(&link), link.len - 1);
	strbuf_release(&link);
	return text;
}

const char *odata_next_link(struct call *call, size_t next)
{
	const struct call_param page = {"$skiptoken", odata_token(call, next, twin_now(call->twin))};
	return odata_link(call, &page, 1);
}

void odata_write_page(struct call *call, const struct odata_type *type, uint64_t mask,
		      const struct odata_items *page)
{
	struct json_writer *w = &call->w;
	json_begin_object(w);
	write_context(call, type, "");
	if (page->total >= 0)
		json_set_int(w, "@odata.count", page->total);
	if (page->next)
		json_set_text(w, "@odata.nextLink", odata_next_link(call, page->next));
	json_put_key(w, "value");
	json_begin_array(w);
	for (size_t i = 0; i < page->count; i++) {
		json_begin_object(w);
		odata_write_item(call, type, mask, page->items[i]);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

void odata_write_all(struct call *call, const struct odata_type *type, const void *const *items, size_t count,
		     const char *allowed)
{
	struct odata_page page;
	uint64_t mask;
	const char *options = arena_printf(call->arena, "%s $skiptoken", allowed);
	if (!odata_allow(call, options) || !odata_page(call, 100, 999, &page) ||
	    !odata_select(call, type, &mask))
		return;
	size_t from = page.from < count ? page.from : count;
	size_t size = count - from < page.size ? count - from : page.size;
	size_t next = from + size < count ? from + size : 0;
	const struct odata_items shown = {items + from, size, next,
					  page.wants_count && page.is_first ? (int64_t)count : -1};
	odata_write_page(call, type, mask, &shown);
}
