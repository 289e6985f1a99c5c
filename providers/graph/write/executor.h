/* One execution in progress. For the files named execute*.c only. */
#ifndef PROVIDERS_GRAPH_EXECUTOR_H
#define PROVIDERS_GRAPH_EXECUTOR_H

#include "providers/graph/write/execute.h"

enum { WAIT_STEPS = 8, STEP_AFTER_LOSS = 2, QUIET_MS = 3000 };

enum stage { STAGE_TODO, STAGE_LOOKING, STAGE_READY, STAGE_WRITING, STAGE_WAITING, STAGE_ENDED };

/* What is known of the last write of an action. */
enum sent { SENT_NEVER, SENT_ACCEPTED, SENT_REFUSED, SENT_UNSURE };

struct item {
	const struct action *action;
	struct item *before; /* the action before it on the same subject, or NULL */
	struct item *next;   /* in a queue */
	enum stage stage;
	enum sent sent;
	size_t step; /* of the waits between looks */
	int64_t due_ms;
	int64_t first_sent_ms;
	int64_t verify_until_ms;
	int sends;
	int unchanged_looks; /* in a row, after an unsure write */
	int looks_before_resend;
	int64_t quiet_since_ms; /* of an unsure write: when it may have been carried out; -1: it was not */
	int foreign_looks;	/* in a row, neither as expected nor as the result */
	int kept_looks;		/* in a row, at a result with another choice of services */
	bool throttled;		/* the last write was answered 429 */
	const char *words;	/* what the service said of the last write, or NULL */
};

struct item_queue {
	struct item *first, *last;
	size_t count;
};

enum mode {
	MODE_RUN,
	MODE_WIND_DOWN, /* nothing new begins; what was sent gets one more look */
	MODE_ABANDON,	/* what is in flight runs out */
};

struct executor {
	struct execution run;
	struct arena *arena;
	struct item *items;
	struct item_queue todo, ready, waiting[WAIT_STEPS];
	size_t open;	   /* not ended */
	size_t unresolved; /* sent and not ended */
	size_t in_flight;  /* batches */
	size_t looking;	   /* of those, reads */
	size_t written, verified;
	bool any_accepted;
	int64_t longest_lag_ms; /* seen between an accepted write and the look that showed it */
	enum mode mode;
	int64_t stopped_ms; /* when a signal or the deadline came */
	struct error err;
};

void executor_fail(struct executor *x, const struct error *err);      /* to MODE_ABANDON */
void executor_wind_down(struct executor *x, const struct error *err); /* to MODE_WIND_DOWN */
void executor_look(struct executor *x, struct item *const *items, size_t count);
void executor_write(struct executor *x, struct item *const *items, size_t count);

void queue_put(struct item_queue *queue, struct item *item);
struct item *queue_take(struct item_queue *queue); /* the first; there must be one */
void item_wait(struct executor *x, struct item *item, size_t step);
void item_end(struct executor *x, struct item *item, enum outcome outcome, const char *detail);

#endif
