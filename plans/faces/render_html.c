/*
 * A plan as one HTML file that needs nothing else: no network, no script to be read.
 *
 * All data is quoted, and stands in <bdi>, so that a name written from right to left does not
 * reorder what is around it. A policy in the page lets no script run but the one whose hash it
 * names. Users come in tables of CHUNK rows that a browser lays out only when they are seen.
 */
#include "plans/faces/render_model.h"

#include "core/digest.h"
#include "core/quote.h"
#include "plans/faces/faces.h"

#include <string.h>

enum { CHUNK = 200 };

struct page {
	const struct render_model *m;
	struct arena *tmp;
	struct strbuf *out;
};

static const char *q(struct page *p, const char *text)
{
	return quote_html(p->tmp, render_name(p->tmp, text));
}

static unsigned hex_value(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* SHA-256 in base64, as content security policies want it. */
static const char *policy_hash(struct arena *out, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	enum { BYTES = 32 };
	char hex[SHA256_TEXT_SIZE];
	unsigned char hash[BYTES + 1] = {0};
	sha256_hex(text, strlen(text), hex);
	for (size_t i = 0; i < BYTES; i++)
		hash[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
	char *base64 = arena_alloc(out, 45);
	for (size_t i = 0, at = 0; i < BYTES; i += 3) {
		unsigned third = i + 2 < BYTES ? hash[i + 2] : 0;
		unsigned bits = (unsigned)hash[i] << 16 | (unsigned)hash[i + 1] << 8 | third;
		for (int shift = 18; shift >= 0; shift -= 6)
			base64[at++] = digits[bits >> shift & 63];
	}
	base64[43] = '='; /* 32 bytes leave one place over */
	return base64;
}

static void put_head(struct page *p)
{
	strbuf_addf(p->out,
		    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
		    "form-action 'none'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
		    "content=\"no-referrer\">\n"
		    "<title>Plan %s: %s</title>\n<style>\n",
		    policy_hash(p->tmp, face_page_js), p->m->folder->id, q(p, p->m->plan->customer));
	strbuf_add(p->out, face_page_css);
	strbuf_add(p->out,
		   "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the plan</a>\n");
}

/* Our own words with data between them. */
static const char *prose(struct page *p, const char *text)
{
	return render_unmark(p->tmp, text, render_html_words, render_html_data);
}

static void put_decision_list(struct page *p, const char *class, const char *heading,
			      const struct render_decision_list *decisions)
{
	static const char *const classes[] = {[DECISION_LOST] = "lost",
					      [DECISION_TAKEN] = "lost",
					      [DECISION_WARNING] = "warn",
					      [DECISION_MONEY] = "money",
					      [DECISION_FINAL] = "final"};
	if (!decisions->count)
		return;
	strbuf_addf(p->out, "<section class=\"%s\" aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n<ul>\n",
		    class, class, class, heading);
	for (size_t i = 0; i < decisions->count; i++) {
		const struct render_decision *decision = &decisions->items[i];
		const char *who = decision->who ? arena_printf(p->tmp, " <span class=\"who\">Who: %s</span>",
							       prose(p, decision->who))
						: "";
		strbuf_addf(p->out, "<li class=\"%s\"><strong>%s</strong> <span>%s%s</span></li>\n",
			    classes[decision->kind], quote_html(p->tmp, decision->head),
			    prose(p, decision->about ? decision->about : decision->text), who);
	}
	strbuf_add(p->out, "</ul>\n</section>\n");
}

/* What there is to decide stands before everything else. */
static void put_decisions(struct page *p)
{
	put_decision_list(p, "decide", "Needs your decision", &p->m->decisions);
	put_decision_list(p, "decided", p->m->decided_heading, &p->m->decided);
}

/* The sentence and where it stands; the rest of the first screen is for what there is to decide. */
static void put_header(struct page *p)
{
	strbuf_addf(p->out,
		    "<header>\n<p class=\"over\">Plan <code>%s</code> <span class=\"chip %s\">%s</span></p>\n"
		    "<h1>%s</h1>\n",
		    p->m->folder->id, p->m->state_class, p->m->state, prose(p, p->m->sentence));
	if (p->m->state_more)
		strbuf_addf(p->out, "<p class=\"progress\">%s.<br>%s: <code>%s</code></p>\n",
			    prose(p, p->m->state_more), p->m->next,
			    render_html_words(p->tmp, render_name(p->tmp, p->m->command)));
	strbuf_add(p->out, "<nav aria-label=\"Sections\"><ul><li><a href=\"#summary\">Summary</a></li>"
			   "<li><a href=\"#steps\">Steps</a></li>");
	if (p->m->windows.count)
		strbuf_add(p->out, "<li><a href=\"#billing\">Double billing</a></li>");
	strbuf_add(p->out, "<li><a href=\"#services\">Services</a></li>");
	if (p->m->plan->warnings.count)
		strbuf_add(p->out, "<li><a href=\"#warnings\">Warnings</a></li>");
	if (p->m->rehearsal.count)
		strbuf_add(p->out, "<li><a href=\"#rehearsal\">Rehearsal</a></li>");
	strbuf_add(p->out, "<li><a href=\"#users\">People</a></li></ul></nav>\n</header>\n"
			   "<main id=\"main\" tabindex=\"-1\">\n");
}

/* Which plan this is, for whoever compares it with another copy. */
static void put_origin(struct page *p)
{
	const struct plan *plan = p->m->plan;
	strbuf_addf(p->out,
		    "<dl class=\"origin\">\n<dt>Customer</dt><dd><bdi>%s</bdi> → <bdi>%s</bdi></dd>\n",
		    q(p, plan->customer), q(p, plan->tenant_domain));
	strbuf_addf(p->out, "<dt>Tenant</dt><dd><bdi>%s</bdi> <code>%s</code></dd>\n",
		    q(p, plan->tenant_name), q(p, plan->tenant_id));
	strbuf_addf(p->out, "<dt>Digest</dt><dd><code>%s</code></dd>\n", p->m->folder->digest);
	strbuf_addf(p->out,
		    "<dt>Computed from</dt><dd><bdi>%s</bdi>, tenant read <bdi>%s</bdi></dd>\n</dl>\n",
		    q(p, plan->desired_file), q(p, p->m->folder->info.read_at));
}

static void put_facts(struct page *p)
{
	static const char *const classes[] = {
		[STYLE_PLAIN] = "",	 [STYLE_BOLD] = "",	    [STYLE_DIM] = "",	  [STYLE_RED] = "red",
		[STYLE_GREEN] = "green", [STYLE_YELLOW] = "yellow", [STYLE_CYAN] = "cyan"};
	strbuf_add(p->out, "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n"
			   "<table class=\"facts\">\n<caption>What the plan does, keeps and "
			   "needs</caption>\n<tbody>\n");
	for (size_t i = 0; i < p->m->facts.count; i++) {
		const struct render_fact *fact = &p->m->facts.items[i];
		strbuf_addf(p->out, "<tr><th scope=\"row\" class=\"%s\">%s</th><td>", classes[fact->style],
			    fact->label);
		for (size_t j = 0; j < ARRAY_LEN(fact->cells) && fact->cells[j]; j++)
			strbuf_addf(p->out, "%s<span%s>%s</span>", j ? " " : "",
				    fact->alarm && !j ? " class=\"alarm\"" : "", prose(p, fact->cells[j]));
		strbuf_add(p->out, "</td></tr>\n");
	}
	strbuf_add(p->out, "</tbody>\n</table>\n</section>\n");
}

/* No line ends between a sign and its name. */
static const char *changes(struct page *p, const struct render_step *step)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	for (size_t i = 0; i < step->changes.count; i++)
		strbuf_addf(&buf, "%s<span class=\"sku\"><bdi>%s</bdi></span>", i ? " " : "",
			    quote_html(p->tmp, step->changes.items[i]));
	return strbuf_dup(p->tmp, &buf);
}

static void put_step_row(struct page *p, const struct render_step *step)
{
	const char *after = str_list_join(p->tmp, &step->after, ", ");
	strbuf_addf(p->out,
		    "<tr class=\"%s\"><td class=\"number\">%zu</td><th scope=\"row\"><span class=\"mark\" "
		    "aria-hidden=\"true\">%c</span>%s%s%s</th>",
		    render_step_class(step), step->number, step->info->mark, step->info->name,
		    step->canary ? " <span class=\"chip\">canary</span>" : "",
		    *step->done ? arena_printf(p->tmp, " <span class=\"chip %s\">%s</span>",
					       str_eq(step->done, "done") ? "done" : "begun", step->done)
				: "");
	strbuf_addf(p->out, "<td><bdi>%s</bdi></td><td data-label=\"Licences\">%s</td>",
		    quote_html(p->tmp, step->subject), changes(p, step));
	strbuf_addf(p->out,
		    "<td data-label=\"After step\">%s</td><td data-label=\"Who\">%s</td>"
		    "<td data-label=\"Undo\">%s</td></tr>\n",
		    after, *step->by ? quote_html(p->tmp, step->by) : "Graph", prose(p, step->undo));
}

static void put_cards(struct page *p)
{
	for (size_t i = 0; i < p->m->steps.count; i++) {
		const struct render_step *step = &p->m->steps.items[i];
		struct str_list pairs = {0};
		if (step->info->by != BY_HAND)
			continue;
		render_card(p->m, step->first, p->tmp, &pairs);
		strbuf_addf(p->out, "<h3>Step %zu, by hand: %s</h3>\n<dl class=\"card %s\">\n", step->number,
			    step->info->name, render_step_class(step));
		for (size_t j = 0; j + 1 < pairs.count; j += 2)
			strbuf_addf(p->out, "<dt>%s</dt><dd>%s</dd>\n", pairs.items[j],
				    prose(p, pairs.items[j + 1]));
		const char *outcome = render_outcome(p->m, step->first);
		if (*outcome)
			strbuf_addf(p->out, "<dt>outcome</dt><dd>%s</dd>\n", outcome);
		strbuf_add(p->out, "</dl>\n");
	}
}

static void put_steps(struct page *p)
{
	strbuf_add(
		p->out,
		"<section aria-labelledby=\"steps\">\n<h2 id=\"steps\">Steps</h2>\n<table "
		"class=\"steps\">\n<caption>Every step, in order. <span class=\"whole\">! a person,</span> "
		"<span class=\"whole\">+ adds,</span> <span class=\"whole\">~ changes,</span> "
		"<span class=\"whole\">- takes away</span></caption>\n<thead><tr><th scope=\"col\" "
		"class=\"number\">No.</th><th "
		"scope=\"col\">Step</th>"
		"<th scope=\"col\">What</th><th scope=\"col\">Licences</th><th scope=\"col\">After</th>"
		"<th scope=\"col\">Who</th><th scope=\"col\">Undo</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->m->steps.count; i++)
		put_step_row(p, &p->m->steps.items[i]);
	strbuf_add(p->out, "</tbody>\n</table>\n");
	put_cards(p);
	render_svg_steps(p->m, p->tmp, p->out);
	strbuf_add(p->out, "</section>\n");
}

static void put_windows(struct page *p)
{
	if (!p->m->windows.count)
		return;
	strbuf_add(p->out, "<section aria-labelledby=\"billing\">\n<h2 id=\"billing\">Double billing</h2>\n");
	for (size_t i = 0; i < p->m->windows.count; i++)
		render_svg_window(p->m, &p->m->windows.items[i], i + 1, p->tmp, p->out);
	strbuf_add(p->out, "</section>\n");
}

/* Many names stand behind a click; all of them are there. */
static void put_warning(struct page *p, const struct render_warning *warning)
{
	strbuf_addf(p->out, "<li><code>SS%d</code> <span>%s</span>", (int)warning->code,
		    prose(p, warning->text));
	const char *names = warning->who.count ? prose(p, render_names_of(p->m, &warning->who, SIZE_MAX,
									  (int64_t)warning->who.count))
					       : NULL;
	if (names && warning->who.count > LOSERS_NAMED)
		strbuf_addf(p->out, "\n<details><summary>Who they are</summary><p>%s</p></details>", names);
	else if (names)
		strbuf_addf(p->out, " <span class=\"who\">Who: %s</span>", names);
	strbuf_add(p->out, "</li>\n");
}

/* Those of this plan, then those that stand for every plan of its kind. */
static void put_warnings(struct page *p)
{
	const struct render_warning_list *warnings = &p->m->warnings;
	if (!warnings->count)
		return;
	strbuf_addf(p->out,
		    "<section aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Warnings (%zu)</h2>\n"
		    "<ul class=\"warnings\">\n",
		    warnings->count);
	for (size_t i = 0; i < 2 * warnings->count; i++) {
		const struct render_warning *warning = &warnings->items[i % warnings->count];
		if (warning->is_reminder == (i >= warnings->count))
			put_warning(p, warning);
	}
	strbuf_add(p->out, "</ul>\n</section>\n");
}

static void put_rehearsal(struct page *p)
{
	if (!p->m->rehearsal.count)
		return;
	strbuf_add(p->out, "<section aria-labelledby=\"rehearsal\">\n<h2 id=\"rehearsal\">Rehearsal</h2>\n"
			   "<p>Carried out on an imitation of this tenant, disturbed and undone.</p>\n"
			   "<dl class=\"origin\">\n");
	for (size_t i = 0; i < p->m->rehearsal.count; i++)
		strbuf_addf(p->out, "<dt>%s</dt><dd>%s</dd>\n", p->m->rehearsal.items[i].label,
			    prose(p, p->m->rehearsal.items[i].text));
	strbuf_add(p->out, "</dl>\n</section>\n");
}

static void put_count(struct page *p, const char *label, int64_t count, const char *class)
{
	strbuf_addf(p->out, "<td data-label=\"%s\" class=\"count%s\">%s</td>", label, count ? class : "",
		    count ? say_count(p->tmp, count) : "");
}

static void put_effect(struct page *p, const struct service_effect *effect)
{
	strbuf_addf(p->out, "<tr><th scope=\"row\"><bdi>%s</bdi>",
		    effect->shown ? render_html_words(p->tmp, effect->shown) : q(p, effect->plan_name));
	if (effect->shown)
		strbuf_addf(p->out, " <code><bdi>%s</bdi></code>", q(p, effect->plan_name));
	if (effect->lesser.count)
		strbuf_addf(p->out, " %s", prose(p, render_lesser(p->m, effect)));
	strbuf_add(p->out, "</th>");
	put_count(p, "Lose it", effect->lost + effect->removed + effect->cancelled, " red");
	put_count(p, "Get another of its kind", effect->replaced, "");
	put_count(p, "Gain it", effect->gained, " green");
	strbuf_add(p->out, "</tr>\n");
}

/* Losses first, then by purpose: the order of the model. A heading row for each group. */
static void put_services(struct page *p)
{
	strbuf_add(p->out, "<section aria-labelledby=\"services\">\n<h2 id=\"services\">Services</h2>\n");
	if (!p->m->effects.count) {
		strbuf_add(p->out, "<p>No service is gained or lost.</p>\n</section>\n");
		return;
	}
	strbuf_add(p->out,
		   "<table class=\"stack services\">\n<caption>What people can do before and after, and how "
		   "many. "
		   "What stays the same is left out</caption>\n<thead><tr><th scope=\"col\">Service</th>"
		   "<th scope=\"col\" class=\"count\">Lose it</th><th scope=\"col\" class=\"count\">Get "
		   "another of "
		   "its kind</th><th scope=\"col\" class=\"count\">Gain it</th></tr></thead>\n");
	const char *heading = NULL;
	for (size_t i = 0; i < p->m->effects.count; i++) {
		const struct service_effect *effect = &p->m->effects.items[i];
		const char *group = effect->lost + effect->removed + effect->cancelled
					    ? "Lost"
					    : render_purpose(effect->purpose);
		if (!str_eq(group, heading))
			strbuf_addf(p->out,
				    "%s<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" "
				    "colspan=\"4\">%s</th></tr>\n",
				    heading ? "</tbody>\n" : "", group);
		heading = group;
		put_effect(p, effect);
	}
	strbuf_add(p->out, "</tbody>\n</table>\n</section>\n");
}

static void put_cell(struct strbuf *out, const char *label, const char *text, struct arena *tmp)
{
	if (*text)
		strbuf_addf(out, "<td data-label=\"%s\"><bdi>%s</bdi></td>", label, quote_html(tmp, text));
	else
		strbuf_addf(out, "<td data-label=\"%s\"></td>", label);
}

static void put_user(struct page *p, const struct action *action)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	bool location = action->kind == ACTION_SET_USAGE_LOCATION;
	struct strbuf *out = p->out;
	strbuf_addf(out, "<tr><th scope=\"row\"><bdi>%s</bdi></th>",
		    quote_html(tmp, render_name(tmp, render_who(action))));
	put_cell(out, "From", location ? "no location" : render_licenses(p->m, &action->expect.licenses, tmp),
		 tmp);
	put_cell(out, "To",
		 location ? action->usage_location : render_licenses(p->m, &action->result.licenses, tmp),
		 tmp);
	put_cell(out, "Services off", render_services_off(p->m, &action->result.licenses, tmp), tmp);
	if (p->m->in->results)
		put_cell(out, "Outcome", render_outcome(p->m, action), tmp);
	strbuf_add(out, "</tr>\n");
}

static void put_chunk(struct page *p, const struct render_step *step, size_t from, size_t to)
{
	strbuf_addf(p->out,
		    "<div class=\"chunk%s\">\n<table class=\"stack\">\n<caption>Step %zu, %s: %s "
		    "to %s of %s</caption>\n",
		    to - from < CHUNK ? " last" : "", step->number, step->info->name,
		    say_count(p->tmp, (int64_t)from + 1), say_count(p->tmp, (int64_t)to),
		    say_count(p->tmp, (int64_t)step->actions.count));
	strbuf_addf(p->out,
		    "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">From</th><th "
		    "scope=\"col\">To</th>"
		    "<th scope=\"col\">Services off</th>%s</tr></thead>\n<tbody>\n",
		    step->first->user_id ? "Person" : "Group",
		    p->m->in->results ? "<th scope=\"col\">Outcome</th>" : "");
	for (size_t i = from; i < to; i++)
		put_user(p, step->actions.items[i]);
	strbuf_add(p->out, "</tbody>\n</table>\n</div>\n");
}

static void put_users(struct page *p)
{
	strbuf_add(p->out, "<section aria-labelledby=\"users\">\n<h2 id=\"users\">People</h2>\n"
			   "<div class=\"search\" id=\"search\" role=\"search\" hidden>\n"
			   "<label for=\"query\">Search people, licences and services</label>\n"
			   "<input type=\"search\" id=\"query\" autocomplete=\"off\" spellcheck=\"false\">\n"
			   "<span id=\"found\" role=\"status\"></span>\n</div>\n");
	for (size_t i = 0; i < p->m->steps.count; i++) {
		const struct render_step *step = &p->m->steps.items[i];
		if (step->info->by == BY_HAND)
			continue;
		strbuf_addf(p->out, "<h3>Step %zu, %s%s: <bdi>%s</bdi> %s</h3>\n", step->number,
			    step->info->name, step->canary ? " (canary)" : "",
			    quote_html(p->tmp, step->subject), changes(p, step));
		for (size_t from = 0; from < step->actions.count; from += CHUNK) {
			size_t to = from + CHUNK < step->actions.count ? from + CHUNK : step->actions.count;
			put_chunk(p, step, from, to);
		}
	}
	strbuf_add(p->out, "</section>\n");
}

void render_html(const struct render_model *m, struct strbuf *out)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct page p = {m, tmp, out};
	put_head(&p);
	put_header(&p);
	put_decisions(&p);
	put_origin(&p);
	put_facts(&p);
	put_steps(&p);
	put_windows(&p);
	put_services(&p);
	put_warnings(&p);
	put_rehearsal(&p);
	put_users(&p);
	strbuf_addf(out, "</main>\n<footer><p>%s: <code>%s</code></p></footer>\n<script>", m->next,
		    render_html_words(tmp, render_name(tmp, m->command)));
	strbuf_add(out, face_page_js);
	strbuf_add(out, "</script>\n</body>\n</html>\n");
}
