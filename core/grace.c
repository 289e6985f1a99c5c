/* Grace periods of a subscription, with where each is from. */
#include "core/grace.h"

#include "core/macros.h"

#define STAGES                                                                                               \
	"https://learn.microsoft.com/microsoft-365/commerce/subscriptions/"                                  \
	"what-if-my-subscription-expires"

static const struct grace graces[] = {
	[GRACE_EXPIRED] = {"the end of its term", 30, 90, STAGES, "2026-08-01"},
	[GRACE_CANCELLED] = {"its cancellation", 0, 90, STAGES, "2026-08-01"},
};
_Static_assert(ARRAY_LEN(graces) == GRACE_KIND_COUNT, "one row per way to end");

const struct grace *grace_of(enum grace_kind kind)
{
	return &graces[kind];
}

int32_t grace_last_day(enum grace_kind kind, int32_t end)
{
	return end + graces[kind].working_days + graces[kind].reactivatable_days;
}
