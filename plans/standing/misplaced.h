/*
 * A key that was redeemed in the wrong tenant: what it would look like there. Pure.
 *
 * Graph shows no key's state. But what a key does in a tenant can be seen: a new subscription of the SKU with
 * as many seats, as many more on one that was there, or a later end of its term. Where that happened since
 * the plan was made, while nothing came where it was waited for, it is worth a word.
 */
#ifndef PLANS_MISPLACED_H
#define PLANS_MISPLACED_H

#include "core/action.h"

struct misplaced {
	const struct subscription *subscription; /* of `elsewhere`; NULL: nothing looks like the key */
	const struct subscription *was;		 /* the same one before; NULL: it is new */
};

/*
 * `since`, RFC 3339, is when the plan was made. `before` is what the other tenant was seen to have earlier;
 * without it (NULL) only a new subscription is recognised.
 */
struct misplaced misplaced_find(const struct action *redeem, const char *since, const struct live *before,
				const struct live *elsewhere);

#endif
