/* Any bytes as the file of a twin: a tenant, or one clear complaint. */
#include "providers/twin/twin.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_clock.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fake_clock clock;
	struct error err = ERROR_INIT;
	CLEANUP(twin_freep) struct twin *twin = NULL;
	fake_clock_init(&clock);
	bool good = twin_read((const char *)bytes, size, &clock.clock, &fake_random, &twin, &err);
	assert(good == (err.message == NULL));
	assert(good == (twin != NULL));
	error_release(&err);
	return 0;
}
