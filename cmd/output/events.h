/*
 * What a run does, for machines: JSON lines to a file or a descriptor that the caller opened.
 *
 * Every line is one object with "v" (1), "type" and "at"; a reader ignores types and members it does not
 * know, and a change that would break one raises "v". Lines are written whole and at once. A sink that
 * fails (a full disk, a closed pipe) is reported once and then left alone: it never stops a run.
 *
 *	run-begin  plan, customer, tenant, actions
 *	progress   phase, sent, verified, total, rate (per second), left_ms (-1: not known), waiting_ms
 *	ended      action, kind, subject, outcome, detail
 *	gate       action, kind, detail: a person has to act
 *	run-end    outcome, requests, throttled; or with an error: code, name, message
 *
 * A fleet's run (cmd/fleet/fleet_events.c) has lines of its own: fleet-begin, member-begin, member (what a
 * customer's run says, as `event`), member-end, fleet-end.
 */
#ifndef CMD_EVENTS_H
#define CMD_EVENTS_H

#include "cmd/outside/app.h"
#include "plans/run/apply.h"

struct events {
	struct app *app;
	FILE *file; /* NULL: nobody listens */
};

/*
 * To be asked before anything else is opened: what gets the number of a descriptor that was not there is the
 * journal, or the connection to Graph. ERR_INVALID for one that cannot be written.
 */
NODISCARD bool events_check(const char *where, struct error *err);
/* `where`: FILE (appended to), fd:N, or NULL for none. ERR_INVALID when it cannot be written. */
NODISCARD bool events_open(struct events *events, struct app *app, const char *where, struct error *err);
void events_close(struct events *events);
/* One write for a whole line, so that a reader never sees half of one from a run that was killed. */
void events_send(struct events *events, const char *line, size_t len);

struct progress_numbers {
	const char *phase;
	size_t sent, verified, total;
	int64_t per_1000_s; /* verified in a thousand seconds, lately */
	int64_t left_ms;    /* -1: not known */
	int64_t waiting_ms;
};

void events_run_begin(struct events *events, const char *plan_id, const struct plan *plan);
void events_progress(struct events *events, const struct progress_numbers *numbers);
void events_ended(struct events *events, const struct action *action, enum outcome outcome,
		  const char *detail);
void events_gate(struct events *events, const struct action *action, const char *detail);
void events_run_end(struct events *events, const struct apply_result *result, struct provider_stats stats);
void events_run_failed(struct events *events, const struct error *err);

#endif
