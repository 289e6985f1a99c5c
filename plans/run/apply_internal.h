/*
 * One run: what it holds, and how it keeps its journal. Below the files that decide what is done next:
 * apply.c (the state machine) and apply_hand.c (hand steps).
 */
#ifndef PLANS_APPLY_INTERNAL_H
#define PLANS_APPLY_INTERNAL_H

#include "plans/run/apply.h"
#include "plans/saved/expiry.h"
#include "plans/saved/served.h"
#include "plans/saved/set_up.h"

/* Actions that are ready at the same time. */
struct run_batch {
	const struct action **actions;
	size_t count;
};

/* A group that hands out the new licences; whether its members have them is another question. */
struct swapped_group {
	const struct action *action;
	enum outcome outcome; /* of the group itself */
	const char *detail;   /* of that, or NULL */
};
VEC(swapped_group_list, struct swapped_group);

struct run {
	const struct apply_options *o;
	struct arena *out;
	struct replay replay;		   /* of the journal; kept up to date */
	bool wrote_before;		   /* the journal has a write: the plan has been begun */
	struct str_list waiting_for;	   /* hand steps */
	struct swapped_group_list swapped; /* whose members have not been asked yet */
	struct str_list reopened;	   /* actions of groups that were looked at again at a gate */
	bool come_back;			/* the hand step that was looked at last has to be looked at anew */
	bool reprocess_forbidden;	/* the service said so */
	struct str_list waiting_groups; /* actions whose groups are still being processed */
	struct str_list setting_up;	/* actions whose people have licences that do not work yet */
	const char *setting_up_text;	/* who and which services; or NULL */
	struct organization organization;
	struct str_list served; /* ids of the members of groups whose swap has ended well in this wave */
	struct journal_entry_list said; /* noted by others while this run waited */
	bool stop;			/* a person or a signal wants out, or the deadline has passed */
	bool late;			/* it was the deadline */
	size_t unseen;			/* accepted, and not read back yet */
	const char *differs;		/* what the plan rests on is not so: nothing more is done; or NULL */
	size_t total;			/* graph actions of the plan, for progress */
	size_t ended_before;		/* of these, ended well before what is being executed now */
};

/* Journals and remembers how an action ended. */
NODISCARD bool run_ended(struct run *run, const struct action *action, enum outcome outcome,
			 const char *detail, struct error *err);
/* The same, with more to put down: an entry that has no event yet. */
NODISCARD bool run_ended_with(struct run *run, const struct action *action, enum outcome outcome,
			      const char *detail, struct journal_entry *entry, struct error *err);
NODISCARD bool run_append(struct run *run, enum journal_event event, const struct action *action,
			  const char *outcome, const char *detail, struct error *err);
/* That the action is waited for, with more to put down. */
NODISCARD bool run_waits_with(struct run *run, const struct action *action, struct journal_entry *entry,
			      struct error *err);
bool run_should_stop(struct run *run);
/* SKUs that the people of the plan hold, before their move and after it. */
struct str_list run_likely_holders(const struct run *run, struct arena *out);
/* For progress: how many actions Graph is asked for, and how many of them ended well by now. */
void run_count_graph_actions(struct run *run);
/* `ms`, or what is left until the deadline. */
int64_t run_time_left_ms(const struct run *run, int64_t ms);
/* Why the action must not touch an account of that name, as "is protected …"; NULL: it may. */
const char *run_protection_of(const struct run *run, const struct action *action, const char *upn);
/* Whether an earlier run of the plan has sent it: then it was not so before. */
bool run_was_written(const struct run *run, const struct action *action);
struct action_result *run_result(struct run *run, const struct action *action);

/* Looks at one hand step that is ready, waits as long as it may, and ends it or leaves it waiting. */
NODISCARD bool run_hand_step(struct run *run, const struct action *action, struct error *err);

/* Ends the step with a person's word. `renewed`: an earlier word did not come true; or NULL. */
NODISCARD bool run_attest(struct run *run, const struct action *action, const struct live *live,
			  const struct expiry *renewed, struct error *err);
/* The first line that this run writes. */
NODISCARD bool run_begin(struct run *run, struct error *err);

/* ---- apply_attested.c ----------------------------------------------------------------------- */

/*
 * Asks the tenant for what has ended by a person's word alone. `*ret_recorded`: the run has begun, and put
 * something on record. A subscription that has renewed is in run->waiting_for then.
 */
NODISCARD bool run_look_at_attested(struct run *run, bool *ret_recorded, struct error *err);

/* ---- apply.c and apply_hand.c --------------------------------------------------------------- */

/* Of service plans that the service keeps off: those that the subject had on before, as a refusal; or NULL.
 */
const char *run_lost(const struct run *run, const struct action *action, const struct str_list *off,
		     struct arena *out);

/* ---- apply_basis.c -------------------------------------------------------------------------- */

/* Whether what the plan rests on is as `live` has it; sets run->differs where two looks agree that it is not.
 */
NODISCARD bool run_check_basis(struct run *run, const struct live *live, struct error *err);
/* The same when a run is resumed, as far as there is something to look at by now. */
NODISCARD bool run_check_basis_again(struct run *run, struct error *err);

/* ---- apply_record.c ------------------------------------------------------------------------- */

/* Whether what an earlier run did by the journal, and the rest of the plan rests on, is so in the tenant;
 * sets run->differs where it is not. */
NODISCARD bool run_check_record(struct run *run, struct error *err);

/* ---- apply_groups_check.c ------------------------------------------------------------------- */

/* As action_compare_group; one that is called otherwise than in the plan is not as expected. */
enum comparison run_compare_group(const struct action *action, const struct live *live, struct arena *tmp,
				  const char **ret_difference);
/* What forbids to send the group's swap, with the others of its batch: protected members, too few seats. */
const char *run_group_problem(const struct run *run, const struct run_batch *batch,
			      const struct action *action, const struct live *live, struct arena *out);
/* Whether a hand step that has not ended is to bring seats of the SKU. */
bool run_awaits_seats(const struct run *run, const char *sku_id);
/* Too few free seats for what the actions give, as far as no key is still to bring some; NULL: enough. */
const char *run_seats_problem(const struct run *run, const struct run_batch *batch, const struct live *live,
			      struct arena *out);
/* The groups of the batch, and their members as people. */
NODISCARD bool run_read_groups(struct run *run, const struct run_batch *batch, struct arena *out,
			       struct live *ret, struct error *err);
/* Reads the groups of the batch and ends as stale, and leaves out, those that must not be sent. */
NODISCARD bool run_check_groups(struct run *run, struct run_batch *batch, struct error *err);

/* ---- apply_groups.c ------------------------------------------------------------------------- */

/* Whether the end of this action has to wait for the members of a group; it is then kept for later. */
bool run_group_swapped(struct run *run, const struct action *action, enum outcome outcome,
		       const char *detail);
/* Waits until the members of the swapped groups are served, or will not be. */
NODISCARD bool run_confirm_groups(struct run *run, struct error *err);

/*
 * Opens the swap of each group again that has ended well and whose members are not all served any more, once
 * in a run: then they are waited for, and tried again, as after the swap. False when there is none.
 */
bool run_reopen_groups(struct run *run, const struct live *live);

/* Adds to the scope all whom the plan gives something. */
void run_served_scope(const struct run *run, struct arena *out, struct read_scope *scope);
/* A SKU that the plan gives and that has fewer seats than holders now, in a line; NULL: none. */
const char *run_seats_gone(const struct run *run, const struct live *live, struct arena *out);
/* The first of them who is not served by what was read, or the seats that are gone, as text in `tmp`; NULL
 * when all are. */
NODISCARD bool run_find_unserved(struct run *run, const struct live *live, struct arena *tmp,
				 const char **ret_unserved, struct error *err);

/* ---- apply_removals.c ------------------------------------------------------------------------ */

/* What somebody from whom the action only takes a licence lacks of what there was beside it; or NULL. */
const char *run_missing_rest(const struct run *run, const struct action *action, const struct live *live,
			     struct arena *out);
/* Ends, and leaves out of the batch, what would leave somebody without: as stale what is not there any more,
 * as failed, to be tried again, what does not work yet. */
NODISCARD bool run_check_removals(struct run *run, struct run_batch *batch, struct error *err);

/* ---- apply_gaps.c ---------------------------------------------------------------------------- */

/* Who of the plan's people in `live` lacks a service that the plan gives, or leaves them to rest on. */
NODISCARD bool run_find_gaps(struct run *run, const struct live *live, struct arena *tmp,
			     struct set_up_gap_list *ret, struct error *err);

/* ---- apply_services.c ------------------------------------------------------------------------ */

/*
 * Whether the services of all whom the plan gives something are set up; `live` is the first look. Waits for
 * what comes by itself: run->come_back, where it came meanwhile and `live` is old by now; run->setting_up,
 * where it did not. `*ret_failed`: what will not come by itself, and what to do, in a line; or NULL.
 */
NODISCARD bool run_check_services(struct run *run, const struct live *live, const char **ret_failed,
				  struct error *err);

/* ---- apply_reprocess.c ----------------------------------------------------------------------- */

/* Members whom the service refused what their group hands out. */
struct refused_members {
	struct str_list ids,
		upns;	 /* whom it may be asked to try again for: nothing that is seen stands against */
	size_t seatless; /* for whom there is still no seat */
	const char *seatless_sku;
	size_t by_hand;	    /* protected, or refused through a group that is not the plan's as well */
	const char *sku_id; /* that the first of them was refused; NULL: nobody was refused */
	bool may_ask;	    /* the sign-in is permitted to */
};
void run_find_refused(const struct run *run, const struct action *action,
		      const struct group_progress *progress, const struct live *live, struct arena *out,
		      struct refused_members *ret);
/* What people have to do so that those members are served, in a line; NULL: nobody was refused. */
const char *run_refused_advice(const struct action *action, const struct refused_members *refused,
			       bool was_asked, struct arena *out);
/* Asks the service to try again for them, if it may; the journal has it first. */
NODISCARD bool run_reprocess(struct run *run, const struct action *action,
			     const struct refused_members *refused, struct reprocessed *ret,
			     struct error *err);

#endif
