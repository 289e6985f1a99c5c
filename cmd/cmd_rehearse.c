/* seatshift rehearse: carries a plan out on a twin of its tenant, disturbed wherever it can be. */
#include "cmd/commands.h"

#include "cmd/output/document.h"
#include "cmd/output/progress.h"
#include "cmd/session/approval_check.h"
#include "cmd/session/names.h"
#include "cmd/session/plan_saving.h"
#include "cmd/session/rehearsal_run.h"
#include "cmd/session/session.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/quote.h"
#include "core/say.h"
#include "plans/git/store.h"
#include "plans/saved/rehearsed.h"

enum { DEFAULT_RUNS = 200, RUNS_MAX = 1000000 };

struct rehearse_options {
	int64_t runs;
	int64_t seed;
	int64_t latency_ms;
	bool save, commit;
	const char *branch;
};

static const struct option_spec options[] = {
	OPT_INT(struct rehearse_options, runs, "runs", 0, "N", "how many disturbed runs (200)", 1, RUNS_MAX),
	OPT_INT(struct rehearse_options, seed, "seed", 0, "N",
		"of the first disturbed run (1); each has the next, and alone it repeats the run", 1,
		INT64_MAX),
	OPT_DURATION(struct rehearse_options, latency_ms, "latency", 0, "TIME",
		     "how long an answer takes (80ms)"),
	OPT_FLAG(struct rehearse_options, save, "save", 0,
		 "keep the report in the plan's folder, as rehearsal.json"),
	OPT_FLAG(struct rehearse_options, commit, "commit", 0, "with --save: commit exactly that file"),
	OPT_TEXT(struct rehearse_options, branch, "branch", 0, "NAME",
		 "with --commit: on this branch instead of the current one"),
};

/* What the twin does as the service does, as far as it is documented; and what nobody can rehearse. */
static const char *const modelled[] = {
	"the people, groups, licences and services of the snapshot, and the seats that others hold",
	"licence changes as the service makes them: atomic, refused by its documented rules",
	"pages, batches, published limits of a tenant of this size, reads that lag behind writes",
	"refused, lost, cut and late answers; a process that ends at any record or request",
	"the steps by hand, done as the card asks",
};
static const char *const not_modelled[] = {
	"how long people take, and whether the key works",
	"what other people and other software change meanwhile",
	"people whom the plan does not read, but for the seats that they hold",
	"sign-in, permissions and conditional access",
	"what the service does and nobody has written down",
};

struct rehearsing {
	struct app *app;
	const struct rehearse_options *o;
	struct session session;
	struct plan_folder folder;
	struct rehearsal result;
	char snapshot[DIGEST_TEXT_SIZE];
	uint64_t seed;
	struct progress progress;
	struct events events;
};

static void on_progress(void *ctx, int64_t done, int64_t runs)
{
	struct rehearsing *r = ctx;
	progress_update(&r->progress, "rehearsed", (size_t)done, (size_t)done, (size_t)runs, 0);
}

static bool should_stop(void *ctx)
{
	const struct rehearsing *r = ctx;
	return *r->app->signals > 0;
}

/* ---- the report ------------------------------------------------------------------------------- */

static void put_list(struct json_writer *w, const char *key, const char *const *items, size_t count)
{
	json_put_key(w, key);
	json_begin_array(w);
	for (size_t i = 0; i < count; i++)
		json_put_text(w, items[i]);
	json_end_array(w);
}

static void put_first(const struct rehearsal *result, struct json_writer *w)
{
	json_put_key(w, "first_divergence");
	if (!result->first.found) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_text(w, "disturbance", result->first.disturbance);
	json_set_text(w, "found", result->first.text);
	json_set_int(w, "seed", (int64_t)result->first.seed);
	json_end_object(w);
}

static void put_plain(const struct rehearsal *result, struct json_writer *w)
{
	json_put_key(w, "undisturbed");
	json_begin_object(w);
	json_set_int(w, "journal_records", result->plain.records);
	json_set_text(w, "problem", result->plain_problem);
	json_set_int(w, "requests", result->plain.requests);
	json_set_int(w, "resource_units", result->plain.resource_units);
	json_set_int(w, "throttled", result->plain.throttled);
	json_set_texts(w, "waits", &result->plain.waits);
	json_set_int(w, "working_ms", result->plain.working_ms);
	json_end_object(w);
}

static void put_undo(const struct rehearsal *result, struct json_writer *w)
{
	json_put_key(w, "undo");
	json_begin_object(w);
	json_set_int(w, "alike", result->undo_alike);
	json_set_text(w, "problem", result->undo_problem);
	json_set_int(w, "runs", result->undo_runs);
	json_set_bool(w, "to_the_start", result->undone);
	json_end_object(w);
}

static void put_report(const struct rehearsing *r, struct json_writer *w)
{
	const struct rehearsal *result = &r->result;
	json_set_int(w, "alike", result->alike);
	json_set_text(w, "customer", r->folder.plan.customer);
	json_set_text(w, "digest", r->folder.digest);
	json_set_int(w, "ended_early", result->ended_early);
	put_first(result, w);
	json_set_text(w, "format", REHEARSAL_FORMAT);
	json_set_bool(w, "good", rehearsal_is_good(result));
	put_list(w, "modelled", modelled, ARRAY_LEN(modelled));
	put_list(w, "not_modelled", not_modelled, ARRAY_LEN(not_modelled));
	json_set_text(w, "plan", r->folder.id);
	json_put_key(w, "rare_paths");
	json_begin_object(w);
	for (int i = 0; i < RARE_PATH_COUNT; i++)
		json_set_int(w, rare_path_name((enum rare_path)i), result->rare[i]);
	json_end_object(w);
	json_set_int(w, "runs", result->runs);
	json_set_int(w, "seed", (int64_t)r->seed);
	json_set_text(w, "snapshot", r->snapshot);
	put_plain(result, w);
	put_undo(result, w);
	json_set_text(w, "version", SEATSHIFT_VERSION);
}

static const char *step_names(const struct rehearsing *r, struct arena *out)
{
	struct str_list names = {0};
	for (size_t i = 0; i < r->result.plain.waits.count; i++) {
		const struct action *action =
			plan_find_action(&r->folder.plan, r->result.plain.waits.items[i]);
		if (action)
			VEC_PUSH(out, &names,
				 arena_printf(out, "%s %s", action->id, action_info(action->kind)->name));
	}
	return names.count ? arena_printf(out, "; waits for %s", str_list_join(out, &names, ", ")) : "";
}

static void add_disturbed(const struct rehearsing *r, struct arena *out, struct strbuf *buf)
{
	const struct rehearsal *result = &r->result;
	strbuf_addf(buf,
		    "  DISTURBED    %lld of %s ended alike; %lld of them were cut off somewhere, as by a "
		    "power failure\n",
		    (long long)result->alike, say_number(out, result->runs, "run", "runs"),
		    (long long)result->ended_early);
	if (result->first.found)
		strbuf_addf(buf,
			    "  FIRST        %s: %s\n"
			    "               repeat it with: seatshift rehearse %.8s --runs 1 --seed %llu\n",
			    quote_terminal(out, result->first.disturbance),
			    quote_terminal(out, result->first.text), r->folder.id,
			    (unsigned long long)result->first.seed);
}

/* How long both are paid for: what the work takes is known, what people take is theirs. */
static void add_billed(const struct rehearsing *r, struct arena *out, struct strbuf *buf)
{
	const struct action *retire = NULL;
	for (size_t i = 0; i < r->folder.plan.actions.count; i++)
		if (r->folder.plan.actions.items[i].kind == ACTION_RETIRE_SUBSCRIPTION)
			retire = &r->folder.plan.actions.items[i];
	if (!retire)
		return;
	strbuf_addf(buf, "  BILLED       twice until %s: %lld s of work, and however long people take%s%s\n",
		    retire->id, (long long)(r->result.plain.working_ms + 999) / 1000,
		    retire->retire_by ? "; last safe day " : "",
		    retire->retire_by ? quote_terminal(out, retire->retire_by) : "");
}

static void print_text(const struct rehearsing *r)
{
	struct arena *out = r->app->arena;
	const struct rehearsal *result = &r->result;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	strbuf_addf(&buf, "Plan %s of %s, rehearsed on a twin of the tenant as it was read at %s\n\n",
		    r->folder.id, quote_terminal(out, r->folder.plan.customer),
		    quote_terminal(out, r->folder.info.read_at));
	strbuf_addf(&buf, "  UNDISTURBED  %s: %s, %lld resource units, %lld s of work%s\n",
		    result->plain_problem ? quote_terminal(out, result->plain_problem) : "done",
		    say_number(out, result->plain.requests, "request", "requests"),
		    (long long)result->plain.resource_units,
		    (long long)(result->plain.working_ms + 999) / 1000, step_names(r, out));
	if (!result->plain_problem)
		add_disturbed(r, out, &buf);
	if (result->undone)
		strbuf_addf(
			&buf,
			"  UNDONE       everybody holds what they held; %lld of %lld disturbed ones too\n",
			(long long)result->undo_alike, (long long)result->undo_runs);
	else if (!result->plain_problem)
		strbuf_addf(&buf, "  UNDONE       no: %s\n", quote_terminal(out, result->undo_problem));
	add_billed(r, out, &buf);
	strbuf_add(&buf, "\n  Modelled:\n");
	for (size_t i = 0; i < ARRAY_LEN(modelled); i++)
		strbuf_addf(&buf, "    %s\n", modelled[i]);
	strbuf_add(&buf, "  Not modelled:\n");
	for (size_t i = 0; i < ARRAY_LEN(not_modelled); i++)
		strbuf_addf(&buf, "    %s\n", not_modelled[i]);
	out_text(&r->app->out, strbuf_text(&buf));
}

static void print_report(const struct rehearsing *r)
{
	struct document doc;
	if (r->app->out.format != FORMAT_JSON) {
		print_text(r);
		return;
	}
	document_begin(&doc);
	put_report(r, &doc.w);
	document_print(r->app, &doc);
}

static bool commit(const struct rehearsing *r, const struct store_file *file, struct error *err)
{
	struct app *app = r->app;
	CLEANUP(store_freep) struct store *store = NULL;
	const struct store_commit request = {
		.branch = r->o->branch,
		.subject = arena_printf(app->arena, "rehearse %s: %s, %s", r->folder.plan.customer,
					r->folder.id, say_number(app->arena, r->result.runs, "run", "runs")),
		.files = file,
		.file_count = 1,
		.only_under = r->folder.paths.dir,
	};
	struct store_committed committed;
	if (!open_store(app, &store, err))
		return false;
	if (!store_commit(store, &request, app->clock, app->arena, &committed, err))
		return error_wrap(err, "cannot commit the rehearsal");
	out_note(&app->out, committed.made ? "committed as %.12s" : "already committed (%.12s)",
		 committed.id);
	if (committed.made)
		tell_unsigned(app, store);
	return true;
}

static bool save(const struct rehearsing *r, struct error *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT(STRBUF_LARGE);
	struct json_writer w = JSON_WRITER(&buf);
	const char *path = rehearsed_path(&r->folder, r->app->arena);
	json_begin_object(&w);
	put_report(r, &w);
	json_end_object(&w);
	strbuf_add_char(&buf, '\n');
	if (!file_write_atomic(r->app->dir, path_join(r->app->arena, r->app->dir, path), strbuf_text(&buf),
			       buf.len, err))
		return error_wrap(err, "cannot save the rehearsal");
	out_note(&r->app->out, "wrote %s", path);
	const struct store_file file = {.path = path, .content = {strbuf_text(&buf), buf.len}};
	return !r->o->commit || commit(r, &file, err);
}

/* ---- running ---------------------------------------------------------------------------------- */

static bool play(struct rehearsing *r, struct error *err)
{
	const struct rehearsal_options options_of_it = {
		.folder = &r->folder,
		.desired = &r->session.desired,
		.policy = &r->session.policy,
		.runs = r->o->runs ? r->o->runs : DEFAULT_RUNS,
		.seed = r->seed,
		.latency_ms = r->o->latency_ms ? r->o->latency_ms : REHEARSAL_LATENCY_MS,
		.progress = on_progress,
		.should_stop = should_stop,
		.ctx = r,
	};
	bool ok = rehearsal_run(r->app, &options_of_it, &r->result, err);
	progress_clear(&r->progress);
	return ok;
}

static bool run(struct app *app, const void *opts, const struct str_list *args, int *ret_status,
		struct error *err)
{
	struct rehearsing r = {.app = app, .o = opts, .progress = {.app = app}};
	r.progress.events = &r.events;
	r.seed = r.o->seed > 0 ? (uint64_t)r.o->seed : 1;
	if (r.o->commit && !r.o->save)
		return error_set(err, ERR_INVALID, "--commit goes with --save");
	if (!branch_goes_with_commit(r.o->commit, r.o->branch, err) ||
	    !plan_named(app, args->items[0], &r.folder, err) ||
	    !session_load(app, r.folder.plan.customer, &r.session, err) ||
	    !session_prove_plan(app, &r.session, &r.folder, err) || !play(&r, err))
		return false;
	digest_text(r.folder.snapshot.ptr, r.folder.snapshot.len, r.snapshot);
	print_report(&r);
	if (r.result.stopped)
		return error_set(err, ERR_INTERRUPTED, "stopped after %s",
				 say_number(app->arena, (int64_t)r.result.runs, "run", "runs"));
	if (r.o->save && !save(&r, err))
		return false;
	if (!rehearsal_is_good(&r.result))
		*ret_status = error_info(ERR_FAILED)->status;
	return true;
}

const struct command cmd_rehearse = {
	.name = "rehearse",
	.args = "PLAN",
	.summary = "carry it out on a twin of the tenant, disturbed and undone; no network",
	.details =
		"Loads the plan's snapshot into an imitation of the tenant inside the program, plays the\n"
		"people, and runs the code that applies a plan: once undisturbed, then ended after each "
		"record\n"
		"of the journal and resumed, then with faults of every kind at places drawn from the seed, "
		"and\n"
		"undone. Every run has to end alike. Needs no sign-in, no key and no network, and opens "
		"none;\n"
		"time is played, so hours take seconds. The first run that ends otherwise is named with the\n"
		"seed that repeats it, and the exit status is 1. With --save the report stays beside the "
		"plan,\n"
		"bound to it and to its snapshot; where a policy asks for that (approvals.rehearsed), it has "
		"to\n"
		"be on the approved branch, and 'apply' repeats a part of it with seeds of its own.",
	COMMAND_OPTIONS(struct rehearse_options, options),
	.min_args = 1,
	.max_args = 1,
	.has_format = true,
	.repository = REPOSITORY_NEEDED,
	.run = run,
};
