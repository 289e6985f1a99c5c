/* One limit of the service, as it shows itself. */
#include "providers/graph/wire/meter.h"

#include <stdbool.h>

enum { FIRST_MEASURE_MS = 500, SHORTEST_MEASURE_MS = 3000, PROBE_EVERY_MS = 5000, SAVED_MS = 10000 };

/*
 * A little below what was measured; then a probe every few seconds, each twice as bold as the last that
 * went well: most often nothing has changed, but other software may have stopped.
 */
static const double below = 0.985, first_step = 0.01, boldest_step = 0.16;
/* The first measure is over a short time, and as often as not too little: it is tried sooner, and bolder. */
enum { FIRST_PROBE_MS = 2500 };
static const double unsure_step = 0.04;

/* What has become free since; time not used can be made up for, up to SAVED_MS of it. */
static double left_at(const struct meter *meter, int64_t now_ms)
{
	double most = meter->per_ms * SAVED_MS;
	double left = meter->left + meter->per_ms * (double)(now_ms - meter->at_ms);
	return left < most ? left : most;
}

static void probe(struct meter *meter, int64_t now_ms)
{
	if (now_ms < meter->probe_ms)
		return;
	meter->per_ms *= 1 + meter->step;
	meter->step = meter->step * 2 < boldest_step ? meter->step * 2 : boldest_step;
	meter->probe_ms = now_ms + PROBE_EVERY_MS;
}

void meter_spend(struct meter *meter, int64_t amount, int64_t now_ms)
{
	if (meter->mode != METER_PACED)
		return;
	meter->left = left_at(meter, now_ms) - (double)amount;
	meter->at_ms = now_ms;
	probe(meter, now_ms);
}

void meter_accepted(struct meter *meter, int64_t amount, int64_t now_ms)
{
	/* While closed, only answers to what was sent before the bucket was empty come in. */
	if (now_ms >= meter->closed_until_ms)
		meter->accepted += amount;
}

/*
 * Whether the bucket was really empty cannot be seen: a service also refuses now and then for reasons of
 * its own, and then what was measured is too little. So the highest of the last few counts.
 */
static void take_measure(struct meter *meter, double per_ms)
{
	meter->measures[meter->measured++ % METER_MEASURES] = per_ms;
	meter->per_ms = 0;
	for (size_t i = 0; i < METER_MEASURES && i < meter->measured; i++)
		if (meter->measures[i] > meter->per_ms)
			meter->per_ms = meter->measures[i];
	meter->per_ms *= below;
}

void meter_refused(struct meter *meter, int64_t now_ms, int64_t closed_until_ms)
{
	int64_t spent_ms = now_ms - meter->empty_ms;
	int64_t shortest_ms = meter->mode == METER_LEARNING ? FIRST_MEASURE_MS : SHORTEST_MEASURE_MS;
	bool measures = meter->mode != METER_FREE && meter->accepted > 0 && spent_ms >= shortest_ms;
	if (now_ms < meter->closed_until_ms) {
		meter->closed_until_ms = closed_until_ms;
		return;
	}
	if (measures) {
		take_measure(meter, (double)meter->accepted / (double)spent_ms);
		meter->mode = METER_PACED;
	}
	/* Too short a time says little: it is measured on from where it began. */
	if (measures || meter->mode == METER_FREE) {
		meter->accepted = 0;
		meter->empty_ms = now_ms;
	}
	if (meter->mode == METER_FREE)
		meter->mode = METER_LEARNING;
	bool unsure = measures && meter->measured == 1;
	meter->step = unsure ? unsure_step : first_step;
	meter->left = 0;
	meter->at_ms = now_ms;
	meter->closed_until_ms = closed_until_ms;
	meter->probe_ms = now_ms + (unsure ? FIRST_PROBE_MS : PROBE_EVERY_MS);
}

int64_t meter_open_at_ms(const struct meter *meter, int64_t amount, int64_t now_ms)
{
	if (meter->mode != METER_PACED || meter->per_ms <= 0)
		return now_ms;
	double most = meter->per_ms * SAVED_MS;
	double wanted = (double)amount < most ? (double)amount : most;
	double missing = wanted - left_at(meter, now_ms);
	return missing <= 0 ? now_ms : now_ms + (int64_t)(missing / meter->per_ms) + 1;
}
