/* A plan as text for a terminal. */
#include "plans/faces/render_model.h"

#include "core/quote.h"
#include "core/width.h"

#include <string.h>

enum {
	USERS_SHOWN = 5,
	LABEL_WIDTH = 9,
	CELL_WIDTH = 27,
	CELL_2_WIDTH = 25,
	CELL_MAX = 44,
	STEP_NAME_WIDTH = 21,
	UNDO_MARK_WIDTH = 4,
	LINE_WIDTH = 100
};

struct text {
	const struct render_model *m;
	struct arena *tmp;
	struct strbuf *out;
};

static const char *styled(struct text *t, enum out_style style, const char *text)
{
	return out_styled(t->tmp, t->m->in->color, style, text);
}

static void put_line(struct text *t, const char *line)
{
	size_t len = strlen(line);
	while (len && line[len - 1] == ' ')
		len--;
	strbuf_add_bytes(t->out, line, len);
	strbuf_add_char(t->out, '\n');
}

static void put_title(struct text *t)
{
	const struct plan *plan = t->m->plan;
	const char *name = render_name(t->tmp, plan->tenant_name);
	const char *quote = *name ? "\"" : "";
	strbuf_addf(t->out, "Plan %s  %s → %s (%.8s…%s%s%s%s)\n\n", styled(t, STYLE_BOLD, t->m->folder->id),
		    render_name(t->tmp, plan->customer), render_name(t->tmp, plan->tenant_domain),
		    render_name(t->tmp, plan->tenant_id), *name ? ", " : "", quote, name, quote);
}

/* How much of the text, up to the end of a word, fits into so many columns; at least a word. */
static size_t fitting(struct arena *tmp, const char *text, size_t columns)
{
	size_t len = 0;
	for (size_t at = 0; text[at];) {
		size_t word = strcspn(text + at, " ");
		if (len && text_width(arena_strndup(tmp, text, at + word)) > columns)
			break;
		len = at + word;
		at = len + strspn(text + len, " ");
	}
	return len;
}

static const char *as_is(struct arena *out, const char *text)
{
	(void)out;
	return text;
}

static const char *plain(struct text *t, const char *marked)
{
	return marked ? render_unmark(t->tmp, marked, as_is, as_is) : NULL;
}

/* Columns as in the narrowest case that fits, so that short plans look alike. */
static size_t cell_width(struct text *t, size_t cell, size_t least)
{
	size_t width = least;
	for (size_t i = 0; i < t->m->facts.count; i++) {
		const char *const *cells = t->m->facts.items[i].cells;
		size_t needed = cells[cell] && cells[cell + 1] ? text_width(plain(t, cells[cell])) + 2 : 0;
		if (needed > width && needed <= CELL_MAX)
			width = needed;
	}
	return width;
}

/* The cells in their columns; what is longer than its column pushes the next ones. */
static const char *cells_text(struct text *t, const char *const *cells, const size_t widths[2])
{
	const char *line = plain(t, cells[0]);
	for (size_t i = 1; i < 3 && cells[i]; i++) {
		size_t begins = widths[0] + (i > 1 ? widths[1] : 0);
		line = arena_printf(t->tmp, "%s%s",
				    text_width(line) + 2 > begins ? arena_printf(t->tmp, "%s  ", line)
								  : text_pad(t->tmp, line, begins),
				    plain(t, cells[i]));
	}
	return line;
}

/* A line that is too long continues below its first cell. */
static void put_fact(struct text *t, const struct render_fact *fact, const size_t widths[2])
{
	const char *label = styled(t, fact->style, text_pad(t->tmp, fact->label, LABEL_WIDTH));
	const char *line = cells_text(t, fact->cells, widths);
	bool first = true;
	while (*line) {
		size_t len = fitting(t->tmp, line, LINE_WIDTH - LABEL_WIDTH - 3);
		const char *part = arena_strndup(t->tmp, line, len);
		put_line(t, arena_printf(t->tmp, "  %s %s", first ? label : text_pad(t->tmp, "", LABEL_WIDTH),
					 styled(t, fact->alarm && first ? STYLE_RED : STYLE_PLAIN, part)));
		line += len + strspn(line + len, " ");
		first = false;
	}
}

static void put_facts(struct text *t)
{
	const size_t widths[] = {cell_width(t, 0, CELL_WIDTH), cell_width(t, 1, CELL_2_WIDTH)};
	for (size_t i = 0; i < t->m->facts.count; i++)
		put_fact(t, &t->m->facts.items[i], widths);
}

/* Filled to the width of a terminal, behind `indent` blanks from the second line on. */
static void put_wrapped(struct text *t, enum out_style style, const char *text, size_t indent)
{
	const char *words = plain(t, text);
	bool first = true;
	while (*words) {
		size_t len = fitting(t->tmp, words, LINE_WIDTH - indent);
		const char *line = arena_strndup(t->tmp, words, len);
		strbuf_addf(t->out, "%*s%s\n", first ? 2 : (int)indent, "", styled(t, style, line));
		words += len + strspn(words + len, " ");
		first = false;
	}
}

static void put_decisions(struct text *t, const char *heading, const struct render_decision_list *decisions,
			  bool done)
{
	static const enum out_style styles[] = {[DECISION_LOST] = STYLE_RED,
						[DECISION_TAKEN] = STYLE_RED,
						[DECISION_WARNING] = STYLE_YELLOW,
						[DECISION_MONEY] = STYLE_PLAIN,
						[DECISION_FINAL] = STYLE_PLAIN};
	if (!decisions->count)
		return;
	strbuf_addf(t->out, "  %s:\n", heading);
	for (size_t i = 0; i < decisions->count; i++) {
		const struct render_decision *decision = &decisions->items[i];
		put_wrapped(t, done ? STYLE_DIM : styles[decision->kind],
			    arena_printf(t->tmp, "- %s: %s", decision->head, decision->text), 4);
	}
	strbuf_add_char(t->out, '\n');
}

/* What somebody who has ten seconds reads: what it does, where it stands, what there is to decide. */
static void put_verdict(struct text *t)
{
	put_wrapped(t, STYLE_BOLD, t->m->sentence, 4);
	strbuf_addf(t->out, "  State: %s\n\n", t->m->state);
	put_decisions(t, "Needs your decision", &t->m->decisions, false);
	put_decisions(t, t->m->decided_heading, &t->m->decided, true);
}

/* As wide as the longest name. */
static size_t step_name_width(const struct text *t)
{
	size_t width = STEP_NAME_WIDTH;
	for (size_t i = 0; i < t->m->steps.count; i++)
		if (strlen(t->m->steps.items[i].info->name) > width)
			width = strlen(t->m->steps.items[i].info->name);
	return width;
}

static void put_steps(struct text *t)
{
	const size_t width = step_name_width(t);
	const char *legend = render_undo_legend(t->m);
	strbuf_add_char(t->out, '\n');
	for (size_t i = 0; i < t->m->steps.count; i++) {
		const struct render_step *step = &t->m->steps.items[i];
		const char *subject =
			step->canary ? arena_printf(t->tmp, "%s  (canary)", step->subject) : step->subject;
		put_line(t, arena_printf(t->tmp, "%3zu  %s%c %-*s %s%s", step->number,
					 text_pad(t->tmp, step->undo_mark, UNDO_MARK_WIDTH), step->info->mark,
					 (int)width, step->info->name, text_pad(t->tmp, subject, 39),
					 *step->by ? step->by : step->change));
	}
	if (*legend)
		strbuf_addf(t->out, "     %s\n", legend);
}

/* Those of this plan, or those that stand for every plan of its kind: they come last. */
static void put_warnings(struct text *t, bool reminders)
{
	bool begun = false;
	for (size_t i = 0; i < t->m->plan->warnings.count; i++) {
		const struct plan_warning *warning = &t->m->plan->warnings.items[i];
		if (render_is_reminder(warning->code) != reminders)
			continue;
		if (!begun)
			strbuf_add_char(t->out, '\n');
		begun = true;
		const char *message = quote_terminal_cut(t->tmp, warning->message, 8 * RENDER_NAME_MAX);
		put_wrapped(t, reminders ? STYLE_PLAIN : STYLE_YELLOW,
			    arena_printf(t->tmp, "warning[SS%d]: %s", (int)warning->code, message), 4);
	}
}

static void put_change(struct text *t, const struct action *action, struct arena *tmp)
{
	const struct render_model *m = t->m;
	strbuf_addf(t->out, "     %s  %s", action->id, render_name(tmp, render_who(action)));
	if (action->kind == ACTION_SET_USAGE_LOCATION)
		strbuf_addf(t->out, "  → %s", render_name(tmp, action->usage_location));
	for (size_t i = 0; i < action->add.count; i++)
		strbuf_addf(t->out, "  +%s", render_part_number(m, action->add.items[i].sku_id, tmp));
	for (size_t i = 0; i < action->remove.count; i++)
		strbuf_addf(t->out, "  -%s", render_part_number(m, action->remove.items[i], tmp));
	const char *off = render_services_off(m, &action->add, tmp);
	const char *outcome = render_outcome(m, action);
	strbuf_addf(t->out, "%s%s%s%s%s\n", *off ? "  off: " : "", off, *outcome ? "  [" : "", outcome,
		    *outcome ? "]" : "");
}

static void put_card(struct text *t, const struct action *action)
{
	struct str_list pairs = {0};
	render_card(t->m, action, t->tmp, &pairs);
	for (size_t i = 0; i + 1 < pairs.count; i += 2)
		strbuf_addf(t->out, "     %s%s\n", text_pad(t->tmp, pairs.items[i], 15), pairs.items[i + 1]);
	const char *outcome = render_outcome(t->m, action);
	if (*outcome)
		strbuf_addf(t->out, "     %s%s\n", text_pad(t->tmp, "outcome", 15), outcome);
}

/* What goes with the licences of the removal steps; never cut. */
static void put_removed_services(struct text *t)
{
	size_t count = 0;
	for (size_t i = 0; i < t->m->effects.count; i++) {
		const struct service_effect *effect = &t->m->effects.items[i];
		if (!effect->removed)
			continue;
		strbuf_addf(t->out, "%s%s (%s)",
			    count++ ? ", " : "\n  Services that go with licences taken, and people: ",
			    effect->shown ? effect->shown : render_name(t->tmp, effect->plan_name),
			    say_count(t->tmp, effect->removed));
	}
	if (count)
		strbuf_add_char(t->out, '\n');
}

/* Swaps and additions are cut after a few; what takes something, and what a person does, never is. */
static void put_details(struct text *t)
{
	for (size_t i = 0; i < t->m->steps.count; i++) {
		const struct render_step *step = &t->m->steps.items[i];
		strbuf_addf(t->out, "\n  Step %zu, %s: %s\n", step->number, step->info->name, step->subject);
		if (step->info->by == BY_HAND) {
			put_card(t, step->first);
			continue;
		}
		size_t count = step->actions.count;
		size_t shown = t->m->in->full || step->whole || count <= USERS_SHOWN ? count : USERS_SHOWN;
		for (size_t j = 0; j < shown; j++) {
			CLEANUP(arena_freep) struct arena *tmp = arena_new();
			put_change(t, step->actions.items[j], tmp);
		}
		if (shown < count)
			strbuf_addf(t->out, "     … and %s more (--full lists all)\n",
				    say_count(t->tmp, (int64_t)(count - shown)));
	}
}

void render_text(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct text t = {m, tmp, out};
	put_title(&t);
	put_verdict(&t);
	put_facts(&t);
	put_steps(&t);
	put_warnings(&t, false);
	put_details(&t);
	put_removed_services(&t);
	put_warnings(&t, true);
	strbuf_addf(out, "\n  Tenant %s\n  Digest %s\n", render_name(tmp, m->plan->tenant_id),
		    m->folder->digest);
	strbuf_addf(out, "\n%s: %s\n", m->next, render_name(tmp, m->command));
}
