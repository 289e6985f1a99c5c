/*
 * A plan as a person sees it. Pure: text from plain data, the same bytes for the same input.
 *
 * The first screen is the whole truth; details follow. Removals and hand steps are never cut; what is
 * cut is said. Whatever came from a tenant or a file is quoted for the target.
 */
#ifndef PLANS_RENDER_H
#define PLANS_RENDER_H

#include "plans/journal.h"
#include "plans/plan_folder.h"

struct render_input {
	const struct plan_folder *folder;
	const struct desired *desired; /* NULL when its file cannot be read: limits are then left out */
	const struct policy *policy;
	int64_t approvals_valid; /* how many count now */
	/* A plan holds no time: what day it is, and what was done, comes from whoever shows it. */
	int32_t today;           /* 0: not known */
	const struct journal_entry_list *entries; /* of the plan's journal; or NULL */
	bool full;               /* all users, not the first few of each step */
	bool color;
};

/* The summary, the steps, then the details. */
void render_text(const struct render_input *input, struct strbuf *out);

/* Steps as shown: runs of actions of one kind and wave. */
struct render_step {
	size_t first; /* index of its first action */
	size_t count;
	bool canary;
};
VEC(render_step_list, struct render_step);
void render_steps(const struct plan *plan, struct arena *out, struct render_step_list *ret_steps);

/* What users can do before and after, by service plan: names and how many users. */
struct service_effect {
	const char *plan_name;
	int64_t gained;
	int64_t lost;
};
VEC(service_effect_list, struct service_effect);
void render_effects(const struct plan *plan, const struct live *live, struct arena *out,
		    struct service_effect_list *ret_effects); /* sorted by name; only those that change */

/* What a run costs: HTTP requests and seconds, by the published limits. A rough figure. */
void render_estimate(const struct plan *plan, int64_t *ret_requests, int64_t *ret_seconds);

#endif
