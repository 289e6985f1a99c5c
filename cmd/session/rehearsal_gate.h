/*
 * approvals.rehearsed: a plan is applied only when its rehearsal ended well.
 *
 * The report is a file that anybody can write. So it counts only where it is judged like the plan itself (on
 * the approved branch, where approvals are required; never through a link), for this plan, snapshot and
 * version of the program, and with enough runs. And a part of it is repeated each time: the undisturbed run,
 * the way back, and a few disturbed ones, with seeds that nobody can have known. That the other runs were
 * made stays a claim of whoever wrote the file.
 */
#ifndef CMD_REHEARSAL_GATE_H
#define CMD_REHEARSAL_GATE_H

#include "cmd/session/session.h"

enum { REHEARSED_RUNS_MIN = 100 };

/* After approval_check_apply and session_prove_plan. ERR_UNAPPROVED where the policy here, or the one of the
 * approved branch, asks for a rehearsal and there is none that counts. */
NODISCARD bool rehearsal_gate(struct app *app, struct session *session, const struct plan_folder *folder,
			      struct error *err);

#endif
