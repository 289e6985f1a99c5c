/* seatshift fleet report: what became of everybody, grouped by cause, for people and for machines. */
#include "cmd/fleet/verbs.h"

#include "cmd/fleet/fleet_rows.h"
#include "cmd/output/document.h"
#include "core/quote.h"
#include "core/say.h"

#include <string.h>

enum { MARKDOWN_MAX = 60000, MARKDOWN_ROOM = 1000, STATE_WIDTH = 13 };

struct reporting {
	struct app *app;
	struct fleet_folder folder;
	struct fleet_rows rows;
	struct fleet_group_list groups;
};

static const char *time_text(int64_t ms, struct arena *out)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format(ms, text);
	return ms ? arena_strdup(out, text) : NULL;
}

static void put_member(struct json_writer *w, const struct fleet_row *row, struct arena *out)
{
	json_begin_object(w);
	json_set_text(w, "began_at", time_text(row->member.began_ms, out));
	json_set_text(w, "cause", row->member.cause);
	json_set_text(w, "customer", row->customer);
	json_set_text(w, "done_at", time_text(row->member.done_ms, out));
	json_set_text(w, "moved_at", time_text(row->member.moved_ms, out));
	json_set_text(w, "plan", row->plan);
	json_set_text(w, "state", member_state_name(row->member.state));
	json_set_int(w, "users", row->users);
	json_set_int(w, "users_moved", row->users_moved);
	json_set_text(w, "wave", row->wave);
	json_end_object(w);
}

static void print_json(struct reporting *r)
{
	static const enum member_state order[] = {MEMBER_ALREADY,     MEMBER_DONE,    MEMBER_FAILED,
						  MEMBER_NOT_STARTED, MEMBER_UNKNOWN, MEMBER_WAITING};
	struct document doc;
	document_begin(&doc);
	json_put_key(&doc.w, "counts");
	json_begin_object(&doc.w);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		json_set_int(&doc.w, member_state_name(order[i]), (int64_t)r->rows.states[order[i]]);
	json_end_object(&doc.w);
	json_set_text(&doc.w, "fleet", r->folder.fleet.id);
	json_set_text(&doc.w, "format", "seatshift-fleetreport/1");
	json_put_key(&doc.w, "groups");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < r->groups.count; i++) {
		const struct fleet_group *group = &r->groups.items[i];
		json_begin_object(&doc.w);
		json_set_text(&doc.w, "cause", *group->cause ? group->cause : NULL);
		json_set_int(&doc.w, "count", (int64_t)group->count);
		json_set_text(&doc.w, "state", member_state_name(group->state));
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_put_key(&doc.w, "left_out");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < r->folder.fleet.left_out.count; i++) {
		const struct fleet_left_out *row = &r->folder.fleet.left_out.items[i];
		json_begin_object(&doc.w);
		json_set_text(&doc.w, "customer", row->customer);
		json_set_text(&doc.w, "message", row->message);
		json_set_text(&doc.w, "reason", row->reason);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_put_key(&doc.w, "members");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < r->rows.count; i++)
		put_member(&doc.w, &r->rows.items[i], r->app->arena);
	json_end_array(&doc.w);
	document_print(r->app, &doc);
}

static void add_csv(struct reporting *r, struct strbuf *buf)
{
	strbuf_add(buf, "customer,wave,plan,state,cause,users,users_moved,began_at,moved_at,done_at\r\n");
	for (size_t i = 0; i < r->rows.count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		const struct fleet_row *row = &r->rows.items[i];
		const char *const times[] = {time_text(row->member.began_ms, tmp),
					     time_text(row->member.moved_ms, tmp),
					     time_text(row->member.done_ms, tmp)};
		strbuf_addf(buf, "%s,%s,%s,%s,%s,%lld,%lld", quote_csv(tmp, row->customer),
			    quote_csv(tmp, row->wave), row->plan, member_state_name(row->member.state),
			    quote_csv(tmp, row->member.cause), (long long)row->users,
			    (long long)row->users_moved);
		for (size_t t = 0; t < ARRAY_LEN(times); t++)
			strbuf_addf(buf, ",%s", times[t] ? times[t] : "");
		strbuf_add(buf, "\r\n");
	}
}

/* What is not done never looks as if it were: who waits or has not begun is skipped, not passed. */
static void add_case(const struct fleet_row *row, struct strbuf *buf, struct arena *tmp)
{
	const char *cause = quote_html(tmp, row->member.cause ? row->member.cause : "");
	strbuf_addf(buf, "    <testcase classname=\"%s\" name=\"%s\"", quote_html(tmp, row->wave),
		    quote_html(tmp, row->customer));
	switch (row->member.state) {
	case MEMBER_FAILED:
		strbuf_addf(buf, "><failure type=\"%d\" message=\"%s\"/></testcase>\n", row->member.status,
			    cause);
		return;
	case MEMBER_UNKNOWN:
		strbuf_addf(buf, "><error type=\"unknown\" message=\"%s\"/></testcase>\n", cause);
		return;
	case MEMBER_WAITING:
	case MEMBER_NOT_STARTED:
		strbuf_addf(buf, "><skipped message=\"%s%s%s\"/></testcase>\n",
			    member_state_name(row->member.state), *cause ? ": " : "", cause);
		return;
	case MEMBER_DONE:
	case MEMBER_ALREADY:
	case MEMBER_STATE_COUNT:
		break;
	}
	strbuf_add(buf, "/>\n");
}

static void add_junit(struct reporting *r, struct strbuf *buf)
{
	const size_t *states = r->rows.states;
	CLEANUP(mem_free_text)
	char *totals = mem_printf("tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
				  r->rows.count, states[MEMBER_FAILED], states[MEMBER_UNKNOWN],
				  states[MEMBER_WAITING] + states[MEMBER_NOT_STARTED]);
	strbuf_addf(buf,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"seatshift\" %s>\n"
		    "  <testsuite name=\"fleet %s\" %s>\n",
		    totals, r->folder.fleet.id, totals);
	for (size_t i = 0; i < r->rows.count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		add_case(&r->rows.items[i], buf, tmp);
	}
	strbuf_add(buf, "  </testsuite>\n</testsuites>\n");
}

static void add_groups(struct reporting *r, bool markdown, struct strbuf *buf)
{
	struct arena *out = r->app->arena;
	for (size_t i = 0; i < r->groups.count && (!markdown || buf->len < MARKDOWN_MAX - MARKDOWN_ROOM);
	     i++) {
		const struct fleet_group *group = &r->groups.items[i];
		const char *cause = quote_terminal_cut(out, group->cause, 200);
		const char *one = group->count == 1 ? group->first : "";
		if (markdown)
			strbuf_addf(buf, "| %zu | %s | %s | %s |\n", group->count,
				    member_state_name(group->state), *cause ? quote_markdown(out, cause) : "",
				    *one ? quote_markdown(out, one) : "");
		else
			strbuf_addf(buf, "  %5zu %-*s%s%s%s%s\n", group->count,
				    *cause || *one ? STATE_WIDTH : 0, member_state_name(group->state), cause,
				    *one ? "  (" : "", one, *one ? ")" : "");
	}
}

static void add_text(struct reporting *r, bool markdown, struct strbuf *buf)
{
	if (markdown)
		strbuf_addf(buf,
			    "<!-- seatshift:fleet-report %s -->\n\n### Fleet %s\n\n"
			    "| customers | state | cause | which |\n| ---: | --- | --- | --- |\n",
			    r->folder.fleet.id, r->folder.fleet.id);
	else
		strbuf_addf(buf, "Fleet %s  %s\n\n", r->folder.fleet.id,
			    say_number(r->app->arena, (int64_t)r->rows.count, "customer", "customers"));
	add_groups(r, markdown, buf);
	if (r->folder.fleet.left_out.count)
		strbuf_addf(buf, "\n%s%s left out when it was planned\n", markdown ? "" : "  ",
			    say_number(r->app->arena, (int64_t)r->folder.fleet.left_out.count, "customer was",
				       "customers were"));
}

bool fleet_report_run_verb(struct app *app, const struct fleet_options *o, const struct str_list *args,
			   int *ret_status, struct error *err)
{
	struct reporting r = {.app = app};
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	(void)o, (void)ret_status;
	if (!fleet_named(app, args->items[0], &r.folder, err) ||
	    !fleet_rows_read(app, &r.folder, &r.rows, err))
		return false;
	fleet_rows_group(&r.rows, app->arena, &r.groups);
	const char *format = app->out.format_name;
	if (app->out.format == FORMAT_JSON) {
		print_json(&r);
		return true;
	}
	if (str_eq(format, "csv-bom"))
		strbuf_add(&buf, QUOTE_CSV_BOM);
	if (str_starts(format, "csv"))
		add_csv(&r, &buf);
	else if (str_eq(format, "junit"))
		add_junit(&r, &buf);
	else
		add_text(&r, str_eq(format, "markdown"), &buf);
	out_result(&app->out, strbuf_text(&buf));
	return true;
}
