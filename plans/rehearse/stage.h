/*
 * The stage of a rehearsal: a snapshot as the file of a twin (providers/twin/twin.h). Pure.
 *
 * Everybody and everything in the snapshot is there as it was read. Seats that people outside the snapshot
 * hold are held by people made for it, so that as many are free as there were.
 */
#ifndef PLANS_STAGE_H
#define PLANS_STAGE_H

#include "plans/planning/plan.h"

struct stage {
	const struct plan *plan;
	const struct live *live;
	const char *partner_tenant; /* where the partner's relation is seen; or NULL */
	const char *cloud;
	int64_t latency_ms;
	int64_t lag_ms; /* reads show a write only after it */
};

#define STAGE_CLIENT "5ea75f1f-0000-4000-8000-000000000001"
#define STAGE_SECRET "rehearsal"

void stage_write(const struct stage *stage, struct strbuf *out);

#endif
