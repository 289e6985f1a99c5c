/* The page of a fleet. */
#include "cmd/fleet/fleet_page.h"

#include "core/quote.h"

/* The days that the timeline spans. */
struct span {
	int32_t first, last;
};

static struct span span_of(const struct fleet_rows *rows)
{
	enum { MARGIN = 3 };
	struct span span = {rows->today, rows->today};
	for (size_t i = 0; i < rows->count; i++) {
		const struct window *window = &rows->items[i].window;
		const int32_t days[] = {window->any ? window->first_day : WINDOW_NO_DAY,
					window->any ? window->last_day : WINDOW_NO_DAY,
					window->open ? window->last_safe_day : WINDOW_NO_DAY};
		for (size_t d = 0; d < ARRAY_LEN(days); d++) {
			if (days[d] == WINDOW_NO_DAY || !days[d])
				continue;
			span.first = days[d] < span.first ? days[d] : span.first;
			span.last = days[d] > span.last ? days[d] : span.last;
		}
	}
	span.first -= MARGIN;
	span.last += MARGIN;
	return span;
}

/* Per mille of the span: whole numbers, the same on every machine. */
static int place(const struct span *span, int32_t day)
{
	enum { WHOLE = 1000 };
	return (int)((int64_t)(day - span->first) * WHOLE / (span->last - span->first));
}

static void put_bar(struct strbuf *out, const struct fleet_page *page, const struct fleet_row *row,
		    const struct span *span, struct arena *tmp)
{
	const struct window *window = &row->window;
	if (!window->any || window->first_day == WINDOW_NO_DAY || !window->first_day) {
		strbuf_add(out, "<td></td>");
		return;
	}
	int32_t end =
		window->over && window->last_day != WINDOW_NO_DAY ? window->last_day : page->rows->today;
	int from = place(span, window->first_day);
	int to = place(span, end + 1);
	const char *text = quote_html(tmp, window_text(window, tmp));
	strbuf_addf(out,
		    "<td class=t data-k=%d><div title=\"%s\"><i class=%s "
		    "style=\"left:%d.%d%%;width:%d.%d%%\"></i>",
		    window->first_day, text, window->over ? "past" : "now", from / 10, from % 10,
		    (to - from) / 10, (to - from) % 10);
	if (window->open && window->last_safe_day != WINDOW_NO_DAY) {
		int safe = place(span, window->last_safe_day);
		strbuf_addf(out, "<b style=\"left:%d.%d%%\"></b>", safe / 10, safe % 10);
	}
	strbuf_addf(out, "<span class=a>%s</span></div></td>", text);
}

static void put_row(struct strbuf *out, const struct fleet_page *page, const struct fleet_row *row,
		    const struct span *span, struct arena *tmp)
{
	enum { PER_CENT = 100 };
	const char *state = member_state_name(row->member.state);
	const char *why = row->waits ? row->waits : row->member.cause ? row->member.cause : "";
	const char *safe = row->window.open ? window_day_text(row->window.last_safe_day, tmp) : NULL;
	int64_t percent = row->users	      ? row->users_moved * PER_CENT / row->users
			  : row->member.moved ? PER_CENT
					      : 0;
	strbuf_addf(out,
		    "<tr data-s=%s><th scope=row>%s</th><td>%s</td><td><span class=\"s %s\">%s</span></td>",
		    state, quote_html(tmp, row->customer), quote_html(tmp, row->wave), state, state);
	strbuf_addf(out,
		    "<td class=n data-k=%lld><span class=m>%lld / %lld</span><progress max=100 value=%lld "
		    "aria-label=\"%lld of %lld people moved\"></progress></td>",
		    (long long)percent, (long long)row->users_moved, (long long)row->users,
		    (long long)percent, (long long)row->users_moved, (long long)row->users);
	strbuf_addf(out, "<td>%s</td><td class=w>%s</td>", row->who ? row->who : "", quote_html(tmp, why));
	strbuf_addf(out, "<td class=%s data-k=%d>%s%s</td>", row->late ? "\"n late\"" : "n",
		    safe ? row->window.last_safe_day : INT32_MAX, safe ? safe : "",
		    row->late ? " passed" : "");
	put_bar(out, page, row, span, tmp);
	strbuf_add(out, "</tr>\n");
}

static void put_options(struct strbuf *out, const struct fleet_page *page, struct arena *tmp)
{
	strbuf_add(out, "<form id=f hidden><label>Find <input id=q type=search autocomplete=off></label>"
			"<label>State <select id=s><option value=\"\">all</option>");
	for (int state = 0; state < MEMBER_STATE_COUNT; state++) {
		const char *name = member_state_name((enum member_state)state);
		if (page->rows->states[state])
			strbuf_addf(out, "<option value=%s>%s (%zu)</option>", name, name,
				    page->rows->states[state]);
	}
	strbuf_add(out, "</select></label><label>Wave <select id=v><option value=\"\">all</option>");
	for (size_t i = 0; i < page->fleet->waves.count; i++) {
		const char *name = quote_html(tmp, page->fleet->waves.items[i].name);
		strbuf_addf(out, "<option>%s</option>", name);
	}
	strbuf_add(out, "</select></label><output id=o aria-live=polite></output>"
			"<button type=button id=m hidden>List all</button></form>\n");
}

static void put_summary(struct strbuf *out, const struct fleet_page *page, struct arena *tmp)
{
	const struct fleet_rows *rows = page->rows;
	strbuf_addf(out, "<h1>Fleet %s</h1>\n<ul class=c>", page->fleet->id);
	for (int state = 0; state < MEMBER_STATE_COUNT; state++) {
		const char *name = member_state_name((enum member_state)state);
		if (rows->states[state])
			strbuf_addf(out, "<li class=%s><b>%zu</b> %s</li>", name, rows->states[state], name);
	}
	strbuf_addf(out,
		    "</ul>\n<dl><dt>People</dt><dd>%lld of %lld moved</dd><dt>Billed twice</dt><dd>%s</dd>",
		    (long long)rows->users_moved, (long long)rows->users, quote_html(tmp, page->billed));
	for (size_t i = 0; i < page->waves->count; i++)
		strbuf_addf(out, "<dt>Wave %s</dt><dd>%s</dd>",
			    quote_html(tmp, page->fleet->waves.items[i].name),
			    quote_html(tmp, page->waves->items[i]));
	strbuf_add(out, "</dl>\n");
	bool headed = false;
	for (size_t i = 0; i < page->groups->count; i++) {
		const struct fleet_group *group = &page->groups->items[i];
		if (!*group->cause || group->state == MEMBER_NOT_STARTED)
			continue;
		strbuf_add(out, headed ? "" : "<h2>What is waited for, and what failed</h2>\n<ul class=g>");
		headed = true;
		strbuf_addf(out, "<li><b>%zu</b> %s: %s</li>", group->count, member_state_name(group->state),
			    quote_html(tmp, group->cause));
	}
	strbuf_add(out, headed ? "</ul>\n" : "");
}

void fleet_page_write(const struct fleet_page *page, struct strbuf *out)
{
	static const char *const heads[] = {"Customer",	     "Wave",	    "State",
					    "People moved",  "Whose turn",  "Waits for, or why",
					    "Last safe day", "Billed twice"};
	CLEANUP(arena_freep) struct arena *all = arena_new();
	const struct span span = span_of(page->rows);
	int today = place(&span, page->rows->today);
	strbuf_addf(out,
		    "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport "
		    "content=\"width=device-width,initial-scale=1\"><title>Fleet %s</title>\n<style>%s"
		    "table{--today:%d.%d%%}</style><script>document.documentElement.className=\"j\"</"
		    "script></head>"
		    "<body>\n<main>\n",
		    page->fleet->id, fleet_page_css, today / 10, today % 10);
	put_summary(out, page, all);
	strbuf_add(out, "<h2>Customers</h2>\n");
	put_options(out, page, all);
	strbuf_add(out, "<div class=x tabindex=0 role=region aria-label=Customers><table id=t><thead><tr>");
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		strbuf_addf(out, "<th scope=col>%s</th>", heads[i]);
	strbuf_add(out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < page->rows->count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		put_row(out, page, &page->rows->items[i], &span, tmp);
	}
	strbuf_addf(out,
		    "</tbody></table></div>\n<p class=l>The timeline runs from %s to %s; the line is %s.</p>",
		    window_day_text(span.first, all), window_day_text(span.last, all),
		    window_day_text(page->rows->today, all));
	strbuf_addf(out, "\n</main><script>%s</script></body></html>\n", fleet_page_js);
}
