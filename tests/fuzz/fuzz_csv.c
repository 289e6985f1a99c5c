/* Any bytes as a CSV file of users that a customer file names: rows, or complaints with their
 * lines. */
#include "plans/desired/desired.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static const char customer[] =
	"version: 1\n"
	"customer: contoso\n"
	"tenant: {id: 8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f, domain: contoso.onmicrosoft.com}\n"
	"agreement: {reason: upfront-payment, agreed_by: a@contoso.com, agreed_on: 2026-11-02}\n"
	"moves:\n"
	"  - open: {sku: ENTERPRISEPACK, seats: 25}\n"
	"    users: [{csv: users.csv}]\n";

struct file {
	const uint8_t *bytes;
	size_t size;
};

static bool read_csv(void *ctx, const char *path, struct arena *out, struct bytes *ret, struct error *err)
{
	const struct file *file = ctx;
	(void)path;
	(void)err;
	*ret = (struct bytes){arena_strndup(out, (const char *)file->bytes, file->size), file->size};
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct file file = {bytes, size};
	const struct file_reader reader = {.read = read_csv, .ctx = &file};
	struct desired desired = {0};
	struct diag_list diags = {0};
	bool good = desired_parse("customers/contoso.yaml", (struct bytes){customer, strlen(customer)},
				  &reader, arena, &diags, &desired);
	assert(good || diags.count);
	for (size_t i = 0; i < diags.count; i++)
		assert(diags.items[i].message);
	return 0;
}
