/* What everybody stands on is cancelled. */
#include "cmd/output/alarm.h"

#include "plans/standing/stranded.h"

/* At the gate of retiring nobody is left to be moved. */
static const char *find(const struct alarm *alarm, const struct action *gate, const struct live *live,
			struct arena *tmp)
{
	const struct action_list *actions = &alarm->plan->actions;
	const char *text = NULL;
	for (size_t i = 0; !text && gate->kind != ACTION_RETIRE_SUBSCRIPTION && i < actions->count; i++)
		text = stranded_text(alarm->plan, alarm->entries, &actions->items[i], live, tmp);
	return text;
}

void alarm_tell(struct alarm *alarm, const struct action *gate, const struct live *live)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new(); /* looks go on for hours */
	const char *text = find(alarm, gate, live, tmp);
	if (str_eq(text ? text : "", alarm->told ? alarm->told : ""))
		return;
	progress_clear(alarm->progress);
	if (text)
		out_message(&alarm->app->out, "ALARM: %s", text);
	else
		out_message(&alarm->app->out,
			    "The alarm is over: nobody stands on a cancelled subscription.");
	alarm->told = arena_strdup(alarm->app->arena, text);
}
