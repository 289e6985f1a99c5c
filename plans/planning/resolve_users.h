/* The users of a move: its entries resolved and merged into one wish per user. Pure. */
#ifndef PLANS_RESOLVE_USERS_H
#define PLANS_RESOLVE_USERS_H

#include "plans/planning/planning.h"

/* Fills move->wishes and move->excepted; warns of guests and disabled accounts among them. */
void resolve_users(struct planning *p, struct resolved_move *move);

/* Refuses a move without users; asked once it is known whether its key is still to be redeemed. */
void resolve_check_somebody(struct planning *p, const struct resolved_move *move);

#endif
