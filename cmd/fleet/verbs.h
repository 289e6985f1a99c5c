/* The words behind `seatshift fleet`, and the options that they share a table of. */
#ifndef CMD_FLEET_VERBS_H
#define CMD_FLEET_VERBS_H

#include "cmd/outside/app.h"
#include "plans/fleet/fleet_folder.h"

struct fleet_options {
	bool yes;
	bool commit, no_commit;
	const char *branch;
	const char *approved_branch;
	const char *wave;
	struct str_list only;
	const char *shard;
	int64_t shards; /* 0: not given */
	int64_t parallel;
	int64_t tries;
	int64_t wait_ms;
	int64_t deadline_ms;
	int64_t push_deadline_ms;
	bool full;
	bool detailed_exitcode;
};

/* What every verb gets: the words behind it. */
typedef bool fleet_run(struct app *app, const struct fleet_options *o, const struct str_list *args,
		       int *ret_status, struct error *err);

fleet_run fleet_plan_run, fleet_apply_run, fleet_shard_run, fleet_gate_run, fleet_status_run,
	fleet_report_run_verb, fleet_drift_run, fleet_generate_run;

/* The fleet that a person names, by its path from where they stand or by its id. */
NODISCARD bool fleet_named(struct app *app, const char *name, struct fleet_folder *ret_folder,
			   struct error *err);

/*
 * Where the approved branch's policy wants approvals: the fleet is byte for byte the one there, since who
 * writes its list says which waves there are and who waits for whom. ERR_UNAPPROVED says what differs.
 */
NODISCARD bool fleet_match_approved(struct app *app, const struct fleet_folder *folder, struct error *err);

#endif
