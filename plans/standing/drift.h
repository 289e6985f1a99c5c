/*
 * Drift: how a tenant differs from what a plan left behind. Pure.
 *
 * What the plan has not done yet is pending, not drift, as long as it finds what it expects. Each difference
 * says, as far as Graph shows it, who or what moved (a direct assignment or a group) and since when.
 */
#ifndef PLANS_DRIFT_H
#define PLANS_DRIFT_H

#include "plans/saved/newest.h"
#include "plans/standing/keepers.h"
#include "plans/standing/window.h"

enum drift_kind {
	DRIFT_USER, /* a user does not hold what the plan left */
	DRIFT_USER_GONE,
	DRIFT_STALE,	      /* who is still to be changed is not as the plan expects: apply refuses */
	DRIFT_GROUP,	      /* a group does not hand out what the plan left */
	DRIFT_HOLDER,	      /* holds the Advisor SKU, and did not when the plan was made */
	DRIFT_SUBSCRIPTION,   /* the Advisor subscription lives again */
	DRIFT_STRANDED,	      /* the Advisor subscription is cancelled, and people stand on it */
	DRIFT_STRANDED_AGAIN, /* that of an undo, after it was there again */
	DRIFT_SEATS,	      /* fewer Open seats than the plan left, or than are held */
	DRIFT_UNCONFIRMED,    /* attested by a person, not yet seen in Graph */
	DRIFT_LATE,	      /* retire_by has passed */
	DRIFT_WISH,	      /* the desired state asks for something that neither is nor is pending */
	DRIFT_REFUSED,	      /* the desired state can no longer be planned */
	DRIFT_UNDONE,	      /* the desired state asks for what was undone */
	DRIFT_KIND_COUNT
};
const char *drift_kind_name(enum drift_kind kind);

struct drift_item {
	enum drift_kind kind;
	const char *subject; /* UPN, group, subscription or SKU */
	const char *what;    /* one line */
	const char *by;	     /* "direct", "group Sales"; NULL when Graph does not say */
	const char *since;   /* RFC 3339, or NULL */
};
VEC(drift_item_list, struct drift_item);

struct drift_input {
	const struct desired *desired;
	const struct policy *policy;
	const struct newest_plan *plan; /* that was begun; must be there */
	const struct live *live;	/* read just now with drift_read_scope */
	int32_t today;
};

struct drift {
	struct drift_item_list items;
	size_t pending;		  /* actions of the plan that have not ended well */
	size_t stale;		  /* of those, the ones that no longer find what they expect */
	struct window window;	  /* of all moves together */
	struct keepers_list kept; /* who holds what was retired, on purpose: no difference */
};

void drift_compute(const struct drift_input *input, struct arena *out, struct drift *ret_drift);

/* What planning reads, and everybody whom the plan changed. */
struct read_scope;
void drift_read_scope(const struct desired *desired, const struct policy *policy,
		      const struct plan_folder *folder, struct arena *out, struct read_scope *ret_scope);

#endif
