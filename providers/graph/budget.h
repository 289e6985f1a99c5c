/*
 * The request budget: what requests cost, and when the next one may go.
 *
 * Counts resource units by Graph's published costs ("Microsoft Graph service-specific throttling
 * limits", identity and access). A Retry-After closes the budget for everything, to the second:
 * requests made earlier still count and extend the block. While answers carry
 * x-ms-throttle-limit-percentage (sent above 80 % of a limit) requests are spaced out; without it the
 * spacing is halved again with each answer.
 */
#ifndef PROVIDERS_GRAPH_BUDGET_H
#define PROVIDERS_GRAPH_BUDGET_H

#include "core/clock.h"
#include "core/http_client.h"

struct budget;
struct budget *budget_new(const struct clock *clock);
void budget_free(struct budget *budget);
DEFINE_FREEP(struct budget, budget)

struct http_gate budget_gate(struct budget *budget);

/* What a request or a part of a batch costs; `path` begins after the version. Counted at once. */
void budget_count(struct budget *budget, enum http_method method, const char *path);
int64_t budget_cost(enum http_method method, const char *path);

/* A 429 was seen, in an answer or in a part of one; -1: without Retry-After. */
void budget_throttled(struct budget *budget, int64_t retry_after_ms);

int64_t budget_units(const struct budget *budget);
int64_t budget_throttle_count(const struct budget *budget);
int64_t budget_closed_until_ms(const struct budget *budget); /* monotonic */

#endif
