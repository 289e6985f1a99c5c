/* Progress for people, on stderr: one line that redraws on a terminal, plain lines now and then elsewhere. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "cmd/app.h"
#include "plans/apply.h"

struct progress {
	struct app *app;
	int64_t started_ms; /* of the first update */
	int64_t last_ms;
	bool drawn;         /* a line stands on the terminal */
	size_t ended[OUTCOME_COUNT];
};

void progress_update(struct progress *progress, const char *phase, size_t written, size_t verified, size_t total,
		     int64_t waiting_ms);
/* Hand steps and whatever did not end well are told one by one. */
void progress_ended(struct progress *progress, const struct action *action, enum outcome outcome,
		    const char *detail);
void progress_clear(struct progress *progress);

#endif
