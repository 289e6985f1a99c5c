/* What comes next of a fleet that is not begun. */
#include "cmd/fleet/fleet_next.h"

#include "cmd/fleet/fleet_record.h"
#include "cmd/session/approval_check.h"
#include "plans/saved/next_command.h"

/* Where the approvals stand of the first member, or of the first that lacks some where each needs its own. */
static struct approval_standing standing_of(struct app *app, const struct policy *policy,
					    const struct fleet_folder *folder, const char **ret_plan)
{
	struct approval_standing standing = {.place = PLACE_APPROVABLE};
	const struct fleet_member_list *members = &folder->fleet.members;
	for (size_t i = 0; i < members->count; i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		struct plan_folder plan;
		struct error unreadable = ERROR_INIT;
		const struct fleet_member *row = &members->items[i];
		*ret_plan = row->plan;
		if (!plan_folder_load(app->dir, arena_printf(tmp, "plans/%s/%s", row->customer, row->plan),
				      tmp, &plan, &unreadable)) {
			error_release(&unreadable);
			return (struct approval_standing){.place = PLACE_UNCOMMITTED};
		}
		standing = approval_standing_of(app, policy, &plan);
		if (policy->approvals_fleet || standing.valid < policy->approvals_required)
			break;
	}
	return standing;
}

const char *fleet_next(struct app *app, const struct policy *policy, const struct fleet_folder *folder)
{
	struct arena *out = app->arena;
	const char *id = folder->fleet.id;
	const char *plan = id;
	struct approval_standing standing = {.place = PLACE_APPROVABLE};
	const char *yes = app->stdin_terminal ? "" : " --yes";
	if (policy->approvals_required)
		standing = standing_of(app, policy, folder, &plan);
	if (standing.valid >= policy->approvals_required)
		return arena_printf(out, "Carry it out with: seatshift fleet apply %.8s%s", id,
				    policy->approvals_required ? "" : yes);
	if (standing.place == PLACE_NO_POLICY)
		return arena_printf(
			out,
			"First commit who may approve, with: git add seatshift.yaml %s fleet.yaml "
			"customers && git commit -m policy",
			policy->approvals_signers);
	if (standing.place == PLACE_UNCOMMITTED || !fleet_record_has_plans(app, folder))
		return "Commit it and its plans with: seatshift fleet plan --commit";
	const struct next_command next = {policy->approvals_fleet ? id : plan, policy->approvals_required,
					  !app->stdin_terminal};
	return arena_printf(out, "%s%s with: %s",
			    standing.place == PLACE_OTHER_BRANCH ? "When the approved branch has it, approve "
								 : "Approve ",
			    policy->approvals_fleet ? "it" : "each of its plans, this one first,",
			    next_approve(&next, out));
}
