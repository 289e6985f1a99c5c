/* One limit of the service, as it shows itself. */
#include "providers/graph/meter.h"

enum { SHORTEST_MEASURE_MS = 500, PROBE_EVERY_MS = 5000, SAVED_MS = 10000 };

/* A little below what was measured, and a little more with each probe that goes well. */
static const double below = 0.985, above = 1.01, after_surprise = 0.8;

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
	meter->per_ms *= above;
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

void meter_refused(struct meter *meter, int64_t now_ms, int64_t closed_until_ms)
{
	int64_t spent_ms = now_ms - meter->empty_ms;
	if (now_ms < meter->closed_until_ms) {
		meter->closed_until_ms = closed_until_ms;
		return;
	}
	if (meter->mode == METER_FREE) {
		meter->mode = METER_LEARNING;
	} else if (meter->accepted > 0 && spent_ms >= SHORTEST_MEASURE_MS) {
		meter->mode = METER_PACED;
		meter->per_ms = (double)meter->accepted / (double)spent_ms * below;
	} else {
		meter->per_ms *= after_surprise;
	}
	meter->left = 0;
	meter->accepted = 0;
	meter->at_ms = meter->empty_ms = now_ms;
	meter->closed_until_ms = closed_until_ms;
	meter->probe_ms = now_ms + PROBE_EVERY_MS;
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
