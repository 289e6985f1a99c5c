/* One execution in progress. For the files named execute*.c only. */
#ifndef PROVIDERS_GRAPH_EXECUTOR_H
#define PROVIDERS_GRAPH_EXECUTOR_H

#include "providers/graph/write/execute.h"

enum { WAIT_STEPS = 10, STEP_AFTER_REFUSAL = 2, STEP_AFTER_LOSS = 4, QUIET_MS = 3000 };
/* A look that is older is used to write nothing: it is taken again. */
enum { FRESH_MS = 30000 };

enum stage { STAGE_TODO, STAGE_LOOKING, STAGE_READY, STAGE_WRITING, STAGE_WAITING, STAGE_ENDED };

/* What is known of the last write of an action. */
enum sent { SENT_NEVER, SENT_ACCEPTED, SENT_REFUSED, SENT_UNSURE };

struct listed_sku;
struct item_queue;
struct item {
	const struct action *action;
	struct item *before;	  /* the action before it on the same subject, or NULL */
	struct item *prev, *next; /* in its queue */
	struct item_queue *queue; /* where it waits, or NULL */
	enum stage stage;
	enum sent sent;
	struct listed_sku *holds, *gets; /* whose lists may show it before and after the write; or NULL */
	int64_t looked_ms;		 /* when the look was asked for that made it ready */
	size_t answered;		 /* tick: when its last write was answered */
	size_t missed;			 /* lists in a row that did not show the write */
	size_t step;			 /* of the waits between looks */
	int64_t due_ms;
	int64_t first_sent_ms;
	int64_t verify_until_ms;
	int sends;
	int unchanged_looks; /* in a row, after an unsure write */
	int looks_before_resend;
	int64_t quiet_since_ms; /* of an unsure write: when it may have been carried out; -1: it was not */
	int64_t foreign_since_ms, kept_since_ms; /* the first of those looks: */
	int foreign_looks;			 /* in a row, neither as expected nor as the result */
	int gone_looks;				 /* in a row, at a subject that is not there */
	int kept_looks;				 /* in a row, at a result with another choice of services */
	bool throttled;				 /* the last write was answered 429 */
	const char *words;			 /* what the service said of the last write, or NULL */
};

struct item_queue {
	struct item *first, *last;
	size_t count;
};

/* A SKU whose holders are listed for all actions that the list can answer: execute_listing.c. */
struct listed_sku {
	struct executor *x;
	const char *id;
	int64_t page_units;	   /* what a page of the list costs, and */
	int64_t user_units;	   /* what it costs to ask for one alone */
	int64_t holders;	   /* about how many there are; -1: not known */
	size_t actions;		   /* that it concerns */
	struct item_queue todo;	   /* to be looked at before the write */
	struct item_queue written; /* accepted, to be read back */
	bool running;
	bool for_todo;	  /* the one that is running */
	bool failed;	  /* it cannot be listed: each is asked for alone */
	size_t begun;	  /* tick, of the one that is running */
	int64_t asked_ms; /* its page */
	int64_t next_ms;  /* not again before */
	size_t fruitless; /* lists in a row that left some over */
};

enum mode {
	MODE_RUN,
	MODE_WIND_DOWN, /* nothing new begins; what was sent gets one more look */
	MODE_ABANDON,	/* what is in flight runs out */
};

struct subject {
	const char *id;
	struct item *item;
};

struct operation;
struct operation_queue {
	struct operation *first, *last;
	size_t count;
};

struct executor {
	struct execution run;
	struct arena *arena;
	struct item *items;
	struct subject *subjects; /* one for each item, by id, then in the order of the actions */
	struct listed_sku *skus;
	size_t sku_count;
	struct item_queue todo, ready, waiting[WAIT_STEPS]; /* todo: to be asked for alone */
	size_t listed_todo;				    /* in the queues of the SKUs */
	size_t open;					    /* not ended */
	size_t unresolved;				    /* sent and not ended */
	struct operation_queue
		announced; /* writes that wait for the journal to be on disk, or for their turn */
	bool unflushed;	   /* the journal is not on disk with all of them */
	size_t in_flight;  /* batches */
	size_t looking;	   /* of those, reads */
	size_t listing;	   /* lists that are running */
	size_t tick;	   /* counts what happens: which came first, within a millisecond too */
	size_t written, verified;
	bool any_accepted;
	int64_t longest_lag_ms; /* seen between an accepted write and the look that showed it */
	enum mode mode;
	size_t wound_down;  /* tick */
	int64_t stopped_ms; /* when a signal or the deadline came */
	struct error err;
};

void executor_fail(struct executor *x, const struct error *err);      /* to MODE_ABANDON */
void executor_wind_down(struct executor *x, const struct error *err); /* to MODE_WIND_DOWN */
size_t executor_concurrency(const struct executor *x);

void queue_put(struct item_queue *queue, struct item *item); /* out of the one it was in */
struct item *queue_take(struct item_queue *queue);	     /* the first; there must be one */
void queue_leave(struct item *item);
void item_wait(struct executor *x, struct item *item, size_t step);
void item_end(struct executor *x, struct item *item, enum outcome outcome, const char *detail);
bool item_is_free(const struct item *item); /* nothing before it on the same subject is open */

/* What follows from a look: execute_decide.c. */
void executor_decide(struct executor *x, struct item *item, enum comparison is, const char *difference);
/* Whether it ends here: the service keeps another choice of services than was sent. */
bool executor_takes_kept(struct executor *x, struct item *item, const struct kept *kept);
/* Not decided yet: another look later, unless the run is being wound down. */
void executor_look_again(struct executor *x, struct item *item);

/* One batch: execute_batches.c. */
void executor_look(struct executor *x, struct item *const *items, size_t count);
/* Announces a write; it goes when that is on disk and it is its turn. */
void executor_announce(struct executor *x, struct item *const *items, size_t count);
/* Sends what was announced, once that is on disk, as far as there is room for it in flight. */
void executor_send_announced(struct executor *x);

/* Lists: execute_listing.c. */
void executor_find_lists(struct executor *x);
/* To be looked at before its write: by a list where there is one that may show it. */
void executor_put_todo(struct executor *x, struct item *item);
/* Accepted, to be read back: likewise. */
void executor_put_written(struct executor *x, struct item *item);
/* Starts a list that is worth its while; what is better asked for alone goes to those queues. */
bool executor_list(struct executor *x, int64_t now_ms);
/* When a list may begin that waits for nothing else; INT64_MAX: none. */
int64_t executor_list_at_ms(const struct executor *x);

#endif
