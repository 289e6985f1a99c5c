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

const char *render_lesser(const struct render_model *m, const struct service_effect *effect)
{
	struct str_list lesser = {0};
	for (size_t i = 0; i < effect->lesser.count; i++) {
		const char *name = effect->lesser.items[i];
		const char *shown = render_service_name(name);
		VEC_PUSH(m->arena, &lesser,
			 shown ? shown : render_data(m->arena, render_name(m->arena, name)));
	}
	return lesser.count ? arena_printf(m->arena, "→ %s", str_list_join(m->arena, &lesser, " or ")) : "";
}

const char *render_lost_name(const struct render_model *m, const struct service_effect *effect)
{
	const char *lesser = render_lesser(m, effect);
	return arena_printf(m->arena, "%s%s%s", render_effect_name(m, effect), *lesser ? " " : "", lesser);
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

enum { WHOLE_MAX = 40 }; /* bytes: what is longer has to break somewhere on a phone */

/* How far the next word goes: "365 - Standard" is one, so that no line begins with its dash. */
static size_t word_length(const char *text)
{
	size_t len = strcspn(text, " ");
	while (str_starts(text + len, " - "))
		len += 3 + strcspn(text + len + 3, " ");
	return len;
}

const char *render_lost_words(const struct render_model *m, const struct service_effect *effect)
{
	const char *lesser = render_lesser(m, effect);
	return arena_printf(m->arena, "%s%s%s", effect->shown ? effect->shown : render_effect_name(m, effect),
			    *lesser ? " " : "", lesser);
}

typedef bool (*word_test)(const char *word);

static bool has_hyphen(const char *word)
{
	return strchr(word, '-') != NULL;
}

/* In the pattern, 0 is a digit of a number and x one of an id. */
static bool begins_like(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0'   ? !strchr("0123456789", *text) || !*text
		    : *pattern == 'x' ? !strchr("0123456789abcdef", *text) || !*text
				      : *text != *pattern)
			return false;
	return true;
}

static bool has_day_or_id(const char *word)
{
	for (; *word; word++)
		if (begins_like(word, "0000-00-00") ||
		    begins_like(word, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
			return true;
	return false;
}

static const char *html_words(struct arena *out, const char *text, word_test stays_whole)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t len = word_length(text + blanks);
		const char *word = arena_strndup(out, text + blanks, len);
		bool whole = len <= WHOLE_MAX && stays_whole(word);
		strbuf_addf(&buf, "%.*s%s%s%s", (int)blanks, text, whole ? "<span class=\"whole\">" : "",
			    quote_html(out, word), whole ? "</span>" : "");
		text += blanks + len;
	}
	return strbuf_dup(out, &buf);
}

/* Browsers end lines at hyphens: a day would be read as two numbers, and a minus stand without its name. */
const char *render_html_words(struct arena *out, const char *text)
{
	return html_words(out, text, has_hyphen);
}

const char *render_html_data(struct arena *out, const char *text)
{
	return arena_printf(out, "<bdi>%s</bdi>", html_words(out, text, has_day_or_id));
}
