/* A fleet as git has it: plans and fleet in one go, and the journals of many customers in one commit. */
#ifndef CMD_FLEET_RECORD_H
#define CMD_FLEET_RECORD_H

#include "cmd/outside/app.h"
#include "plans/fleet/fleet_folder.h"
#include "plans/git/store.h"

/* Commits every member's plan and the fleet itself. */
NODISCARD bool fleet_record_plans(struct app *app, const struct fleet_folder *folder, const char *branch,
				  struct error *err);

bool fleet_record_has_plans(struct app *app,
			    const struct fleet_folder *folder); /* HEAD has them, or no git is here */

struct fleet_record {
	struct app *app;
	struct store *store; /* NULL: there is no git here */
	bool commits;	     /* else it is only told what is not committed */
	const struct fleet_folder *folder;
	const char *approved_branch; /* where it goes from a detached checkout */
	int64_t push_deadline_ms;
	bool *pending; /* one per member: its journal or result has changed */
	size_t pending_count;
	int64_t last_ms; /* of the last commit, monotonic */
};

/* The journal of a member, or the result beside it, says more here than the branch has of it. */
bool fleet_record_is_ahead(const struct fleet_record *record, size_t index);
void fleet_record_add(struct fleet_record *record, size_t index); /* to what is pending */

/* Commits what is pending, and pushes it where a remote is configured. */
NODISCARD bool fleet_record_commit(struct fleet_record *record, struct error *err);

#endif
