/* Live facts as a file: encoding. Decoding is in snapshot_read.c. */
#include "providers/snapshot/snapshot.h"

#include "core/json.h"

static void put_organization(struct json_writer *w, const struct organization *org)
{
	json_put_key(w, "organization");
	json_begin_object(w);
	json_set_text(w, "default_usage_location", org->default_usage_location);
	json_set_text(w, "display_name", org->display_name);
	json_set_text(w, "id", org->id);
	json_set_text(w, "partner_tenant_type", org->partner_tenant_type);
	json_set_text(w, "tenant_type", org->tenant_type);
	json_put_key(w, "verified_domains");
	json_begin_array(w);
	for (size_t i = 0; i < org->verified_domains.count; i++) {
		const struct verified_domain *domain = &org->verified_domains.items[i];
		json_begin_object(w);
		json_set_bool(w, "is_default", domain->is_default);
		json_set_bool(w, "is_initial", domain->is_initial);
		json_set_text(w, "name", domain->name);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static void put_sku(struct json_writer *w, const struct sku *sku)
{
	json_begin_object(w);
	json_set_text(w, "capability_status", sku->capability_status);
	json_set_int(w, "consumed", sku->consumed);
	json_set_int(w, "enabled", sku->enabled);
	json_set_bool(w, "for_users", sku->for_users);
	json_set_text(w, "id", sku->id);
	json_set_int(w, "locked_out", sku->locked_out);
	json_set_text(w, "part_number", sku->part_number);
	json_put_key(w, "service_plans");
	json_begin_array(w);
	for (size_t i = 0; i < sku->service_plans.count; i++) {
		const struct service_plan *plan = &sku->service_plans.items[i];
		json_begin_object(w);
		json_set_bool(w, "for_users", plan->for_users);
		json_set_text(w, "id", plan->id);
		json_set_text(w, "name", plan->name);
		json_set_text(w, "provisioning_status", plan->provisioning_status);
		json_end_object(w);
	}
	json_end_array(w);
	json_set_texts(w, "subscription_ids", &sku->subscription_ids);
	json_set_int(w, "suspended", sku->suspended);
	json_set_int(w, "warning", sku->warning);
	json_end_object(w);
}

static void put_subscription(struct json_writer *w, const struct subscription *s)
{
	json_begin_object(w);
	json_set_text(w, "commerce_id", s->commerce_id);
	json_set_text(w, "created", s->created);
	json_set_text(w, "id", s->id);
	json_set_bool(w, "is_trial", s->is_trial);
	json_set_text(w, "next_lifecycle", s->next_lifecycle);
	json_set_text(w, "part_number", s->part_number);
	json_set_int(w, "seats", s->seats);
	json_set_text(w, "sku_id", s->sku_id);
	json_set_text(w, "status", s->status_text);
	json_end_object(w);
}

static void put_licenses(struct json_writer *w, const struct license_list *list)
{
	json_put_key(w, "licenses");
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++) {
		json_begin_object(w);
		json_set_texts(w, "disabled_plans", &list->items[i].disabled_plans);
		json_set_text(w, "sku_id", list->items[i].sku_id);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_states(struct json_writer *w, const struct license_state_list *list)
{
	json_put_key(w, "states");
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++) {
		const struct license_state *state = &list->items[i];
		json_begin_object(w);
		json_set_texts(w, "disabled_plans", &state->disabled_plans);
		json_set_text(w, "error", state->error);
		json_set_text(w, "group_id", state->group_id);
		json_set_text(w, "sku_id", state->sku_id);
		json_set_text(w, "state", state->state);
		json_set_text(w, "updated", state->updated);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_user(struct json_writer *w, const struct user *user)
{
	json_begin_object(w);
	json_set_text(w, "display_name", user->display_name);
	json_set_bool(w, "enabled", user->enabled);
	json_set_text(w, "id", user->id);
	json_set_bool(w, "is_guest", user->is_guest);
	json_set_bool(w, "is_synced", user->is_synced);
	put_licenses(w, &user->licenses);
	put_states(w, &user->states);
	json_set_text(w, "upn", user->upn);
	json_set_text(w, "usage_location", user->usage_location);
	json_end_object(w);
}

static void put_group(struct json_writer *w, const struct group *group)
{
	json_begin_object(w);
	json_set_text(w, "display_name", group->display_name);
	json_set_text(w, "id", group->id);
	json_set_bool(w, "is_synced", group->is_synced);
	put_licenses(w, &group->licenses);
	json_set_texts(w, "member_ids", &group->member_ids);
	json_set_bool(w, "members_read", group->members_read);
	json_set_text(w, "processing_state", group->processing_state);
	json_end_object(w);
}

static void put_absent(struct json_writer *w, const struct absent_user *absent)
{
	json_begin_object(w);
	json_set_text(w, "deleted_id", absent->deleted_id);
	json_set_text(w, "upn", absent->upn);
	json_end_object(w);
}

static void put_partner(struct json_writer *w, const struct partner_relation *partner)
{
	json_put_key(w, "partner");
	json_begin_object(w);
	json_set_bool(w, "checked", partner->checked);
	json_set_text(w, "gdap_end", partner->gdap_end);
	json_set_text(w, "gdap_id", partner->gdap_id);
	json_set_text(w, "gdap_status", partner->gdap_status);
	json_set_bool(w, "has_contract", partner->has_contract);
	json_end_object(w);
}

static void put_read_info(struct json_writer *w, const struct read_info *info)
{
	json_put_key(w, "read");
	json_begin_object(w);
	json_set_text(w, "at", info->read_at);
	json_set_int(w, "requests", info->requests);
	json_set_int(w, "resource_units", info->resource_units);
	json_end_object(w);
}

#define PUT_LIST(w, key, list, put_item)                                                                     \
	do {                                                                                                 \
		json_put_key((w), (key));                                                                    \
		json_begin_array(w);                                                                         \
		for (size_t i_ = 0; i_ < (list)->count; i_++)                                                \
			put_item((w), &(list)->items[i_]);                                                   \
		json_end_array(w);                                                                           \
	} while (0)

void snapshot_encode(const struct live *live, const struct read_info *info, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	json_begin_object(&w);
	json_set_texts(&w, "absent_groups", &live->absent_groups);
	PUT_LIST(&w, "absent_users", &live->absent_users, put_absent);
	json_set_text(&w, "format", SNAPSHOT_FORMAT);
	PUT_LIST(&w, "groups", &live->groups, put_group);
	json_set_texts(&w, "holders_read", &live->holders_read);
	put_organization(&w, &live->organization);
	put_partner(&w, &live->partner);
	put_read_info(&w, info);
	PUT_LIST(&w, "skus", &live->skus, put_sku);
	PUT_LIST(&w, "subscriptions", &live->subscriptions, put_subscription);
	json_set_int(&w, "user_count", live->user_count);
	PUT_LIST(&w, "users", &live->users, put_user);
	json_end_object(&w);
	strbuf_add_char(out, '\n');
}
