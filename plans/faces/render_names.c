/* What faces call things: products and services by the names that people know, numbers with their units. */
#include "plans/faces/render_model.h"

#include "core/catalog.h"
#include "core/quote.h"

#include <stdlib.h>
#include <string.h>

const char *render_service_name(const char *plan_name)
{
	const struct service_name *known = plan_name ? service_name_find(plan_name) : NULL;
	return known ? known->shown : NULL;
}

const char *render_purpose(enum service_purpose purpose)
{
	static const char *const names[] = {[PURPOSE_MAIL] = "Mail",
					    [PURPOSE_FILES] = "Files",
					    [PURPOSE_TEAMS] = "Teams and calls",
					    [PURPOSE_APPS] = "Office apps",
					    [PURPOSE_SECURITY] = "Security and compliance",
					    [PURPOSE_OTHER] = "Others"};
	return names[purpose];
}

const char *render_product(const struct render_model *m, const char *sku_id, struct arena *out)
{
	const struct catalog_sku *known = catalog_find_sku(sku_id);
	return known ? known->display_name : render_data(out, render_part_number(m, sku_id, out));
}

const char *render_sku_plain(const struct render_model *m, const char *sku_id, struct arena *out)
{
	const struct catalog_sku *known = catalog_find_sku(sku_id);
	const char *part = render_part_number(m, sku_id, out);
	return known ? arena_printf(out, "%s (%s)", known->display_name, part) : part;
}

const char *render_sku(const struct render_model *m, const char *sku_id, struct arena *out)
{
	const struct catalog_sku *known = catalog_find_sku(sku_id);
	const char *part = render_part_number(m, sku_id, out);
	const char *code = render_data(out, part);
	return known ? arena_printf(out, "%s (%s)", known->display_name, code) : code;
}

const char *render_effect_name(const struct render_model *m, const struct service_effect *effect)
{
	const char *code = render_data(m->arena, render_name(m->arena, effect->plan_name));
	return effect->shown ? arena_printf(m->arena, "%s (%s)", effect->shown, code) : code;
}

enum { DATA_BEGINS = 2, DATA_ENDS = 3 };

const char *render_data(struct arena *out, const char *visible)
{
	return arena_printf(out, "%c%s%c", DATA_BEGINS, visible, DATA_ENDS);
}

const char *render_unmark(struct arena *out, const char *text,
			  const char *(*words)(struct arena *out, const char *),
			  const char *(*data)(struct arena *out, const char *))
{
	static const char marks[] = {DATA_BEGINS, DATA_ENDS, '\0'};
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	bool inside = false;
	while (*text) {
		size_t len = strcspn(text, marks);
		const char *part = arena_strndup(out, text, len);
		strbuf_add(&buf, inside ? data(out, part) : words(out, part));
		text += len;
		if (*text)
			inside = *text++ == DATA_BEGINS;
	}
	return strbuf_dup(out, &buf);
}

/* Browsers end lines at hyphens: a day would be read as two numbers, and a minus stand without its name. */
const char *render_html_words(struct arena *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t len = strcspn(text + blanks, " ");
		const char *word = arena_strndup(out, text + blanks, len);
		bool whole = strchr(word, '-') != NULL;
		strbuf_addf(&buf, "%.*s%s%s%s", (int)blanks, text, whole ? "<span class=\"whole\">" : "",
			    quote_html(out, word), whole ? "</span>" : "");
		text += blanks + len;
	}
	return strbuf_dup(out, &buf);
}
