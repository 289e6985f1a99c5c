/* seatshift status: where each customer stands, what is waited for, what is billed twice. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/output/found_output.h"
#include "cmd/output/give_back_output.h"
#include "cmd/output/standing_output.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/newest_plan.h"
#include "cmd/session/session.h"
#include "cmd/session/undone_mark.h"
#include "core/quote.h"
#include "core/say.h"
#include "core/width.h"
#include "plans/standing/status.h"

#include <string.h>

struct status_options {
	bool offline;
};

static const struct option_spec options[] = {
	OPT_FLAG(struct status_options, offline, "offline", 0,
		 "from the files alone: newest plan, its snapshot and journal"),
};

static struct tenant_case tenant_of(const struct session *session, const struct newest_plan *plan)
{
	return session_tenant(session, plan->found ? &plan->folder.plan : NULL);
}

static bool read_tenant(struct app *app, struct session *session, const struct newest_plan *plan,
			struct live *live, struct error *err)
{
	struct organization org;
	struct read_scope scope;
	status_read_scope(plan, app->arena, &scope);
	const struct tenant_case tenant = tenant_of(session, plan);
	return session_connect_to_read(app, session, err) &&
	       tenant_prove(session->provider, &tenant, app->arena, &org, err) &&
	       session->provider->ops->read(session->provider, &scope, app->arena, live, err);
}

static void compute(struct app *app, const struct session *session, const struct live *live,
		    struct standing *standing)
{
	int64_t now_ms = clock_now_ms(app->clock);
	struct status_input input = {.desired = &session->desired,
				     .plan = &standing->plan,
				     .live = live,
				     .unattended = !app->stdin_terminal,
				     .today = date_of_ms(now_ms)};
	if (standing->plan.found) {
		input.approvals_required = session->policy.approvals_required;
		const struct approval_standing approvals =
			approval_standing_of(app, &session->policy, &standing->plan.folder);
		input.approvals_valid = approvals.valid;
		input.place = approvals.place;
		input.signers = session->policy.approvals_signers;
		input.left_over = undone_mark_left_over(app, &standing->plan.folder);
	}
	status_compute(&input, app->arena, &standing->status);
	if (live) {
		char *text = arena_alloc(app->arena, TIMESTAMP_TEXT_SIZE);
		timestamp_format(now_ms, text);
		standing->read_at = text;
		standing->from_tenant = true;
	} else if (standing->plan.found) {
		standing->read_at = standing->plan.folder.info.read_at;
	}
}

/* `repository`: where the customers are, when it was opened before; or NULL. */
static void stand(struct app *app, const struct status_options *o, const struct repository *repository,
		  const char *name, struct standing *standing)
{
	struct session session = {0};
	struct live live = {0};
	struct error *err = &standing->error;
	if (repository)
		session.repository = *repository;
	standing->customer = name;
	standing->known = session_load_draft(app, name, &session, err);
	if (standing->known) {
		standing->customer = session.desired.customer;
		standing->known =
			newest_plan_of(app, session.desired.customer, NEWEST_ANY, &standing->plan, err);
	}
	/* Without a network too: the files' facts would be told of another tenant than the plan's. */
	if (standing->known) {
		const struct tenant_case tenant = tenant_of(&session, &standing->plan);
		standing->known = tenant_agree(&tenant, err);
	}
	if (standing->known) {
		bool fresh = !o->offline && read_tenant(app, &session, &standing->plan, &live, err);
		compute(app, &session, fresh ? &live : NULL, standing);
	}
	session_release(&session);
}

/* ---- text ----------------------------------------------------------------------------------- */

static const char *users_text(struct arena *tmp, const struct status *s)
{
	if (s->users < 0)
		return "unknown";
	return s->users ? arena_printf(tmp, "%s of %s%s", say_count(tmp, s->users_moved),
				       say_count(tmp, s->users), s->is_undo ? " back" : "")
			: "needless";
}

enum { COLUMNS = 80, INDENT = 2 };

/* What a row has no room for, below it: a line, which is filled as wide as the terminal is. */
static void add_below(struct strbuf *buf, const char *what, const char *text)
{
	strbuf_addf(buf, "%*s%s%s\n", INDENT, "", what, text);
}

/* The way there has other stages than the way back. */
static void add_stages(struct arena *tmp, const struct status *s, struct strbuf *buf)
{
	const struct {
		const char *name, *value;
		bool of_undo, of_move;
	} rows[] = {{"agreed", stage_name(s->agreed), false, true},
		    {"ordered", stage_name(s->ordered), false, true},
		    {"key in hand", stage_name(s->key_in_hand), false, true},
		    {s->by_key ? "redeemed" : "received", stage_name(s->redeemed), false, true},
		    {"reactivated", stage_name(s->reactivated), true, false},
		    {"users moved", users_text(tmp, s), true, true},
		    {"retired", stage_name(s->retired), s->retires, true}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (s->is_undo ? rows[i].of_undo : rows[i].of_move)
			strbuf_addf(buf, "  %-12s %s\n", rows[i].name, rows[i].value);
}

static void add_details(struct app *app, const struct standing *standing, struct strbuf *buf)
{
	const struct status *s = &standing->status;
	strbuf_addf(buf, "%s", quote_terminal(app->arena, standing->customer));
	if (standing->plan.found)
		strbuf_addf(buf, "  plan %s", standing->plan.folder.id);
	if (standing->plan.found && standing->plan.folder.plan.undoes)
		strbuf_addf(buf, ", which undoes %s",
			    quote_terminal(app->arena, standing->plan.folder.plan.undoes));
	if (standing->read_at)
		strbuf_addf(buf, "%s%s %s", standing->plan.folder.plan.undoes ? "\n  " : "  ",
			    standing->from_tenant ? "tenant read at" : "facts of the snapshot of",
			    quote_terminal(app->arena, standing->read_at));
	strbuf_add(buf, "\n\n");
	add_stages(app->arena, s, buf);
	for (size_t i = 0; i < standing->plan.entries.count; i++)
		if (standing->plan.entries.items[i].found.subscriptions.count)
			strbuf_addf(buf, "  %-12s %s\n", "found",
				    found_text(&standing->plan.entries.items[i].found, app->arena));
	if (standing->plan.found)
		strbuf_addf(buf, "  %-12s %s\n", "billed", window_text(&s->window, app->arena));
	if (s->exit.any)
		strbuf_addf(buf, "  %-12s %s\n", "exit",
			    give_back_text(&s->exit, date_of_ms(clock_now_ms(app->clock)), app->arena));
	if (standing->plan.found)
		strbuf_addf(buf, "  %-12s %s\n", "undo", s->back.text);
	for (size_t i = 0; i < s->kept.count; i++)
		add_below(buf, "kept         ",
			  quote_terminal(app->arena, keepers_text(&s->kept.items[i], app->arena)));
	strbuf_add_char(buf, '\n');
	for (size_t i = 0; i < s->waiting_for.count; i++)
		add_below(buf, "waits for ", quote_terminal(app->arena, s->waiting_for.items[i]));
	if (!s->waiting_for.count)
		strbuf_add(buf, "  waits for nothing\n");
}

static const char *short_window(struct arena *tmp, const struct window *window)
{
	if (window->retire_by_passed)
		return arena_printf(tmp, "LATE %s", window_day_text(window->retire_by, tmp));
	if (window->open)
		return say_number(tmp, window->days, "day", "days");
	return window->over ? "over" : "-";
}

enum { CELLS = 8, GAP = 2 };
static const char *const heads[CELLS] = {"CUSTOMER", "AGREED", "ORDERED", "KEY",
					 "REDEEMED", "USERS",  "RETIRED", "BILLED TWICE"};

struct row {
	const char *cells[CELLS];
};

static struct row row_of(struct arena *tmp, const struct standing *standing)
{
	const struct status *s = &standing->status;
	return (struct row){{quote_terminal(tmp, standing->customer), stage_name(s->agreed),
			     stage_name(s->ordered), stage_name(s->key_in_hand), status_seats_text(s),
			     users_text(tmp, s), stage_name(s->retired), short_window(tmp, &s->window)}};
}

static void widen(size_t widths[CELLS], const char *const cells[CELLS])
{
	for (size_t i = 0; i < CELLS; i++) {
		size_t width = text_width(cells[i]);
		widths[i] = width > widths[i] ? width : widths[i];
	}
}

/* A customer in the table: all that is kept of them, so that memory does not grow with what thousands have
 * planned. */
struct line {
	const char *customer;
	bool known;
	struct row row;
	const char *waits, *error; /* or NULL */
};
VEC(line_list, struct line);

static struct line line_of(struct arena *out, const struct standing *standing)
{
	const struct str_list *waits = &standing->status.waiting_for;
	const struct error *err = &standing->error;
	struct line line = {.customer = quote_terminal(out, standing->customer), .known = standing->known};
	if (line.known)
		line.row = row_of(out, standing);
	line.waits = line.known && waits->count ? quote_terminal(out, waits->items[0]) : NULL;
	line.error = err->code ? quote_terminal(out, err->message) : NULL;
	return line;
}

/* As wide as what stands in them; where that is too much, names get lines of their own. */
static void find_widths(const struct line_list *lines, size_t widths[CELLS])
{
	size_t sum = 0;
	widen(widths, heads);
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].known)
			widen(widths, lines->items[i].row.cells);
	for (size_t i = 0; i < CELLS; i++)
		sum += widths[i] + (i ? GAP : 0);
	if (sum > COLUMNS)
		widths[0] = strlen(heads[0]);
}

static void add_row(struct arena *tmp, const char *const cells[CELLS], const size_t widths[CELLS],
		    struct strbuf *buf)
{
	bool fits = text_width(cells[0]) <= widths[0];
	if (!fits)
		strbuf_addf(buf, "%s\n", cells[0]);
	for (size_t i = 0; i < CELLS; i++)
		strbuf_add(buf, i + 1 == CELLS ? cells[i]
					       : text_pad(tmp, i || fits ? cells[i] : "", widths[i] + GAP));
	strbuf_add_char(buf, '\n');
}

/* Where the table is wider than the terminal: what stands in a row, one behind the other. */
static void add_narrow(struct arena *tmp, const char *const cells[CELLS], struct strbuf *buf)
{
	struct str_list parts = {0};
	for (size_t i = 1; i < CELLS; i++)
		VEC_PUSH(tmp, &parts, arena_printf(tmp, "%s %s", str_lower(tmp, heads[i]), cells[i]));
	strbuf_addf(buf, "%s\n", cells[0]);
	add_below(buf, "", str_list_join(tmp, &parts, ", "));
}

static void add_line(struct arena *tmp, const struct line *line, const size_t widths[CELLS],
		     struct strbuf *buf)
{
	if (!line->known) {
		strbuf_addf(buf, "%s\n", line->customer);
		add_below(buf, "error: ", line->error);
		return;
	}
	if (widths[0])
		add_row(tmp, line->row.cells, widths, buf);
	else
		add_narrow(tmp, line->row.cells, buf);
	if (line->waits)
		add_below(buf, "waits for ", line->waits);
	if (line->error)
		add_below(buf, "from the files; the tenant was not read: ", line->error);
}

static bool is_too_wide(const struct app *app, const size_t widths[CELLS])
{
	size_t sum = (CELLS - 1) * GAP;
	for (size_t i = 0; i < CELLS; i++)
		sum += widths[i];
	return sum > out_result_columns(&app->out);
}

static void print_table(struct app *app, const struct line_list *lines)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	size_t widths[CELLS] = {0};
	find_widths(lines, widths);
	if (is_too_wide(app, widths))
		widths[0] = 0;
	else
		add_row(app->arena, heads, widths, &buf);
	for (size_t i = 0; i < lines->count; i++)
		add_line(app->arena, &lines->items[i], widths, &buf);
	if (!lines->count)
		strbuf_add(&buf, "(no customers)\n");
	out_text(&app->out, strbuf_text(&buf));
}

/* ---- running -------------------------------------------------------------------------------- */

/* One after the other is looked at, told or noted, and forgotten. */
struct listing {
	struct app *app;
	const struct status_options *o;
	struct repository repository;
	struct document doc; /* as JSON */
	struct line_list lines;
	int status; /* of the first that could not be read */
};

static void list_one(struct listing *l, const char *file)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct app briefly = *l->app;
	struct standing standing = {0};
	briefly.arena = tmp;
	stand(&briefly, l->o, &l->repository, arena_strndup(tmp, file, (size_t)(strrchr(file, '.') - file)),
	      &standing);
	if (standing.error.code && !l->status)
		l->status = error_info(standing.error.code)->status;
	if (l->app->out.format == FORMAT_JSON) {
		json_begin_object(&l->doc.w);
		standing_set_json(&briefly, &standing, false, &l->doc.w);
		json_end_object(&l->doc.w);
	} else {
		VEC_PUSH(l->app->arena, &l->lines, line_of(l->app->arena, &standing));
	}
	error_release(&standing.error);
}

static void list_all(struct listing *l)
{
	for (size_t i = 0; i < l->repository.customers.count && *l->app->signals == 0; i++)
		list_one(l, l->repository.customers.items[i]);
}

static bool run_all(struct app *app, const struct status_options *o, int *ret_status, struct error *err)
{
	struct listing l = {.app = app, .o = o};
	if (!repository_open(app->dir, app->arena, &l.repository, err))
		return false;
	if (app->out.format == FORMAT_JSON) {
		document_begin(&l.doc);
		json_put_key(&l.doc.w, "customers");
		json_begin_array(&l.doc.w);
		list_all(&l);
		json_end_array(&l.doc.w);
		json_set_text(&l.doc.w, "format", "seatshift-status/1");
		document_print(app, &l.doc);
	} else {
		list_all(&l);
		print_table(app, &l.lines);
	}
	if (!*ret_status)
		*ret_status = l.status;
	return true;
}

static void print_one(struct app *app, const struct standing *standing)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	if (app->out.format == FORMAT_JSON) {
		struct document doc;
		document_begin(&doc);
		standing_set_json(app, standing, true, &doc.w);
		document_print(app, &doc);
		return;
	}
	add_details(app, standing, &buf);
	out_text(&app->out, strbuf_text(&buf));
}

static bool run_one(struct app *app, const struct status_options *o, const char *name, struct error *err)
{
	struct standing standing = {0};
	stand(app, o, NULL, name, &standing);
	if (standing.error.code) {
		bool from_tenant = standing.known;
		error_move(err, &standing.error);
		if (from_tenant && !err->hint)
			error_hint(err, "With --offline, the files alone are asked.");
		return false;
	}
	print_one(app, &standing);
	return true;
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	const struct status_options *o = opts;
	return args->count ? run_one(app, o, args->items[0], err) : run_all(app, o, ret_status, err);
}

const struct command cmd_status = {
	.name = "status",
	.args = "[CUSTOMER]",
	.summary = "where customers stand, what is waited for, what is billed twice",
	.details =
		"Reads the customer file, the newest plan and its journal, and the tenant as it is now;\n"
		"never writes. The stages are agreed, ordered, key in hand, redeemed (or received),\n"
		"users moved and retired. 'billed' is the double-billing window: its first day, days so\n"
		"far, seats × days, and the last day on which cancelling is in time. With --offline nothing\n"
		"is asked of the network. Without CUSTOMER, all are listed; a tenant that cannot be read\n"
		"is named in its line, and the exit status is that of the first such error.",
	COMMAND_OPTIONS(struct status_options, options),
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.network = NETWORK_READS,
	.run = run,
};
