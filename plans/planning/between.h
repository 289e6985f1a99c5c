/*
 * What a user holds between the actions that touch the user, and what must hold of it. Pure.
 *
 * A user is touched by one action of the user's own, and by those of the user's groups. `done` has a bit for
 * each that is done, in the order of `touches`.
 */
#ifndef PLANS_BETWEEN_H
#define PLANS_BETWEEN_H

#include "plans/planning/planning.h"

enum { TOUCHES_MAX = 8 };

struct touching {
	const char *group_id; /* NULL: the user's own */
	const struct license_list *add;
	const struct str_list *remove;
};

struct between {
	struct planning *p;
	const struct user *user;
	struct touching touches[TOUCHES_MAX]; /* the user's own first */
	size_t count;
	struct arena *tmp;
};

/*
 * NULL when it is safe to stop there; otherwise why it is not, in words that live as long as the plan, and
 * the invariant that is broken: "continuity" (who had service keeps it, mailbox included) or "conflicts" (no
 * two service plans exclude each other, none lacks what it needs).
 */
const char *between_wrong(const struct between *between, uint32_t done, const char **ret_invariant);

#endif
