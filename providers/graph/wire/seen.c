/* A set of ids: their hashes in an open-addressed table. */
#include "providers/graph/wire/seen.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

struct seen {
	uint64_t *slots; /* 0: free */
	size_t slot_count, count;
};

struct seen *seen_new(void)
{
	struct seen *seen = mem_alloc(sizeof *seen);
	*seen = (struct seen){.slots = mem_alloc(FIRST_SLOTS * sizeof *seen->slots),
			      .slot_count = FIRST_SLOTS};
	return seen;
}

void seen_free(struct seen *seen)
{
	if (!seen)
		return;
	free(seen->slots);
	free(seen);
}

static uint64_t *slot_of(const struct seen *seen, uint64_t hash)
{
	size_t mask = seen->slot_count - 1;
	size_t at = hash & mask;
	while (seen->slots[at] && seen->slots[at] != hash)
		at = (at + 1) & mask;
	return &seen->slots[at];
}

static void grow(struct seen *seen)
{
	struct seen old = *seen;
	seen->slot_count *= 2;
	seen->slots = mem_alloc(seen->slot_count * sizeof *seen->slots);
	for (size_t i = 0; i < old.slot_count; i++)
		if (old.slots[i])
			*slot_of(seen, old.slots[i]) = old.slots[i];
	free(old.slots);
}

bool seen_add(struct seen *seen, const char *id)
{
	uint64_t hash = str_hash(id, strlen(id));
	uint64_t *slot = slot_of(seen, hash ? hash : 1);
	if (*slot)
		return false;
	*slot = hash ? hash : 1;
	if (++seen->count * 2 > seen->slot_count)
		grow(seen);
	return true;
}

size_t seen_count(const struct seen *seen)
{
	return seen->count;
}
