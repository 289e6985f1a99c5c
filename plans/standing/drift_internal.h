/* Drift while it is worked out. For plans/standing/drift*.c only. */
#ifndef PLANS_DRIFT_INTERNAL_H
#define PLANS_DRIFT_INTERNAL_H

#include "plans/saved/replay.h"
#include "plans/standing/drift.h"

struct comparing {
	const struct drift_input *in;
	const struct plan *plan;
	const struct live *live;
	struct replay replay;
	struct arena *out;
	struct drift *drift;
	bool processing;      /* the service is at work on one of the plan's groups, which has an item */
	struct str_list told; /* ids of users and groups that have an item */
};

void drift_add_item(struct comparing *c, const struct drift_item *item);
const char *drift_sku_name(const struct comparing *c, const char *sku_id);

/* Of a user or a group: a difference where apply would refuse. */
void drift_compare_pending(struct comparing *c, const struct action *action);

/* What a plan made now would do, and neither is pending nor told. */
void drift_plan_again(struct comparing *c);

#endif
