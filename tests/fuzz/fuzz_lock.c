/* Any bytes as a lock, of a file or a note on the remote: read, or not; what is read is written the
 * same again. */
#include "plans/git/lock_internal.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_LARGE);
	CLEANUP(strbuf_release) struct strbuf second = STRBUF_INIT(STRBUF_LARGE);
	struct lock_record record, again;
	if (!lock_record_decode((const char *)bytes, size, arena, &record))
		return 0;
	const char *why = lock_record_why_stale(&record, INT64_C(1793613600000), arena);
	assert(why || record.holder.expires_ms > INT64_C(1793613600000));
	lock_record_encode(&record, &text);
	bool good = lock_record_decode(strbuf_text(&text), text.len, arena, &again);
	assert(good);
	lock_record_encode(&again, &second);
	assert(str_eq(strbuf_text(&text), strbuf_text(&second)));
	return 0;
}
