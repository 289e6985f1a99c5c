/*
 * A run: carries out a plan on a tenant, step by step, and can be stopped anywhere.
 *
 *   prove the tenant → read what is expected → nothing written unless all of it holds
 *   → actions as they become ready → hand steps by their effect → done
 *
 * The journal says what was done; the tenant says what is true. An action that the journal has as
 * ended well is never repeated; one that was announced and not ended is looked at first. Everything
 * outside (provider, clock, journal, person) is passed in.
 */
#ifndef PLANS_APPLY_H
#define PLANS_APPLY_H

#include "core/clock.h"
#include "plans/planning/plan.h"
#include "plans/saved/replay.h"
#include "providers/provider.h"

enum apply_outcome {
	APPLY_DONE,
	APPLY_NOTHING,	   /* everything was done already */
	APPLY_WAITING,	   /* at a hand step, or for the service */
	APPLY_PARTIAL,	   /* some actions failed */
	APPLY_STALE,	   /* live state is not what the plan expects; nothing more is written */
	APPLY_INTERRUPTED, /* a signal */
	APPLY_THROTTLED,   /* the deadline passed while throttled */
	APPLY_OUTCOME_COUNT
};
const char *apply_outcome_name(enum apply_outcome outcome);
enum error_code apply_outcome_error(enum apply_outcome outcome); /* ERR_NONE for done and nothing */

/* What one wave did. People, not actions: whoever is in two groups is one. */
struct apply_wave {
	size_t moved;	/* hold what the plan leaves them, verified */
	size_t located; /* have a usage location now */
	size_t failed;	/* actions that did not end well */
	bool canary;
};

/* How a run reports what it does. Every function may be NULL. */
struct apply_hooks {
	/* Everything holds, and the run is about to write the first line of its own; false stops. */
	bool (*beginning)(void *ctx, struct error *err);
	void (*ended)(void *ctx, const struct action *action, enum outcome outcome, const char *detail);
	void (*progress)(void *ctx, const char *phase, size_t written, size_t verified, size_t total,
			 int64_t waiting_ms);
	void (*wave_ended)(void *ctx, const struct apply_wave *wave);
	/* The run stands at a hand step. `live` is what was just read. */
	void (*at_gate)(void *ctx, const struct action *action, const struct live *live, const char *detail);
	/* Looked again, and it is not there; `detail` says what is, or NULL. */
	/* At a hand step, after each look but the first: the tenant as it is. */
	void (*looked)(void *ctx, const struct action *action, const struct live *live);
	void (*still_waiting)(void *ctx, const struct action *action, const char *detail, int64_t waited_ms);
	/* The journal has a complete story so far (every gate, and the end): commit it, say. false stops. */
	bool (*checkpoint)(void *ctx, struct error *err);
	bool (*should_stop)(void *ctx);
	/* Between two looks at a hand step: returns after `ms`, or when somebody wants a look now. */
	void (*pause)(void *ctx, int64_t ms);
	void *ctx;
};

struct apply_options {
	const struct plan *plan;
	const struct desired *desired;
	const struct policy *policy;
	const struct live *before; /* the snapshot of the plan, or NULL */
	struct provider *provider;
	struct journal *journal;		  /* open for appending */
	const struct journal_entry_list *entries; /* what it held when it was opened */
	const struct clock *clock;
	const char *run_id;
	const char *by;
	int64_t wait_ms;	/* how long to poll at a hand step; 0: do not wait; -1: until it is seen */
	int64_t poll_ms;	/* 0: 15 s */
	int64_t deadline_at_ms; /* monotonic: nothing new begins from then on; 0: no deadline */
	int64_t confirm_ms;	/* between two reads that must agree; 0: 3 s */
	const struct apply_hooks *hooks;
};

struct apply_result {
	enum apply_outcome outcome;
	struct action_result *actions; /* one per action of the plan, in its order */
	struct str_list waiting_for;   /* ids of hand steps, and of actions that the service is at work on */
	const char *setting_up;	       /* who has licences that do not work yet, in a line; or NULL */
	const char *difference;	       /* APPLY_STALE: what differs */
	size_t unseen;	/* changes that the service accepted, and that the deadline came before */
	bool throttled; /* the service has refused requests as too many */
};

/*
 * Begins or resumes. True: *ret_result says how it ended. False: an error outside the plan (wrong tenant,
 * no sign-in, journal not writable); what was done so far is in the journal.
 */
NODISCARD bool apply_run(const struct apply_options *options, struct arena *out,
			 struct apply_result *ret_result, struct error *err);

#endif
