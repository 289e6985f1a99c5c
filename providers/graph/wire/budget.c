/* The request budget: what requests cost, and when the next one may go. */
#include "providers/graph/wire/budget.h"

#include "providers/graph/wire/meter.h"

#include <stdlib.h>
#include <string.h>

enum { HIGHEST_SPACING_MS = 2000, SILENT_WAIT_MS = 1000 };
/*
 * One request more for so many parts accepted in a row: when refused, its 20 parts are 5 % of that. Where all
 * writes fit into what an application may write in a tenant, no refusal is to be expected: every second
 * batch.
 */
enum { DEFAULT_IN_FLIGHT = 4, ACCEPTED_PER_REQUEST = 400, ACCEPTED_PER_REQUEST_OF_FEW = 40 };
/* In 150 s: "Microsoft Graph service-specific throttling limits", identity and access. */
enum { WRITES_IN_QUOTA = 3000 };

struct budget {
	struct clock clock;
	int64_t units, throttled;
	int64_t writes, writes_planned; /* planned: those sent before included; 0: not known */
	size_t floor;			/* requests in flight, whatever was accepted */
	int64_t contented;		/* parts accepted since the last sign of discontent */
	int64_t closed_until_ms;
	int64_t spacing_ms, last_sent_ms;
	struct meter unit_meter, write_meter;
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

struct budget *budget_new(const struct clock *clock, size_t in_flight)
{
	struct budget *budget = mem_alloc(sizeof *budget);
	budget->clock = *clock;
	budget->floor = in_flight ? in_flight : DEFAULT_IN_FLIGHT;
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
	int64_t now_ms = clock_monotonic_ms(&budget->clock);
	int64_t cost = budget_cost(method, path);
	budget->units += cost;
	meter_spend(&budget->unit_meter, cost, now_ms);
	if (method == HTTP_GET)
		return;
	budget->writes++;
	meter_spend(&budget->write_meter, 1, now_ms);
}

void budget_expect_writes(struct budget *budget, size_t count)
{
	budget->writes_planned = budget->writes + (int64_t)count;
}

/* Closes everything for as long as the service asks, or a second where it does not say. */
static void close_for(struct budget *budget, int64_t refused, int64_t retry_after_ms, int64_t now_ms)
{
	int64_t until_ms = now_ms + (retry_after_ms >= 0 ? retry_after_ms : SILENT_WAIT_MS);
	budget->throttled += refused;
	if (until_ms > budget->closed_until_ms)
		budget->closed_until_ms = until_ms;
}

/* Other software spends from the same quota: the first refusal shows that it is not all ours. */
static bool fits_quota(const struct budget *budget)
{
	return !budget->throttled && budget->writes_planned > 0 && budget->writes_planned <= WRITES_IN_QUOTA;
}

size_t budget_in_flight(const struct budget *budget)
{
	int64_t per_request = fits_quota(budget) ? ACCEPTED_PER_REQUEST_OF_FEW : ACCEPTED_PER_REQUEST;
	size_t earned = (size_t)(budget->contented / per_request);
	size_t most = earned > budget->floor ? earned : budget->floor;
	return most < BUDGET_MOST_IN_FLIGHT ? most : BUDGET_MOST_IN_FLIGHT;
}

static void note_discontent(struct budget *budget)
{
	/* What comes back of one burst is one sign. */
	if (budget->contented)
		budget->floor = (budget_in_flight(budget) + 1) / 2;
	budget->contented = 0;
}

void budget_settle(struct budget *budget, const struct budget_round *round)
{
	int64_t now_ms = clock_monotonic_ms(&budget->clock);
	struct meter *meter = round->is_write ? &budget->write_meter : &budget->unit_meter;
	meter_accepted(meter, round->accepted, now_ms);
	budget->contented += round->accepted;
	if (round->refused || round->failed)
		note_discontent(budget);
	if (!round->refused)
		return;
	close_for(budget, round->refused, round->retry_after_ms, now_ms);
	meter_refused(meter, now_ms, budget->closed_until_ms);
}

size_t budget_writes_allowed(struct budget *budget, size_t wanted, size_t batches_in_flight)
{
	const struct meter *meter = &budget->write_meter;
	int64_t now_ms = clock_monotonic_ms(&budget->clock);
	if (meter->mode == METER_LEARNING && batches_in_flight)
		return 0;
	return meter_open_at_ms(meter, (int64_t)wanted, now_ms) <= now_ms ? wanted : 0;
}

int64_t budget_writes_open_at_ms(struct budget *budget, size_t wanted)
{
	return meter_open_at_ms(&budget->write_meter, (int64_t)wanted, clock_monotonic_ms(&budget->clock));
}

double budget_writes_per_s(const struct budget *budget)
{
	const struct meter *meter = &budget->write_meter;
	return meter->mode == METER_PACED ? meter->per_ms * 1000 : 0;
}

bool budget_is_tight(const struct budget *budget)
{
	return budget->throttled > 0;
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
	/* What is about to go was counted already, so the meter may be down to nothing, not below. */
	int64_t metered_ms = meter_open_at_ms(&budget->unit_meter, 0, now_ms);
	if (metered_ms > at_ms)
		at_ms = metered_ms;
	if (budget->spacing_ms && budget->last_sent_ms + budget->spacing_ms > at_ms)
		at_ms = budget->last_sent_ms + budget->spacing_ms;
	return at_ms > now_ms ? at_ms : now_ms;
}

static size_t most(void *ctx)
{
	return budget_in_flight(ctx);
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
	note_discontent(budget);
	budget->spacing_ms = budget->spacing_ms ? budget->spacing_ms * 2 : (level - 700) / 10;
	if (budget->spacing_ms > HIGHEST_SPACING_MS)
		budget->spacing_ms = HIGHEST_SPACING_MS;
}

static void on_answered(void *ctx, const struct http_response *response, int64_t now_ms)
{
	struct budget *budget = ctx;
	if (response->outcome != HTTP_ANSWERED)
		return;
	const char *wait = http_header_find(&response->headers, "retry-after");
	int64_t wait_ms = -1;
	if (response->status == 429 || response->status >= 500)
		note_discontent(budget);
	if (wait && !http_retry_after_parse(wait, clock_now_ms(&budget->clock), &wait_ms))
		wait_ms = -1;
	if (response->status == 429) {
		close_for(budget, 1, wait_ms, now_ms);
		meter_refused(&budget->unit_meter, now_ms, budget->closed_until_ms);
	}
	adapt_spacing(budget, http_header_find(&response->headers, "x-ms-throttle-limit-percentage"));
}

struct http_gate budget_gate(struct budget *budget)
{
	return (struct http_gate){open_at, most, on_sent, on_answered, budget};
}
