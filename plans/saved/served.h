/*
 * Who is served: whether people hold, in the tenant as it was just read, what a plan's actions leave them.
 * Pure.
 *
 * A group is its members: that the group hands out a licence says nothing of who has it. So a group's swap is
 * asked of each member, and of the service, whether it is still at work on the group.
 */
#ifndef PLANS_SERVED_H
#define PLANS_SERVED_H

#include "plans/planning/plan.h"
#include "plans/saved/replay.h"

/*
 * Holds every SKU that the action leaves, active and without error: directly, or, for a group's action,
 * through that group and nothing more of what it takes away. Service plans are not compared. `*ret_why` says
 * in one line what is missing, in `out`.
 */
bool user_is_served(const struct action *action, const struct user *user, struct arena *out,
		    const char **ret_why);

/*
 * The SKU on which a person rests from whom the action only takes another: held already when the plan was
 * made
 * (`before`, or NULL), so that nothing is given. NULL: there is none. A licence is taken on the strength of
 * it, so it has to work, from whatever source, before the other goes and as long as the plan is not done.
 */
const char *action_rests_on(const struct plan *plan, const struct live *before, const struct action *action);
/* Whether one source of the licence works; `*ret_why` as above. */
bool user_has_working(const struct user *user, const char *sku_id, struct arena *out, const char **ret_why);

/*
 * As the action left it: as its result says or, where the service kept another choice of services and the
 * journal has that on record, with that choice. `*ret_difference` as action_compare_user has it.
 */
bool user_is_as_left(const struct action *action, const struct user *user, const struct action_result *result,
		     struct arena *out, const char **ret_difference);
bool group_is_as_left(const struct action *action, const struct group *group,
		      const struct action_result *result, struct arena *out, const char **ret_difference);

struct unserved_member {
	const struct user *user;
	const char *upn;
	const char *why;
	/* The service says why the member does not get the licence: waiting will not bring it. Or NULL. */
	const struct license_state *refused;
};
VEC(unserved_member_list, struct unserved_member);

/* How far a group's swap has come. */
struct group_progress {
	bool is_gone;			      /* there is no such group any more */
	bool is_processed;		      /* the service is not at work on the group */
	const char *state;		      /* of the processing, in the service's word; NULL: not said */
	size_t members;			      /* people who are members now */
	struct unserved_member_list unserved; /* in the order of their ids */
};

/* `live` must hold the group and its members as users. */
void group_progress_of(const struct action *action, const struct live *live, struct arena *out,
		       struct group_progress *ret);
/*
 * For the journal: members who do not have what the group hands out, and how each stands; and those of
 * `before` who are members no more.
 */
void group_people_of(const struct action *action, const struct group_progress *progress,
		     const struct live *live, const struct live *before, struct arena *out,
		     struct journal_group *ret);
/* Nothing is left to wait for. */
bool group_is_done(const struct group_progress *progress);
/* "2 of 3 members are served". */
const char *group_served_text(const struct group_progress *progress, struct arena *out);
/* "being processed by Microsoft 365 (QueuedForProcessing): 2 of 3 members are served". */
const char *group_processing_text(const struct group_progress *progress, struct arena *out);
/* "lee.gu@contoso.com: no seat is left", the first few; NULL when all are served. */
const char *group_unserved_text(const struct group_progress *progress, struct arena *out);

/* The action's group, as people know it: "group 'Sales'". */
const char *group_name_text(const struct action *action, struct arena *out);

/* No seat was left for the licence. */
bool license_lacks_seat(const struct license_state *state);
/* Where a person has the service try again to give members what it refused them: the clicks, in a line. */
const char *group_reprocess_text(const struct action *action, const char *sku_id, struct arena *out);

#endif
