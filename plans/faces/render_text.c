/* A plan as text for a terminal. */
#include "plans/faces/render_model.h"

#include "core/quote.h"
#include "core/width.h"

#include <string.h>

enum {
	USERS_SHOWN = 5,
	LABEL_WIDTH = 9, /* the longest is one shorter */
	FACT_INDENT = LABEL_WIDTH + 2,
	CELL_MAX = 34,
	USUAL_COLUMNS = 80
};

struct text {
	const struct render_model *m;
	struct arena *tmp;
	struct strbuf *out;
	size_t columns;
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

static const char *as_is(struct arena *out, const char *text)
{
	(void)out;
	return text;
}

static const char *plain(struct text *t, const char *marked)
{
	return marked ? render_unmark(t->tmp, marked, as_is, as_is) : "";
}

/* Filled to so many columns, and each line of it in the style: `first` stands before the first, `rest` before
 * the others. */
static void put_filled(struct text *t, enum out_style style, const char *text, const char *first,
		       const char *rest)
{
	CLEANUP(strbuf_release) struct strbuf lines = STRBUF_INIT(STRBUF_LARGE);
	text_wrap(&lines, text, t->columns - text_width(rest), "", "");
	for (const char *line = strbuf_text(&lines); *line;) {
		size_t len = strcspn(line, "\n");
		put_line(t, arena_printf(t->tmp, "%s%s", line == strbuf_text(&lines) ? first : rest,
					 styled(t, style, arena_strndup(t->tmp, line, len))));
		line += len + (line[len] != '\0');
	}
}

static void put_title(struct text *t)
{
	const struct plan *plan = t->m->plan;
	const char *name = render_name(t->tmp, plan->tenant_name);
	const char *quote = *name ? "\"" : "";
	const char *begin = arena_printf(t->tmp, "Plan %s  ", styled(t, STYLE_BOLD, t->m->folder->id));
	put_filled(t, STYLE_PLAIN,
		   arena_printf(t->tmp, "%s → %s (%.8s…%s%s%s%s)", render_name(t->tmp, plan->customer),
				render_name(t->tmp, plan->tenant_domain),
				render_name(t->tmp, plan->tenant_id), *name ? ", " : "", quote, name, quote),
		   begin, text_pad(t->tmp, "", text_width(begin)));
	strbuf_add_char(t->out, '\n');
}

static void put_wrapped(struct text *t, enum out_style style, const char *text, size_t indent)
{
	put_filled(t, style, plain(t, text), "  ", text_pad(t->tmp, "", indent));
}

/* As wide as the widest that does not push the next ones too far. */
static size_t cell_width(struct text *t, size_t cell)
{
	size_t width = 0;
	for (size_t i = 0; i < t->m->facts.count; i++) {
		const char *const *cells = t->m->facts.items[i].cells;
		size_t needed = cells[cell] && cells[cell + 1] ? text_width(plain(t, cells[cell])) + 2 : 0;
		if (needed > width && needed <= CELL_MAX)
			width = needed;
	}
	return width;
}

/* The cells in their columns, on one line, where what is longer than its column pushes the next ones; NULL:
 * there is no room. */
static const char *one_line(struct text *t, const struct render_fact *fact, const size_t widths[2])
{
	const char *line = plain(t, fact->cells[0]);
	for (size_t i = 1, begins = 0; i < 3 && fact->cells[i]; i++) {
		begins += widths[i - 1];
		line = arena_printf(t->tmp, "%s%s",
				    text_width(line) + 2 > begins ? arena_printf(t->tmp, "%s  ", line)
								  : text_pad(t->tmp, line, begins),
				    plain(t, fact->cells[i]));
	}
	return FACT_INDENT + text_width(line) > t->columns ? NULL : line;
}

/* What does not fit on its line goes on below: the second cell in its column, the third below that. */
static void put_fact(struct text *t, const struct render_fact *fact, const size_t widths[2])
{
	enum out_style style = fact->alarm ? STYLE_RED : STYLE_PLAIN;
	const char *label = arena_printf(t->tmp, "  %s",
					 styled(t, fact->style, text_pad(t->tmp, fact->label, LABEL_WIDTH)));
	const char *below = text_pad(t->tmp, "", FACT_INDENT);
	const char *line = one_line(t, fact, widths);
	if (line) {
		put_line(t, arena_printf(t->tmp, "%s%s", label, styled(t, style, line)));
		return;
	}
	const char *cell = plain(t, fact->cells[0]);
	bool aligned = fact->cells[1] && text_width(cell) + 2 <= widths[0];
	size_t room = t->columns - FACT_INDENT - widths[0];
	if (aligned && !fact->cells[2] && text_width(plain(t, fact->cells[1])) > 2 * room) {
		label = arena_printf(t->tmp, "%s%s  ", label, styled(t, style, cell));
		text_wrap(t->out, plain(t, fact->cells[1]), t->columns, label, below);
		return;
	}
	if (aligned)
		label = arena_printf(t->tmp, "%s%s", label,
				     styled(t, style, text_pad(t->tmp, cell, widths[0])));
	else
		put_filled(t, style, cell, label, below);
	const char *column = aligned ? text_pad(t->tmp, "", FACT_INDENT + widths[0]) : below;
	for (size_t i = 1; i < 3 && fact->cells[i]; i++)
		put_filled(t, STYLE_PLAIN, plain(t, fact->cells[i]), aligned && i == 1 ? label : column,
			   column);
}

static void put_facts(struct text *t)
{
	const size_t widths[] = {cell_width(t, 0), cell_width(t, 1)};
	for (size_t i = 0; i < t->m->facts.count; i++)
		put_fact(t, &t->m->facts.items[i], widths);
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
	put_wrapped(t, STYLE_PLAIN,
		    arena_printf(t->tmp, "State: %s%s%s", t->m->state, t->m->state_more ? ": " : "",
				 t->m->state_more ? t->m->state_more : ""),
		    4);
	if (t->m->state_more && !t->m->in->asked)
		put_wrapped(t, STYLE_PLAIN, arena_printf(t->tmp, "%s: %s", t->m->next, t->m->command), 4);
	strbuf_add_char(t->out, '\n');
	put_decisions(t, "Needs your decision", &t->m->decisions, false);
	put_decisions(t, t->m->decided_heading, &t->m->decided, true);
}

static const char *step_subject(struct text *t, const struct render_step *step)
{
	return step->canary ? arena_printf(t->tmp, "%s  (canary)", step->subject) : step->subject;
}

struct step_widths {
	size_t undo, name, subject;
};

static void widen(size_t *width, const char *text)
{
	size_t needed = text_width(text);
	*width = needed > *width ? needed : *width;
}

/* Who does it may stand right behind a long subject; what changes is read as a column. */
static struct step_widths step_widths_of(struct text *t)
{
	struct step_widths w = {0};
	for (size_t i = 0; i < t->m->steps.count; i++) {
		const struct render_step *step = &t->m->steps.items[i];
		widen(&w.undo, step->undo_mark);
		widen(&w.name, step->info->name);
		if (!*step->by)
			widen(&w.subject, step_subject(t, step));
	}
	return (struct step_widths){w.undo ? w.undo + 1 : 0, w.name + 2, w.subject + 2};
}

static bool is_begun(const struct text *t)
{
	return t->m->progress.people_done || t->m->progress.steps_done;
}

/* What does not fit behind them goes on below the subject; of a plan that was begun, done steps are ticked.
 */
static void put_step(struct text *t, const struct render_step *step, struct step_widths w)
{
	enum { BEFORE_NAME = 6 };
	const char *last = *step->by ? step->by : step->change;
	const char *subject = step_subject(t, step);
	const char *gap = text_width(subject) + 2 > w.subject ? "  " : "";
	const bool done = str_eq(step->done, "done");
	const char *tick = !is_begun(t) ? "" : done ? "✓ " : "  ";
	const char *line = arena_printf(t->tmp, "%s%2zu  %s%c %s%s%s", tick, step->number,
					w.undo ? text_pad(t->tmp, step->undo_mark, w.undo) : "",
					step->info->mark, text_pad(t->tmp, step->info->name, w.name),
					*gap || !*last ? subject : text_pad(t->tmp, subject, w.subject), gap);
	const char *below = text_pad(t->tmp, "", text_width(tick) + BEFORE_NAME + w.undo + w.name);
	bool fits = !*last || text_width(line) + text_width(last) <= t->columns;
	put_line(t, arena_printf(t->tmp, "%s%s", line, fits ? last : ""));
	if (!fits)
		put_filled(t, STYLE_PLAIN, last, below, below);
	if (*step->done && !done)
		put_filled(t, STYLE_PLAIN, step->done, below, below);
}

/* Numbers, marks and names in columns. */
static void put_steps(struct text *t)
{
	const struct step_widths w = step_widths_of(t);
	const char *legend = render_undo_legend(t->m);
	const char *ticks = !is_begun(t) ? "" : *legend ? "✓ done, " : "✓ done";
	strbuf_add_char(t->out, '\n');
	for (size_t i = 0; i < t->m->steps.count; i++)
		put_step(t, &t->m->steps.items[i], w);
	if (*legend || *ticks)
		put_filled(t, STYLE_PLAIN, arena_printf(t->tmp, "%s%s", ticks, legend), "    ", "    ");
}

/* Those of this plan, or those that stand for every plan of its kind: they come last. */
static void put_warnings(struct text *t, bool reminders)
{
	bool begun = false;
	for (size_t i = 0; i < t->m->warnings.count; i++) {
		const struct render_warning *warning = &t->m->warnings.items[i];
		const bool some = warning->who.count > 0;
		if (warning->is_reminder != reminders)
			continue;
		if (!begun)
			strbuf_add_char(t->out, '\n');
		begun = true;
		put_wrapped(t, reminders ? STYLE_PLAIN : STYLE_YELLOW,
			    arena_printf(t->tmp, "warning[SS%d]: %s%s%s%s", (int)warning->code, warning->text,
					 some ? ". Who: " : "",
					 some ? render_warning_names(t->m, warning) : "",
					 warning->who.count > LOSERS_NAMED && !t->m->in->full
						 ? " (--full names all)"
						 : ""),
			    4);
	}
}

/* What is off, and how it ended, goes on the next line where it does not fit. */
static void put_change(struct text *t, const struct action *action, struct arena *tmp)
{
	enum { INDENT = 12 };
	const struct render_model *m = t->m;
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(STRBUF_LARGE);
	strbuf_addf(&line, "     %s  %s", action->id, render_name(tmp, render_who(action)));
	if (action->kind == ACTION_SET_USAGE_LOCATION)
		strbuf_addf(&line, "  → %s", render_name(tmp, action->usage_location));
	for (size_t i = 0; i < action->add.count; i++)
		strbuf_addf(&line, "  +%s", render_part_number(m, action->add.items[i].sku_id, tmp));
	for (size_t i = 0; i < action->remove.count; i++)
		strbuf_addf(&line, "  -%s", render_part_number(m, action->remove.items[i], tmp));
	const char *off = render_services_off(m, &action->add, tmp);
	const char *outcome = render_outcome(m, action);
	const char *rest =
		arena_printf(tmp, "%s%s%s%s%s%s", *off ? "off: " : "", off, *off && *outcome ? "  " : "",
			     *outcome ? "[" : "", outcome, *outcome ? "]" : "");
	const char *below = text_pad(tmp, "", INDENT);
	const char *head = strbuf_text(&line);
	size_t before = 5 + strlen(action->id) + 2;
	bool fits = text_width(head) + 2 + text_width(rest) <= t->columns;
	if (text_width(head) <= t->columns)
		strbuf_addf(t->out, "%s%s%s\n", head, fits && *rest ? "  " : "", fits ? rest : "");
	else
		put_filled(t, STYLE_PLAIN, head + before, arena_printf(tmp, "%.*s", (int)before, head),
			   below);
	if (!fits && *rest)
		put_filled(t, STYLE_PLAIN, rest, below, below);
}

static void put_pair(struct text *t, const char *label, const char *text)
{
	enum { CARD_INDENT = 20 };
	put_filled(t, STYLE_PLAIN, text, arena_printf(t->tmp, "     %s", text_pad(t->tmp, label, 15)),
		   text_pad(t->tmp, "", CARD_INDENT));
}

static void put_card(struct text *t, const struct action *action)
{
	struct str_list pairs = {0};
	render_card(t->m, action, t->tmp, &pairs);
	for (size_t i = 0; i + 1 < pairs.count; i += 2)
		put_pair(t, pairs.items[i], plain(t, pairs.items[i + 1]));
	const char *outcome = render_outcome(t->m, action);
	if (*outcome)
		put_pair(t, "outcome", outcome);
}

/* What goes with the licences of the removal steps, or with the subscription; never cut. */
static void put_gone_services(struct text *t, bool cancelled)
{
	struct str_list names = {0};
	for (size_t i = 0; i < t->m->effects.count; i++) {
		const struct service_effect *effect = &t->m->effects.items[i];
		int64_t people = cancelled ? effect->cancelled : effect->removed;
		if (people)
			VEC_PUSH(t->tmp, &names,
				 arena_printf(t->tmp, "%s (%s)",
					      effect->shown ? effect->shown
							    : render_name(t->tmp, effect->plan_name),
					      say_count(t->tmp, people)));
	}
	if (!names.count)
		return;
	strbuf_add_char(t->out, '\n');
	put_wrapped(t, STYLE_PLAIN,
		    arena_printf(t->tmp, "Services that %s, and people: %s",
				 cancelled ? "stop with a cancelled subscription" : "go with licences taken",
				 str_list_join(t->tmp, &names, ", ")),
		    4);
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

/* What is modelled is the same for every plan, and long. */
static void put_rehearsal(struct text *t)
{
	bool begun = false;
	for (size_t i = 0; i < t->m->rehearsal.count; i++) {
		const struct render_row *row = &t->m->rehearsal.items[i];
		if (!t->m->in->full && strstr(row->label, "modelled"))
			continue;
		if (!begun)
			strbuf_add(t->out, "\n  Rehearsal\n");
		begun = true;
		put_pair(t, row->label, plain(t, row->text));
	}
}

void render_text(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct text t = {m, tmp, out, m->in->columns ? m->in->columns : USUAL_COLUMNS};
	put_title(&t);
	put_verdict(&t);
	put_facts(&t);
	put_steps(&t);
	put_warnings(&t, false);
	put_details(&t);
	put_gone_services(&t, true);
	put_gone_services(&t, false);
	put_rehearsal(&t);
	put_warnings(&t, true);
	strbuf_addf(out, "\n  Tenant %s\n", render_name(tmp, m->plan->tenant_id));
	text_wrap(out, arena_printf(tmp, "Digest %s", m->folder->digest), t.columns, "  ", "    ");
	if (!m->in->asked)
		strbuf_addf(out, "\n%s: %s\n", m->next, render_name(tmp, m->command));
}
