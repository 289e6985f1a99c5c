/* GET /subscribedSkus: one row per SKU. Only $select is supported there. */
#include "providers/graph/read/resources.h"

const char skus_url[] =
	"/subscribedSkus?$select=skuId,skuPartNumber,appliesTo,capabilityStatus,consumedUnits,"
	"prepaidUnits,subscriptionIds,servicePlans";

struct plan_answer {
	struct service_plan plan;
	const char *applies_to;
};
VEC(plan_answer_list, struct plan_answer);

struct sku_answer {
	struct sku sku;
	const char *applies_to;
	struct plan_answer_list plans;
};

static const struct field plan_fields[] = {
	FIELD(struct plan_answer, plan.id, "servicePlanId", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct plan_answer, plan.name, "servicePlanName", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct plan_answer, applies_to, "appliesTo", FIELD_TEXT, 0),
	FIELD(struct plan_answer, plan.provisioning_status, "provisioningStatus", FIELD_TEXT, 0),
	{0},
};

/* Left out in older answers: zero. Offsets are from where "prepaidUnits" is: the struct's start. */
static const struct field units_fields[] = {
	FIELD(struct sku_answer, sku.enabled, "enabled", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct sku_answer, sku.warning, "warning", FIELD_INT, 0),
	FIELD(struct sku_answer, sku.suspended, "suspended", FIELD_INT, 0),
	FIELD(struct sku_answer, sku.locked_out, "lockedOut", FIELD_INT, 0),
	{0},
};

static const struct field sku_fields[] = {
	FIELD(struct sku_answer, sku.id, "skuId", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct sku_answer, sku.part_number, "skuPartNumber", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct sku_answer, applies_to, "appliesTo", FIELD_TEXT, 0),
	FIELD(struct sku_answer, sku.capability_status, "capabilityStatus", FIELD_TEXT, 0),
	FIELD(struct sku_answer, sku.consumed, "consumedUnits", FIELD_INT, FIELD_REQUIRED),
	{.name = "prepaidUnits", .type = FIELD_STRUCT, .flags = FIELD_REQUIRED, .fields = units_fields},
	FIELD(struct sku_answer, sku.subscription_ids, "subscriptionIds", FIELD_TEXTS, 0),
	FIELD(struct sku_answer, plans, "servicePlans", FIELD_LIST, FIELD_REQUIRED, .fields = plan_fields,
	      .item_size = sizeof(struct plan_answer)),
	{0},
};

/* A row of licenseDetails is one of these without its seats. */
static const struct field details_fields[] = {
	FIELD(struct sku_answer, sku.id, "skuId", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct sku_answer, sku.part_number, "skuPartNumber", FIELD_TEXT, 0),
	FIELD(struct sku_answer, plans, "servicePlans", FIELD_LIST, FIELD_REQUIRED, .fields = plan_fields,
	      .item_size = sizeof(struct plan_answer)),
	{0},
};

static void take_plans(const struct plan_answer_list *plans, struct arena *out, struct sku *sku)
{
	for (size_t i = 0; i < plans->count; i++) {
		struct plan_answer *plan = &plans->items[i];
		plan->plan.for_users = !plan->applies_to || str_eq(plan->applies_to, "User");
		VEC_PUSH(out, &sku->service_plans, plan->plan);
	}
}

bool license_details_from_json(const struct json *object, struct arena *out, struct sku *ret,
			       struct error *err)
{
	struct sku_answer answer = {0};
	if (!fields_from_json(details_fields, object, "licenseDetails", out, &answer, err))
		return false;
	take_plans(&answer.plans, out, &answer.sku);
	*ret = answer.sku;
	return true;
}

bool sku_from_json(const struct json *object, struct arena *out, struct sku *ret, struct error *err)
{
	struct sku_answer answer = {0};
	if (!fields_from_json(sku_fields, object, "subscribedSku", out, &answer, err))
		return false;
	struct sku *sku = &answer.sku;
	sku->for_users = !answer.applies_to || str_eq(answer.applies_to, "User");
	id_list_normalize(&sku->subscription_ids, out);
	take_plans(&answer.plans, out, sku);
	*ret = *sku;
	return true;
}
