/*
 * The members of a saved plan that stand once, as field tables over struct plan: read and written by the same
 * rows, which stand in the order of their names. Actions, shapes and warnings have code of their own.
 */
#ifndef PLANS_SAVED_PLAN_FIELDS_H
#define PLANS_SAVED_PLAN_FIELDS_H

#include "core/fields.h"

extern const struct field plan_assumption_fields[]; /* of struct plan_assumption */
extern const struct field plan_desired_fields[];
extern const struct field plan_policy_fields[];
extern const struct field plan_summary_fields[]; /* of struct plan_summary */
extern const struct field plan_tenant_fields[];

#endif
