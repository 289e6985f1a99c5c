/* A fleet as git has it: plans and fleet in one go, and the journals of many customers in one commit. */
#ifndef CMD_FLEET_RECORD_H
#define CMD_FLEET_RECORD_H

#include "cmd/outside/app.h"
#include "plans/fleet/fleet_folder.h"
#include "plans/git/store.h"

/* Commits every member's plan and the fleet itself. */
NODISCARD bool fleet_record_plans(struct app *app, const struct fleet_folder *folder, const char *branch,
				  struct error *err);

struct fleet_record {
	struct app *app;
	struct store *store; /* NULL: nothing is committed */
	const struct fleet_folder *folder;
	const char *approved_branch; /* where it goes from a detached checkout */
	int64_t push_deadline_ms;
	bool *pending; /* one per member: its journal or result has changed */
	size_t pending_count;
	int64_t last_ms; /* of the last commit, monotonic */
};

/* Commits what is pending, and pushes it where a remote is configured. */
NODISCARD bool fleet_record_commit(struct fleet_record *record, struct error *err);

#endif
