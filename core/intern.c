/* Texts by number: a list in an arena, and an open-addressed index over it. */
#include "core/intern.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdint.h>
#include <stdlib.h>

struct slot {
	uint64_t hash;
	size_t number; /* plus one; 0: free */
};

struct intern {
	struct arena *arena;
	struct str_list texts;
	struct slot *slots;
	size_t slot_count; /* a power of two */
};

enum { FIRST_SLOTS = 64 };

struct intern *intern_new(void)
{
	struct intern *table = mem_alloc(sizeof *table);
	table->arena = arena_new();
	table->slot_count = FIRST_SLOTS;
	table->slots = mem_alloc(FIRST_SLOTS * sizeof *table->slots);
	return table;
}

void intern_free(struct intern *table)
{
	if (!table)
		return;
	arena_free(table->arena);
	free(table->slots);
	free(table);
}

/* The slot of the text, or the free one where it belongs. */
static struct slot *slot_of(const struct intern *table, uint64_t hash, const char *text, size_t len)
{
	size_t mask = table->slot_count - 1;
	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		struct slot *slot = &table->slots[at];
		if (!slot->number)
			return slot;
		const char *there = table->texts.items[slot->number - 1];
		if (slot->hash == hash && strncmp(there, text, len) == 0 && !there[len])
			return slot;
	}
}

static void grow(struct intern *table)
{
	struct slot *old = table->slots;
	size_t old_count = table->slot_count;
	table->slot_count *= 2;
	table->slots = mem_alloc(table->slot_count * sizeof *table->slots);
	for (size_t i = 0; i < old_count; i++) {
		size_t at = old[i].hash & (table->slot_count - 1);
		if (!old[i].number)
			continue;
		while (table->slots[at].number)
			at = (at + 1) & (table->slot_count - 1);
		table->slots[at] = old[i];
	}
	free(old);
}

size_t intern_number(struct intern *table, const char *text, size_t len)
{
	uint64_t hash = str_hash(text, len);
	struct slot *slot = slot_of(table, hash, text, len);
	if (slot->number)
		return slot->number - 1;
	VEC_PUSH(table->arena, &table->texts, arena_strndup(table->arena, text, len));
	*slot = (struct slot){hash, table->texts.count};
	if (table->texts.count * 2 > table->slot_count)
		grow(table);
	return table->texts.count - 1;
}

const struct str_list *intern_texts(const struct intern *table)
{
	return &table->texts;
}
