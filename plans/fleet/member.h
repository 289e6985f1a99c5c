/* Where one member of a fleet stands, by the journal of the fleet's plan and by how the last attempt ended.
 */
#ifndef PLANS_FLEET_MEMBER_H
#define PLANS_FLEET_MEMBER_H

#include "plans/fleet/fleet_folder.h"
#include "plans/saved/journal.h"

enum member_state {
	MEMBER_DONE,
	MEMBER_ALREADY, /* done, and nothing had to be changed */
	MEMBER_WAITING, /* for a person: at a hand step, or to approve; or for the service: by_service */
	MEMBER_FAILED,
	MEMBER_NOT_STARTED,
	MEMBER_UNKNOWN, /* begun, and stopped or cut off before an end */
	MEMBER_STATE_COUNT
};
const char *member_state_name(enum member_state state);

struct member {
	enum member_state state;
	bool moved;		   /* all people are verified */
	bool done;		   /* and the Advisor subscriptions are retired as well */
	int64_t began_ms;	   /* 0: not begun */
	int64_t moved_ms, done_ms; /* when the last of it was seen; 0: never */
	int64_t users_moved;
	bool unapproved; /* what is waited for is an approval that counts */
	bool undone;	 /* by another plan: nothing of this one counts, whatever its journal says */
	int status; /* of a failed one, and of one without approval: how its last attempt, or its last run,
		       ended */
	const char *cause; /* why it is not done, one line; NULL when done or not started */
	const char *step;  /* the kind of hand step that is waited for, or NULL */
	bool by_service;   /* nobody has to do anything: the service is at work on a group */
};

/* `entries` and `result` may be empty. `plan` is that of the journal; NULL where there are no entries. */
struct member member_judge(const struct plan *plan, const struct journal_entry_list *entries,
			   const struct fleet_result *result, struct arena *out);

/* Looks whether a plan that was begun, and is of that tenant, has been undone since. */
NODISCARD bool member_find_undone(const char *dir, const struct fleet_member *row, const char *tenant_id,
				  struct arena *out, struct member *member, struct error *err);

/* Reads the plan (only where it was begun), the journal and the result. ERR_INVALID: one cannot be used. */
NODISCARD bool member_read(const char *dir, const struct fleet_folder *folder, size_t index,
			   struct arena *out, struct member *ret_member, struct error *err);

/* As far as its wave asks. */
bool member_is_there(const struct member *member, enum wave_until until);
int64_t member_there_ms(const struct member *member, enum wave_until until);

#endif
