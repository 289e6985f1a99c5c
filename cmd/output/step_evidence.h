/*
 * What a person says of a hand step: a line of the plan's journal. It is never proof, and never holds a key.
 */
#ifndef CMD_STEP_EVIDENCE_H
#define CMD_STEP_EVIDENCE_H

#include "cmd/outside/app.h"
#include "plans/saved/journal.h"
#include "plans/saved/plan_folder.h"

struct step_evidence {
	struct app *app;
	const struct plan_folder *folder;
	const struct desired *desired; /* says where the keys are that must not be in it */
	const char *approved_branch;
	struct evidence said;
	bool commit; /* and push, where there is a remote; the default where CI=true */
	bool no_commit;
};

/* Appends to the journal and to `entries`. What would keep it from being committed is found before that. */
NODISCARD bool step_evidence_record(const struct step_evidence *step, const struct action *action,
				    struct journal_entry_list *entries, struct error *err);

#endif
