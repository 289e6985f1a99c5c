/* Any bytes as a customer file and as a repository file; what parses has one digest of its meaning. */
#include "plans/desired/desired.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static bool read_csv(void *ctx, const char *path, struct arena *out, struct bytes *ret, struct error *err)
{
	(void)ctx;
	(void)path;
	(void)err;
	ret->ptr = arena_strdup(out,
				"upn,usage_location,disable\nadele.vance@contoso.com,US,YAMMER_ENTERPRISE\n");
	ret->len = strlen(ret->ptr);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const struct file_reader reader = {.read = read_csv};
	const char *text = arena_strndup(arena, "", 0);
	struct desired desired = {0};
	struct policy policy = {0};
	struct diag_list diags = {0};
	if (size)
		text = (const char *)bytes;
	bool good = desired_parse("customers/contoso.yaml", (struct bytes){text, size}, &reader, arena,
				  &diags, &desired);
	assert(good || diags.count);
	diags = (struct diag_list){0};
	good = policy_parse("seatshift.yaml", text, size, arena, &diags, &policy);
	assert(good || diags.count);
	return 0;
}
