/*
 * One limit of the service as it shows itself: a bucket that fills at a steady rate, learned from when it
 * was found empty (budget.h says how). Plain arithmetic on times that are passed in.
 */
#ifndef PROVIDERS_GRAPH_METER_H
#define PROVIDERS_GRAPH_METER_H

#include <stddef.h>
#include <stdint.h>

enum meter_mode {
	METER_FREE,	/* never refused: nothing is held back */
	METER_LEARNING, /* refused once: continue carefully until refused again */
	METER_PACED,	/* the rate is known */
};

enum { METER_MEASURES = 4 };
struct meter {
	enum meter_mode mode;
	double per_ms;	  /* METER_PACED: what is allowed */
	double step;	  /* how much the next probe adds, as a part of the rate */
	double left;	  /* of what may be spent now; below nothing: spent ahead */
	int64_t at_ms;	  /* when `left` was right */
	int64_t empty_ms; /* when the bucket was last found empty */
	int64_t closed_until_ms;
	int64_t probe_ms;		 /* when a little more is tried */
	int64_t accepted;		 /* since it was empty */
	double measures[METER_MEASURES]; /* the last, a ring */
	size_t measured;
};

void meter_spend(struct meter *meter, int64_t amount, int64_t now_ms);
void meter_accepted(struct meter *meter, int64_t amount, int64_t now_ms);
/* Refusals before `closed_until_ms` are the same event: all of it was sent before. */
void meter_refused(struct meter *meter, int64_t now_ms, int64_t closed_until_ms);
/* When `amount` may be spent. */
int64_t meter_open_at_ms(const struct meter *meter, int64_t amount, int64_t now_ms);

#endif
