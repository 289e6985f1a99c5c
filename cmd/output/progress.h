/*
 * Progress: for people on stderr, one line that redraws on a terminal and plain lines now and then
 * elsewhere; for machines as events.
 *
 * The rate is that of the last half minute, not of the whole run, and the time that remains follows from
 * it and from what is waited for: when nothing moves, it says so instead of guessing.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "cmd/output/events.h"
#include "cmd/outside/app.h"
#include "plans/run/apply.h"

enum { PROGRESS_SAMPLES = 32 };

struct progress {
	struct app *app;
	struct events *events;
	int64_t last_ms, last_event_ms;
	bool drawn; /* a line stands on the terminal */
	size_t ended[OUTCOME_COUNT];
	struct progress_sample {
		int64_t at_ms;
		size_t verified;
	} samples[PROGRESS_SAMPLES]; /* one a second, a ring */
	size_t sample_count;
};

void progress_update(struct progress *progress, const char *phase, size_t written, size_t verified,
		     size_t total, int64_t waiting_ms);
/* Hand steps and whatever did not end well are listed one by one. */
void progress_ended(struct progress *progress, const struct action *action, enum outcome outcome,
		    const char *detail);
void progress_clear(struct progress *progress);

#endif
