/* A plan as a graph of its steps, for Graphviz and for Mermaid. Steps, not users: 50,000 users make few
 * steps. */
#include "plans/faces/render_model.h"

#include "core/quote.h"

static const char *title_of(const struct render_model *m, struct arena *tmp)
{
	return arena_printf(tmp, "Plan %s: %s → %s", m->folder->id, render_name(tmp, m->plan->customer),
			    render_name(tmp, m->plan->tenant_domain));
}

static const char *tenant_of(const struct render_model *m, struct arena *tmp)
{
	return arena_printf(tmp, "tenant %s", render_name(tmp, m->plan->tenant_id));
}

static const char *heading_of(const struct render_step *step, struct arena *tmp)
{
	return arena_printf(tmp, "%zu  %s%s", step->number, step->info->name,
			    step->canary ? " (canary)" : "");
}

static const char *kind_of(const struct render_step *step)
{
	if (step->info->by == BY_HAND)
		return "hand";
	return step->first->kind == ACTION_REMOVE_LICENSE ? "remove" : "change";
}

static const char *as_is(struct arena *out, const char *text)
{
	(void)out;
	return text;
}

static const char *undo_of(const struct render_step *step, struct arena *tmp)
{
	return *step->undo ? arena_printf(tmp, "undo: %s", render_unmark(tmp, step->undo, as_is, as_is)) : "";
}

static void put_dot_line(struct strbuf *out, const char *text, struct arena *tmp)
{
	if (*text)
		strbuf_addf(out, "\\n%s", quote_dot(tmp, text));
}

static void put_dot_step(const struct render_step *step, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	bool by_hand = step->info->by == BY_HAND;
	const char *color = by_hand ? "#fff3d6" : str_eq(kind_of(step), "remove") ? "#fde0e0" : "#e3eefc";
	strbuf_addf(out, "  s%zu [label=\"%s", step->number, quote_dot(tmp, heading_of(step, tmp)));
	put_dot_line(out, step->subject, tmp);
	put_dot_line(out, step->change, tmp);
	put_dot_line(out, step->by, tmp);
	put_dot_line(out, undo_of(step, tmp), tmp);
	strbuf_addf(out, "\", fillcolor=\"%s\", style=\"rounded,filled%s\"];\n", color,
		    by_hand ? ",bold" : "");
}

void render_dot(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_addf(out, "digraph plan {\n  label=\"%s\\n%s\\n%s\";\n", quote_dot(tmp, title_of(m, tmp)),
		    quote_dot(tmp, tenant_of(m, tmp)), m->folder->digest);
	strbuf_add(out, "  labelloc=t;\n  rankdir=TB;\n  fontname=\"Helvetica\";\n"
			"  node [shape=box, fontname=\"Helvetica\", fontsize=11, color=\"#44546a\"];\n"
			"  edge [color=\"#44546a\"];\n");
	for (size_t i = 0; i < m->steps.count; i++)
		put_dot_step(&m->steps.items[i], out);
	for (size_t i = 0; i < m->steps.count; i++)
		for (size_t j = 0; j < m->steps.items[i].after.count; j++)
			strbuf_addf(out, "  s%s -> s%zu;\n", m->steps.items[i].after.items[j], i + 1);
	strbuf_add(out, "}\n");
}

static void put_mermaid_line(struct strbuf *out, const char *text, struct arena *tmp)
{
	if (*text)
		strbuf_addf(out, "<br/>%s", quote_mermaid(tmp, text));
}

static void put_mermaid_step(const struct render_step *step, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_addf(out, "  s%zu[\"%s", step->number, quote_mermaid(tmp, heading_of(step, tmp)));
	put_mermaid_line(out, step->subject, tmp);
	put_mermaid_line(out, step->change, tmp);
	put_mermaid_line(out, step->by, tmp);
	put_mermaid_line(out, undo_of(step, tmp), tmp);
	strbuf_addf(out, "\"]:::%s\n", kind_of(step));
}

void render_mermaid(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	strbuf_addf(out, "flowchart TD\n  plan[\"%s<br/>%s<br/>%s\"]\n", quote_mermaid(tmp, title_of(m, tmp)),
		    quote_mermaid(tmp, tenant_of(m, tmp)), quote_mermaid(tmp, m->folder->digest));
	for (size_t i = 0; i < m->steps.count; i++)
		put_mermaid_step(&m->steps.items[i], out);
	for (size_t i = 0; i < m->steps.count; i++) {
		const struct str_list *after = &m->steps.items[i].after;
		if (!after->count)
			strbuf_addf(out, "  plan -.-> s%zu\n", i + 1);
		for (size_t j = 0; j < after->count; j++)
			strbuf_addf(out, "  s%s --> s%zu\n", after->items[j], i + 1);
	}
	strbuf_add(out, "  classDef hand fill:#fff3d6,stroke:#8a5a00,color:#3d2800\n"
			"  classDef remove fill:#fde0e0,stroke:#a4262c,color:#4a0e10\n"
			"  classDef change fill:#e3eefc,stroke:#2b5797,color:#10243e\n");
}
