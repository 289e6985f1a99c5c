/* Where the steps of a plan stand. */
#include "plans/standing/status_internal.h"

#include "plans/saved/hand_step.h"
#include "plans/standing/stranded.h"

const struct action_result *status_result_of(const struct judging *j, const struct action *action)
{
	return &j->replay.results[action - j->plan->actions.items];
}

bool status_is_stranding(const struct judging *j, const struct action *action)
{
	return j->in->live && stranded_count(j->plan, &j->replay, action, j->in->live);
}

/* What the journal says, and what the tenant shows that nobody has written down yet. What was cancelled under
 * people is not retired as the plan wants it. */
enum stage status_step(struct judging *j, const struct action *action)
{
	const struct action_result *result = status_result_of(j, action);
	if (result_is_verified(result))
		return STAGE_DONE;
	if (status_is_stranding(j, action))
		return STAGE_OPEN;
	const char *detail = NULL;
	const struct manual_context context = hand_step_context(j->plan, j->in->desired, NULL, action);
	if (j->in->live && action_info(action->kind)->by == BY_HAND &&
	    manual_probe(action, &context, j->in->live, j->out, &detail) == PROBE_SEEN)
		return STAGE_DONE;
	return result->ended && result->outcome == OUTCOME_ATTESTED ? STAGE_ATTESTED : STAGE_OPEN;
}
