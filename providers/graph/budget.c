/* The request budget: what requests cost, and when the next one may go. */
#include "providers/graph/budget.h"

#include <stdlib.h>
#include <string.h>

enum { HIGHEST_SPACING_MS = 2000 };

struct budget {
	struct clock clock;
	int64_t units, throttled;
	int64_t closed_until_ms;
	int64_t spacing_ms, last_sent_ms;
};

/* The first row that fits counts; `begins` and `holds` are compared with the path. */
static const struct {
	const char *begins, *holds;
	int64_t units;
} costs[] = {
    {"/users/", "/licenseDetails", 2},
    {"/users/", "emberOf", 2},
    {"/users/", "", 1},
    {"/users", "", 2},
    {"/subscribedSkus", "", 3},
    {"/contracts", "", 3},
    {"/groups/", "/transitiveMembers", 5},
    {"/groups/", "/members", 3},
    {"", "", 1},
};

struct budget *budget_new(const struct clock *clock)
{
	struct budget *budget = mem_alloc(sizeof *budget);
	budget->clock = *clock;
	return budget;
}

void budget_free(struct budget *budget)
{
	free(budget);
}

int64_t budget_cost(enum http_method method, const char *path)
{
	if (method != HTTP_GET)
		return 1;
	int64_t units = 1;
	for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
		if (!str_starts(path, costs[i].begins) || !strstr(path, costs[i].holds))
			continue;
		units = costs[i].units;
		break;
	}
	if (strstr(path, "$select="))
		units--;
	if (strstr(path, "$expand="))
		units++;
	return units < 1 ? 1 : units;
}

void budget_count(struct budget *budget, enum http_method method, const char *path)
{
	budget->units += budget_cost(method, path);
}

void budget_throttled(struct budget *budget, int64_t retry_after_ms)
{
	budget->throttled++;
	int64_t until_ms = clock_monotonic_ms(&budget->clock) + retry_after_ms;
	if (retry_after_ms > 0 && until_ms > budget->closed_until_ms)
		budget->closed_until_ms = until_ms;
}

int64_t budget_units(const struct budget *budget)
{
	return budget->units;
}

int64_t budget_throttle_count(const struct budget *budget)
{
	return budget->throttled;
}

int64_t budget_closed_until_ms(const struct budget *budget)
{
	return budget->closed_until_ms;
}

static int64_t open_at(void *ctx, int64_t now_ms)
{
	const struct budget *budget = ctx;
	int64_t at_ms = budget->closed_until_ms;
	if (budget->spacing_ms && budget->last_sent_ms + budget->spacing_ms > at_ms)
		at_ms = budget->last_sent_ms + budget->spacing_ms;
	return at_ms > now_ms ? at_ms : now_ms;
}

static void on_sent(void *ctx, const struct http_request *request)
{
	struct budget *budget = ctx;
	(void)request;
	budget->last_sent_ms = clock_monotonic_ms(&budget->clock);
}

/* "0.8" to "1.8" as per mille; -1 when it is nothing of the kind. */
static int64_t per_mille(const char *text)
{
	if (text[0] < '0' || text[0] > '9' || (text[1] && text[1] != '.'))
		return -1;
	int64_t value = (text[0] - '0') * 1000;
	int64_t weight = 100;
	for (const char *p = text[1] ? text + 2 : ""; *p >= '0' && *p <= '9' && weight; p++) {
		value += (*p - '0') * weight;
		weight /= 10;
	}
	return value;
}

static void adapt_spacing(struct budget *budget, const char *percentage)
{
	int64_t level = percentage ? per_mille(percentage) : -1;
	if (level < 800) {
		budget->spacing_ms /= 2;
		return;
	}
	budget->spacing_ms = budget->spacing_ms ? budget->spacing_ms * 2 : (level - 700) / 10;
	if (budget->spacing_ms > HIGHEST_SPACING_MS)
		budget->spacing_ms = HIGHEST_SPACING_MS;
}

static void on_answered(void *ctx, const struct http_response *response, int64_t now_ms)
{
	struct budget *budget = ctx;
	(void)now_ms;
	if (response->outcome != HTTP_ANSWERED)
		return;
	const char *wait = http_header_find(&response->headers, "retry-after");
	int64_t wait_ms = -1;
	if (wait && !http_retry_after_parse(wait, clock_now_ms(&budget->clock), &wait_ms))
		wait_ms = -1;
	if (response->status == 429)
		budget_throttled(budget, wait_ms);
	adapt_spacing(budget,
		      http_header_find(&response->headers, "x-ms-throttle-limit-percentage"));
}

struct http_gate budget_gate(struct budget *budget)
{
	return (struct http_gate){open_at, on_sent, on_answered, budget};
}
