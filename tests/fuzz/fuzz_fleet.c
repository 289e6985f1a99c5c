/*
 * Any bytes as fleet.yaml and as a frozen fleet: complaints or a fleet, and what is accepted of the frozen
 * one is written back as the very same bytes.
 */
#include "plans/desired/fleet_file.h"
#include "plans/fleet/fleet.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static void try_file(const char *text, size_t size, struct arena *arena)
{
	struct fleet_file file = {0};
	struct diag_list diags = {0};
	struct str_list customers = {0};
	bool good = fleet_parse("fleet.yaml", text, size, arena, &diags, &file);
	assert(good || diags.count);
	VEC_PUSH(arena, &customers, "contoso");
	fleet_check_names(&file, &customers, arena, &diags);
	if (!good)
		return;
	assert(file.waves.count);
	const struct label_list none = {0};
	(void)fleet_selects(&file, "contoso", &none);
	struct fleet_choice_list chosen = {0};
	for (int i = 0; i < 3; i++)
		VEC_PUSH(arena, &chosen, (struct fleet_choice){"contoso", &none, SIZE_MAX});
	fleet_assign_waves(&file, &chosen);
}

static void try_frozen(const char *text, size_t size, struct arena *arena)
{
	struct fleet fleet = {0};
	struct error err = ERROR_INIT;
	if (!fleet_decode(text, size, arena, &fleet, &err)) {
		assert(err.message);
		error_release(&err);
		return;
	}
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	fleet_encode(&fleet, &again);
	assert(again.len == size && memcmp(strbuf_text(&again), text, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)bytes, size);
	try_file(text, size, arena);
	try_frozen(text, size, arena);
	return 0;
}
