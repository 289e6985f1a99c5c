/* A snapshot as the file of a twin. */
#include "plans/rehearse/stage.h"

#include "core/json.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/* The published limits, by how many people there are. */
static int64_t units_per_window(const struct live *live)
{
	int64_t users = live->user_count >= 0 ? live->user_count : (int64_t)live->users.count;
	return users < 50 ? 3500 : users <= 500 ? 5000 : 8000;
}

static void put_settings(const struct stage *stage, struct json_writer *w)
{
	json_put_key(w, "settings");
	json_begin_object(w);
	json_set_int(w, "latency_ms", stage->latency_ms);
	json_set_int(w, "replica_lag_ms", stage->lag_ms);
	json_set_int(w, "resource_units", units_per_window(stage->live));
	json_set_bool(w, "throttle", true);
	json_end_object(w);
}

static void put_clients(struct json_writer *w)
{
	json_put_key(w, "clients");
	json_begin_array(w);
	json_begin_object(w);
	json_set_text(w, "client_id", STAGE_CLIENT);
	json_set_text(w, "roles", "all");
	json_set_text(w, "secret", STAGE_SECRET);
	json_end_object(w);
	json_end_array(w);
}

static void put_skus(const struct stage *stage, struct json_writer *w)
{
	json_put_key(w, "skus");
	json_begin_array(w);
	for (size_t i = 0; i < stage->live->skus.count; i++) {
		const struct sku *sku = &stage->live->skus.items[i];
		json_begin_object(w);
		json_set_text(w, "applies_to", sku->for_users ? "User" : "Company");
		json_set_text(w, "id", sku->id);
		json_put_key(w, "plans");
		json_begin_array(w);
		for (size_t j = 0; j < sku->service_plans.count; j++) {
			const struct service_plan *plan = &sku->service_plans.items[j];
			json_begin_object(w);
			json_set_text(w, "applies_to", plan->for_users ? "User" : "Company");
			json_set_text(w, "id", plan->id);
			json_set_text(w, "name", plan->name);
			json_end_object(w);
		}
		json_end_array(w);
		json_set_text(w, "sku", sku->part_number);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_subscriptions(const struct stage *stage, struct json_writer *w)
{
	json_put_key(w, "subscriptions");
	json_begin_array(w);
	for (size_t i = 0; i < stage->live->subscriptions.count; i++) {
		const struct subscription *s = &stage->live->subscriptions.items[i];
		json_begin_object(w);
		json_set_given(w, "commerce_id", s->commerce_id);
		json_set_given(w, "created", s->created);
		json_set_given(w, "ends", s->next_lifecycle);
		json_set_text(w, "id", s->id);
		json_set_int(w, "seats", s->seats);
		json_set_text(w, "sku", s->sku_id);
		json_set_text(w, "status", s->status_text);
		json_set_bool(w, "trial", s->is_trial);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_license(struct json_writer *w, const char *sku_id, const struct str_list *off,
			const char *error)
{
	json_begin_object(w);
	json_set_texts(w, "disable", off);
	json_set_given(w, "error", error);
	json_set_text(w, "sku", sku_id);
	json_end_object(w);
}

/* Direct licences; where Graph gave no states, every licence counts as that. */
static void put_licenses(const struct user *user, struct json_writer *w)
{
	json_put_key(w, "licenses");
	json_begin_array(w);
	for (size_t i = 0; i < user->licenses.count; i++) {
		const struct license *license = &user->licenses.items[i];
		const struct license_state *state = user_find_state(user, license->sku_id, NULL);
		if (user_direct_license(user, license->sku_id))
			put_license(w, license->sku_id,
				    state ? &state->disabled_plans : &license->disabled_plans,
				    state ? state->error : NULL);
	}
	json_end_array(w);
}

/* As many as hold a seat outside the snapshot. */
static void put_others(const struct stage *stage, struct json_writer *w)
{
	for (size_t i = 0; i < stage->live->skus.count; i++) {
		const struct sku *sku = &stage->live->skus.items[i];
		int64_t others = sku->consumed;
		for (size_t j = 0; j < stage->live->users.count; j++)
			others -= license_find(&stage->live->users.items[j].licenses, sku->id) != NULL;
		if (others <= 0 || !sku->for_users)
			continue;
		CLEANUP(mem_free_text)
		char *upn = mem_printf("seatshift-holds-%zu-%%05d@%s", i, stage->plan->tenant_domain);
		json_begin_object(w);
		json_put_key(w, "generate");
		json_begin_object(w);
		json_set_int(w, "count", others);
		json_put_key(w, "licenses");
		json_begin_array(w);
		json_put_text(w, sku->id);
		json_end_array(w);
		json_set_text(w, "upn", upn);
		json_set_text(w, "usage_location", "US");
		json_end_object(w);
		json_end_object(w);
	}
}

static void put_users(const struct stage *stage, struct json_writer *w)
{
	json_put_key(w, "users");
	json_begin_array(w);
	for (size_t i = 0; i < stage->live->users.count; i++) {
		const struct user *user = &stage->live->users.items[i];
		json_begin_object(w);
		json_set_bool(w, "enabled", user->enabled);
		json_set_bool(w, "guest", user->is_guest);
		json_set_text(w, "id", user->id);
		put_licenses(user, w);
		json_set_given(w, "name", user->display_name);
		json_set_bool(w, "synced", user->is_synced);
		json_set_text(w, "upn", user->upn);
		json_set_given(w, "usage_location", user->usage_location);
		json_end_object(w);
	}
	put_others(stage, w);
	json_end_array(w);
}

/* Groups that were read, and those that only the people's licences name. */
static void collect_groups(const struct stage *stage, struct arena *tmp, struct str_list *ret_ids)
{
	for (size_t i = 0; i < stage->live->groups.count; i++)
		VEC_PUSH(tmp, ret_ids, stage->live->groups.items[i].id);
	for (size_t i = 0; i < stage->live->users.count; i++)
		for (size_t j = 0; j < stage->live->users.items[i].states.count; j++)
			if (stage->live->users.items[i].states.items[j].group_id)
				VEC_PUSH(tmp, ret_ids, stage->live->users.items[i].states.items[j].group_id);
	str_list_sort_unique(ret_ids);
}

static int compare_ids(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool is_member(const struct group *group, const char *user_id)
{
	return group && group->member_ids.count &&
	       bsearch(user_id, group->member_ids.items, group->member_ids.count,
		       sizeof *group->member_ids.items, compare_ids);
}

static void put_members(const struct stage *stage, const struct group *group, const char *id,
			struct json_writer *w)
{
	json_put_key(w, "members");
	json_begin_array(w);
	for (size_t i = 0; i < stage->live->users.count; i++) {
		const struct user *user = &stage->live->users.items[i];
		bool member = is_member(group, user->id);
		for (size_t j = 0; j < user->states.count; j++)
			member = member || str_eq(user->states.items[j].group_id, id);
		if (member)
			json_put_text(w, user->upn);
	}
	json_end_array(w);
}

/* Of a group that was not read, what its members have of it. */
static void put_given(const struct stage *stage, const char *id, struct arena *tmp, struct json_writer *w)
{
	struct str_list told = {0};
	for (size_t i = 0; i < stage->live->users.count; i++) {
		const struct license_state_list *states = &stage->live->users.items[i].states;
		for (size_t j = 0; j < states->count; j++) {
			if (!str_eq(states->items[j].group_id, id) ||
			    str_list_has(&told, states->items[j].sku_id))
				continue;
			VEC_PUSH(tmp, &told, states->items[j].sku_id);
			put_license(w, states->items[j].sku_id, &states->items[j].disabled_plans, NULL);
		}
	}
}

static void put_groups(const struct stage *stage, struct json_writer *w)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list ids = {0};
	collect_groups(stage, tmp, &ids);
	json_put_key(w, "groups");
	json_begin_array(w);
	for (size_t i = 0; i < ids.count; i++) {
		const struct group *group = live_find_group(stage->live, ids.items[i]);
		json_begin_object(w);
		json_set_text(w, "id", ids.items[i]);
		json_put_key(w, "licenses");
		json_begin_array(w);
		for (size_t j = 0; group && j < group->licenses.count; j++)
			put_license(w, group->licenses.items[j].sku_id,
				    &group->licenses.items[j].disabled_plans, NULL);
		if (!group)
			put_given(stage, ids.items[i], tmp, w);
		json_end_array(w);
		put_members(stage, group, ids.items[i], w);
		json_set_text(w, "name", group ? group->display_name : ids.items[i]);
		json_set_bool(w, "role_assignable", group && group->is_role_assignable);
		if (group && group_is_dynamic(group))
			json_set_text(w, "rule", group->rule ? group->rule : "");
		json_set_bool(w, "rule_paused", group && str_eq(group->rule_state, "Paused"));
		json_set_bool(w, "synced", group && group->is_synced);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_customer(const struct stage *stage, struct json_writer *w)
{
	const struct organization *org = &stage->live->organization;
	json_begin_object(w);
	put_clients(w);
	json_set_text(w, "country", "US");
	json_set_text(w, "domain", stage->plan->tenant_domain);
	json_put_key(w, "domains");
	json_begin_array(w);
	for (size_t i = 0; i < org->verified_domains.count; i++)
		if (!str_eq_fold(org->verified_domains.items[i].name, stage->plan->tenant_domain))
			json_put_text(w, org->verified_domains.items[i].name);
	json_end_array(w);
	put_groups(stage, w);
	json_set_text(w, "id", stage->plan->tenant_id);
	json_set_text(w, "name", org->display_name);
	put_skus(stage, w);
	put_subscriptions(stage, w);
	put_users(stage, w);
	json_end_object(w);
}

static void put_partner(const struct stage *stage, struct json_writer *w)
{
	const struct partner_relation *relation = &stage->live->partner;
	json_begin_object(w);
	put_clients(w);
	json_put_key(w, "contracts");
	json_begin_array(w);
	if (relation->has_contract || relation->gdap_id) {
		json_begin_object(w);
		json_set_text(w, "customer", stage->plan->tenant_id);
		json_set_text(w, "domain", stage->plan->tenant_domain);
		json_set_text(w, "name", stage->plan->tenant_name);
		json_end_object(w);
	}
	json_end_array(w);
	json_set_text(w, "domain", "partner.example");
	json_set_text(w, "id", stage->partner_tenant);
	json_set_text(w, "name", "The partner");
	json_set_text(w, "partner_type", "breadthPartner");
	json_end_object(w);
}

void stage_write(const struct stage *stage, struct strbuf *out)
{
	struct json_writer writer = JSON_WRITER(out);
	struct json_writer *w = &writer;
	json_begin_object(w);
	json_set_given(w, "cloud", stage->cloud);
	json_set_text(w, "format", "seatshift-twin/1");
	put_settings(stage, w);
	json_put_key(w, "tenants");
	json_begin_array(w);
	put_customer(stage, w);
	if (stage->partner_tenant)
		put_partner(stage, w);
	json_end_array(w);
	json_end_object(w);
}
