/* A key that was redeemed in the wrong tenant: what it would look like there. */
#include "plans/misplaced.h"

#include "core/str.h"

#include <string.h>

enum { DATE_LENGTH = 10 };

/* By day: Graph often gives the midnight before as the time of creation. */
static bool created_since(const struct subscription *s, const char *since)
{
	return s->created && since && strncmp(s->created, since, DATE_LENGTH) >= 0;
}

const struct subscription *misplaced_find(const struct action *redeem, const char *since,
					  const struct live *elsewhere)
{
	for (size_t i = 0; i < elsewhere->subscriptions.count; i++) {
		const struct subscription *s = &elsewhere->subscriptions.items[i];
		if (str_eq(s->sku_id, redeem->sku_id) && s->status == SUBSCRIPTION_ENABLED && !s->is_trial &&
		    s->seats == redeem->seats && created_since(s, since))
			return s;
	}
	return NULL;
}
