/* Until when each action of a plan can be undone. */
#include "plans/planning/reversal.h"

#include "core/clock.h"
#include "core/programmes.h"
#include "core/str.h"

/* Whoever takes a licence of what is retired needs that subscription to give it back. */
static const char *until_retired(const struct str_list *retired, const struct action *action)
{
	for (size_t i = 0; i < action->remove.count; i++)
		if (str_list_has(retired, action->remove.items[i]))
			return "until-retired";
	return "reversible";
}

/* Counted from the day that the plan names; without one no day can be promised. */
static const char *after_retirement(const struct planning *p, const struct action *action)
{
	const struct cancel_way *way = cancel_way_find(action->cancel_by);
	const struct subscription *s = live_find_subscription(p->live, action->subscription_id);
	int32_t end;
	int64_t ms;
	if (way->expires && s && s->next_lifecycle && timestamp_parse(s->next_lifecycle, &ms))
		end = date_of_ms(ms);
	else if (way->expires || !action->retire_by || !date_parse(action->retire_by, &end))
		return "until-retired";
	char text[DATE_TEXT_SIZE];
	date_format(grace_last_day(way->ends, end), text);
	return arena_printf(p->out, "until %s", text);
}

static const char *reversal_of(const struct planning *p, const struct str_list *retired,
			       const struct action *action)
{
	switch (action->kind) {
	case ACTION_ASSIGN_LICENSE:
	case ACTION_SWAP_LICENSE:
	case ACTION_REMOVE_LICENSE:
	case ACTION_SWAP_GROUP_LICENSE:
		return until_retired(retired, action);
	case ACTION_RETIRE_SUBSCRIPTION:
		return after_retirement(p, action);
	case ACTION_REACTIVATE_SUBSCRIPTION:
		return "reversible";
	case ACTION_ADD_PARTNER:
	case ACTION_REDEEM_KEY:
	case ACTION_RECEIVE_SEATS:
	case ACTION_SET_USAGE_LOCATION:
	case ACTION_KIND_COUNT:
		break;
	}
	return "never";
}

void reversal_set(const struct planning *p, struct action_list *actions)
{
	struct str_list retired = {0};
	for (size_t i = 0; i < actions->count; i++)
		if (actions->items[i].kind == ACTION_RETIRE_SUBSCRIPTION)
			VEC_PUSH(p->out, &retired, actions->items[i].sku_id);
	for (size_t i = 0; i < actions->count; i++)
		actions->items[i].undo = reversal_of(p, &retired, &actions->items[i]);
}
