/* Any bytes as a customer file and as a repository file; what parses has one digest of its meaning. */
#include "plans/desired/claims.h"
#include "plans/desired/desired.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

enum { TODAY = 20789 }; /* 2026-12-02 */

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

/* A file with errors is checked as far as it goes. */
static void check_what_was_read(const struct desired *desired, struct arena *arena, struct diag_list *diags)
{
	const struct policy policy = {.partner_tenant = "8f3c1d5e-0000-4000-8000-000000000001"};
	struct claim_list claims = {0};
	desired_check_dates(desired, TODAY, arena, diags);
	desired_check_policy(desired, &policy, arena, diags);
	desired_check_partner(desired, &policy, arena, diags);
	claims_add(&claims, desired, arena);
	claims_add(&claims, desired, arena);
	claims_compare(&claims, arena);
	claim_complain(&claims.items[0], desired->tenant_place, arena, diags);
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
	if (desired.file)
		check_what_was_read(&desired, arena, &diags);
	diags = (struct diag_list){0};
	good = policy_parse("seatshift.yaml", text, size, arena, &diags, &policy);
	assert(good || diags.count);
	return 0;
}
