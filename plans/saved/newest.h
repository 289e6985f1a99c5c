/*
 * Which of a customer's saved plans counts: the newest, or the newest that was begun.
 *
 * A plan was begun when its journal has lines. Newest is what git has last: the plan that the last commit
 * added, or whose journal it changed; one of which not all is committed comes after that. Only among those
 * that git does not tell apart do times decide: of the last line of the journal or, before there is one, of
 * the reading of the snapshot, which whoever wrote the snapshot could set.
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
VEC(newest_plan_list, struct newest_plan);

struct newest_query {
	const char *dir, *customer;
	enum newest which;
	/* How old each is to git, smaller is newer; asked only of several. NULL: there is no git. */
	bool (*ages)(void *ctx, const struct newest_plan_list *plans, int64_t *ret_ages, struct error *err);
	void *ctx;
};

/*
 * False only when a plan or journal of the customer cannot be read; none at all is not an error. What is in
 * the customer's folder and says itself that it is another's is a copy, and nobody's plan here.
 */
NODISCARD bool plan_newest(const struct newest_query *query, struct arena *out,
			   struct newest_plan *ret_newest, struct error *err);

#endif
