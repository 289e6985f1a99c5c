/*
 * Whether the services of a plan's new licences are set up for the people who hold them. Pure.
 *
 * A licence that is assigned is not yet a mailbox that works. Graph tells it in two places (Microsoft Graph
 *v1.0, resources provisionedPlan and servicePlanInfo, read in August 2026): `provisionedPlans` comes with a
 *list of users, names a service ("exchange") but no service plan, and leaves most services out;
 *`licenseDetails` names each service plan, for one person a request. So the list says whom to look at
 *closely, and the details decide: in doubt is whoever's list has a row that does not work, or fewer that do
 *than the licences hold.
 *
 *	Success                              it works
 *	PendingInput, PendingProvisioning    awaited by Microsoft: it comes by itself
 *	PendingActivation                    an administrator has to activate it (Intune is the usual one)
 *	Disabled                             switched off
 *	Error                                it will not come by itself
 *
 * Only the mailbox is waited for: mail is what somebody loses for good, and other services may stay pending
 * until a person uses or activates them. An error counts whatever the service.
 */
#ifndef PLANS_SET_UP_H
#define PLANS_SET_UP_H

#include "plans/planning/plan.h"

/* A service that somebody has a licence for, and that does not work. */
struct set_up_gap {
	const struct action *action; /* that gave the licence, or took the other one */
	struct license_list given;   /* what the person has by it, or beside it, as it is held now */
	const char *user_id, *upn;
	const char *service; /* as people know it */
	const char *status;  /* in the service's word */
	bool is_error;
};
VEC(set_up_gap_list, struct set_up_gap);

/*
 * Who may have a gap, by the list alone; a row that is there of an old licence's plan can hide one. `live`
 * holds the people of the plan with their services; `before` is the plan's snapshot, or NULL.
 */
void set_up_doubtful(const struct plan *plan, const struct live *before, const struct live *live,
		     struct arena *out, struct set_up_gap_list *ret);
/* Of these people, by their licence details in `details`. */
void set_up_of_details(const struct set_up_gap_list *doubtful, const struct live *live,
		       const struct live *details, struct arena *out, struct set_up_gap_list *ret);

/* Whether one of them will not go away by waiting. */
bool set_up_has_error(const struct set_up_gap_list *gaps);
/* "adele@contoso.com: Exchange Online (Plan 2) is not set up yet (PendingInput)", the first few. */
const char *set_up_text(const struct set_up_gap_list *gaps, struct arena *out);

#endif
