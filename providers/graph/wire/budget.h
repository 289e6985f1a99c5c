/*
 * The request budget: what requests cost, and when the next one may go.
 *
 * Counts resource units and writes by Graph's published costs ("Microsoft Graph service-specific
 * throttling limits", identity and access). What a tenant really allows is learned, since other software
 * spends from the same limits: nothing is held back until the service refuses; from then on one batch
 * goes at a time until it refuses again. Both times its bucket was empty, so what it accepted in between,
 * divided by the time, is the rate that it allows. That is what is sent, with a little more tried every
 * few seconds, and measured anew at each refusal. Units and writes have a meter each.
 *
 * A Retry-After closes the budget for everything, to the second:
 * requests made earlier still count and extend the block. While answers carry
 * x-ms-throttle-limit-percentage (sent above 80 % of a limit) requests are spaced out; without it the
 * spacing is halved again with each answer.
 */
#ifndef PROVIDERS_GRAPH_BUDGET_H
#define PROVIDERS_GRAPH_BUDGET_H

#include "core/clock.h"
#include "core/http_client.h"

/*
 * How many requests are in flight at once: as many as are configured to begin with, and more the longer
 * nothing but acceptance comes. What is in flight when a bucket runs empty is refused whole, so it stays a
 * small part of what was accepted before; it grows faster where the documented quota holds all there is to
 * write. The first sign of discontent halves it: a refusal, a failure of the service, a limit that is near.
 */
enum { BUDGET_MOST_IN_FLIGHT = 16 };

struct budget;
struct budget *budget_new(const struct clock *clock, size_t in_flight); /* to begin with; 0: 4 */
void budget_free(struct budget *budget);
DEFINE_FREEP(struct budget, budget)

struct http_gate budget_gate(struct budget *budget);

/* What a request or a part of a batch costs; `path` begins after the version. Counted at once. */
void budget_count(struct budget *budget, enum http_method method, const char *path);
int64_t budget_cost(enum http_method method, const char *path);

/* So many writes are about to follow: whether they fit into the documented quota, beside those sent before.
 */
void budget_expect_writes(struct budget *budget, size_t count);

/* What the parts of one answered batch came to. */
struct budget_round {
	bool is_write;
	int64_t accepted, refused; /* parts; refused: 429 */
	int64_t failed;		   /* 5xx */
	int64_t retry_after_ms;	   /* the longest among those refused; -1: none said */
};
void budget_settle(struct budget *budget, const struct budget_round *round);

/* How many writes may go now, at most `wanted`, given how many batches of them are in flight. */
size_t budget_writes_allowed(struct budget *budget, size_t wanted, size_t batches_in_flight);
int64_t budget_writes_open_at_ms(struct budget *budget, size_t wanted); /* when that many may go; monotonic */

/* How many requests may be in flight. */
size_t budget_in_flight(const struct budget *budget);

/* The rate that writes are held to; 0: they are not. */
double budget_writes_per_s(const struct budget *budget);
/* The service has refused: what costs fewer units outranks what takes less time. */
bool budget_is_tight(const struct budget *budget);

int64_t budget_units(const struct budget *budget);
int64_t budget_throttle_count(const struct budget *budget);
int64_t budget_closed_until_ms(const struct budget *budget); /* monotonic */

#endif
