/* The table of a plan's formats, and one model for each. */
#include "plans/faces/render_model.h"

#include "core/quote.h"

static const struct render_format formats[] = {
	{"text", "txt", "text/plain", render_text, "", ": nothing differs, there is nothing to plan\n"},
	{"json", "json", "application/json", render_json, "{\"actions\":[],\"customer\":\"",
	 "\",\"format\":\"" PLAN_FORMAT "\",\"id\":null,\"plan\":null}\n"},
	{"markdown", "md", "text/markdown", render_markdown, "<!-- seatshift:plan ",
	 " -->\n\nNothing differs, there is nothing to plan.\n"},
	{"html", "html", "text/html", render_html,
	 "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Nothing to "
	 "plan</title></head>\n"
	 "<body><main><h1>Nothing to plan</h1><p>",
	 ": nothing differs.</p></main></body></html>\n"},
	{"csv", "csv", "text/csv", render_csv, "nothing differs\r\n", "\r\n"},
	{"csv-bom", "csv", "text/csv", render_csv_bom, QUOTE_CSV_BOM "nothing differs\r\n", "\r\n"},
	{"dot", "gv", "text/vnd.graphviz", render_dot, "digraph plan { label=\"", ": nothing differs\" }\n"},
	{"mermaid", "mmd", "text/vnd.mermaid", render_mermaid, "flowchart TD\n  nothing[\"",
	 " nothing differs\"]\n"},
	{"powershell", "ps1", "text/plain", render_powershell, "# ",
	 ": nothing differs, there is nothing to do.\n"},
};

const struct render_format *render_format_at(size_t index)
{
	return index < ARRAY_LEN(formats) ? &formats[index] : NULL;
}

const struct render_format *render_format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq(formats[i].name, name))
			return &formats[i];
	return NULL;
}

void render_plan(const struct render_format *format, const struct render_input *input, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct sku_cache skus = {.live = &input->folder->live, .out = arena};
	struct render_model m = {.in = input,
				 .folder = input->folder,
				 .plan = &input->folder->plan,
				 .live = &input->folder->live,
				 .arena = arena,
				 .skus = &skus};
	render_steps(&m);
	render_progress(&m);
	render_way_back(&m);
	render_effects(&m);
	render_warnings(&m);
	render_windows(&m);
	render_facts(&m);
	render_rehearsal(&m);
	render_verdict(&m);
	format->render(&m, out);
}

/* The number of the step that holds `action`; of NULL: how many steps there are. */
static size_t find_step(const struct plan_folder *folder, const struct action *action)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct sku_cache skus = {.live = &folder->live, .out = arena};
	struct render_model m = {.folder = folder,
				 .plan = &folder->plan,
				 .live = &folder->live,
				 .arena = arena,
				 .skus = &skus};
	render_steps(&m);
	for (size_t i = 0; action && i < m.steps.count; i++)
		for (size_t j = 0; j < m.steps.items[i].actions.count; j++)
			if (m.steps.items[i].actions.items[j] == action)
				return m.steps.items[i].number;
	return action ? 0 : m.steps.count;
}

size_t render_step_number(const struct plan_folder *folder, const struct action *action)
{
	return find_step(folder, action);
}

size_t render_step_count(const struct plan_folder *folder)
{
	return find_step(folder, NULL);
}

/* A customer's name is [a-z0-9-] wherever it was checked; nothing else gets through here either. */
void render_nothing(const struct render_format *format, const char *customer, struct strbuf *out)
{
	strbuf_add(out, format->nothing_before);
	for (const char *p = customer; *p; p++)
		strbuf_add_char(out,
				(*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-' ? *p : '_');
	strbuf_add(out, format->nothing_after);
}
