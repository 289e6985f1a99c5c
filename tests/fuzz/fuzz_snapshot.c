/* Any bytes as a snapshot: what is accepted is written back as the very same bytes, by both ways to compare.
 */
#include "providers/snapshot/snapshot.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	const char *text = arena_strndup(arena, (const char *)bytes, size);
	struct error err = ERROR_INIT;
	struct live live = {0};
	struct read_info info = {0};
	if (!snapshot_decode(text, size, arena, &live, &info, &err)) {
		assert(err.message);
		error_release(&err);
		return 0;
	}
	snapshot_encode(&live, &info, &again);
	bool same = again.len == size && memcmp(strbuf_text(&again), text, size) == 0;
	assert(same == snapshot_is_written_as(&live, &info, text, size));
	/* What another hand wrote may be read, and is then written in the one way there is. */
	struct live twice = {0};
	struct read_info twice_info = {0};
	CLEANUP(strbuf_release) struct strbuf third = STRBUF_INIT(STRBUF_LARGE);
	assert(snapshot_decode(strbuf_text(&again), again.len, arena, &twice, &twice_info, &err));
	snapshot_encode(&twice, &twice_info, &third);
	assert(third.len == again.len && memcmp(strbuf_text(&third), strbuf_text(&again), again.len) == 0);
	return 0;
}
