/* A saved plan as the one that is undone: what its journal says of it. Pure. */
#ifndef PLANS_UNDONE_H
#define PLANS_UNDONE_H

#include "plans/saved/journal.h"
#include "plans/saved/plan_folder.h"
#include "plans/undo/undo.h"

/* Borrows from both. */
struct undone undone_of(const struct plan_folder *folder, const struct journal_entry_list *entries,
			struct arena *out);

#endif
