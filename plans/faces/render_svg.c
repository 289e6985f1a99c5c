/* Drawings for the HTML face: the graph of the steps, and the double-billing timeline. Inline SVG.
 */
#include "plans/faces/render_model.h"

#include "core/clock.h"
#include "core/quote.h"
#include "core/width.h"

#include <string.h>

/* All drawings are as wide as the page's text; the browser shrinks them where that is less. */
enum { DRAW_WIDTH = 1100, LINE = 17 };

/* ---- the graph: steps from left to right, in bands of as many columns as fit ----------------- */

enum {
	PER_BAND = 5,
	GAP_X = 44,
	GAP_Y = 14,
	LANE = 9,
	PAD = 10,
	BOX_LINES = 4,
	BOX_HEIGHT = BOX_LINES * LINE + 12,
	STEPS_DRAWN = 40,
	BANDS = STEPS_DRAWN / PER_BAND
};

struct spot {
	int x, y;
	int layer, row;
};

struct graph {
	const struct render_model *m;
	struct arena *tmp;
	struct strbuf *out;
	size_t count;
	int box_width;
	struct spot spots[STEPS_DRAWN];
	int lanes[BANDS];     /* edges that run below the boxes of a band */
	int used[BANDS];      /* of them, drawn so far */
	int boxes_end[BANDS]; /* where the lanes begin */
};

static bool follows(const struct graph *g, size_t step, size_t before)
{
	return g->m->steps.items[step].after_bits >> before & 1;
}

/* To the column right of it in the same band, an edge is a short curve; any other runs below the boxes. */
static bool is_short(const struct spot *from, const struct spot *to)
{
	return to->layer == from->layer + 1 && to->layer / PER_BAND == from->layer / PER_BAND;
}

/* Each step stands right of all that it comes after. */
static void place_steps(struct graph *g)
{
	int in_layer[STEPS_DRAWN] = {0};
	for (size_t i = 0; i < g->count; i++) {
		struct spot *spot = &g->spots[i];
		for (size_t j = 0; j < i; j++)
			if (follows(g, i, j) && g->spots[j].layer + 1 > spot->layer)
				spot->layer = g->spots[j].layer + 1;
		spot->row = in_layer[spot->layer]++;
	}
	int columns = 1;
	for (size_t i = 0; i < g->count; i++)
		columns = g->spots[i].layer + 1 > columns ? g->spots[i].layer + 1 : columns;
	columns = columns < PER_BAND ? columns : PER_BAND;
	columns = columns < 3 ? 3 : columns;
	g->box_width = (DRAW_WIDTH - 4 - (columns - 1) * GAP_X) / columns;
	for (size_t i = 0; i < g->count; i++)
		for (size_t j = 0; j < i; j++)
			if (follows(g, i, j) && !is_short(&g->spots[j], &g->spots[i]))
				g->lanes[g->spots[j].layer / PER_BAND]++;
}

/* Bands below each other, each as high as its fullest column and its lanes. Returns the height of all. */
static int place_bands(struct graph *g)
{
	int top = 2;
	for (int band = 0; band < BANDS; band++) {
		int rows = 0;
		for (size_t i = 0; i < g->count; i++)
			if (g->spots[i].layer / PER_BAND == band && g->spots[i].row + 1 > rows)
				rows = g->spots[i].row + 1;
		if (!rows)
			return top;
		for (size_t i = 0; i < g->count; i++) {
			struct spot *spot = &g->spots[i];
			if (spot->layer / PER_BAND != band)
				continue;
			spot->x = 2 + spot->layer % PER_BAND * (g->box_width + GAP_X);
			spot->y = top + spot->row * (BOX_HEIGHT + GAP_Y);
		}
		g->boxes_end[band] = top + rows * (BOX_HEIGHT + GAP_Y) - GAP_Y;
		top = g->boxes_end[band] + LANE * (g->lanes[band] + 1) + GAP_Y;
	}
	return top;
}

/* In a box; the first line stands out. */
static void put_line(const struct graph *g, int number, const char *text)
{
	enum { LONGEST = 60 };
	strbuf_addf(g->out, "<text x=\"%d\" y=\"%d\"%s>%s</text>", PAD, 2 + (number + 1) * LINE,
		    number ? "" : " class=\"strong\"",
		    quote_html(g->tmp, quote_terminal_cut(g->tmp, text, LONGEST)));
}

/* The box is a drawing of its own: what is too long for it is cut at its edge. */
static void put_box(struct graph *g, const struct render_step *step, struct spot spot)
{
	const char *first = step->changes.count ? step->changes.items[0] : "";
	const char *rest = step->changes.count > 1
				   ? str_list_join(g->tmp,
						   &(struct str_list){step->changes.items + 1,
								      step->changes.count - 1, 0},
						   " ")
				   : "";
	const char *lines[BOX_LINES] = {arena_printf(g->tmp, "%zu  %s%s", step->number, step->info->name,
						     step->canary ? " (canary)" : ""),
					step->subject, *step->by ? step->by : first, *step->by ? "" : rest};
	strbuf_addf(g->out,
		    "<svg class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><rect x=\"1\" y=\"1\" "
		    "width=\"%d\" height=\"%d\" rx=\"6\"/>",
		    render_step_class(step), spot.x, spot.y, g->box_width, BOX_HEIGHT, g->box_width - 2,
		    BOX_HEIGHT - 2);
	for (int i = 0; i < BOX_LINES; i++)
		put_line(g, i, lines[i]);
	strbuf_add(g->out, "</svg>\n");
}

static void put_tip(struct strbuf *out, int x, int y)
{
	strbuf_addf(out, "<path class=\"tip\" d=\"M%d %dl-8 -5v10z\"/>\n", x, y);
}

/* Each edge below the boxes has a lane, and a place in the gaps, of its own: none hides another. */
static void put_edge(struct graph *g, const struct spot *from, const struct spot *to)
{
	int x1 = from->x + g->box_width;
	int y1 = from->y + BOX_HEIGHT / 2;
	int x2 = to->x;
	int y2 = to->y + BOX_HEIGHT / 2;
	if (is_short(from, to)) {
		strbuf_addf(g->out, "<path class=\"edge\" d=\"M%d %dC%d %d %d %d %d %d\"/>", x1, y1,
			    x1 + GAP_X / 2, y1, x2 - GAP_X / 2, y2, x2 - 7, y2);
		put_tip(g->out, x2, y2);
		return;
	}
	int band = from->layer / PER_BAND;
	int lane = g->used[band]++;
	int out_x = x1 + 6 + lane % 4 * 5;
	int in_x = x2 > GAP_X ? x2 - 14 - lane % 4 * 5 : x2;
	int lane_y = g->boxes_end[band] + LANE * (lane + 1);
	y1 += 8 + lane % 3 * 5;
	y2 += x2 > GAP_X ? 8 + lane % 3 * 5 : 0;
	/* In the first column there is no gap on the left: it comes in from above. */
	if (x2 <= GAP_X) {
		in_x = to->x + PAD + 8 * (1 + lane % 8);
		strbuf_addf(g->out,
			    "<path class=\"edge\" d=\"M%d %dH%dV%dH%dV%d\"/><path class=\"tip\" "
			    "d=\"M%d %dl-5 -8h10z\"/>\n",
			    x1, y1, out_x, lane_y, in_x, to->y - 7, in_x, to->y);
		return;
	}
	strbuf_addf(g->out, "<path class=\"edge\" d=\"M%d %dH%dV%dH%dV%dH%d\"/>", x1, y1, out_x, lane_y, in_x,
		    y2, x2 - 7);
	put_tip(g->out, x2, y2);
}

void render_svg_steps(const struct render_model *m, struct arena *tmp, struct strbuf *out)
{
	struct graph g = {.m = m, .tmp = tmp, .out = out};
	g.count = m->steps.count < STEPS_DRAWN ? m->steps.count : STEPS_DRAWN;
	place_steps(&g);
	int height = place_bands(&g);
	strbuf_addf(out,
		    "<div class=\"draw\">\n<h3>What comes after what</h3>\n<svg role=\"img\" "
		    "aria-labelledby=\"graph-title\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\"><title "
		    "id=\"graph-title\">Graph of the steps; the table above says the same in its column "
		    "After</title>\n",
		    DRAW_WIDTH, height, DRAW_WIDTH, height);
	for (size_t i = 0; i < g.count; i++)
		for (size_t j = 0; j < i; j++)
			if (follows(&g, i, j))
				put_edge(&g, &g.spots[j], &g.spots[i]);
	for (size_t i = 0; i < g.count; i++)
		put_box(&g, &m->steps.items[i], g.spots[i]);
	strbuf_add(out, "</svg>\n</div>\n");
	if (g.count < m->steps.count)
		strbuf_addf(out, "<p>%zu more steps are not drawn; the table has all.</p>\n",
			    m->steps.count - g.count);
}

/* ---- the timeline ---------------------------------------------------------------------------- */

enum {
	CHART_LEFT = 110,
	CHART_RIGHT = DRAW_WIDTH - 30,
	BAR_HEIGHT = 20,
	BAR_ADVISOR = 12,
	BAR_OPEN = 42,
	AXIS_Y = 76,
	MARKS_Y = AXIS_Y + 38
};

/* Days on the axis. A day that is not known is 0. */
struct chart {
	int32_t first, last;
	int32_t seen, today, begins, ends, safe, retire_by, term;
	const char *open; /* what the lower bar is called */
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
	if (c->today && (!c->last || (c->today - c->last <= TERM_SHOWN && c->first - c->today <= TERM_SHOWN)))
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
		if (all[i].day >= c->first)
			marks[count++] = all[i];
	return count;
}

static void put_mark(const struct chart *c, const struct mark *mark, int row, struct strbuf *out)
{
	char text[DATE_TEXT_SIZE];
	date_format(mark->day, text);
	int x = x_of(c, mark->day);
	bool right_half = x > (CHART_LEFT + CHART_RIGHT) / 2;
	int y = MARKS_Y + LINE * row;
	strbuf_addf(out,
		    "<line class=\"%s\" x1=\"%d\" y1=\"4\" x2=\"%d\" y2=\"%d\"/>"
		    "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s %s</text>\n",
		    mark->day == c->today ? "mark today" : "mark", x, x, y + 3, right_half ? x - 5 : x + 5, y,
		    right_half ? "end" : "start", text, mark->label);
}

/* A tick for each month or, where few fit on the axis, for each week; never so many that they touch. */
static void put_axis(const struct chart *c, struct strbuf *out)
{
	enum { WEEK = 7, MONTHS_FROM = 70, TICKS_MOST = 14 };
	int32_t span = c->last - c->first;
	bool by_week = span < MONTHS_FROM;
	int32_t months = span / 30 + 1;
	int32_t every = by_week ? 1 : (months + TICKS_MOST - 1) / TICKS_MOST;
	int32_t number = 0;
	strbuf_addf(out, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", CHART_LEFT,
		    AXIS_Y, CHART_RIGHT, AXIS_Y);
	for (int32_t day = c->first; day <= c->last; day++) {
		char text[DATE_TEXT_SIZE];
		date_format(day, text);
		bool begins = by_week ? (day - c->first) % WEEK == 0 : str_ends(text, "-01");
		if (!begins || number++ % every)
			continue;
		if (!by_week)
			text[strlen("2026-11")] = '\0';
		strbuf_addf(out,
			    "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/><text "
			    "class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			    x_of(c, day), AXIS_Y, x_of(c, day), AXIS_Y + 5, x_of(c, day), AXIS_Y + LINE,
			    text + (by_week ? strlen("2026-") : 0));
	}
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
	put_bar("advisor", CHART_LEFT, x_of(c, both_to), BAR_ADVISOR, out);
	put_bar("open", x_of(c, both_from), CHART_RIGHT, BAR_OPEN, out);
	int from = x_of(c, both_from);
	int to = x_of(c, both_to);
	if (to > from)
		strbuf_addf(out,
			    "<rect class=\"twice\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>"
			    "<text class=\"both\" x=\"%d\" y=\"%d\">both billed</text>\n",
			    from, BAR_ADVISOR - 4, to - from, BAR_OPEN + BAR_HEIGHT - BAR_ADVISOR + 8,
			    from + 6, BAR_ADVISOR + BAR_HEIGHT + 9);
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
	int height = MARKS_Y - 6 + LINE * (int)rows;
	strbuf_addf(out,
		    "<div class=\"draw\">\n<svg role=\"img\" aria-labelledby=\"window-%zu\" viewBox=\"0 0 %d "
		    "%d\" "
		    "width=\"%d\" height=\"%d\"><title id=\"window-%zu\">%s</title>\n"
		    "<text x=\"4\" y=\"%d\" class=\"strong\">Advisor</text><text x=\"4\" y=\"%d\" "
		    "class=\"strong\">%s</text>\n",
		    number, DRAW_WIDTH, height, DRAW_WIDTH, height, number, title, BAR_ADVISOR + 15,
		    BAR_OPEN + 15, c->open);
	put_axis(c, out);
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
	const char *sentence = window_sentence(window, tmp);
	strbuf_addf(out, "<h3><bdi>%s</bdi> and <bdi>%s</bdi></h3>\n<p>%s</p>\n",
		    quote_html(tmp, render_name(tmp, window->move->advisor_part_number)),
		    quote_html(tmp, render_name(tmp, window->move->open_part_number)),
		    render_html_words(tmp, sentence));
	if (!chart_of(window, m->in->today, &c))
		return;
	c.open = render_open_label(m, window->move);
	size_t count = marks_of(&c, marks);
	put_chart(&c, marks, count, number, arena_printf(tmp, "Timeline: %s", quote_html(tmp, sentence)),
		  out);
	put_days(marks, count, out);
}
