/* How a run ended, for a person and for a machine: the result of `apply`. */
#ifndef CMD_APPLY_REPORT_H
#define CMD_APPLY_REPORT_H

#include "cmd/outside/app.h"
#include "plans/run/apply.h"
#include "plans/saved/next_command.h"
#include "plans/saved/plan_folder.h"

/* What a run knows beside its result. */
struct apply_facts {
	int64_t requests;
	int64_t spent_ms;
	size_t moved;		  /* people, by this run */
	const bool *ended_before; /* by action of the plan: ended well when the run began; or NULL */
	bool is_uncommitted;	  /* the journal has lines that no commit has */
	struct next_command next; /* as it works here */
};

/* On standard output, or where --out says; as JSON where --format says so. */
void apply_report_print(struct app *app, const struct plan_folder *folder, const struct apply_result *result,
			const struct apply_facts *facts);

#endif
