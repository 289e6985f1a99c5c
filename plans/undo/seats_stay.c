/* Seats that an undo cannot take back. */
#include "plans/undo/seats_stay.h"

/* A key is used up; what was provisioned stays until somebody gives it back, while that can be done. */
void undo_warn_of_seats(struct planning *p, const struct action *action, const char *part_number)
{
	if (action->kind == ACTION_REDEEM_KEY)
		planning_warn(p, SS243, "the key for %lld × %s stays redeemed, and its seats stay",
			      (long long)action->seats, part_number);
	else if (action->return_until)
		planning_warn(
			p, SS243,
			"the %lld × %s that were provisioned stay; they can be given back until %s: ask "
			"who provisioned them once nobody holds them",
			(long long)action->seats, part_number, action->return_until);
	else
		planning_warn(p, SS243, "the %lld × %s that were provisioned stay", (long long)action->seats,
			      part_number);
}
