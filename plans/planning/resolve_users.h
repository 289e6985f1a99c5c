/* The users of a move: its entries resolved and merged into one wish per user. Pure. */
#ifndef PLANS_RESOLVE_USERS_H
#define PLANS_RESOLVE_USERS_H

#include "plans/planning/planning.h"

/* Fills move->wishes and move->excepted; warns of guests and disabled accounts among them. */
void resolve_users(struct planning *p, struct resolved_move *move);

/* Refuses a move without users; asked once it is known whether its key is still to be redeemed. */
void resolve_check_somebody(struct planning *p, const struct resolved_move *move);

/* resolve_groups.c */
/* The group that an entry names; NULL with a refusal when there is none, or more than one. */
const struct group *resolve_find_group(struct planning *p, const struct user_entry *entry);
/* The group that has it as its mail address; NULL: none that is known. */
const struct group_mail *resolve_find_group_mail(struct planning *p, const char *address);
/* The first few, each in quotes, and how many more there are; NULL: none. */
const char *resolve_first_of(struct planning *p, const struct str_list *names);
/* Devices, contacts and service principals: an operator who counts members would miss them. */
void resolve_tell_of_others(struct planning *p, const struct group *group);

#endif
