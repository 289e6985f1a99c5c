/* Any bytes as a plan file: what is accepted is written back as the very same bytes. */
#include "plans/saved/plan_file.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	struct error err = ERROR_INIT;
	struct plan plan = {0};
	if (!plan_decode((const char *)bytes, size, arena, &plan, &err)) {
		assert(err.message);
		error_release(&err);
		return 0;
	}
	plan_encode(&plan, &text);
	assert(text.len == size && memcmp(strbuf_text(&text), bytes, size) == 0);
	return 0;
}
