/* A folder that proves what was done with one plan, to somebody who has sha256sum, git and ssh-keygen. */
#ifndef CMD_EVIDENCE_H
#define CMD_EVIDENCE_H

#include "cmd/outside/app.h"
#include "plans/saved/plan_folder.h"

/*
 * Writes plan, snapshot, journal, approvals, signers, policy and customer file as the approved branch
 * has them (HEAD where there is no such branch), the history as a git bundle, an in-toto statement
 * (cmd/output/statement.h), SHA256SUMS, and a README with the exact commands. `dir` must not be there yet, or
 * be empty.
 */
NODISCARD bool evidence_write(struct app *app, const struct plan_folder *folder, const char *dir,
			      struct error *err);

#endif
