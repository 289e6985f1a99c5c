/* The parts of a snapshot that are written and read by field tables. */
#include "providers/snapshot/snapshot_internal.h"

static const struct field domain_fields[] = {
	FIELD(struct verified_domain, is_default, "is_default", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct verified_domain, is_initial, "is_initial", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct verified_domain, name, "name", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

const struct field snapshot_organization_fields[] = {
	FIELD(struct organization, default_usage_location, "default_usage_location", FIELD_TEXT,
	      FIELD_NULLABLE),
	FIELD(struct organization, display_name, "display_name", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct organization, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct organization, partner_tenant_type, "partner_tenant_type", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct organization, tenant_type, "tenant_type", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct organization, verified_domains, "verified_domains", FIELD_LIST, FIELD_REQUIRED,
	      .fields = domain_fields, .item_size = sizeof(struct verified_domain)),
	{0},
};

static const struct field plan_fields[] = {
	FIELD(struct service_plan, for_users, "for_users", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct service_plan, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct service_plan, name, "name", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct service_plan, provisioning_status, "provisioning_status", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

static const struct field sku_fields[] = {
	FIELD(struct sku, capability_status, "capability_status", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct sku, consumed, "consumed", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct sku, enabled, "enabled", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct sku, for_users, "for_users", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct sku, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct sku, locked_out, "locked_out", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct sku, part_number, "part_number", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct sku, service_plans, "service_plans", FIELD_LIST, FIELD_REQUIRED, .fields = plan_fields,
	      .item_size = sizeof(struct service_plan)),
	FIELD(struct sku, subscription_ids, "subscription_ids", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct sku, suspended, "suspended", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct sku, warning, "warning", FIELD_INT, FIELD_REQUIRED),
	{0},
};

static const struct field subscription_fields[] = {
	FIELD(struct subscription, commerce_id, "commerce_id", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct subscription, created, "created", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct subscription, id, "id", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct subscription, is_trial, "is_trial", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct subscription, next_lifecycle, "next_lifecycle", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct subscription, part_number, "part_number", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct subscription, seats, "seats", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct subscription, sku_id, "sku_id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct subscription, status_text, "status", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

static const struct field license_fields[] = {
	FIELD(struct license, disabled_plans, "disabled_plans", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct license, sku_id, "sku_id", FIELD_GUID, FIELD_REQUIRED),
	{0},
};

static const struct field group_fields[] = {
	FIELD(struct group, display_name, "display_name", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct group, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct group, is_role_assignable, "is_role_assignable", FIELD_BOOL, 0),
	FIELD(struct group, is_synced, "is_synced", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct group, licenses, "licenses", FIELD_LIST, FIELD_REQUIRED, .fields = license_fields,
	      .item_size = sizeof(struct license)),
	FIELD(struct group, member_ids, "member_ids", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct group, members_read, "members_read", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct group, others, "others", FIELD_TEXTS, 0),
	FIELD(struct group, processing_state, "processing_state", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct group, rule, "rule", FIELD_TEXT, 0),
	FIELD(struct group, rule_state, "rule_state", FIELD_TEXT, 0),
	FIELD(struct group, subgroups, "subgroups", FIELD_TEXTS, 0),
	FIELD(struct group, types, "types", FIELD_TEXTS, 0),
	{0},
};

static const struct field absent_fields[] = {
	FIELD(struct absent_user, deleted_id, "deleted_id", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct absent_user, upn, "upn", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

const struct field snapshot_partner_fields[] = {
	FIELD(struct partner_relation, checked, "checked", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct partner_relation, gdap_end, "gdap_end", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct partner_relation, gdap_id, "gdap_id", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct partner_relation, gdap_status, "gdap_status", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct partner_relation, has_contract, "has_contract", FIELD_BOOL, FIELD_REQUIRED),
	{0},
};

const struct field snapshot_info_fields[] = {
	FIELD(struct read_info, read_at, "at", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct read_info, requests, "requests", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct read_info, resource_units, "resource_units", FIELD_INT, FIELD_REQUIRED),
	{0},
};

#define TABLE(name_, member_, fields_, type_)                                                                \
	{                                                                                                    \
		.key = (name_), .offset = offsetof(struct live, member_), .fields = (fields_),               \
		.size = sizeof(type_)                                                                        \
	}

const struct snapshot_table snapshot_tables[SNAPSHOT_TABLES] = {
	TABLE("absent_users", absent_users, absent_fields, struct absent_user),
	TABLE("groups", groups, group_fields, struct group),
	TABLE("skus", skus, sku_fields, struct sku),
	TABLE("subscriptions", subscriptions, subscription_fields, struct subscription),
};
