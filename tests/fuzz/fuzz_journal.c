/* Any bytes as a journal: read, or refused with a reason; never half of it. */
#include "plans/saved/journal.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char path[] = "/tmp/seatshift-fuzz-XXXXXX";
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct journal_entry_list entries = {0};
	bool cut = false;
	int fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	close(fd);
	const struct journal_file file = {NULL,
					  path,
					  {"contoso",
					   "sha256:"
					   "0000000000000000000000000000000000000000000000000000000000000000",
					   "8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f"}};
	bool good = journal_read(&file, arena, &entries, &cut, &err);
	assert(good == (err.message == NULL));
	assert(good || entries.count == 0);
	for (size_t i = 0; i < entries.count; i++)
		assert(entries.items[i].seq == (int64_t)i + 1);
	error_release(&err);
	unlink(path);
	return 0;
}
