/* Programmes, ways to cancel and grace periods, with where each is from. */
#include "core/programmes.h"

#include "core/clock.h"
#include "core/macros.h"
#include "core/str.h"

#include <string.h>

#define LEARN "https://learn.microsoft.com/"

/* "New and renewal purchases under Open License" ended with 2021; five years are said of unused tokens. */
#define OPEN_LICENSE_END                                                                                     \
	{                                                                                                    \
		"https://www.microsoft.com/licensing/licensing-programs/open-license", "2026-08-01"          \
	}
#define PRODUCT_KEYS                                                                                         \
	{                                                                                                    \
		LEARN "microsoft-365/commerce/enter-your-product-key", "2025-08-04"                          \
	}
#define NEW_COMMERCE                                                                                         \
	{                                                                                                    \
		LEARN "partner-center/customers/new-commerce-cancellation-policy", "2026-08-01"              \
	}
#define GRANTS                                                                                               \
	{                                                                                                    \
		LEARN "industry/nonprofit/microsoft-for-nonprofits/grant-usage-recurring-notifications",     \
			"2026-08-01"                                                                         \
	}
#define STAGES                                                                                               \
	{                                                                                                    \
		LEARN "microsoft-365/commerce/subscriptions/what-if-my-subscription-expires", "2026-08-01"   \
	}
#define CANCELLING                                                                                           \
	{                                                                                                    \
		LEARN "microsoft-365/commerce/subscriptions/cancel-your-subscription", "2026-08-01"          \
	}

/* The names stand apart, since field tables want them as one list. */
const char *const programme_names[] = {"open-license", "open-value", "retail-key", "csp", "grant", NULL};
const char *const arrival_names[] = {"key", "provisioned", "transferred", NULL};
const char *const cancel_names[] = {"phone", "portal", "distributor", "let-expire", NULL};
_Static_assert(ARRAY_LEN(programme_names) == PROGRAMME_COUNT + 1, "one name per programme");
_Static_assert(ARRAY_LEN(arrival_names) == ARRIVAL_COUNT + 1, "one name per way to arrive");
_Static_assert(ARRAY_LEN(cancel_names) == CANCEL_COUNT + 1, "one name per way to cancel");

#define REDEEMED "Redeemed for good"
#define ORDER "the order with a distributor"

static const struct programme programmes[] = {
	[PROGRAMME_OPEN_LICENSE] = {.title = "Open License",
				    .label = "Open",
				    .come = {[ARRIVE_BY_KEY] = REDEEMED},
				    .sold_until = "2021-12-31",
				    .key_valid_years = 5,
				    .order = ORDER,
				    .brings = "key",
				    .bought = "through Open",
				    .no_fee = true,
				    .source = OPEN_LICENSE_END},
	[PROGRAMME_OPEN_VALUE] = {.title = "Open Value",
				  .label = "Open Value",
				  .come = {[ARRIVE_BY_KEY] = REDEEMED},
				  .order = ORDER,
				  .brings = "key",
				  .bought = "through Open Value",
				  .source = PRODUCT_KEYS},
	[PROGRAMME_RETAIL_KEY] = {.title = "a retail key",
				  .label = "Retail key",
				  .come = {[ARRIVE_BY_KEY] = REDEEMED},
				  .order = ORDER,
				  .brings = "key",
				  .bought = "with a retail product key",
				  .source = PRODUCT_KEYS},
	[PROGRAMME_CSP] = {.title = "CSP",
			   .label = "CSP",
			   .arrives = ARRIVE_PROVISIONED,
			   .come = {[ARRIVE_PROVISIONED] = "Bought in CSP",
				    [ARRIVE_TRANSFERRED] = "Transferred in CSP"},
			   .return_days = 7,
			   .provider = "the distributor",
			   .order = ORDER,
			   .brings = "purchase",
			   .ask_for = "a new subscription of its own in this tenant, not seats added to one "
				      "that is there",
			   .bought = "from a partner, in CSP",
			   .source = NEW_COMMERCE},
	[PROGRAMME_GRANT] = {.title = "a grant",
			     .label = "Grant",
			     .arrives = ARRIVE_PROVISIONED,
			     .come = {[ARRIVE_PROVISIONED] = "Given under a grant"},
			     .services_go = true,
			     .provider = "whoever gives the grant",
			     .order = "the grant",
			     .brings = "grant",
			     .ask_for = "the granted seats in this tenant, as a subscription of their own",
			     .bought = "under a grant",
			     .source = GRANTS},
};
_Static_assert(ARRAY_LEN(programmes) == PROGRAMME_COUNT, "one row per programme");

static const struct grace graces[] = {
	[GRACE_EXPIRED] = {"the end of its term", 30, 90, STAGES},
	[GRACE_CANCELLED] = {"its cancellation", 0, 90, STAGES},
};
_Static_assert(ARRAY_LEN(graces) == GRACE_KIND_COUNT, "one row per way to end");

static const struct cancel_way ways[] = {
	[CANCEL_PHONE] = {.by = "by phone", .ends = GRACE_CANCELLED, .source = CANCELLING},
	[CANCEL_PORTAL] = {.by = "by portal",
			   .ends = GRACE_CANCELLED,
			   .window_days = 7,
			   .window_of = "many subscriptions can be cancelled in the portal",
			   .source = CANCELLING},
	[CANCEL_DISTRIBUTOR] = {.by = "by the distributor",
				.ends = GRACE_CANCELLED,
				.window_days = 7,
				.window_of = "it can be cancelled by the distributor",
				.source = NEW_COMMERCE},
	[CANCEL_LET_EXPIRE] = {.by = "let expire",
			       .ends = GRACE_EXPIRED,
			       .expires = true,
			       .source = CANCELLING},
};
_Static_assert(ARRAY_LEN(ways) == CANCEL_COUNT, "one row per way to cancel");

/* The number of a name in a list that ends with NULL, or -1. */
static int find_name(const char *const *names, const char *name)
{
	for (int i = 0; name && names[i]; i++)
		if (str_eq(names[i], name))
			return i;
	return -1;
}

const struct programme *programme_of(enum programme_id id)
{
	return &programmes[id];
}

const struct programme *programme_find(const char *name)
{
	int id = find_name(programme_names, name);
	return id < 0 ? NULL : &programmes[id];
}

const struct programme *programme_meant(const char *name)
{
	const struct programme *programme = programme_find(name);
	return programme ? programme : &programmes[PROGRAMME_OPEN_LICENSE];
}

const char *programme_coming(const struct programme *programme, const char *arrives_by)
{
	int arrival = arrives_by ? find_name(arrival_names, arrives_by) : ARRIVE_BY_KEY;
	const char *coming = arrival < 0 ? NULL : programme->come[arrival];
	return coming ? coming : "Received";
}

bool programme_was_sold(const struct programme *programme, const char *day)
{
	return !programme->sold_until || strcmp(day, programme->sold_until) <= 0;
}

int32_t programme_return_until(const struct programme *programme, enum arrival arrival, int32_t bought)
{
	if (!programme->return_days || arrival == ARRIVE_TRANSFERRED)
		return INT32_MIN;
	return bought + programme->return_days;
}

/* The same day of a later year; of 29 February, the last of that month. */
int32_t programme_key_until(const struct programme *programme, int32_t bought)
{
	return programme->key_valid_years ? date_add_years(bought, programme->key_valid_years) : INT32_MAX;
}

const struct grace *grace_of(enum grace_kind kind)
{
	return &graces[kind];
}

int32_t grace_last_day(enum grace_kind kind, int32_t end)
{
	return end + graces[kind].working_days + graces[kind].reactivatable_days;
}

const struct cancel_way *cancel_way_of(enum cancel_by by)
{
	return &ways[by];
}

const struct cancel_way *cancel_way_find(const char *name)
{
	static const struct cancel_way none = {.by = "", .ends = GRACE_CANCELLED};
	int by = find_name(cancel_names, name);
	return by < 0 ? &none : &ways[by];
}
