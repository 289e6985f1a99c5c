/* Who the tenant is, what it has bought: organization, domains, subscribedSkus, directory/subscriptions. */
#include "providers/twin/graph.h"

#define PROPERTIES(table) .properties = (table), .count = ARRAY_LEN(table)

#define TEXT_PROPERTY(function, type, expression)                                                            \
	static void function(struct call *call, struct json_writer *w, const void *item)                     \
	{                                                                                                    \
		const type *it = item;                                                                       \
		(void)call;                                                                                  \
		json_put_text(w, expression);                                                                \
	}

static void put_empty(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	(void)item;
	json_begin_array(w);
	json_end_array(w);
}

TEXT_PROPERTY(tenant_id, struct twin_tenant, it->id)
TEXT_PROPERTY(tenant_name, struct twin_tenant, it->name)
TEXT_PROPERTY(tenant_country, struct twin_tenant, it->country)
TEXT_PROPERTY(tenant_location, struct twin_tenant, it->default_usage_location)
TEXT_PROPERTY(tenant_type, struct twin_tenant, it->tenant_type)
TEXT_PROPERTY(tenant_partner_type, struct twin_tenant, it->partner_type)
TEXT_PROPERTY(tenant_created, struct twin_tenant, it->id ? "2013-04-02T09:00:00Z" : NULL)

static void tenant_synced(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_tenant *tenant = item;
	(void)call;
	if (tenant->is_synced)
		json_put_bool(w, true);
	else
		json_put_null(w);
}

static void tenant_domains(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_tenant *tenant = item;
	(void)call;
	json_begin_array(w);
	for (size_t i = 0; i < tenant->domains.count; i++) {
		const struct twin_domain *domain = &tenant->domains.items[i];
		if (!domain->is_verified)
			continue;
		json_begin_object(w);
		json_set_text(w, "capabilities", "Email, OfficeCommunicationsOnline");
		json_set_bool(w, "isDefault", domain->is_default);
		json_set_bool(w, "isInitial", domain->is_initial);
		json_set_text(w, "name", domain->name);
		json_set_text(w, "type", "Managed");
		json_end_object(w);
	}
	json_end_array(w);
}

static const struct odata_property organization_properties[] = {
	{"assignedPlans", true, put_empty},
	{"countryLetterCode", true, tenant_country},
	{"createdDateTime", true, tenant_created},
	{"defaultUsageLocation", true, tenant_location},
	{"displayName", true, tenant_name},
	{"id", true, tenant_id},
	{"onPremisesSyncEnabled", true, tenant_synced},
	{"partnerTenantType", true, tenant_partner_type},
	{"provisionedPlans", true, put_empty},
	{"technicalNotificationMails", true, put_empty},
	{"tenantType", true, tenant_type},
	{"verifiedDomains", true, tenant_domains},
};
static const struct odata_type organization_type = {
	.name = "microsoft.graph.organization", .set = "organization", PROPERTIES(organization_properties)};

void graph_organizations(struct call *call)
{
	const void *item = call->tenant;
	odata_write_all(call, &organization_type, &item, 1, "$select");
}

void graph_organization(struct call *call)
{
	uint64_t mask;
	if (!str_eq_fold(call->keys[0], call->tenant->id))
		graph_not_found(call, call->keys[0]);
	else if (odata_allow(call, "$select") && odata_select(call, &organization_type, &mask))
		odata_write_entity(call, &organization_type, mask, call->tenant);
}

TEXT_PROPERTY(domain_name, struct twin_domain, it->name)
TEXT_PROPERTY(domain_authentication, struct twin_domain, it->name ? "Managed" : NULL)

#define FLAG_PROPERTY(function, type, expression)                                                            \
	static void function(struct call *call, struct json_writer *w, const void *item)                     \
	{                                                                                                    \
		const type *it = item;                                                                       \
		(void)call;                                                                                  \
		json_put_bool(w, expression);                                                                \
	}

FLAG_PROPERTY(domain_default, struct twin_domain, it->is_default)
FLAG_PROPERTY(domain_initial, struct twin_domain, it->is_initial)
FLAG_PROPERTY(domain_verified, struct twin_domain, it->is_verified)
FLAG_PROPERTY(domain_admin, struct twin_domain, it->name != NULL)

static void domain_services(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_domain *domain = item;
	(void)call;
	json_begin_array(w);
	if (domain->is_verified) {
		json_put_text(w, "Email");
		json_put_text(w, "OfficeCommunicationsOnline");
	}
	json_end_array(w);
}

static const struct odata_property domain_properties[] = {
	{"authenticationType", true, domain_authentication},
	{"id", true, domain_name},
	{"isAdminManaged", true, domain_admin},
	{"isDefault", true, domain_default},
	{"isInitial", true, domain_initial},
	{"isRoot", true, domain_admin},
	{"isVerified", true, domain_verified},
	{"supportedServices", true, domain_services},
};
static const struct odata_type domain_type = {
	.name = "microsoft.graph.domain", .set = "domains", PROPERTIES(domain_properties)};

void graph_domains(struct call *call)
{
	const void **items = arena_alloc_array(call->arena, call->tenant->domains.count, sizeof *items);
	for (size_t i = 0; i < call->tenant->domains.count; i++)
		items[i] = &call->tenant->domains.items[i];
	odata_write_all(call, &domain_type, items, call->tenant->domains.count, "$select $top");
}

void graph_domain(struct call *call)
{
	uint64_t mask;
	const struct twin_domain *found = NULL;
	for (size_t i = 0; i < call->tenant->domains.count; i++)
		if (str_eq_fold(call->tenant->domains.items[i].name, call->keys[0]))
			found = &call->tenant->domains.items[i];
	if (!found)
		graph_not_found(call, call->keys[0]);
	else if (odata_allow(call, "$select") && odata_select(call, &domain_type, &mask))
		odata_write_entity(call, &domain_type, mask, found);
}

static int64_t seats_seen(const struct call *call, const struct twin_sku *sku, const char *status)
{
	return twin_seats(call->twin, call->tenant, sku, status, false);
}

TEXT_PROPERTY(sku_account, struct twin_sku, it->id ? call->tenant->id : NULL)
TEXT_PROPERTY(sku_account_name, struct twin_sku, it->id ? call->tenant->domains.items[0].name : NULL)
TEXT_PROPERTY(sku_applies_to, struct twin_sku, it->applies_to)
TEXT_PROPERTY(sku_row_id, struct twin_sku, arena_printf(call->arena, "%s_%s", call->tenant->id, it->id))
TEXT_PROPERTY(sku_id, struct twin_sku, it->id)
TEXT_PROPERTY(sku_part_number, struct twin_sku, it->part_number)

/* A roll-up: one healthy subscription hides the dead ones. */
static const char *sku_status(const struct call *call, const struct twin_sku *sku)
{
	static const char *const statuses[] = {"Enabled", "Warning", "LockedOut", "Suspended"};
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (seats_seen(call, sku, statuses[i]) > 0)
			return statuses[i];
	}
	return "Deleted";
}

TEXT_PROPERTY(sku_capability, struct twin_sku, sku_status(call, it))

static void sku_consumed(struct call *call, struct json_writer *w, const void *item)
{
	json_put_int(w, twin_consumed_seen(call->twin, item));
}

static void sku_prepaid(struct call *call, struct json_writer *w, const void *item)
{
	json_begin_object(w);
	json_set_int(w, "enabled", seats_seen(call, item, "Enabled"));
	json_set_int(w, "lockedOut", seats_seen(call, item, "LockedOut"));
	json_set_int(w, "suspended", seats_seen(call, item, "Suspended"));
	json_set_int(w, "warning", seats_seen(call, item, "Warning"));
	json_end_object(w);
}

static void put_plans(struct json_writer *w, const struct twin_sku *sku, const char *status)
{
	json_begin_array(w);
	for (size_t i = 0; i < sku->plan_count; i++) {
		json_begin_object(w);
		json_set_text(w, "appliesTo", twin_plan_applies_to(sku, &sku->plans[i]));
		json_set_text(w, "provisioningStatus", status);
		json_set_text(w, "servicePlanId", sku->plans[i].id);
		json_set_text(w, "servicePlanName", sku->plans[i].name);
		json_end_object(w);
	}
	json_end_array(w);
}

static void sku_plans(struct call *call, struct json_writer *w, const void *item)
{
	bool alive = str_eq(sku_status(call, item), "Enabled") || str_eq(sku_status(call, item), "Warning");
	put_plans(w, item, alive ? "Success" : "Disabled");
}

static void sku_subscriptions(struct call *call, struct json_writer *w, const void *item)
{
	json_begin_array(w);
	for (size_t i = 0; i < call->tenant->subscriptions.count; i++) {
		const struct twin_subscription *s = call->tenant->subscriptions.items[i];
		if (s->sku == item && twin_subscription_seen(call->twin, s)->listed)
			json_put_text(w, s->id);
	}
	json_end_array(w);
}

static const struct odata_property sku_properties[] = {
	{"accountId", true, sku_account},
	{"accountName", true, sku_account_name},
	{"appliesTo", true, sku_applies_to},
	{"capabilityStatus", true, sku_capability},
	{"consumedUnits", true, sku_consumed},
	{"id", true, sku_row_id},
	{"prepaidUnits", true, sku_prepaid},
	{"servicePlans", true, sku_plans},
	{"skuId", true, sku_id},
	{"skuPartNumber", true, sku_part_number},
	{"subscriptionIds", true, sku_subscriptions},
};
static const struct odata_type sku_type = {
	.name = "microsoft.graph.subscribedSku", .set = "subscribedSkus", PROPERTIES(sku_properties)};

/* A SKU has a row while a subscription to it is listed, or somebody still holds it. */
static bool sku_listed(const struct call *call, const struct twin_sku *sku)
{
	for (size_t i = 0; i < call->tenant->subscriptions.count; i++) {
		const struct twin_subscription *s = call->tenant->subscriptions.items[i];
		if (s->sku == sku && twin_subscription_seen(call->twin, s)->listed)
			return true;
	}
	return twin_consumed_seen(call->twin, sku) > 0;
}

void graph_skus(struct call *call)
{
	const void **items = arena_alloc_array(call->arena, call->tenant->skus.count + 1, sizeof *items);
	size_t count = 0;
	for (size_t i = 0; i < call->tenant->skus.count; i++) {
		if (sku_listed(call, call->tenant->skus.items[i]))
			items[count++] = call->tenant->skus.items[i];
	}
	odata_write_all(call, &sku_type, items, count, "$select");
}

void graph_sku(struct call *call)
{
	uint64_t mask;
	size_t prefix = str_starts(call->keys[0], call->tenant->id) ? 37 : 0;
	const struct twin_sku *sku = prefix ? twin_find_sku(call->tenant, call->keys[0] + prefix) : NULL;
	if (!sku || !sku_listed(call, sku))
		graph_not_found(call, call->keys[0]);
	else if (odata_allow(call, "$select") && odata_select(call, &sku_type, &mask))
		odata_write_entity(call, &sku_type, mask, sku);
}

static const struct twin_subscription_version *seen(const struct call *call, const void *item)
{
	return twin_subscription_seen(call->twin, item);
}

static void subscription_next(struct call *call, struct json_writer *w, const void *item)
{
	int64_t next_ms = seen(call, item)->next_ms;
	json_put_text(w, next_ms < 0 ? NULL : call_time(call->arena, next_ms));
}

static void subscription_plans(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_subscription *s = item;
	const char *status = seen(call, s)->status;
	put_plans(w, s->sku, str_eq(status, "Enabled") || str_eq(status, "Warning") ? "Success" : "Disabled");
}

static void subscription_seats(struct call *call, struct json_writer *w, const void *item)
{
	json_put_int(w, seen(call, item)->seats);
}

TEXT_PROPERTY(subscription_id, struct twin_subscription, it->id)
TEXT_PROPERTY(subscription_commerce, struct twin_subscription, it->commerce_id)
TEXT_PROPERTY(subscription_created, struct twin_subscription, call_time(call->arena, it->created_ms))
TEXT_PROPERTY(subscription_null, struct twin_subscription, it->id ? NULL : "")
TEXT_PROPERTY(subscription_owner, struct twin_subscription, it->owner_tenant)
TEXT_PROPERTY(subscription_sku, struct twin_subscription, it->sku->id)
TEXT_PROPERTY(subscription_part, struct twin_subscription, it->sku->part_number)
TEXT_PROPERTY(subscription_status, struct twin_subscription, seen(call, it)->status)
FLAG_PROPERTY(subscription_trial, struct twin_subscription, it->is_trial)

static const struct odata_property subscription_properties[] = {
	{"commerceSubscriptionId", true, subscription_commerce},
	{"createdDateTime", true, subscription_created},
	{"id", true, subscription_id},
	{"isTrial", true, subscription_trial},
	{"nextLifecycleDateTime", true, subscription_next},
	{"ownerId", true, subscription_null},
	{"ownerTenantId", true, subscription_owner},
	{"ownerType", true, subscription_null},
	{"serviceStatus", true, subscription_plans},
	{"skuId", true, subscription_sku},
	{"skuPartNumber", true, subscription_part},
	{"status", true, subscription_status},
	{"totalLicenses", true, subscription_seats},
};
static const struct odata_type subscription_type = {.name = "microsoft.graph.companySubscription",
						    .set = "directory/subscriptions",
						    PROPERTIES(subscription_properties)};

void graph_subscriptions(struct call *call)
{
	const struct twin_subscription_list *list = &call->tenant->subscriptions;
	const void **items = arena_alloc_array(call->arena, list->count + 1, sizeof *items);
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (seen(call, list->items[i])->listed)
			items[count++] = list->items[i];
	}
	odata_write_all(call, &subscription_type, items, count, "$select");
}

static void write_subscription(struct call *call, const struct twin_subscription *s)
{
	uint64_t mask;
	if (!s || !seen(call, s)->listed)
		graph_not_found(call, call->keys[0]);
	else if (odata_allow(call, "$select") && odata_select(call, &subscription_type, &mask))
		odata_write_entity(call, &subscription_type, mask, s);
}

void graph_subscription(struct call *call)
{
	const struct twin_subscription *s = twin_find_subscription(call->tenant, call->keys[0]);
	write_subscription(call, s && str_eq_fold(s->id, call->keys[0]) ? s : NULL);
}

void graph_subscription_by_commerce(struct call *call)
{
	const struct twin_subscription *s = twin_find_subscription(call->tenant, call->keys[0]);
	write_subscription(call, s && str_eq_fold(s->commerce_id, call->keys[0]) ? s : NULL);
}
