/* GET /directory/subscriptions: one row per purchase. No query is sent: which it takes is not documented. */
#include "providers/graph/read/resources.h"

const char subscriptions_url[] = "/directory/subscriptions";

static const struct field subscription_fields[] = {
	FIELD(struct subscription, id, "id", FIELD_TEXT, FIELD_REQUIRED | FIELD_NOT_EMPTY),
	FIELD(struct subscription, commerce_id, "commerceSubscriptionId", FIELD_TEXT, 0),
	FIELD(struct subscription, sku_id, "skuId", FIELD_TEXT, FIELD_REQUIRED | FIELD_NOT_EMPTY),
	FIELD(struct subscription, part_number, "skuPartNumber", FIELD_TEXT, 0),
	FIELD(struct subscription, status_text, "status", FIELD_TEXT, 0),
	FIELD(struct subscription, seats, "totalLicenses", FIELD_INT, 0),
	FIELD(struct subscription, is_trial, "isTrial", FIELD_BOOL, 0),
	FIELD(struct subscription, created, "createdDateTime", FIELD_TEXT, 0),
	FIELD(struct subscription, next_lifecycle, "nextLifecycleDateTime", FIELD_TEXT, 0),
	{0},
};

bool subscription_from_json(const struct json *object, struct arena *out, struct subscription *ret,
			    struct error *err)
{
	struct subscription subscription = {.seats = -1};
	if (!fields_from_json(subscription_fields, object, "companySubscription", out, &subscription, err))
		return false;
	subscription.id = str_lower(out, subscription.id);
	subscription.commerce_id = str_lower(out, subscription.commerce_id);
	subscription.sku_id = str_lower(out, subscription.sku_id);
	if (!subscription.status_text)
		subscription.status_text = "";
	subscription.status = subscription_status_parse(subscription.status_text);
	*ret = subscription;
	return true;
}
