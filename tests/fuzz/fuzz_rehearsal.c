/* Any bytes as rehearsal.json beside a plan: a rehearsal of this very plan, of another, or refused with a
 * reason. */
#include "plans/saved/rehearsed.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char dir[] = "/tmp/seatshift-fuzz-XXXXXX";
	char path[64];
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct rehearsed rehearsed = {0};
	struct plan_folder folder = {
		.id = "000000000000", .digest = "sha256:" ZEROS, .paths.dir = ".", .snapshot = {"", 0}};
	if (!mkdtemp(dir))
		abort();
	(void)snprintf(path, sizeof path, "%s/rehearsal.json", dir);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		abort();
	bool read = rehearsed_read(dir, &folder, arena, &rehearsed, &err);
	assert(read == (err.message == NULL));
	assert(!rehearsed.good ||
	       (rehearsed.found && rehearsed.runs > 0 && rehearsed.alike == rehearsed.runs));
	assert(!rehearsed.found || !rehearsed.why);
	error_release(&err);
	unlink(path);
	rmdir(dir);
	return 0;
}
