/*
 * Refuses what must not be done, though it could be: too few seats, limits exceeded, accounts that are
 * protected, a mailbox or a service that would be lost, licences that Graph would not take together. Pure.
 */
#ifndef PLANS_GUARD_H
#define PLANS_GUARD_H

#include "plans/planning/diff.h"

void guard_check(struct planning *p, const struct changes *changes);

#endif
