/* Which fleets approve a plan as well, where a policy lets one signature over a fleet do so
 * (approvals.fleet). */
#ifndef CMD_APPROVAL_FLEETS_H
#define CMD_APPROVAL_FLEETS_H

#include "cmd/outside/app.h"
#include "plans/approvals/approvals.h"

/* By the approved branch's policy as it is. */
NODISCARD bool approval_fleets_now(struct app *app, const struct approved *approved,
				   const struct plan_folder *folder, struct approval_fleet_list *ret_fleets,
				   struct error *err);

/*
 * For the record: by that policy, or by the one that the commit with the fleet's last signature has. What
 * approved a plan then is told when the policy does not let it any more. `app` is a struct app.
 */
NODISCARD bool approval_fleets_ever(void *app, const struct approved *approved,
				    const struct plan_folder *folder, struct approval_fleet_list *ret_fleets,
				    struct error *err);

#endif
