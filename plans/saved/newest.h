/*
 * Which of a customer's saved plans counts: the newest, or the newest that was begun.
 *
 * A plan was begun when its journal has lines. Age is that of the last thing that happened to it: the
 * last line of its journal or, before there is one, the reading of its snapshot.
 */
#ifndef PLANS_NEWEST_H
#define PLANS_NEWEST_H

#include "plans/saved/journal.h"
#include "plans/saved/plan_folder.h"

enum newest { NEWEST_ANY, NEWEST_BEGUN };

struct newest_plan {
	bool found;
	struct plan_folder folder;
	struct journal_entry_list entries;
};

/* False only when a plan or journal of the customer cannot be read; none at all is not an error. */
NODISCARD bool plan_newest(const char *dir, const char *customer, enum newest which, struct arena *out,
			   struct newest_plan *ret_newest, struct error *err);

#endif
