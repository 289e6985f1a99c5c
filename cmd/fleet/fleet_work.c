/* seatshift fleet apply, and fleet run: carries out a fleet, or a worker's slice of it. */
#include "cmd/fleet/fleet_work.h"

#include "cmd/fleet/child_report.h"
#include "cmd/outside/self.h"
#include "core/file.h"
#include "core/quote.h"
#include "plans/fleet/ending.h"

#include <stdio.h>
#include <string.h>

enum {
	CHILD_OUTPUT_MAX = 64 * 1024 * 1024,
	TRIES = 3,
	FIRST_PAUSE_MS = 1000,
	LONGEST_PAUSE_MS = 60 * 1000,
	RECORD_EVERY_MS = 15 * 1000,
	LOOK_EVERY_MS = 2000,
	TENANT_LOOK_EVERY_MS = 30 * 1000,
	PEEK_MS = 200
};

static const struct fleet_member *row_of(const struct work *w, const struct unit *unit)
{
	return &w->folder.fleet.members.items[unit->index];
}

static bool is_late(const struct work *w)
{
	return w->deadline_at_ms && clock_monotonic_ms(w->app->clock) >= w->deadline_at_ms;
}

/* ---- one try -------------------------------------------------------------------------------- */

/* What may not begin is passed over: what was begun is still finished. */
static bool may_begin(struct work *w, const struct unit *unit)
{
	if (w->members[unit->index].state != MEMBER_NOT_STARTED || unit->tries)
		return true;
	const struct fleet *fleet = &w->folder.fleet;
	if (w->may_not_begin) /* and for nobody else either: counting is not repeated for each */
		return false;
	w->may_not_begin = true;
	if (fleet_has_to_stop(fleet, w->members)) {
		work_stop(w, "more customers have failed than max_failed allows",
			  error_info(ERR_PARTIAL)->status);
		return false;
	}
	size_t begun = 0;
	for (size_t i = 0; i < fleet->members.count; i++)
		begun += w->units[i].running && !w->members[i].began_ms;
	const struct shard *shard = w->shard.count ? &w->shard : NULL;
	if (fleet_may_begin(fleet, w->members, shard, clock_now_ms(w->app->clock)) > begun) {
		w->may_not_begin = false;
		work_stop(w, NULL, 0); /* where it was for the day: another has begun */
		return true;
	}
	work_stop(w, "as many as per_day allows have begun today", error_info(ERR_WAITING)->status);
	return false;
}

static bool is_due(struct work *w, struct unit *unit)
{
	return unit->mine && !unit->running && !unit->finished && row_of(w, unit)->wave <= w->wave &&
	       clock_monotonic_ms(w->app->clock) >= unit->not_before_ms && may_begin(w, unit);
}

static bool start(struct work *w, struct unit *unit, struct pool_start *ret_start)
{
	struct app *app = w->app;
	const struct fleet_member *row = row_of(w, unit);
	struct str_list words = {0};
	VEC_PUSH(app->arena, &words, "apply");
	VEC_PUSH(app->arena, &words, arena_printf(app->arena, "plans/%s/%s", row->customer, row->plan));
	VEC_PUSH(app->arena, &words, "--no-commit");
	VEC_PUSH(app->arena, &words, "--yes");
	VEC_PUSH(app->arena, &words, "--format");
	VEC_PUSH(app->arena, &words, "json");
	VEC_PUSH(app->arena, &words, "--events");
	VEC_PUSH(app->arena, &words, arena_printf(app->arena, "fd:%d", POOL_LINES_FD));
	if (app->branch) {
		VEC_PUSH(app->arena, &words, "--approved-branch");
		VEC_PUSH(app->arena, &words, app->branch);
	}
	if (!self_prepare(app, &words, app->arena, ret_start, &w->failed))
		return false;
	ret_start->tag = unit;
	unit->running = true;
	unit->tries++;
	unit->began_ms = clock_monotonic_ms(app->clock);
	unit->phase[0] = '\0';
	fleet_events_member_begin(w, unit);
	return true;
}

static bool next(void *ctx, struct pool_start *ret_start)
{
	struct work *w = ctx;
	size_t count = w->folder.fleet.members.count;
	if (w->failed.code != ERR_NONE || is_late(w))
		return false;
	w->may_not_begin = false;
	for (size_t seen = 0; seen < count; seen++) {
		struct unit *unit = &w->units[w->cursor];
		w->cursor = (w->cursor + 1) % count;
		if (is_due(w, unit))
			return start(w, unit, ret_start);
	}
	return false;
}

static void on_line(void *ctx, void *tag, const char *line)
{
	struct work *w = ctx;
	struct unit *unit = tag;
	CLEANUP(json_freep) struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (!json_parse(line, strlen(line), &root, &err)) {
		error_release(&err);
		return;
	}
	const char *type = json_get_text(root, "type");
	const char *phase = json_get_text(root, "phase");
	if (str_eq(type, "progress")) {
		(void)!json_int(json_get(root, "verified"), &unit->verified);
		(void)!json_int(json_get(root, "total"), &unit->total);
		(void)snprintf(unit->phase, sizeof unit->phase, "%s", phase ? phase : "");
	}
	fleet_events_member_line(w, unit, line);
}

/* ---- its end -------------------------------------------------------------------------------- */

/* The journal knows of what was begun; who failed before that is written down beside the fleet. */
static void write_result(struct work *w, const struct unit *unit)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct error err = ERROR_INIT;
	const struct fleet_member *row = row_of(w, unit);
	const struct fleet_result result = {true, unit->status, clock_now_ms(w->app->clock), unit->message};
	const char *path = path_join(tmp, w->app->dir, fleet_result_path(&w->folder, row->customer, tmp));
	if (ending_of(unit->status) == ENDING_WELL && !file_exists(path))
		return;
	fleet_result_encode(row->customer, row->plan, &result, &text);
	if (file_make_dirs(w->app->dir, path_dir(tmp, path), &err) &&
	    file_write_atomic(w->app->dir, path, strbuf_text(&text), text.len, &err))
		return;
	out_message(&w->app->out, "warning: %s", err.message);
	error_release(&err);
}

static int64_t pause_before(const struct work *w, int tries)
{
	int64_t longest = FIRST_PAUSE_MS;
	for (int i = 1; i < tries && longest < LONGEST_PAUSE_MS; i++)
		longest *= 2;
	return longest / 2 + random_below(w->app->random, longest / 2 + 1);
}

static void on_ended(void *ctx, const struct pool_end *end)
{
	struct work *w = ctx;
	struct unit *unit = end->tag;
	struct app *app = w->app;
	unit->running = false;
	unit->status = end->status;
	unit->message = ending_of(end->status) == ENDING_WELL ? NULL : child_message(end, app->arena);
	write_result(w, unit);
	work_look_at(w, unit->index);
	/* Of a run with failures the journal tells which came first. */
	if (unit->message && end->status == error_info(ERR_PARTIAL)->status)
		unit->message = w->members[unit->index].cause;
	fleet_record_add(&w->record, unit->index);
	int tries = w->o->tries ? (int)w->o->tries : TRIES;
	bool again = ending_of(end->status) == ENDING_AGAIN && unit->tries < tries && *app->signals == 0 &&
		     !is_late(w);
	if (again) {
		unit->not_before_ms = clock_monotonic_ms(app->clock) + pause_before(w, unit->tries);
		return;
	}
	unit->finished = true;
	w->ended++;
	w->status = ending_worse(w->status, unit->status);
	fleet_events_member_end(w, unit);
	fleet_progress_ended(w, unit);
}

static void record(struct work *w)
{
	error_release(&w->unrecorded);
	if (!fleet_record_commit(&w->record, &w->unrecorded))
		out_message(&w->app->out, "warning: %s",
			    quote_terminal(w->app->arena, w->unrecorded.message));
}

static bool tick(void *ctx)
{
	struct work *w = ctx;
	fleet_progress_draw(w);
	if (w->record.commits && w->record.pending_count &&
	    clock_monotonic_ms(w->app->clock) - w->record.last_ms >= RECORD_EVERY_MS)
		record(w);
	return *w->app->signals > 0 || w->failed.code != ERR_NONE;
}

/* ---- waves ---------------------------------------------------------------------------------- */

/* Milliseconds until the next try that is due later; -1: there is none. */
static int64_t next_try_ms(const struct work *w)
{
	int64_t now = clock_monotonic_ms(w->app->clock);
	int64_t least = -1;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++) {
		const struct unit *unit = &w->units[i];
		if (!unit->mine || unit->finished || !unit->tries || unit->not_before_ms <= now)
			continue;
		int64_t left = unit->not_before_ms - now;
		least = least < 0 || left < least ? left : least;
	}
	return least;
}

static void run_wave(struct work *w)
{
	int64_t parallel = w->o->parallel ? w->o->parallel : w->shard.count ? 1 : w->folder.fleet.parallel;
	const struct pool pool = {.limit = (size_t)parallel,
				  .max_output = CHILD_OUTPUT_MAX,
				  .clock = w->app->clock,
				  .next = next,
				  .line = on_line,
				  .ended = on_ended,
				  .tick = tick,
				  .ctx = w};
	for (;;) {
		pool_run(&pool);
		int64_t left = next_try_ms(w);
		if (left < 0 || *w->app->signals > 0 || is_late(w) || w->failed.code != ERR_NONE)
			break;
		clock_sleep_ms(w->app->clock, left < PEEK_MS ? left : PEEK_MS);
	}
	if (w->record.pending_count)
		record(w);
}

/* Another look at whom a person was waited for: tenants are asked less often than files. */
static void open_again(struct work *w)
{
	int64_t now = clock_monotonic_ms(w->app->clock);
	if (now - w->opened_ms < TENANT_LOOK_EVERY_MS)
		return;
	w->opened_ms = now;
	for (size_t i = 0; i < w->folder.fleet.members.count; i++) {
		struct unit *unit = &w->units[i];
		if (!unit->finished || unit->status != error_info(ERR_WAITING)->status)
			continue;
		unit->finished = false;
		unit->tries = 0;
		w->ended--;
	}
}

static bool sleep_while(struct work *w, int64_t ms)
{
	int64_t until = clock_monotonic_ms(w->app->clock) + ms;
	while (*w->app->signals == 0 && !is_late(w) && clock_monotonic_ms(w->app->clock) < until)
		clock_sleep_ms(w->app->clock, PEEK_MS);
	return *w->app->signals == 0 && !is_late(w);
}

/* Whether the next wave may begin; waits for that as long as the person allows. */
static bool pass_gate(struct work *w)
{
	for (;;) {
		work_look_at_all(w);
		const struct gate gate =
			gate_judge(&w->folder.fleet, w->members, w->wave, clock_now_ms(w->app->clock));
		if (gate.verdict == GATE_OPEN)
			return true;
		int64_t left = w->wait_until_ms - clock_monotonic_ms(w->app->clock);
		bool is_there = gate.there == gate.members;
		if (gate.verdict == GATE_FAILED || left <= 0 || *w->app->signals > 0 ||
		    !sleep_while(w, left < LOOK_EVERY_MS ? left : LOOK_EVERY_MS)) {
			work_stop(
				w, work_why_not_open(w, &gate),
				error_info(gate.verdict == GATE_FAILED ? ERR_PARTIAL : ERR_WAITING)->status);
			return false;
		}
		if (is_there)
			continue;
		open_again(w);
		run_wave(w);
	}
}

/* Where so many a day may begin and the person allows the time, the next day comes. */
static void run_wave_for_days(struct work *w)
{
	for (;;) {
		run_wave(w);
		int64_t left = w->wait_until_ms - clock_monotonic_ms(w->app->clock);
		bool for_today = w->stopped && w->stopped_status == error_info(ERR_WAITING)->status;
		if (!for_today || left <= 0 || !sleep_while(w, left < LOOK_EVERY_MS ? left : LOOK_EVERY_MS))
			return;
		work_stop(w, NULL, 0);
	}
}

static void run_waves(struct work *w, size_t last)
{
	for (w->wave = 0; w->wave <= last; w->wave++) {
		run_wave_for_days(w);
		if (w->stopped || *w->app->signals > 0 || is_late(w) || w->failed.code != ERR_NONE)
			return;
		if (w->wave < last && !pass_gate(w))
			return;
	}
	w->wave = last;
	while (clock_monotonic_ms(w->app->clock) < w->wait_until_ms && *w->app->signals == 0) {
		bool waiting = false;
		for (size_t i = 0; i < w->folder.fleet.members.count; i++)
			waiting |= w->units[i].mine && w->units[i].status == error_info(ERR_WAITING)->status;
		if (!waiting || !sleep_while(w, LOOK_EVERY_MS))
			return;
		open_again(w);
		run_wave(w);
	}
}

static void finish(struct work *w, int *ret_status)
{
	if (w->stopped)
		w->status = ending_worse(w->status, w->stopped_status);
	if (is_late(w) && w->ended < w->mine)
		w->status = ending_worse(w->status, error_info(ERR_THROTTLED)->status);
	if (*w->app->signals > 0)
		w->status = ending_worse(w->status, error_info(ERR_INTERRUPTED)->status);
	*ret_status = w->status;
	fleet_progress_clear(w);
	fleet_events_end(w);
	fleet_report_run(w);
}

static bool carry_out(struct work *w, const char *name, int *ret_status, struct error *err)
{
	struct app *app = w->app;
	size_t only = SIZE_MAX;
	size_t last = 0;
	w->began_ms = clock_monotonic_ms(app->clock);
	w->deadline_at_ms = w->o->deadline_ms ? w->began_ms + w->o->deadline_ms : 0;
	w->wait_until_ms = w->o->wait_ms ? w->began_ms + w->o->wait_ms : 0;
	if (!work_open(w, name, &only, &last, err))
		return false;
	w->record.last_ms = w->opened_ms = w->began_ms;
	fleet_events_begin(w);
	if (only == SIZE_MAX) {
		run_waves(w, last);
	} else {
		w->wave = only;
		run_wave_for_days(w);
	}
	if (w->failed.code != ERR_NONE) {
		error_move(err, &w->failed);
		return false;
	}
	finish(w, ret_status);
	if (w->unrecorded.code != ERR_NONE) {
		error_move(err, &w->unrecorded);
		return false;
	}
	return true;
}

static bool work(struct app *app, const struct fleet_options *o, const struct shard *shard, const char *name,
		 int *ret_status, struct error *err)
{
	struct work w = {.app = app, .o = o};
	if (shard)
		w.shard = *shard;
	bool ok = carry_out(&w, name, ret_status, err);
	fleet_progress_clear(&w);
	events_close(&w.events);
	store_free(w.record.store);
	error_release(&w.failed);
	error_release(&w.unrecorded);
	return ok;
}

bool fleet_apply_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		     int *ret_status, struct error *err)
{
	return work(app, o, NULL, args->items[0], ret_status, err);
}

bool fleet_shard_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		     int *ret_status, struct error *err)
{
	const struct env env = {app->env, app->env_ctx};
	struct shard shard;
	if (!o->shard) {
		error_set(err, ERR_INVALID, "which slice is this worker's is not said");
		return error_hint(err,
				  "Give it with --shard: an engine's name, or I/N. 'fleet apply' carries "
				  "out all of it.");
	}
	return shard_find(o->shard, o->shards, &env, app->arena, &shard, err) &&
	       work(app, o, &shard, args->items[0], ret_status, err);
}
