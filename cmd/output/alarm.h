/* What everybody stands on may be cancelled, or brought back, while a run waits: told when that changes. */
#ifndef CMD_ALARM_H
#define CMD_ALARM_H

#include "cmd/output/progress.h"
#include "core/tenant.h"
#include "plans/saved/journal.h"

struct alarm {
	struct app *app;
	const struct plan *plan;
	const struct journal_entry_list *entries;
	struct progress *progress; /* is cleared before anything is said */
	const char *told;	   /* NULL: nothing, or it is over */
};

/* At a hand step, by the tenant as it was just read. */
void alarm_tell(struct alarm *alarm, const struct action *gate, const struct live *live);

#endif
