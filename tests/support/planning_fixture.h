/* A customer file and a tenant, both written by hand, ready to be planned stage by stage. */
#ifndef TESTS_SUPPORT_PLANNING_FIXTURE_H
#define TESTS_SUPPORT_PLANNING_FIXTURE_H

#include "plans/planning/diff.h"

struct planning_fixture {
	struct arena *arena; /* owns the rest; free it */
	struct desired desired;
	struct policy policy;
	struct live live;
	struct diag_list diags;
	struct planning planning;
};

/*
 * `moves` is what stands below "moves:" and whatever other keys follow; the head of the file is given.
 * `tenant` is what tests/support/tenant_json.h reads, without its id and domains. Aborts on anything
 * wrong with either.
 */
void planning_fixture_make(struct planning_fixture *f, const char *moves, const char *tenant);

/* The first complaint with the code; NULL when there is none. */
const struct diag *planning_fixture_diag(const struct planning_fixture *f, enum diag_code code);
const struct plan_warning *planning_fixture_warning(const struct planning_fixture *f, enum diag_code code);

#endif
