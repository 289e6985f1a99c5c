/*
 * The services of those who were moved, before and after the old subscription goes: a licence that is
 * assigned is not yet a mailbox that works. Microsoft sets services up afterwards, in minutes or hours, and
 * may fail.
 */
#include "core/str.h"
#include "plans/run/apply_internal.h"

enum {
	FIRST_PAUSE_MS = 1000,
	LONGEST_PAUSE_MS = 15000,
	PATIENCE_MS = 5 * 60 * 1000 /* without any progress, unless the run may wait longer at a hand step */
};

static int64_t patience_ms(const struct run *run)
{
	if (run->o->wait_ms < 0)
		return INT64_MAX;
	return run->o->wait_ms > PATIENCE_MS ? run->o->wait_ms : PATIENCE_MS;
}

/* Left as it is, for the next run to look at: on record with who is waited for. */
static bool leave_pending(struct run *run, const struct set_up_gap_list *gaps, const char *text,
			  struct error *err)
{
	struct journal_entry entry = {
		.event = JOURNAL_WAITING, .run = run->o->run_id, .by = run->o->by, .detail = text};
	for (size_t i = 0; i < gaps->count; i++)
		VEC_PUSH(run->out, &run->setting_up, gaps->items[i].action->id);
	str_list_sort_unique(&run->setting_up);
	run->setting_up_text = text;
	entry.actions = run->setting_up;
	return journal_append(run->o->journal, &entry, err);
}

struct services_wait {
	size_t gaps;	       /* at the last look */
	int64_t progressed_ms; /* when that number last changed */
	int64_t pause_ms;
	bool was_error; /* at the last look */
};

/* Whether to look once more; an error counts when two looks agree. */
static bool is_to_wait(struct run *run, struct services_wait *w, const struct set_up_gap_list *gaps,
		       const char *text)
{
	const struct apply_hooks *hooks = run->o->hooks;
	const int64_t now_ms = clock_monotonic_ms(run->o->clock);
	const bool error = set_up_has_error(gaps);
	const bool settled = error && w->was_error;
	if (gaps->count != w->gaps)
		w->progressed_ms = now_ms;
	w->gaps = gaps->count;
	w->was_error = error;
	if (settled || run_should_stop(run) || now_ms - w->progressed_ms >= patience_ms(run))
		return false;
	if (hooks->still_waiting && !error)
		hooks->still_waiting(hooks->ctx, gaps->items[0].action, text, now_ms - w->progressed_ms);
	if (hooks->progress)
		hooks->progress(hooks->ctx, "waiting for services", 0, 0, 0, 0);
	clock_sleep_ms(run->o->clock, run_time_left_ms(run, w->pause_ms));
	w->pause_ms = w->pause_ms * 2 < LONGEST_PAUSE_MS ? w->pause_ms * 2 : LONGEST_PAUSE_MS;
	return !run_should_stop(run);
}

static bool read_people(struct run *run, struct arena *out, struct live *ret, struct error *err)
{
	struct read_scope scope = {0};
	run_served_scope(run, out, &scope);
	return run->o->provider->ops->read(run->o->provider, &scope, out, ret, err) ||
	       error_wrap(err, "cannot check whether services are set up");
}

bool run_check_services(struct run *run, const struct live *live, const char **ret_failed, struct error *err)
{
	struct services_wait w = {.pause_ms = FIRST_PAUSE_MS,
				  .progressed_ms = clock_monotonic_ms(run->o->clock)};
	*ret_failed = NULL;
	for (bool waited = false;; waited = true) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		struct live again = {0};
		struct set_up_gap_list gaps;
		if (waited && !read_people(run, tmp, &again, err))
			return false;
		if (!run_find_gaps(run, waited ? &again : live, tmp, &gaps, err))
			return false;
		run->come_back = waited && !gaps.count;
		if (!gaps.count)
			return true;
		const char *text = set_up_text(&gaps, run->out);
		if (is_to_wait(run, &w, &gaps, text))
			continue;
		if (!set_up_has_error(&gaps))
			return leave_pending(run, &gaps, text, err);
		*ret_failed = arena_printf(run->out,
					   "%s; see what the admin centre says of them under Users > Active "
					   "users, correct it, then apply again",
					   text);
		return true;
	}
}
