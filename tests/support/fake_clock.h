/* A clock that moves only when somebody sleeps, and randomness that is always the same. */
#ifndef TESTS_SUPPORT_FAKE_CLOCK_H
#define TESTS_SUPPORT_FAKE_CLOCK_H

#include "core/clock.h"
#include "core/random.h"

struct fake_clock {
	struct clock clock;
	int64_t now_ms; /* both clocks; begins at 2026-11-02T10:00:00Z */
	int64_t slept_ms;
};
void fake_clock_init(struct fake_clock *fake);

extern const struct random fake_random; /* all bytes zero */

#endif
