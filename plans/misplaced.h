/*
 * A key that was redeemed in the wrong tenant: what it would look like there. Pure.
 *
 * Graph tells no key's state. But seats of the same SKU that came to another tenant since the plan was
 * made, as many as the key holds, while none came where they were waited for, are worth a word.
 */
#ifndef PLANS_MISPLACED_H
#define PLANS_MISPLACED_H

#include "core/action.h"

/* The subscription of `elsewhere` that looks like the key's, or NULL. `since` is RFC 3339. */
const struct subscription *misplaced_find(const struct action *redeem, const char *since,
					  const struct live *elsewhere);

#endif
