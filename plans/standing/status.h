/*
 * Where a customer stands: agreed, ordered, key in hand, redeemed, users moved, retired; what is waited
 * for; and what is billed twice meanwhile. Pure.
 */
#ifndef PLANS_STATUS_H
#define PLANS_STATUS_H

#include "plans/saved/newest.h"
#include "plans/saved/next_command.h"
#include "plans/standing/give_back.h"
#include "plans/standing/keepers.h"
#include "plans/standing/way_back.h"
#include "plans/standing/window.h"

enum stage {
	STAGE_OPEN, /* not done */
	STAGE_DONE,
	STAGE_ATTESTED, /* a person says so, Graph does not show it yet */
	STAGE_NEEDLESS, /* nothing to do here */
	STAGE_UNKNOWN,	/* neither a plan nor the tenant says */
};
const char *stage_name(enum stage stage);

struct status_input {
	const struct desired *desired;	/* may be a draft */
	const struct newest_plan *plan; /* `found` may be false */
	const struct live
		*live; /* what was read just now; or NULL: then the plan's snapshot and journal speak */
	int32_t today;
	int64_t approvals_required, approvals_valid; /* of the plan; required 0: it needs none */
	enum plan_place place;
	const char *signers;   /* the policy's file of those who may approve */
	const char *left_over; /* why the plan came too late to be applied; or NULL */
	bool unattended;       /* whoever is told cannot be asked anything (plans/saved/next_command.h) */
};

struct status {
	enum stage agreed, ordered, key_in_hand, redeemed, retired;
	bool retires; /* the plan has a step for that */
	bool by_key;  /* some seats come by a key; else `redeemed` says whether they were received */
	enum stage reactivated; /* of an undo: what was retired is there again */
	bool is_undo;		/* people move back, to what the undone plan found */
	int64_t users_moved;
	int64_t users;		      /* people the plan moves, through groups too; -1: there is no plan */
	int64_t users_changed_since;  /* moved by the plan, and not as it left them any more */
	struct str_list waiting_for;  /* one line each, the first thing first */
	struct window window;	      /* of all moves together */
	const struct window *windows; /* one per move of the plan */
	struct give_back exit;	      /* of the new seats */
	struct way_back back;	      /* of the plan; `text` NULL: there is none */
	struct keepers_list kept;     /* who holds what was retired, on purpose */
};

/* Of `redeemed`, in a column of keys: seats that came without one are no key that was redeemed. */
const char *status_seats_text(const struct status *s);

void status_compute(const struct status_input *input, struct arena *out, struct status *ret_status);

/* What has to be read for `live`: the tenant, and the users and groups (with members) that the plan
 * changes. */
struct read_scope;
void status_read_scope(const struct newest_plan *plan, struct arena *out, struct read_scope *ret_scope);

#endif
