/* A key that was redeemed in the wrong tenant: what it would look like there. */
#include "plans/standing/misplaced.h"

#include "core/str.h"

#include <string.h>

enum { DATE_LENGTH = 10 };

/* By day: Graph often gives the midnight before as the time of creation. */
static bool created_since(const struct subscription *s, const char *since)
{
	return s->created && since && strncmp(s->created, since, DATE_LENGTH) >= 0;
}

/* Terms are renewed on their own, too: a later end counts where the key was to bring it, or fits by its
 * seats. */
static bool was_extended(const struct action *redeem, const struct subscription *was,
			 const struct subscription *s)
{
	bool later = was->next_lifecycle && s->next_lifecycle &&
		     strncmp(s->next_lifecycle, was->next_lifecycle, DATE_LENGTH) > 0;
	return later && (str_eq(redeem->redeem_as, "extend-term") || s->seats == redeem->seats);
}

struct misplaced misplaced_find(const struct action *redeem, const char *since, const struct live *before,
				const struct live *elsewhere)
{
	for (size_t i = 0; i < elsewhere->subscriptions.count; i++) {
		const struct subscription *s = &elsewhere->subscriptions.items[i];
		if (!str_eq(s->sku_id, redeem->sku_id) || s->status != SUBSCRIPTION_ENABLED || s->is_trial)
			continue;
		const struct subscription *was = before ? live_find_subscription(before, s->id) : NULL;
		bool fits = was ? s->seats - was->seats == redeem->seats || was_extended(redeem, was, s)
				: s->seats == redeem->seats && created_since(s, since);
		if (fits)
			return (struct misplaced){s, was};
	}
	return (struct misplaced){0};
}
