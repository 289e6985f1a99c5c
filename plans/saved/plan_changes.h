/* What a plan does that an earlier one of the same customer did not, and the other way round. Pure. */
#ifndef PLANS_PLAN_CHANGES_H
#define PLANS_PLAN_CHANGES_H

#include "plans/planning/plan.h"

enum plan_change_kind {
	PLAN_CHANGE_NEW,     /* only the later plan does this */
	PLAN_CHANGE_DROPPED, /* only the earlier one did */
	PLAN_CHANGE_OTHER,   /* both do something with this subject, but not the same */
	PLAN_CHANGE_KIND_COUNT
};

struct plan_change {
	enum plan_change_kind kind;
	const char *subject; /* raw: a UPN, a group's name, a part number */
	const char *action;  /* "swap-license"; of the later plan, where there are two */
	const char *before;  /* raw: "+ENTERPRISEPACK -STANDARDPACK"; NULL in the earlier plan: nothing */
	const char *after;
};
VEC(plan_change_list, struct plan_change);

struct plan_changes {
	bool file_changed;		 /* the customer file means something else */
	bool policy_changed;		 /* so does what a plan depends on of the policy */
	struct plan_change_list changes; /* hand steps first, then groups and people by name */
	size_t counts[PLAN_CHANGE_KIND_COUNT];
	size_t alike;
	struct str_list new_warnings, gone_warnings; /* their messages */
};

const char *plan_change_kind_name(enum plan_change_kind kind); /* "new", "dropped", "other" */
void plan_changes(const struct plan *before, const struct plan *after, struct arena *out,
		  struct plan_changes *ret_changes);

#endif
