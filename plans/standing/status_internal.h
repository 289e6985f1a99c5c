/* Where a customer stands, while it is worked out. For plans/standing/status*.c only. */
#ifndef PLANS_STATUS_INTERNAL_H
#define PLANS_STATUS_INTERNAL_H

#include "plans/saved/replay.h"
#include "plans/standing/status.h"

struct judging {
	const struct status_input *in;
	const struct plan *plan; /* NULL: none */
	const struct live *live; /* the newest facts there are; NULL: none */
	struct replay replay;	 /* what the journal says of each action */
	struct arena *out;
	struct status *status;
	int64_t in_processing; /* people who are not moved yet and only have to be waited for */
};

const struct action_result *status_result_of(const struct judging *j, const struct action *action);
bool status_is_stranding(const struct judging *j, const struct action *action);
enum stage status_step(struct judging *j, const struct action *action);

/* plans/standing/status_waits.c: what is waited for, the first thing first. */
void status_wait_for(struct judging *j, const char *what);
void status_wait_for_papers(struct judging *j);
void status_wait_for_the_plan(struct judging *j);
void status_wait_for_another_plan(struct judging *j);

#endif
