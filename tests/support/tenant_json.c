/* A tenant written by hand, as compact JSON. */
#include "tests/support/tenant_json.h"

#include "core/catalog.h"
#include "core/digest.h"
#include "core/str.h"

#include <string.h>

const char *derived_id(struct arena *out, const char *kind, const char *name)
{
	char hex[SHA256_TEXT_SIZE];
	const char *text = arena_printf(out, "%s:%s", kind, str_lower(out, name));
	sha256_hex(text, strlen(text), hex);
	return arena_printf(out, "%.8s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17, hex + 20);
}

struct loading {
	struct live *live;
	struct arena *out;
	struct error *err;
};

static const char *text_of(struct loading *l, const struct json *object, const char *key)
{
	return arena_strdup(l->out, json_get_text(object, key));
}

static int64_t int_of(const struct json *object, const char *key, int64_t otherwise)
{
	int64_t value = otherwise;
	if (json_get(object, key) && !json_int(json_get(object, key), &value))
		return otherwise;
	return value;
}

static bool flag_of(const struct json *object, const char *key, bool otherwise)
{
	bool value = otherwise;
	if (json_get(object, key) && !json_bool(json_get(object, key), &value))
		return otherwise;
	return value;
}

static const char *id_of(struct loading *l, const struct json *object, const char *kind, const char *name)
{
	const char *id = json_get_text(object, "id");
	return id ? str_lower(l->out, id) : derived_id(l->out, kind, name);
}

struct sku *live_ensure_sku(struct live *live, const char *part_number, struct arena *out)
{
	for (size_t i = 0; i < live->skus.count; i++)
		if (str_eq_fold(live->skus.items[i].part_number, part_number) ||
		    str_eq_fold(live->skus.items[i].id, part_number))
			return &live->skus.items[i];
	const struct catalog_sku *known = catalog_find_sku(part_number);
	if (!known)
		return NULL;
	struct sku sku = {.id = known->id,
			  .part_number = known->part_number,
			  .capability_status = "Enabled",
			  .for_users = true};
	for (size_t i = 0; i < known->plan_count; i++)
		VEC_PUSH(out, &sku.service_plans,
			 (struct service_plan){known->plans[i].id, known->plans[i].name,
					       !catalog_plan_is_for_company(known->plans[i].name),
					       "Success"});
	VEC_PUSH(out, &live->skus, sku);
	return &live->skus.items[live->skus.count - 1];
}

static struct sku *need_sku(struct loading *l, const char *name)
{
	struct sku *sku = name ? live_ensure_sku(l->live, name, l->out) : NULL;
	if (!sku)
		error_set(l->err, ERR_INVALID, "no SKU '%s'", name ? name : "");
	return sku;
}

/* {"sku", "id", "applies_to", "plans": ["NAME", {"id", "name"}]} */
static bool load_sku(struct loading *l, const struct json *item)
{
	const char *name = text_of(l, item, "sku");
	struct sku *sku = name ? live_ensure_sku(l->live, name, l->out) : NULL;
	if (!sku) {
		VEC_PUSH(l->out, &l->live->skus,
			 (struct sku){.part_number = name,
				      .id = id_of(l, item, "sku", name),
				      .capability_status = "Enabled"});
		sku = &l->live->skus.items[l->live->skus.count - 1];
	}
	sku->for_users = !str_eq(json_get_text(item, "applies_to"), "Company");
	if (json_get(item, "plans"))
		sku->service_plans = (struct service_plan_list){0};
	JSON_EACH (value, json_get(item, "plans")) {
		const char *plan = arena_strdup(l->out, json_text(value) ? json_text(value)
									 : json_get_text(value, "name"));
		const struct catalog_plan *known = catalog_find_plan(plan);
		const char *id = json_text(value) && known ? known->id : id_of(l, value, "plan", plan);
		VEC_PUSH(l->out, &sku->service_plans, (struct service_plan){id, plan, true, "Success"});
	}
	return true;
}

static bool load_subscription(struct loading *l, const struct json *item)
{
	struct sku *sku = need_sku(l, json_get_text(item, "sku"));
	if (!sku)
		return false;
	const char *name = arena_printf(l->out, "%s %zu", sku->part_number, l->live->subscriptions.count);
	const char *status = text_of(l, item, "status");
	struct subscription s = {.id = id_of(l, item, "subscription", name),
				 .commerce_id = text_of(l, item, "commerce_id"),
				 .sku_id = sku->id,
				 .part_number = sku->part_number,
				 .status_text = status ? status : "Enabled",
				 .seats = int_of(item, "seats", 0),
				 .is_trial = flag_of(item, "trial", false),
				 .created = text_of(l, item, "created"),
				 .next_lifecycle = text_of(l, item, "ends")};
	s.status = subscription_status_parse(s.status_text);
	VEC_PUSH(l->out, &l->live->subscriptions, s);
	return true;
}

/* "SKU" or {"sku", "disable": ["PLAN"], "error"}, as one source of a licence. */
static bool load_license(struct loading *l, const struct json *value, struct license_state *ret)
{
	const char *name = json_text(value) ? json_text(value) : json_get_text(value, "sku");
	const struct sku *sku = need_sku(l, name);
	if (!sku)
		return false;
	*ret = (struct license_state){
		.sku_id = sku->id, .state = "Active", .error = text_of(l, value, "error")};
	if (ret->error)
		ret->state = "Error";
	JSON_EACH (plan, json_get(value, "disable")) {
		const struct service_plan *found = sku_find_plan_named(sku, json_text(plan));
		if (!found)
			return error_set(l->err, ERR_INVALID, "no plan '%s' in '%s'", json_text(plan), name);
		VEC_PUSH(l->out, &ret->disabled_plans, found->id);
	}
	return true;
}

static bool load_user(struct loading *l, const struct json *item)
{
	const char *upn = text_of(l, item, "upn");
	const char *id = id_of(l, item, "user", upn);
	if (flag_of(item, "deleted", false)) {
		VEC_PUSH(l->out, &l->live->absent_users, (struct absent_user){str_lower(l->out, upn), id});
		return true;
	}
	const char *name = text_of(l, item, "name");
	struct user user = {.id = id,
			    .upn = upn,
			    .display_name = name ? name : upn,
			    .usage_location = text_of(l, item, "usage_location"),
			    .enabled = flag_of(item, "enabled", true),
			    .is_guest = flag_of(item, "guest", false),
			    .is_synced = flag_of(item, "synced", false)};
	JSON_EACH (value, json_get(item, "licenses")) {
		struct license_state state;
		if (!load_license(l, value, &state))
			return error_wrap(l->err, "user '%s'", upn);
		VEC_PUSH(l->out, &user.states, state);
	}
	VEC_PUSH(l->out, &l->live->users, user);
	return true;
}

static struct user *user_named(struct live *live, const char *upn)
{
	for (size_t i = 0; i < live->users.count; i++)
		if (str_eq_fold(live->users.items[i].upn, upn))
			return &live->users.items[i];
	return NULL;
}

static bool load_members(struct loading *l, const struct json *item, struct group *group)
{
	JSON_EACH (member, json_get(item, "members")) {
		struct user *user = user_named(l->live, json_text(member));
		if (!user)
			return error_set(l->err, ERR_INVALID, "no user '%s'", json_text(member));
		if (group->members_read)
			VEC_PUSH(l->out, &group->member_ids, user->id);
		JSON_EACH (value, json_get(item, "licenses")) {
			struct license_state state;
			if (!load_license(l, value, &state))
				return false;
			state.group_id = group->id;
			VEC_PUSH(l->out, &user->states, state);
		}
	}
	return true;
}

static bool load_group(struct loading *l, const struct json *item)
{
	const char *name = text_of(l, item, "name");
	struct group group = {.id = id_of(l, item, "group", name),
			      .display_name = name,
			      .is_synced = flag_of(item, "synced", false),
			      .processing_state = "ProcessingComplete",
			      .members_read = flag_of(item, "members_read", true)};
	/* "before": its members have them still, and it does not hand them out any more. */
	JSON_EACH (value, flag_of(item, "before", false) ? NULL : json_get(item, "licenses")) {
		struct license_state state;
		if (!load_license(l, value, &state))
			return false;
		VEC_PUSH(l->out, &group.licenses, (struct license){state.sku_id, state.disabled_plans});
	}
	if (!load_members(l, item, &group))
		return error_wrap(l->err, "group '%s'", name);
	if (!flag_of(item, "unread", false))
		VEC_PUSH(l->out, &l->live->groups, group);
	return true;
}

static void load_organization(struct loading *l, const struct json *root)
{
	struct organization *org = &l->live->organization;
	org->id = text_of(l, root, "id");
	org->display_name = text_of(l, root, "name");
	org->tenant_type = "AAD";
	org->partner_tenant_type = text_of(l, root, "partner_type");
	VEC_PUSH(l->out, &org->verified_domains,
		 (struct verified_domain){text_of(l, root, "domain"), true, true});
	JSON_EACH (domain, json_get(root, "domains"))
		VEC_PUSH(l->out, &org->verified_domains,
			 (struct verified_domain){arena_strdup(l->out, json_text(domain)), false, false});
	const struct json *partner = json_get(root, "partner");
	l->live->partner = (struct partner_relation){.checked = partner != NULL,
						     .has_contract = flag_of(partner, "has_contract", false),
						     .gdap_id = text_of(l, partner, "gdap_id"),
						     .gdap_status = text_of(l, partner, "gdap_status"),
						     .gdap_end = text_of(l, partner, "gdap_end")};
	l->live->user_count = int_of(root, "user_count", -1);
}

static void load_reading(struct loading *l, const struct json *root, const struct str_list *wanted)
{
	struct live *live = l->live;
	JSON_EACH (count, json_get(root, "others")) {
		struct sku *sku = live_ensure_sku(live, json_key(count), l->out);
		int64_t others = 0;
		if (sku && json_int(count, &others))
			sku->consumed += others;
	}
	JSON_EACH (name, json_get(root, "absent_groups"))
		VEC_PUSH(l->out, &live->absent_groups, arena_strdup(l->out, json_text(name)));
	for (size_t i = 0; i < live->skus.count; i++) {
		bool skipped = false;
		JSON_EACH (name, json_get(root, "holders_not_read"))
			skipped = skipped || str_eq(json_text(name), live->skus.items[i].part_number);
		if (!skipped)
			VEC_PUSH(l->out, &live->holders_read, live->skus.items[i].id);
	}
	for (size_t i = 0; wanted && i < wanted->count; i++)
		if (!user_named(live, wanted->items[i]))
			VEC_PUSH(l->out, &live->absent_users,
				 (struct absent_user){str_lower(l->out, wanted->items[i]), NULL});
}

/* What is on is what any source switches on: off is only what all of them switch off. */
static void merge_source(struct user *user, const struct license_state *state, struct arena *out)
{
	for (size_t i = 0; i < user->licenses.count; i++) {
		struct license *license = &user->licenses.items[i];
		if (!str_eq(license->sku_id, state->sku_id))
			continue;
		struct str_list off = {0};
		for (size_t j = 0; j < license->disabled_plans.count; j++)
			if (str_list_has(&state->disabled_plans, license->disabled_plans.items[j]))
				VEC_PUSH(out, &off, license->disabled_plans.items[j]);
		license->disabled_plans = off;
		return;
	}
	struct str_list off = {0};
	for (size_t i = 0; i < state->disabled_plans.count; i++)
		VEC_PUSH(out, &off, state->disabled_plans.items[i]);
	VEC_PUSH(out, &user->licenses, (struct license){state->sku_id, off});
}

static void count_holders(struct live *live, struct user *user, struct arena *out)
{
	user->licenses = (struct license_list){0};
	for (size_t i = 0; i < user->states.count; i++)
		merge_source(user, &user->states.items[i], out);
	for (size_t i = 0; i < user->licenses.count; i++)
		for (size_t j = 0; j < live->skus.count; j++)
			live->skus.items[j].consumed +=
				str_eq(live->skus.items[j].id, user->licenses.items[i].sku_id);
}

void live_roll_up(struct live *live, struct arena *out)
{
	for (size_t i = 0; i < live->subscriptions.count; i++) {
		const struct subscription *s = &live->subscriptions.items[i];
		struct sku *sku = live_ensure_sku(live, s->sku_id, out);
		int64_t *const units[] = {&sku->enabled, &sku->warning, &sku->suspended, &sku->locked_out};
		if (s->status < ARRAY_LEN(units))
			*units[s->status] += s->seats;
		VEC_PUSH(out, &sku->subscription_ids, s->id);
	}
	for (size_t i = 0; i < live->users.count; i++)
		count_holders(live, &live->users.items[i], out);
	live_sort(live);
}

static bool load_list(struct loading *l, const struct json *root, const char *key,
		      bool (*load)(struct loading *, const struct json *))
{
	JSON_EACH (item, json_get(root, key))
		if (!load(l, item))
			return error_wrap(l->err, "%s", key);
	return true;
}

/* After the seats were rolled up: the SKU's row has them, the list of subscriptions does not. */
static void drop_not_listed(struct live *live, const struct json *root)
{
	JSON_EACH (name, json_get(root, "not_listed")) {
		struct subscription_list *list = &live->subscriptions;
		size_t kept = 0;
		for (size_t i = 0; i < list->count; i++)
			if (!str_eq(list->items[i].id, json_text(name)))
				list->items[kept++] = list->items[i];
		list->count = kept;
	}
}

bool tenant_from_json(const char *text, size_t len, const struct str_list *wanted, struct arena *out,
		      struct live *ret_live, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	struct live live = {0};
	struct loading l = {&live, out, err};
	if (!json_parse(text, len, &root, err))
		return false;
	load_organization(&l, root);
	if (!load_list(&l, root, "skus", load_sku) ||
	    !load_list(&l, root, "subscriptions", load_subscription) ||
	    !load_list(&l, root, "users", load_user) || !load_list(&l, root, "groups", load_group))
		return false;
	load_reading(&l, root, wanted);
	live_roll_up(&live, out);
	drop_not_listed(&live, root);
	*ret_live = live;
	return true;
}
