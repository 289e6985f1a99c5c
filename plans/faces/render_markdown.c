/*
 * A plan as Markdown, for pull requests on GitHub and GitLab.
 *
 * At most MARKDOWN_MAX bytes: a comment takes 65,536 characters. First comes all that is never cut
 * (facts, steps, hand steps, what is taken from whom, warnings); tables of users get what is left, and
 * say how many they leave out. Should the removals alone be longer, they stay whole, and it is said.
 */
#include "plans/faces/render_model.h"

#include "core/quote.h"

#include <string.h>

enum {
	MARKDOWN_MAX = 60000,
	CLOSING = 400,	      /* bytes kept for the end of a table and what it leaves out */
	LEAST_TABLE = 700,    /* no table is begun with less */
	COMPACT_FROM = 200,   /* removals beyond this many are listed by name only */
	WARNINGS_MAX = 12000, /* bytes */
	DECISIONS_MAX = 8000  /* bytes */
};

struct markdown {
	const struct render_model *m;
	struct arena *tmp;
	struct strbuf *out;
};

static const char *q(struct markdown *md, const char *text)
{
	return quote_markdown(md->tmp, render_name(md->tmp, text));
}

/* A hidden comment ends at "--"; a customer's name has only these letters wherever it was checked. */
static void put_marker(struct markdown *md)
{
	strbuf_add(md->out, "<!-- seatshift:plan ");
	for (const char *p = md->m->plan->customer; *p; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || (*p == '-' && p[1] != '-'))
			strbuf_add_char(md->out, *p);
	strbuf_add(md->out, " -->\n");
}

static const char *as_is(struct arena *out, const char *text)
{
	(void)out;
	return text;
}

static const char *as_prose(struct arena *out, const char *text)
{
	return quote_markdown_prose(out, text);
}

static void put_decisions(struct markdown *md, const char *heading,
			  const struct render_decision_list *decisions, bool done)
{
	static const char *const marks[] = {[DECISION_LOST] = "🔴 ",
					    [DECISION_TAKEN] = "🔴 ",
					    [DECISION_WARNING] = "⚠️ ",
					    [DECISION_MONEY] = "",
					    [DECISION_FINAL] = ""};
	if (decisions->count)
		strbuf_addf(md->out, "\n### %s\n\n", heading);
	size_t start = md->out->len;
	size_t shown = 0;
	for (; shown < decisions->count && md->out->len - start < DECISIONS_MAX; shown++) {
		const struct render_decision *decision = &decisions->items[shown];
		strbuf_addf(md->out, "- %s**%s:** %s\n", done ? "" : marks[decision->kind], decision->head,
			    render_unmark(md->tmp, decision->text, as_is, as_prose));
	}
	if (shown < decisions->count)
		strbuf_addf(md->out, "- %zu more are left out here: `seatshift show %s` has them all.\n",
			    decisions->count - shown, md->m->folder->id);
}

static void put_verdict(struct markdown *md)
{
	const char *more = md->m->state_more;
	strbuf_addf(md->out, "## Plan %s\n\n%s\n\n**State:** %s%s%s\n", md->m->folder->id,
		    render_unmark(md->tmp, md->m->sentence, as_is, as_prose), md->m->state, more ? ": " : "",
		    more ? render_unmark(md->tmp, more, as_is, as_prose) : "");
	if (more)
		strbuf_addf(md->out, "\n%s: %s\n", md->m->next, quote_markdown(md->tmp, md->m->command));
	put_decisions(md, "Needs your decision", &md->m->decisions, false);
	put_decisions(md, md->m->decided_heading, &md->m->decided, true);
}

static void put_facts(struct markdown *md)
{
	const struct render_fact_list *facts = &md->m->facts;
	const struct plan *plan = md->m->plan;
	strbuf_add(md->out, "\n| | |\n| --- | --- |\n");
	strbuf_addf(md->out, "| **CUSTOMER** | %s → %s |\n", q(md, plan->customer),
		    q(md, plan->tenant_domain));
	strbuf_addf(md->out, "| **TENANT** | %s %s |\n", q(md, plan->tenant_id), q(md, plan->tenant_name));
	for (size_t i = 0; i < facts->count; i++) {
		const struct render_fact *fact = &facts->items[i];
		strbuf_addf(md->out, "| **%s**%s |", fact->label, fact->alarm ? " ⚠️" : "");
		for (size_t j = 0; j < ARRAY_LEN(fact->cells) && fact->cells[j]; j++)
			strbuf_addf(md->out, "%s %s", j ? " ·" : "",
				    render_unmark(md->tmp, fact->cells[j], as_is, as_prose));
		strbuf_add(md->out, " |\n");
	}
	strbuf_addf(md->out, "| **DIGEST** | %s |\n", quote_markdown(md->tmp, md->m->folder->digest));
}

/* How far each is, once some are. */
static void put_steps(struct markdown *md)
{
	bool begun = md->m->progress.people_done || md->m->progress.steps_done;
	strbuf_addf(md->out,
		    "\n### Steps\n\n| | | step | what | after | who | undo |%s\n| ---: | --- | --- | "
		    "--- | --- | --- | --- |%s\n",
		    begun ? " so far |" : "", begun ? " --- |" : "");
	for (size_t i = 0; i < md->m->steps.count; i++) {
		const struct render_step *step = &md->m->steps.items[i];
		char mark[] = {step->info->mark, '\0'};
		strbuf_addf(md->out, "| %zu | %s | %s%s | %s%s%s | %s | %s | %s |", step->number,
			    quote_markdown(md->tmp, mark), step->info->name, step->canary ? " (canary)" : "",
			    as_prose(md->tmp, step->subject), *step->change ? " " : "",
			    quote_markdown(md->tmp, step->change), str_list_join(md->tmp, &step->after, ", "),
			    *step->by ? arena_printf(md->tmp, "**%s**", as_prose(md->tmp, step->by))
				      : "Graph",
			    render_unmark(md->tmp, step->undo, as_is, as_prose));
		if (begun)
			strbuf_addf(md->out, " %s |", step->done);
		strbuf_add_char(md->out, '\n');
	}
}

static void put_cards(struct markdown *md)
{
	bool begun = false;
	for (size_t i = 0; i < md->m->steps.count; i++) {
		const struct render_step *step = &md->m->steps.items[i];
		struct str_list pairs = {0};
		if (step->info->by != BY_HAND)
			continue;
		if (!begun)
			strbuf_add(md->out, "\n### By hand\n\n| step | | |\n| --- | --- | --- |\n");
		begun = true;
		render_card(md->m, step->first, md->tmp, &pairs);
		for (size_t j = 0; j + 1 < pairs.count; j += 2)
			strbuf_addf(md->out, "| %s | %s | %s |\n",
				    j ? "" : arena_printf(md->tmp, "%zu %s", step->number, step->info->name),
				    pairs.items[j],
				    render_unmark(md->tmp, pairs.items[j + 1], as_is, as_prose));
	}
}

static void put_rehearsal(struct markdown *md)
{
	const struct render_row_list *rows = &md->m->rehearsal;
	if (!rows->count)
		return;
	strbuf_add(md->out, "\n<details><summary>The rehearsal</summary>\n\n| | |\n| --- | --- |\n");
	for (size_t i = 0; i < rows->count; i++)
		strbuf_addf(md->out, "| %s | %s |\n", rows->items[i].label,
			    render_unmark(md->tmp, rows->items[i].text, as_is, as_prose));
	strbuf_add(md->out, "\n</details>\n");
}

/* "-STANDARDPACK", and the user's id as long as there are few. */
static void put_removal(struct markdown *md, const struct action *action, struct arena *tmp)
{
	struct markdown row = {md->m, tmp, md->out};
	strbuf_addf(md->out, "| %s | %s |", q(&row, render_who(action)),
		    quote_markdown(tmp, action->user_id ? action->user_id : action->group_id));
	for (size_t i = 0; i < action->add.count; i++)
		strbuf_addf(md->out, " +%s",
			    quote_markdown(tmp, render_part_number(md->m, action->add.items[i].sku_id, tmp)));
	for (size_t i = 0; i < action->remove.count; i++)
		strbuf_addf(md->out, " -%s",
			    quote_markdown(tmp, render_part_number(md->m, action->remove.items[i], tmp)));
	strbuf_add(md->out, " |\n");
}

/* Many: one cell with all names. A name's bytes and no more. */
static void put_compact(struct markdown *md, const struct render_step *step)
{
	strbuf_addf(md->out, "| all %zu, each %s |\n| --- |\n| ", step->actions.count,
		    quote_markdown(md->tmp, step->change));
	for (size_t i = 0; i < step->actions.count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		struct markdown row = {md->m, tmp, md->out};
		strbuf_addf(md->out, "%s%s", i ? " " : "", q(&row, render_who(step->actions.items[i])));
	}
	strbuf_add(md->out, " |\n");
}

static void put_gone_services(struct markdown *md, bool cancelled)
{
	size_t count = 0;
	for (size_t i = 0; i < md->m->effects.count; i++) {
		const struct service_effect *effect = &md->m->effects.items[i];
		int64_t people = cancelled ? effect->cancelled : effect->removed;
		if (!people)
			continue;
		if (!count++)
			strbuf_addf(md->out, "\n| services that %s, and people |\n| --- |\n| ",
				    cancelled ? "stop with a cancelled subscription"
					      : "go with licences taken");
		else
			strbuf_add(md->out, ", ");
		strbuf_addf(md->out, "%s (%lld)", effect->shown ? effect->shown : q(md, effect->plan_name),
			    (long long)people);
	}
	if (count)
		strbuf_add(md->out, " |\n");
}

static void put_removals(struct markdown *md)
{
	for (size_t i = 0; i < md->m->steps.count; i++) {
		const struct render_step *step = &md->m->steps.items[i];
		if (!step->whole || step->info->by == BY_HAND)
			continue;
		strbuf_addf(md->out, "\n### Step %zu, %s\n\n", step->number, step->info->name);
		if (step->actions.count > COMPACT_FROM) {
			put_compact(md, step);
			continue;
		}
		strbuf_add(md->out, "| who | id | change |\n| --- | --- | --- |\n");
		for (size_t j = 0; j < step->actions.count; j++)
			put_removal(md, step->actions.items[j], md->tmp);
	}
}

/* Those of this plan, or those that stand for every plan of its kind. */
static void put_warnings(struct markdown *md, bool reminders)
{
	const struct render_warning_list *warnings = &md->m->warnings;
	size_t of_kind = reminders ? md->m->reminders : warnings->count - md->m->reminders;
	size_t start = md->out->len;
	size_t shown = 0;
	if (of_kind)
		strbuf_addf(md->out, "\n### %s\n\n| | |\n| --- | --- |\n",
			    say_number(md->tmp, (int64_t)of_kind, reminders ? "reminder" : "warning",
				       reminders ? "reminders" : "warnings"));
	for (size_t i = 0; i < warnings->count && md->out->len - start < WARNINGS_MAX; i++) {
		const struct render_warning *warning = &warnings->items[i];
		const bool some = warning->who.count > 0;
		if (warning->is_reminder != reminders)
			continue;
		shown++;
		const char *text = arena_printf(md->tmp, "%s%s%s", warning->text, some ? ". Who: " : "",
						some ? render_names_of(md->m, &warning->who, LOSERS_NAMED,
								       (int64_t)warning->who.count)
						     : "");
		strbuf_addf(md->out, "| SS%d | %s |\n", (int)warning->code,
			    render_unmark(md->tmp, text, as_is, as_prose));
	}
	if (shown < of_kind)
		strbuf_addf(md->out, "\n%zu more are left out here: `seatshift show %s` has them all.\n",
			    of_kind - shown, md->m->folder->id);
}

static void put_graph(struct markdown *md)
{
	CLEANUP(strbuf_release) struct strbuf graph = STRBUF_INIT(STRBUF_LARGE);
	render_mermaid(md->m, &graph);
	if (md->out->len + graph.len > MARKDOWN_MAX / 2)
		return;
	strbuf_addf(md->out,
		    "\n<details><summary>The steps as a graph</summary>\n\n```mermaid\n%s```\n\n</details>\n",
		    strbuf_text(&graph));
}

static void put_user(struct markdown *md, const struct action *action, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct markdown row = {md->m, tmp, out};
	const char *to = action->kind == ACTION_SET_USAGE_LOCATION
				 ? action->usage_location
				 : render_licenses(md->m, &action->result.licenses, tmp);
	const char *from = render_licenses(md->m, &action->expect.licenses, tmp);
	const char *off = render_services_off(md->m, &action->result.licenses, tmp);
	strbuf_addf(out, "| %s | %s | %s | %s |", q(&row, render_who(action)), quote_markdown(tmp, from),
		    quote_markdown(tmp, to), quote_markdown(tmp, off));
	if (md->m->in->results)
		strbuf_addf(out, " %s |", render_outcome(md->m, action));
	strbuf_add_char(out, '\n');
}

/* As many rows as fit into `share` bytes. */
static void put_users(struct markdown *md, const struct render_step *step, size_t share)
{
	size_t count = step->actions.count;
	size_t shown = 0;
	size_t end = md->out->len + share - CLOSING;
	strbuf_addf(md->out, "\n<details><summary>Step %zu, %s: %s</summary>\n\n", step->number,
		    step->info->name, say_number(md->tmp, (int64_t)count, "person", "people"));
	strbuf_addf(md->out, "| person | from | to | services off |%s\n| --- | --- | --- | --- |%s\n",
		    md->m->in->results ? " outcome |" : "", md->m->in->results ? " --- |" : "");
	for (; shown < count; shown++) {
		CLEANUP(strbuf_release) struct strbuf row = STRBUF_INIT(STRBUF_SMALL);
		put_user(md, step->actions.items[shown], &row);
		if (md->out->len + row.len > end)
			break;
		strbuf_add(md->out, strbuf_text(&row));
	}
	if (shown < count)
		strbuf_addf(
			md->out,
			"\n**%s of %s people are left out here.** `seatshift show %s --full` lists all.\n",
			say_count(md->tmp, (int64_t)(count - shown)), say_count(md->tmp, (int64_t)count),
			md->m->folder->id);
	strbuf_add(md->out, "\n</details>\n");
}

/* What is left is shared by the tables still to come, so that a short one leaves more for the others. */
static void put_details(struct markdown *md, size_t reserved)
{
	size_t tables = 0;
	size_t left_out = 0;
	for (size_t i = 0; i < md->m->steps.count; i++)
		tables += !md->m->steps.items[i].whole;
	for (size_t i = 0; i < md->m->steps.count; i++) {
		const struct render_step *step = &md->m->steps.items[i];
		if (step->whole)
			continue;
		size_t used = md->out->len + reserved;
		size_t share = used < MARKDOWN_MAX ? (MARKDOWN_MAX - used) / tables : 0;
		tables--;
		if (share >= LEAST_TABLE)
			put_users(md, step, share);
		else
			left_out++;
	}
	if (left_out)
		strbuf_addf(
			md->out,
			"\n**The people of %s are left out here.** `seatshift show %s --full` lists all.\n",
			say_number(md->tmp, (int64_t)left_out, "step", "steps"), md->m->folder->id);
}

void render_markdown(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct markdown md = {m, tmp, out};
	const char *footer = arena_printf(tmp, "\n%s: %s\n", m->next, quote_markdown(tmp, m->command));
	put_marker(&md);
	put_verdict(&md);
	put_facts(&md);
	put_steps(&md);
	put_warnings(&md, false);
	put_cards(&md);
	put_removals(&md);
	put_gone_services(&md, true);
	put_gone_services(&md, false);
	put_graph(&md);
	put_warnings(&md, true);
	put_rehearsal(&md);
	if (out->len + CLOSING > MARKDOWN_MAX)
		strbuf_addf(out,
			    "\n**This is longer than the %d bytes meant for a comment:** what is taken from "
			    "whom is "
			    "never cut.\n",
			    MARKDOWN_MAX);
	put_details(&md, strlen(footer) + CLOSING);
	strbuf_add(out, footer);
}
