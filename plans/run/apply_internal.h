/*
 * One run: what it holds, and how it keeps its journal. Below the files that decide what is done next:
 * apply.c (the state machine) and apply_hand.c (hand steps).
 */
#ifndef PLANS_APPLY_INTERNAL_H
#define PLANS_APPLY_INTERNAL_H

#include "plans/run/apply.h"

struct run {
	const struct apply_options *o;
	struct arena *out;
	struct replay replay; /* of the journal; kept up to date */
	bool wrote_before;    /* the journal has a write: the plan has been begun */
	struct str_list waiting_for;
	struct organization organization;
	bool stop;	     /* a person or a signal wants out, or the deadline has passed */
	bool late;	     /* it was the deadline */
	size_t total;	     /* graph actions of the plan, for progress */
	size_t ended_before; /* of these, ended well before what is being executed now */
};

/* Journals and remembers how an action ended. */
NODISCARD bool run_ended(struct run *run, const struct action *action, enum outcome outcome,
			 const char *detail, struct error *err);
/* The same, and what the action brought. */
NODISCARD bool run_ended_with(struct run *run, const struct action *action, enum outcome outcome,
			      const char *detail, const struct journal_found *found, struct error *err);
NODISCARD bool run_append(struct run *run, enum journal_event event, const struct action *action,
			  const char *outcome, const char *detail, struct error *err);
bool run_should_stop(struct run *run);
struct action_result *run_result(struct run *run, const struct action *action);

/* Looks at one hand step that is ready, waits as long as it may, and ends it or leaves it waiting. */
NODISCARD bool run_hand_step(struct run *run, const struct action *action, struct error *err);

#endif
