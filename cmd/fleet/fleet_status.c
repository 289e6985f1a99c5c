/* seatshift fleet status: where everybody stands, on one page. */
#include "cmd/fleet/verbs.h"

#include "cmd/fleet/fleet_page.h"
#include "cmd/fleet/fleet_rows.h"
#include "cmd/output/document.h"
#include "cmd/output/window_output.h"
#include "core/quote.h"
#include "core/say.h"

enum { ROWS_SHOWN = 40, MARKDOWN_MAX = 60000, MARKDOWN_ROOM = 2000, PEOPLE_WIDTH = 6 };

struct standing {
	struct app *app;
	struct fleet_folder folder;
	struct fleet_rows rows;
	struct fleet_group_list groups;
	bool full;
};

static struct gate gate_of(const struct standing *s, size_t wave)
{
	return gate_judge(&s->folder.fleet, s->rows.members, wave, clock_now_ms(s->app->clock));
}

/* What a wave is: as far as its gate says. */
static const char *gate_text(const struct standing *s, size_t wave, struct arena *out)
{
	const struct fleet_stage *stage = &s->folder.fleet.waves.items[wave];
	const struct gate gate = gate_of(s, wave);
	char opens[TIMESTAMP_TEXT_SIZE];
	if (gate.verdict == GATE_OPEN)
		return arena_printf(out, "%zu of %zu %s", gate.there, gate.members,
				    wave_until_name(stage->until));
	if (!gate.opens_ms)
		return arena_printf(out, "%zu of %zu %s so far", gate.there, gate.members,
				    wave_until_name(stage->until));
	timestamp_format(gate.opens_ms, opens);
	return arena_printf(out, "all %zu %s; soaks until %s", gate.members, wave_until_name(stage->until),
			    opens);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_row(struct json_writer *w, const struct fleet_row *row, struct arena *tmp)
{
	json_begin_object(w);
	json_set_text(w, "cause", row->member.cause);
	json_set_text(w, "customer", row->customer);
	json_set_text(w, "exit", row->exit);
	json_set_bool(w, "late", row->late);
	json_set_text(w, "plan", row->plan);
	json_set_text(w, "state", member_state_name(row->member.state));
	json_set_text(w, "step", row->member.step);
	json_set_int(w, "users", row->users);
	json_set_int(w, "users_moved", row->users_moved);
	json_set_text(w, "waits_for", row->waits);
	json_set_text(w, "wave", row->wave);
	json_set_text(w, "who", row->who);
	json_put_key(w, "window");
	window_put_json(&row->window, tmp, w);
	json_end_object(w);
}

static void put_waves(struct json_writer *w, const struct standing *s)
{
	static const char *const verdicts[] = {
		[GATE_OPEN] = "open", [GATE_WAITING] = "waiting", [GATE_FAILED] = "failed"};
	json_begin_array(w);
	for (size_t i = 0; i < s->folder.fleet.waves.count; i++) {
		const struct gate gate = gate_of(s, i);
		json_begin_object(w);
		json_set_text(w, "gate", verdicts[gate.verdict]);
		json_set_int(w, "members", (int64_t)gate.members);
		json_set_text(w, "name", s->folder.fleet.waves.items[i].name);
		json_set_int(w, "there", (int64_t)gate.there);
		json_end_object(w);
	}
	json_end_array(w);
}

static void print_json(struct standing *s)
{
	static const enum member_state order[] = {MEMBER_ALREADY,     MEMBER_DONE,    MEMBER_FAILED,
						  MEMBER_NOT_STARTED, MEMBER_UNKNOWN, MEMBER_WAITING};
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "billed_twice");
	json_begin_object(&doc.w);
	json_set_int(&doc.w, "late", (int64_t)s->rows.late);
	json_set_text(&doc.w, "next_last_safe_day", window_day_text(s->rows.next_safe_day, s->app->arena));
	json_set_int(&doc.w, "seat_days", s->rows.seat_days);
	json_set_int(&doc.w, "windows_open", (int64_t)s->rows.windows_open);
	json_end_object(&doc.w);
	json_put_key(&doc.w, "counts");
	json_begin_object(&doc.w);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		json_set_int(&doc.w, member_state_name(order[i]), (int64_t)s->rows.states[order[i]]);
	json_end_object(&doc.w);
	json_set_text(&doc.w, "fleet", s->folder.fleet.id);
	json_set_text(&doc.w, "format", "seatshift-fleetstatus/1");
	json_put_key(&doc.w, "members");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < s->rows.count; i++)
		put_row(&doc.w, &s->rows.items[i], s->app->arena);
	json_end_array(&doc.w);
	json_set_int(&doc.w, "users", s->rows.users);
	json_set_int(&doc.w, "users_moved", s->rows.users_moved);
	json_put_key(&doc.w, "waves");
	put_waves(&doc.w, s);
	document_print(s->app, &doc);
}

/* ---- text ----------------------------------------------------------------------------------- */

static const char *customers(const struct standing *s)
{
	return say_number(s->app->arena, (int64_t)s->rows.count, "customer", "customers");
}

static void add_counts(const struct standing *s, struct strbuf *buf)
{
	const char *separator = "";
	for (int state = 0; state < MEMBER_STATE_COUNT; state++) {
		if (!s->rows.states[state])
			continue;
		strbuf_addf(buf, "%s%zu %s", separator, s->rows.states[state],
			    member_state_name((enum member_state)state));
		separator = " · ";
	}
}

static const char *billed_text(const struct standing *s, struct arena *out)
{
	const struct fleet_rows *rows = &s->rows;
	const char *next = window_day_text(rows->next_safe_day, out);
	if (!rows->windows_open)
		return arena_printf(out, "nobody now; %lld seat-days so far", (long long)rows->seat_days);
	return arena_printf(out, "%zu now; %lld seat-days so far%s%s%s%s", rows->windows_open,
			    (long long)rows->seat_days, next ? "; next last safe day " : "", next ? next : "",
			    next ? ", " : "", next ? rows->next_safe : "");
}

static void add_row(struct strbuf *buf, const struct fleet_row *row, struct arena *tmp)
{
	const char *why = row->waits ? row->waits : row->member.cause;
	const char *safe = row->window.open ? window_day_text(row->window.last_safe_day, tmp) : NULL;
	strbuf_addf(buf, "  %-24s %-12s %-12s %6lld/%-*lld%s%s%s\n", quote_terminal(tmp, row->customer),
		    quote_terminal(tmp, row->wave), member_state_name(row->member.state),
		    (long long)row->users_moved, safe || why ? PEOPLE_WIDTH : 0, (long long)row->users,
		    safe ? arena_printf(tmp, " cancel by %s%s", safe, row->late ? " (PASSED)" : "") : "",
		    why ? "  " : "", why ? quote_terminal_cut(tmp, why, 90) : "");
	if (row->exit)
		strbuf_addf(buf, "    SS247: %s\n", row->exit);
}

static void print_text(struct standing *s)
{
	struct arena *out = s->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	strbuf_addf(&buf, "Fleet %s  %s: ", s->folder.fleet.id, customers(s));
	add_counts(s, &buf);
	strbuf_addf(&buf, "\n\n  people        %lld of %lld moved\n", (long long)s->rows.users_moved,
		    (long long)s->rows.users);
	strbuf_addf(&buf, "  billed twice  %s\n", billed_text(s, out));
	for (size_t i = 0; i < s->folder.fleet.waves.count; i++)
		strbuf_addf(&buf, "  wave %-8s %s\n", s->folder.fleet.waves.items[i].name,
			    gate_text(s, i, out));
	bool told = false;
	for (size_t i = 0; i < s->groups.count; i++) {
		const struct fleet_group *group = &s->groups.items[i];
		if (!*group->cause)
			continue;
		strbuf_add(&buf, told ? "" : "\n");
		told = true;
		strbuf_addf(&buf, "  %5zu %-12s %s%s\n", group->count, member_state_name(group->state),
			    quote_terminal_cut(out, group->cause, 120),
			    group->count == 1 ? arena_printf(out, "  (%s)", group->first) : "");
	}
	bool all = s->full || s->rows.count <= ROWS_SHOWN;
	strbuf_add_char(&buf, '\n');
	for (size_t i = 0; i < s->rows.count; i++) {
		bool loud = s->rows.items[i].late || s->rows.items[i].exit ||
			    s->rows.items[i].member.state == MEMBER_FAILED;
		if (all || loud)
			add_row(&buf, &s->rows.items[i], out);
	}
	if (!all)
		strbuf_addf(&buf, "  Only who failed or is late is listed; --full lists all %zu.\n",
			    s->rows.count);
	out_text(&s->app->out, strbuf_text(&buf));
}

/* ---- Markdown ------------------------------------------------------------------------------- */

static void print_markdown(struct standing *s)
{
	struct arena *out = s->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t shown = 0;
	strbuf_addf(&buf, "<!-- seatshift:fleet %s -->\n\n### Fleet %s: %s\n\n", s->folder.fleet.id,
		    s->folder.fleet.id, customers(s));
	add_counts(s, &buf);
	strbuf_addf(&buf, "\n\n- People: %lld of %lld moved\n- Billed twice: %s\n",
		    (long long)s->rows.users_moved, (long long)s->rows.users, billed_text(s, out));
	for (size_t i = 0; i < s->folder.fleet.waves.count; i++)
		strbuf_addf(&buf, "- Wave %s: %s\n", s->folder.fleet.waves.items[i].name,
			    gate_text(s, i, out));
	strbuf_add(&buf, "\n| customer | wave | state | people | waits for | last safe day |\n"
			 "| --- | --- | --- | ---: | --- | --- |\n");
	for (; shown < s->rows.count && buf.len < MARKDOWN_MAX - MARKDOWN_ROOM; shown++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		const struct fleet_row *row = &s->rows.items[shown];
		const char *why = row->waits ? row->waits : row->member.cause;
		const char *safe = row->window.open ? window_day_text(row->window.last_safe_day, tmp) : NULL;
		strbuf_addf(&buf, "| %s | %s | %s | %lld/%lld | %s | %s%s |\n",
			    quote_markdown(tmp, row->customer), quote_markdown(tmp, row->wave),
			    member_state_name(row->member.state), (long long)row->users_moved,
			    (long long)row->users,
			    row->exit ? quote_markdown(tmp, row->exit)
			    : why     ? quote_markdown(tmp, quote_terminal_cut(tmp, why, 120))
				      : "",
			    safe ? safe : "", row->late ? " **passed**" : "");
	}
	if (shown < s->rows.count)
		strbuf_addf(&buf, "\n%zu more are not shown: `seatshift fleet status %.8s --full`\n",
			    s->rows.count - shown, s->folder.fleet.id);
	out_result(&s->app->out, strbuf_text(&buf));
}

static void print_html(struct standing *s)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct arena *out = s->app->arena;
	struct str_list waves = {0};
	for (size_t i = 0; i < s->folder.fleet.waves.count; i++)
		VEC_PUSH(out, &waves, gate_text(s, i, out));
	const struct fleet_page page = {&s->folder.fleet, &s->rows, &s->groups, &waves, billed_text(s, out)};
	fleet_page_write(&page, &buf);
	out_result(&s->app->out, strbuf_text(&buf));
}

bool fleet_status_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		      int *ret_status, struct error *err)
{
	struct standing s = {.app = app, .full = o->full};
	(void)ret_status;
	if (!fleet_named(app, args->items[0], &s.folder, err) ||
	    !fleet_rows_read(app, &s.folder, &s.rows, err))
		return false;
	fleet_rows_group(&s.rows, app->arena, &s.groups);
	if (app->out.format == FORMAT_JSON)
		print_json(&s);
	else if (str_eq(app->out.format_name, "html"))
		print_html(&s);
	else if (str_eq(app->out.format_name, "markdown"))
		print_markdown(&s);
	else
		print_text(&s);
	return true;
}
