/* Any bytes as an approval and as an allowed-signers file. */
#include "plans/approvals/approval.h"
#include "plans/approvals/signers.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static void take_approval(const char *text, size_t len, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	struct approval approval = {0};
	struct error err = ERROR_INIT;
	if (!approval_decode(text, len, arena, &approval, &err)) {
		assert(err.message);
		error_release(&err);
		return;
	}
	/* One form only: nothing that is signed can be read in two ways. */
	approval_encode(&approval, &again);
	assert(again.len == len && memcmp(strbuf_text(&again), text, len) == 0);
	assert(approver_is_valid(approval.approver));
	const char *name = approver_file_name(approval.approver, arena);
	assert(*name && *name != '.' && !strchr(name, '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)bytes, size);
	const struct signers signers = {.allowed = text, .allowed_len = strlen(text)};
	take_approval((const char *)bytes, size, arena);
	const struct str_list names =
		signers_of_key(&signers, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", arena);
	for (size_t i = 0; i < names.count; i++)
		assert(!strpbrk(names.items[i], "*?!,\""));
	return 0;
}
