/* A clock that moves only when somebody sleeps, and randomness that is always the same. */
#include "tests/support/fake_clock.h"

#include <string.h>

static int64_t now(void *ctx)
{
	return ((const struct fake_clock *)ctx)->now_ms;
}

static void sleep_for(void *ctx, int64_t ms)
{
	struct fake_clock *fake = ctx;
	fake->now_ms += ms;
	fake->slept_ms += ms;
}

void fake_clock_init(struct fake_clock *fake)
{
	*fake = (struct fake_clock){.now_ms = INT64_C(1793613600000)};
	fake->clock = (struct clock){now, now, sleep_for, fake};
}

static void fill(void *ctx, void *bytes, size_t len)
{
	(void)ctx;
	memset(bytes, 0, len);
}

const struct random fake_random = {fill, NULL};
