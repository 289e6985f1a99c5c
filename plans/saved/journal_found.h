/* The part of a journal's entry that says what a key brought: written, read, and laid over a snapshot. */
#ifndef PLANS_JOURNAL_FOUND_H
#define PLANS_JOURNAL_FOUND_H

#include "plans/saved/journal.h"

/* {"distributor", "order", "subscriptions": [{"created", "ends", "id", "part_number", "seats", "sku"}]} */
void journal_found_put(const struct journal_found *found, struct json_writer *w);
NODISCARD bool journal_found_get(const struct json *object, struct arena *out,
				 struct journal_found *ret_found);

/*
 * The tenant as the snapshot has it, with what the journal has found since: so that whoever is not connected
 * is still told which subscription must not be cancelled. Borrows from both.
 */
struct live journal_found_add_to(const struct live *snapshot, const struct journal_entry_list *entries,
				 struct arena *out);

#endif
