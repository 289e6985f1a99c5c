/* seatshift fleet drift: does every tenant still match what its newest begun plan left? Only looks. */
#include "cmd/fleet/verbs.h"

#include "cmd/fleet/child_report.h"
#include "cmd/output/document.h"
#include "cmd/outside/self.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/fleet/ending.h"
#include "plans/saved/plan_file.h"

enum { DRIFT_OUTPUT_MAX = 64 * 1024 * 1024 };

/* One member that was begun. */
struct looked {
	const char *customer;
	int status;
	size_t differences;
	const char *first;   /* what the first of them says */
	const char *message; /* of what could not be looked at */
};
VEC(looked_list, struct looked);

struct drifting {
	struct app *app;
	struct fleet_folder folder;
	struct looked_list looked;
	size_t begun;
	size_t differing, failed;
	int status;
	struct error broken;
};

static void choose(struct drifting *d)
{
	struct arena *out = d->app->arena;
	for (size_t i = 0; i < d->folder.fleet.members.count; i++) {
		const struct fleet_member *member = &d->folder.fleet.members.items[i];
		struct plan_paths paths;
		plan_paths_of(out, member->customer, member->plan, &paths);
		if (file_exists(path_join(out, d->app->dir, paths.journal)))
			VEC_PUSH(out, &d->looked, (struct looked){.customer = member->customer});
	}
}

static bool next(void *ctx, struct pool_start *ret_start)
{
	struct drifting *d = ctx;
	struct str_list words = {0};
	if (d->begun == d->looked.count || app_is_late(d->app))
		return false;
	struct looked *looked = &d->looked.items[d->begun++];
	VEC_PUSH(d->app->arena, &words, "drift");
	VEC_PUSH(d->app->arena, &words, looked->customer);
	VEC_PUSH(d->app->arena, &words, "--detailed-exitcode");
	VEC_PUSH(d->app->arena, &words, "--quiet");
	VEC_PUSH(d->app->arena, &words, "--format");
	VEC_PUSH(d->app->arena, &words, "json");
	self_pass_deadline(d->app, &words);
	ret_start->tag = looked;
	return self_prepare(d->app, &words, d->app->arena, ret_start, &d->broken);
}

static void read_differences(struct drifting *d, struct looked *looked, const struct pool_end *end)
{
	CLEANUP(json_freep) struct json *root = NULL;
	struct error ignored = ERROR_INIT;
	if (!json_parse(end->output, end->output_len, &root, &ignored)) {
		error_release(&ignored);
		return;
	}
	const struct json *items = json_get(root, "differences");
	looked->differences = json_count(items);
	const struct json *first = json_first(items);
	const char *subject = json_get_text(first, "subject");
	const char *what = json_get_text(first, "what");
	if (what)
		looked->first = arena_printf(d->app->arena, "%s%s%s", subject ? subject : "",
					     subject ? ": " : "", what);
}

static void ended(void *ctx, const struct pool_end *end)
{
	struct drifting *d = ctx;
	struct looked *looked = end->tag;
	looked->status = end->status;
	if (end->status == EXIT_CHANGES) {
		d->differing++;
		read_differences(d, looked, end);
	} else if (end->status) {
		d->failed++;
		looked->message = child_message(end, d->app->arena);
		d->status = ending_worse(d->status, end->status);
	}
}

static void leave_out_rest(struct drifting *d)
{
	for (; d->begun < d->looked.count && app_is_late(d->app); d->begun++) {
		struct looked *looked = &d->looked.items[d->begun];
		looked->status = error_info(ERR_THROTTLED)->status;
		looked->message = "the deadline passed before it was looked at";
		d->failed++;
		d->status = ending_worse(d->status, looked->status);
	}
}

static bool tick(void *ctx)
{
	struct drifting *d = ctx;
	if (app_owes_word(d->app))
		out_note(&d->app->out, "looking: %zu of %zu customers so far", d->begun, d->looked.count);
	return *d->app->signals > 0 || d->broken.code != ERR_NONE;
}

static void print_json(struct drifting *d)
{
	struct document doc;
	document_begin(&doc);
	json_set_text(&doc.w, "fleet", d->folder.fleet.id);
	json_set_text(&doc.w, "format", "seatshift-fleetdrift/1");
	json_put_key(&doc.w, "members");
	json_begin_array(&doc.w);
	for (size_t i = 0; i < d->looked.count; i++) {
		const struct looked *row = &d->looked.items[i];
		json_begin_object(&doc.w);
		json_set_text(&doc.w, "customer", row->customer);
		json_set_int(&doc.w, "differences", (int64_t)row->differences);
		json_set_text(&doc.w, "first", row->first);
		json_set_text(&doc.w, "message", row->message);
		json_set_int(&doc.w, "status", row->status);
		json_end_object(&doc.w);
	}
	json_end_array(&doc.w);
	json_set_int(&doc.w, "not_begun", (int64_t)(d->folder.fleet.members.count - d->looked.count));
	document_print(d->app, &doc);
}

static void print_text(struct drifting *d)
{
	struct arena *out = d->app->arena;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	strbuf_addf(&buf, "Fleet %s: %s looked at, %zu as they were left, %s, %zu could not be read\n",
		    d->folder.fleet.id, say_number(out, (int64_t)d->looked.count, "customer", "customers"),
		    d->looked.count - d->differing - d->failed,
		    say_number(out, (int64_t)d->differing, "differs", "differ"), d->failed);
	for (size_t i = 0; i < d->looked.count; i++) {
		const struct looked *row = &d->looked.items[i];
		const char *why = row->message ? row->message : row->first;
		if (!row->status)
			continue;
		strbuf_addf(&buf, "  - %s: ", quote_terminal(out, row->customer));
		if (row->differences > 1)
			strbuf_addf(&buf, "%zu differences, ", row->differences);
		strbuf_addf(&buf, "%s\n", why ? quote_terminal_cut(out, why, 200) : "differs");
	}
	out_text(&d->app->out, strbuf_text(&buf));
}

bool fleet_drift_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		     int *ret_status, struct error *err)
{
	struct drifting d = {.app = app};
	app_end_in(app, o->deadline_ms);
	if (!fleet_named(app, args->items[0], &d.folder, err))
		return false;
	choose(&d);
	const struct pool pool = {.limit = (size_t)(o->parallel ? o->parallel : d.folder.fleet.parallel),
				  .max_output = DRIFT_OUTPUT_MAX,
				  .clock = app->clock,
				  .next = next,
				  .ended = ended,
				  .tick = tick,
				  .ctx = &d};
	pool_run(&pool);
	leave_out_rest(&d);
	if (d.broken.code != ERR_NONE) {
		error_move(err, &d.broken);
		return false;
	}
	if (*app->signals > 0)
		return error_set(err, ERR_INTERRUPTED, "interrupted");
	if (app->out.format == FORMAT_JSON)
		print_json(&d);
	else
		print_text(&d);
	*ret_status = d.failed ? d.status : o->detailed_exitcode && d.differing ? EXIT_CHANGES : 0;
	return true;
}
