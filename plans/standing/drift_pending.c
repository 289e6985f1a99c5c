/* Drift: whether what is still to be done finds what it expects. */
#include "plans/standing/drift_internal.h"

/* Why a pending action would be refused, as apply judges it; NULL: it finds what it expects or leaves. */
static const char *why_stale(const struct comparing *c, const struct action *action)
{
	const char *why = NULL;
	const struct user *user = action->user_id ? live_find_user(c->live, action->user_id) : NULL;
	const struct group *group = action->group_id ? live_find_group(c->live, action->group_id) : NULL;
	enum comparison is = action->user_id ? action_compare_user(action, user, c->out, &why)
					     : action_compare_group(action, group, c->out, &why);
	if (is == NEITHER)
		return why;
	if (is == AS_RESULT)
		return NULL;
	return action->user_id ? action_renamed(action, user, c->out)
			       : action_group_renamed(action, group, c->out);
}

/* What was sent may be on its way, and is not judged: the next run looks at it. */
void drift_compare_pending(struct comparing *c, const struct action *action)
{
	if (c->replay.announced[action - c->plan->actions.items])
		return;
	const char *why = why_stale(c, action);
	if (!why)
		return;
	c->drift->stale++;
	VEC_PUSH(c->out, &c->told, action->user_id ? action->user_id : action->group_id);
	drift_add_item(
		c, &(struct drift_item){
			   .kind = DRIFT_STALE,
			   .subject = action->upn ? action->upn : action->group_name,
			   .what = arena_printf(c->out, "%s is still to be done, and would be refused: %s",
						action->id, why)});
}
