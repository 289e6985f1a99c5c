/*
 * Desired × live → changes: what each user, each group and each subscription needs. Pure.
 *
 * One change per user, however many moves name the user, so that each gets one call.
 */
#ifndef PLANS_DIFF_H
#define PLANS_DIFF_H

#include "plans/planning/planning.h"

struct user_change {
	const struct user *user;
	struct license_list add;    /* sorted by SKU */
	struct str_list remove;	    /* SKU ids, sorted */
	const char *usage_location; /* to be set first; or NULL */
	bool location_is_wished;    /* by an entry, not only by the default */
	bool location_is_explicit;  /* by an entry that names the user */
	bool lose_mailbox;
	int64_t taken; /* licences that go with nothing in their place */
	bool canary;
	const char *why;
};
VEC(user_change_list, struct user_change);

struct group_change {
	const struct group *group;
	struct license_list add;
	struct str_list remove;
	bool canary; /* all its members are canaries */
	const char *why;
};
VEC(group_change_list, struct group_change);

/* What a user who is touched holds once all is done, whatever way it comes: plans/planning/effects.h. */
struct user_effect {
	const struct user *user;
	const struct user_change *change; /* NULL: only groups change */
	struct license_list after;	  /* sorted by SKU */
	bool by_group;			  /* a group of the user changes */
};
VEC(user_effect_list, struct user_effect);

struct changes {
	struct user_change_list users;	 /* sorted by user id; only those that change */
	struct group_change_list groups; /* sorted by group id */
	struct user_effect_list effects; /* of all that, sorted by user id */
	size_t users_concerned;		 /* wanted users and holders of the Advisor SKUs */
};

void diff_build(struct planning *p, struct changes *ret_changes);

#endif
