/* Drawings for the HTML face: the graph of the steps, and the double-billing timeline. Inline SVG.
 */
#include "plans/faces/render_model.h"

#include "core/clock.h"
#include "core/quote.h"
#include "core/width.h"

#include <string.h>

enum {
	BOX_WIDTH = 290,
	BOX_HEIGHT = 58,
	GAP_X = 24,
	GAP_Y = 34,
	MARGIN = 12,
	LINE = 17,
	BOX_CHARS = 36,
	STEPS_DRAWN = 40,
	PER_ROW = 3
};

struct spot {
	int x, y;
	int row;
};

/* Each step stands below all that it comes after; a row that is full goes on in the next. */
static int place_steps(const struct render_model *m, size_t count, struct spot *spots, int *ret_columns)
{
	int in_row[STEPS_DRAWN + 1] = {0};
	int rows = 0;
	*ret_columns = 1;
	for (size_t i = 0; i < count; i++) {
		int row = 0;
		for (size_t j = 0; j < i; j++)
			if (m->steps.items[i].after_bits >> j & 1 && spots[j].row + 1 > row)
				row = spots[j].row + 1;
		while (row < STEPS_DRAWN && in_row[row] == PER_ROW)
			row++;
		spots[i] = (struct spot){MARGIN + in_row[row] * (BOX_WIDTH + GAP_X),
					 MARGIN + row * (BOX_HEIGHT + GAP_Y), row};
		in_row[row]++;
		*ret_columns = in_row[row] > *ret_columns ? in_row[row] : *ret_columns;
		rows = row + 1 > rows ? row + 1 : rows;
	}
	return rows;
}

static void put_text(struct strbuf *out, int x, int y, const char *class, const char *text, size_t chars,
		     struct arena *tmp)
{
	strbuf_addf(out, "<text x=\"%d\" y=\"%d\"%s%s%s>%s</text>", x, y, *class ? " class=\"" : "", class,
		    *class ? "\"" : "", quote_html(tmp, quote_terminal_cut(tmp, text, chars)));
}

static void put_box(const struct render_step *step, struct spot spot, struct arena *tmp, struct strbuf *out)
{
	const char *class = step->first->kind == ACTION_RETIRE_SUBSCRIPTION ? "retire"
			    : step->info->by == BY_HAND			    ? "hand"
			    : step->first->kind == ACTION_REMOVE_LICENSE    ? "take"
									    : "graph";
	const char *heading = arena_printf(tmp, "%zu  %s%s", step->number, step->info->name,
					   step->canary ? " (canary)" : "");
	size_t chars = text_width(step->subject) > strlen(step->subject) ? BOX_CHARS / 2 : BOX_CHARS;
	strbuf_addf(out, "<g class=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
		    class, spot.x, spot.y, BOX_WIDTH, BOX_HEIGHT);
	put_text(out, spot.x + 10, spot.y + LINE, "strong", heading, BOX_CHARS, tmp);
	put_text(out, spot.x + 10, spot.y + 2 * LINE, "", step->subject, chars, tmp);
	put_text(out, spot.x + 10, spot.y + 3 * LINE, "soft", *step->by ? step->by : step->change, BOX_CHARS,
		 tmp);
	strbuf_add(out, "</g>\n");
}

static void put_edge(struct spot from, struct spot to, struct strbuf *out)
{
	int x1 = from.x + BOX_WIDTH / 2;
	int y1 = from.y + BOX_HEIGHT;
	int x2 = to.x + BOX_WIDTH / 2;
	int y2 = to.y - 6;
	if (to.row == from.row + 1) {
		strbuf_addf(out, "<path class=\"edge\" d=\"M%d %dC%d %d %d %d %d %d\"/>", x1, y1, x1,
			    y1 + GAP_Y / 2, x2, y2 - GAP_Y / 2, x2, y2);
	} else {
		/* Past the boxes between, on their left side. */
		strbuf_addf(out, "<path class=\"edge\" d=\"M%d %dC%d %d %d %d %d %d\"/>", from.x + 4, y1,
			    MARGIN / 2 - 8, y1 + GAP_Y, MARGIN / 2 - 8, y2 - GAP_Y, to.x + 16, y2);
		x2 = to.x + 16;
	}
	strbuf_addf(out, "<path class=\"tip\" d=\"M%d %dl-5 -8h10z\"/>\n", x2, y2 + 6);
}

void render_svg_steps(const struct render_model *m, struct arena *tmp, struct strbuf *out)
{
	struct spot spots[STEPS_DRAWN];
	size_t count = m->steps.count < STEPS_DRAWN ? m->steps.count : STEPS_DRAWN;
	int columns;
	int rows = place_steps(m, count, spots, &columns);
	int width = 2 * MARGIN + columns * (BOX_WIDTH + GAP_X) - GAP_X;
	int height = 2 * MARGIN + rows * (BOX_HEIGHT + GAP_Y) - GAP_Y;
	strbuf_addf(out,
		    "<h3>What comes after what</h3>\n<div class=\"draw\">\n<svg role=\"img\" "
		    "aria-labelledby=\"graph-title\" "
		    "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title "
		    "id=\"graph-title\">Graph of the "
		    "steps; the table above says the same in its column After</title>\n",
		    width, height, width, height);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (m->steps.items[i].after_bits >> j & 1)
				put_edge(spots[j], spots[i], out);
	for (size_t i = 0; i < count; i++)
		put_box(&m->steps.items[i], spots[i], tmp, out);
	strbuf_add(out, "</svg>\n</div>\n");
	if (count < m->steps.count)
		strbuf_addf(out, "<p>%zu more steps are not drawn; the table has all.</p>\n",
			    m->steps.count - count);
}

enum { CHART_WIDTH = 760, CHART_LEFT = 120, CHART_RIGHT = 740, BAR_HEIGHT = 20 };

/* Days on the axis. A day that is not known is 0. */
struct chart {
	int32_t first, last;
	int32_t seen, today, begins, ends, safe, retire_by, term;
};

static int32_t known(int32_t day)
{
	return day == WINDOW_NO_DAY ? 0 : day;
}

static int x_of(const struct chart *c, int32_t day)
{
	int32_t span = c->last > c->first ? c->last - c->first : 1;
	int64_t along = (int64_t)(day - c->first) * (CHART_RIGHT - CHART_LEFT) / span;
	int64_t x = CHART_LEFT + (along < 0 ? 0 : along);
	return (int)(x > CHART_RIGHT ? CHART_RIGHT : x);
}

static void widen(struct chart *c, int32_t day)
{
	if (!day)
		return;
	if (!c->first || day < c->first)
		c->first = day;
	if (day > c->last)
		c->last = day;
}

/* The axis runs over what is decided now: a term that ends years later runs off its right end. */
static bool chart_of(const struct render_window *w, int32_t today, struct chart *c)
{
	enum { TERM_SHOWN = 120, ROOM = 7 };
	*c = (struct chart){.seen = known(w->seen),
			    .today = today,
			    .begins = known(w->state.first_day),
			    .ends = known(w->state.last_day),
			    .safe = known(w->state.last_safe_day),
			    .retire_by = known(w->state.retire_by),
			    .term = known(w->term_ends)};
	widen(c, c->seen);
	widen(c, c->begins);
	widen(c, c->ends);
	if (c->today && (!c->last || c->today - c->last <= TERM_SHOWN))
		widen(c, c->today);
	widen(c, c->retire_by);
	widen(c, c->safe);
	if (c->term && c->first && c->term - c->last <= TERM_SHOWN)
		widen(c, c->term);
	if (!c->first)
		return false;
	c->first -= ROOM;
	c->last += ROOM;
	return true;
}

/* A day with a name. Those past the right end of the axis are named under it only. */
struct mark {
	int32_t day;
	const char *label;
};
enum { MARKS = 7 };

static size_t marks_of(const struct chart *c, struct mark *marks)
{
	const struct mark all[MARKS] = {
		{c->seen, c->seen == c->today ? "today, tenant read" : "tenant read"},
		{c->today == c->seen ? 0 : c->today, "today"},
		{c->begins, "both billed from here"},
		{c->ends, "Advisor subscription gone"},
		{c->safe, c->safe == c->retire_by ? "retire by, last safe day" : "last safe day"},
		{c->retire_by == c->safe ? 0 : c->retire_by, "retire by"},
		{c->term, "Advisor term ends"},
	};
	size_t count = 0;
	for (size_t i = 0; i < MARKS; i++)
		if (all[i].day)
			marks[count++] = all[i];
	return count;
}

static void put_mark(const struct chart *c, const struct mark *mark, int row, struct strbuf *out)
{
	char text[DATE_TEXT_SIZE];
	date_format(mark->day, text);
	int x = x_of(c, mark->day);
	bool right_half = x > (CHART_LEFT + CHART_RIGHT) / 2;
	int y = 96 + LINE * row;
	strbuf_addf(out,
		    "<line class=\"%s\" x1=\"%d\" y1=\"12\" x2=\"%d\" y2=\"%d\"/>"
		    "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s %s</text>\n",
		    mark->day == c->today ? "mark today" : "mark", x, x, y + 3, right_half ? x - 5 : x + 5, y,
		    right_half ? "end" : "start", text, mark->label);
}

/* The same days as a list, which is all that a narrow screen shows. */
static void put_days(const struct mark *marks, size_t count, struct strbuf *out)
{
	strbuf_add(out, "<dl class=\"days\">\n");
	for (size_t i = 0; i < count; i++) {
		char text[DATE_TEXT_SIZE];
		date_format(marks[i].day, text);
		strbuf_addf(out, "<dt>%s</dt><dd>%s</dd>\n", text, marks[i].label);
	}
	strbuf_add(out, "</dl>\n");
}

static void put_bar(const char *class, int from, int to, int y, struct strbuf *out)
{
	strbuf_addf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n",
		    class, from, y, to > from ? to - from : 1, BAR_HEIGHT);
}

/* The Advisor bar ends on the day it must be retired by; both bars are outlined where they overlap.
 */
static void put_bars(const struct chart *c, struct strbuf *out)
{
	int32_t both_from = c->begins ? c->begins : c->seen ? c->seen : c->first;
	int32_t both_to = c->ends ? c->ends : c->safe ? c->safe : c->retire_by ? c->retire_by : c->last;
	put_bar("advisor", CHART_LEFT, x_of(c, both_to), 18, out);
	put_bar("open", x_of(c, both_from), CHART_RIGHT, 50, out);
	int from = x_of(c, both_from);
	int to = x_of(c, both_to);
	if (to > from)
		strbuf_addf(out,
			    "<rect class=\"twice\" x=\"%d\" y=\"14\" width=\"%d\" height=\"60\" rx=\"3\"/>"
			    "<text class=\"alarm\" x=\"%d\" y=\"46\">twice</text>\n",
			    from, to - from, from + 5);
}

static const char *window_sentence(const struct render_window *w, struct arena *tmp)
{
	return arena_printf(tmp, "Billed %s. %s Advisor %s a day while both are.", w->sentence,
			    say_count(tmp, w->state.seats ? w->state.seats : w->move->advisor_seats),
			    w->state.seats == 1 ? "seat" : "seats");
}

static void put_chart(const struct chart *c, const struct mark *marks, size_t count, size_t number,
		      const char *title, struct strbuf *out)
{
	size_t rows = 0;
	for (size_t i = 0; i < count; i++)
		rows += marks[i].day <= c->last;
	int height = 90 + LINE * (int)rows;
	strbuf_addf(out,
		    "<div class=\"draw\">\n<svg role=\"img\" aria-labelledby=\"window-%zu\" viewBox=\"0 0 %d "
		    "%d\" "
		    "width=\"%d\" height=\"%d\"><title id=\"window-%zu\">%s</title>\n"
		    "<text x=\"4\" y=\"33\" class=\"strong\">Advisor</text><text x=\"4\" y=\"65\" "
		    "class=\"strong\">Open</text>\n"
		    "<line class=\"axis\" x1=\"%d\" y1=\"80\" x2=\"%d\" y2=\"80\"/>\n",
		    number, CHART_WIDTH, height, CHART_WIDTH, height, number, title, CHART_LEFT, CHART_RIGHT);
	int row = 0;
	for (size_t i = 0; i < count; i++)
		if (marks[i].day <= c->last)
			put_mark(c, &marks[i], row++, out);
	put_bars(c, out);
	strbuf_add(out, "</svg>\n</div>\n");
}

void render_svg_window(const struct render_model *m, const struct render_window *window, size_t number,
		       struct arena *tmp, struct strbuf *out)
{
	struct chart c;
	struct mark marks[MARKS];
	const char *sentence = quote_html(tmp, window_sentence(window, tmp));
	strbuf_addf(out, "<h3><bdi>%s</bdi> and <bdi>%s</bdi></h3>\n<p>%s</p>\n",
		    quote_html(tmp, render_name(tmp, window->move->advisor_part_number)),
		    quote_html(tmp, render_name(tmp, window->move->open_part_number)), sentence);
	if (!chart_of(window, m->in->today, &c))
		return;
	size_t count = marks_of(&c, marks);
	put_chart(&c, marks, count, number, arena_printf(tmp, "Timeline: %s", sentence), out);
	put_days(marks, count, out);
}
