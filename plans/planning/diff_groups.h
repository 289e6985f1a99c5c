/* Licences inherited from groups: swapped on the group when all its members move, else refused. Pure. */
#ifndef PLANS_DIFF_GROUPS_H
#define PLANS_DIFF_GROUPS_H

#include "plans/planning/diff.h"

/* Adds a change for every group that hands out the move's Advisor SKU to its users, or refuses. */
void diff_groups(struct planning *p, const struct resolved_move *move, struct group_change_list *groups);

/* Whether the user gets the move's Open SKU through a group that is swapped. */
bool diff_is_swapped_by_group(const struct group_change_list *groups, const struct user *user,
			      const struct resolved_move *move);

/*
 * A group is swapped in the first wave when all its members are canaries. When only some are, there is no
 * first wave that leaves the others as they are: refused.
 */
void diff_group_canaries(struct planning *p, struct group_change_list *groups);

#endif
