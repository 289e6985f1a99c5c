/*
 * What each user holds before and after all changes, whatever way it comes: directly or by group. Pure.
 *
 * A licence with several sources has on what any of them switches on, so what is off is off in all.
 */
#ifndef PLANS_EFFECTS_H
#define PLANS_EFFECTS_H

#include "plans/planning/diff.h"

/* Everybody who is touched, sorted by user id. */
void effects_build(struct planning *p, const struct changes *changes, struct user_effect_list *ret_effects);

/* Adds one source of a licence to what is held; `list` stays sorted by SKU. */
void effects_add_source(struct license_list *list, const struct license *source, struct arena *out);

#endif
