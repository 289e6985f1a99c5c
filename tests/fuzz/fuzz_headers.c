/* Any text as a Retry-After, a date, and an address that a nextLink may hold. */
#include "core/clock.h"
#include "core/http.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	enum { DAY_MS = 86400000 };
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)bytes, size);
	int64_t wait_ms = 0, at_ms = 0;
	if (http_retry_after_parse(text, INT64_C(1700000000000), &wait_ms))
		assert(wait_ms >= 0 && wait_ms <= DAY_MS);
	(void)!http_date_parse(text, &at_ms);
	const char *origin = http_origin(arena, text);
	if (origin) {
		(void)http_origin_allowed(origin);
		/* An origin is its own origin. */
		const char *again = http_origin(arena, origin);
		assert(again && str_eq(again, origin));
	}
	return 0;
}
