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

/* As a signature, and as patterns: what comes of it is within the file. */
static void take_signature(const char *text, size_t len, const struct signers *signers, struct arena *arena)
{
	const struct signed_text signed_text = {.signature = {text, len}};
	const struct str_list names = signers_of_signature(signers, &signed_text, arena);
	for (size_t i = 0; i < names.count; i++) {
		assert(*names.items[i] && strstr(signers->allowed.ptr, names.items[i]));
		assert(signer_is_pattern(names.items[i]) || signer_matches(names.items[i], names.items[i]));
	}
	(void)signer_matches(text, "alex.wilber@example.com");
	assert(signer_matches("*", text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)bytes, size);
	const struct signers signers = {.allowed = {text, strlen(text)}};
	take_approval((const char *)bytes, size, arena);
	take_signature(text, strlen(text), &signers, arena);
	const struct str_list names =
		signers_of_key(&signers, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", arena);
	for (size_t i = 0; i < names.count; i++)
		assert(!strpbrk(names.items[i], "*?!,\""));
	return 0;
}
