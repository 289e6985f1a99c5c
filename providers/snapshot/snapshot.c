/* Live facts as a file, out and back by the same field tables. */
#include "providers/snapshot/snapshot.h"

#include "core/fields.h"
#include "core/json.h"

#include <string.h>

static const struct field domain_fields[] = {
	FIELD(struct verified_domain, is_default, "is_default", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct verified_domain, is_initial, "is_initial", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct verified_domain, name, "name", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

static const struct field organization_fields[] = {
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

static const struct field state_fields[] = {
	FIELD(struct license_state, disabled_plans, "disabled_plans", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct license_state, error, "error", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct license_state, group_id, "group_id", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct license_state, sku_id, "sku_id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct license_state, state, "state", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct license_state, updated, "updated", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

static const struct field user_fields[] = {
	FIELD(struct user, display_name, "display_name", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct user, enabled, "enabled", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct user, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct user, is_guest, "is_guest", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct user, is_synced, "is_synced", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct user, licenses, "licenses", FIELD_LIST, FIELD_REQUIRED, .fields = license_fields,
	      .item_size = sizeof(struct license)),
	FIELD(struct user, states, "states", FIELD_LIST, FIELD_REQUIRED, .fields = state_fields,
	      .item_size = sizeof(struct license_state)),
	FIELD(struct user, upn, "upn", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct user, usage_location, "usage_location", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

static const struct field group_fields[] = {
	FIELD(struct group, display_name, "display_name", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct group, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct group, is_synced, "is_synced", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct group, licenses, "licenses", FIELD_LIST, FIELD_REQUIRED, .fields = license_fields,
	      .item_size = sizeof(struct license)),
	FIELD(struct group, member_ids, "member_ids", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct group, members_read, "members_read", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct group, processing_state, "processing_state", FIELD_TEXT, FIELD_NULLABLE),
	{0},
};

static const struct field absent_fields[] = {
	FIELD(struct absent_user, deleted_id, "deleted_id", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct absent_user, upn, "upn", FIELD_TEXT, FIELD_REQUIRED),
	{0},
};

static const struct field partner_fields[] = {
	FIELD(struct partner_relation, checked, "checked", FIELD_BOOL, FIELD_REQUIRED),
	FIELD(struct partner_relation, gdap_end, "gdap_end", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct partner_relation, gdap_id, "gdap_id", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct partner_relation, gdap_status, "gdap_status", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct partner_relation, has_contract, "has_contract", FIELD_BOOL, FIELD_REQUIRED),
	{0},
};

static const struct field info_fields[] = {
	FIELD(struct read_info, read_at, "at", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct read_info, requests, "requests", FIELD_INT, FIELD_REQUIRED),
	FIELD(struct read_info, resource_units, "resource_units", FIELD_INT, FIELD_REQUIRED),
	{0},
};

struct snapshot {
	const char *format;
	struct live live;
	struct read_info info;
};

#define LIVE(member, name, table, type)                                                                      \
	FIELD(struct snapshot, live.member, name, FIELD_LIST, FIELD_REQUIRED, .fields = table,               \
	      .item_size = sizeof(type))

static const struct field snapshot_fields[] = {
	FIELD(struct snapshot, live.absent_groups, "absent_groups", FIELD_TEXTS, FIELD_REQUIRED),
	LIVE(absent_users, "absent_users", absent_fields, struct absent_user),
	FIELD(struct snapshot, format, "format", FIELD_TEXT, FIELD_REQUIRED),
	LIVE(groups, "groups", group_fields, struct group),
	FIELD(struct snapshot, live.holders_read, "holders_read", FIELD_TEXTS, FIELD_REQUIRED),
	FIELD(struct snapshot, live.organization, "organization", FIELD_STRUCT, FIELD_REQUIRED,
	      .fields = organization_fields),
	FIELD(struct snapshot, live.partner, "partner", FIELD_STRUCT, FIELD_REQUIRED,
	      .fields = partner_fields),
	FIELD(struct snapshot, info, "read", FIELD_STRUCT, FIELD_REQUIRED, .fields = info_fields),
	LIVE(skus, "skus", sku_fields, struct sku),
	LIVE(subscriptions, "subscriptions", subscription_fields, struct subscription),
	FIELD(struct snapshot, live.user_count, "user_count", FIELD_INT, FIELD_REQUIRED),
	LIVE(users, "users", user_fields, struct user),
	{0},
};

void snapshot_encode(const struct live *live, const struct read_info *info, struct strbuf *out)
{
	const struct snapshot snapshot = {.format = SNAPSHOT_FORMAT, .live = *live, .info = *info};
	struct json_writer w = JSON_WRITER(out);
	fields_to_json(snapshot_fields, &snapshot, &w);
	strbuf_add_char(out, '\n');
}

/* What the fields leave out: derived members, and the order that look-ups rely on. */
static void finish(struct live *live)
{
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		struct subscription *s = &live->subscriptions.items[i];
		s->status = subscription_status_parse(s->status_text);
	}
	live_sort(live);
}

bool snapshot_decode(const char *text, size_t len, struct arena *out, struct live *ret_live,
		     struct read_info *ret_info, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	if (!json_parse(text, len, &root, err))
		return false;
	struct snapshot snapshot = {0};
	if (!fields_from_file(snapshot_fields, root, "snapshot", out, &snapshot, err))
		return false;
	if (!str_eq(snapshot.format, SNAPSHOT_FORMAT))
		return error_set(err, ERR_INVALID, "the format is not " SNAPSHOT_FORMAT);
	finish(&snapshot.live);
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(STRBUF_LARGE);
	snapshot_encode(&snapshot.live, &snapshot.info, &again);
	if (again.len != len || memcmp(strbuf_text(&again), text, len) != 0)
		return error_set(err, ERR_INVALID,
				 "not a snapshot as seatshift writes it: it was edited or damaged");
	*ret_live = snapshot.live;
	*ret_info = snapshot.info;
	return true;
}
