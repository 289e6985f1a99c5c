/*
 * What was done for a customer, from git and the journals: who planned, approved, applied and did each
 * hand step, when, and whether the record still proves it.
 *
 * Checked: that each plan is named by its digest, that each journal's chain is whole and that no commit
 * ever took a line back or changed one, and that each approval was good when it was given, by the
 * signers' file as it is now (so a leaver's key gets a valid-before there, and stays).
 *
 * A plan that was begun is told wherever it is: one that nobody has committed yet, too.
 */
#ifndef PLANS_HISTORY_H
#define PLANS_HISTORY_H

#include "plans/approvals/approvals.h"

struct history_plan {
	const char *id;
	const char *path;		/* of its folder */
	struct plan_folder folder;	/* plan, bytes, digest and paths; no snapshot */
	struct store_log_entry planned; /* id NULL: not known */
	const char *planned_unknown;	/* why, or NULL */
	struct approval_report approvals;
	struct journal_entry_list entries;
	bool uncommitted;	  /* the working tree's journal has more lines than git */
	bool in_git;		  /* git has some of the journal */
	const char *outcome;	  /* of the last run: "done", "waiting", …; "running"; "not begun" */
	struct str_list problems; /* what does not prove */
};
VEC(history_plan_list, struct history_plan);

/* A run that has no end on record: it was cut off or, where no other began after it, may be under way. */
struct history_run {
	const struct journal_entry *begin;
	const struct journal_entry *last; /* what it wrote last */
	bool is_over;			  /* another has begun since */
};
/* Whether entry `at` begins such a run. */
bool history_run_without_end(const struct history_plan *plan, size_t at, struct history_run *ret_run);

struct history {
	const char *revision; /* "main", or "HEAD" where there is no approved branch */
	const char *commit;
	struct history_plan_list plans; /* in the order in which they were planned */
};

/* The fleets whose signatures approve a plan too. plans/fleet stands above this room, so it is handed in. */
typedef bool history_fleets(void *ctx, const struct approved *at, const struct plan_folder *folder,
			    struct approval_fleet_list *ret_fleets, struct error *err);

struct history_query {
	const struct approved *approved;
	const char *dir; /* the working tree, for journals that continue what is committed */
	const char *customer;
	const struct ssh_keygen *keygen; /* or NULL: no signature can be checked */
	const struct clock *clock;
	history_fleets *fleets;
	void *fleets_ctx;
};
NODISCARD bool history_read(const struct history_query *query, struct arena *out, struct history *ret_history,
			    struct error *err);

#endif
