/*
 * What other people do meanwhile: to users, to groups, and at the sign-in page.
 *
 *	POST /twin/user {"tenant", "upn" or "id" as "upn", "set": {"upn", "name", "usage_location", "enabled",
 *	                 "deleted", "licenses": [...] all direct ones anew, "add": [...], "remove": [SKU],
 *	                 "services": {PLAN: STATE}}}
 *	POST /twin/user {"tenant", "create": a user as in the file}
 *	POST /twin/group {"tenant", "group", "add": [UPN], "remove": [UPN], "reprocess": true, "name": TEXT}
 *	POST /twin/device {"user_code", "tenant", "user", "decline": false}
 *
 * Nothing is checked against seats or rules: an administrator may have had more seats then.
 */
#include "providers/twin/control.h"
#include "providers/twin/group_licensing.h"
#include "providers/twin/load.h"

static void drop_direct(struct twin *twin, struct twin_user_version *edit, const struct twin_sku *sku)
{
	struct twin_assignment_list kept = {0};
	for (size_t i = 0; i < edit->assignments.count; i++) {
		const struct twin_assignment *a = &edit->assignments.items[i];
		if (a->group || (sku && a->sku != sku))
			VEC_PUSH(twin->arena, &kept, *a);
	}
	edit->assignments = kept;
}

static bool add_direct(struct call *call, struct twin_tenant *tenant, struct twin_user_version *edit,
		       const struct json *list, struct error *err)
{
	JSON_EACH (value, list) {
		struct twin_assignment a;
		if (!load_license(call->twin, tenant, value, &a, err))
			return false;
		drop_direct(call->twin, edit, a.sku);
		a.given_ms = twin_now(call->twin);
		VEC_PUSH(call->twin->arena, &edit->assignments, a);
	}
	return true;
}

static bool change_licenses(struct call *call, struct twin_tenant *tenant, struct twin_user_version *edit,
			    const struct json *set, struct error *err)
{
	struct str_list removed = {0};
	if (!load_texts(call->twin, set, "remove", &removed, err))
		return false;
	if (json_get(set, "licenses"))
		drop_direct(call->twin, edit, NULL);
	for (size_t i = 0; i < removed.count; i++) {
		const struct twin_sku *sku = twin_find_sku(tenant, removed.items[i]);
		if (!sku)
			return error_set(err, ERR_INVALID, "no SKU '%s'", removed.items[i]);
		drop_direct(call->twin, edit, sku);
	}
	return add_direct(call, tenant, edit, json_get(set, "licenses"), err) &&
	       add_direct(call, tenant, edit, json_get(set, "add"), err);
}

static bool change_user(struct call *call, struct twin_tenant *tenant, struct twin_user *user,
			const struct json *set, struct error *err)
{
	struct twin_user_version *edit = twin_user_edit(call->twin, user);
	bool deleted = edit->deleted_ms >= 0;
	if (!load_keys(set, "set", "upn name usage_location enabled deleted licenses add remove services",
		       err) ||
	    !load_text(call->twin, set, "upn", &edit->upn, err) ||
	    !load_text(call->twin, set, "name", &edit->display_name, err) ||
	    !load_text(call->twin, set, "usage_location", &edit->usage_location, err) ||
	    !load_bool(set, "enabled", &edit->enabled, err) || !load_bool(set, "deleted", &deleted, err) ||
	    !load_service_states(call->twin, json_get(set, "services"), &user->service_states, err) ||
	    !change_licenses(call, tenant, edit, set, err))
		return false;
	/* null takes the location away, which no real call can: for tests of users without one. */
	if (json_get(set, "usage_location") && json_type(json_get(set, "usage_location")) == JSON_NULL)
		edit->usage_location = NULL;
	if (deleted != (edit->deleted_ms >= 0))
		edit->deleted_ms = deleted ? twin_wall(call->twin) : -1;
	twin_user_commit(call->twin, user, edit);
	twin_index_user(call->twin, tenant, edit->upn, user);
	return true;
}

static struct twin_user *find_any_user(struct twin_tenant *tenant, const char *name)
{
	struct twin_user *user = name ? twin_find_user_now(tenant, name) : NULL;
	for (size_t i = 0; name && !user && i < tenant->users.count; i++) {
		struct twin_user *deleted = tenant->users.items[i];
		if (str_eq_fold(deleted->now->upn, name) || str_eq_fold(deleted->id, name))
			user = deleted;
	}
	return user;
}

/* A new user appears like any write: not before the lag has passed. */
static bool create_user(struct call *call, struct twin_tenant *tenant, const struct json *user,
			struct error *err)
{
	struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&text);
	json_begin_array(&w);
	json_put_value(&w, user);
	json_end_array(&w);
	CLEANUP(json_freep) struct json *list = NULL;
	bool ok = json_parse(strbuf_text(&text), text.len, &list, err) &&
		  load_users(call->twin, tenant, list, err);
	strbuf_release(&text);
	if (!ok)
		return false;
	struct twin_user *made = tenant->users.items[tenant->users.count - 1];
	const struct twin_user_version *loaded = made->now;
	struct twin_user_version *before = arena_dup(call->twin->arena, loaded, sizeof *before);
	before->exists = false;
	before->assignments = (struct twin_assignment_list){0};
	made->now = before;
	struct twin_user_version *edit = arena_dup(call->twin->arena, loaded, sizeof *edit);
	edit->prev = before;
	twin_user_commit(call->twin, made, edit);
	json_set_text(&call->w, "id", made->id);
	return true;
}

bool control_user(struct call *call, const struct json *body, struct error *err)
{
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	const char *upn = json_get_text(body, "upn");
	if (!tenant || !load_keys(body, "user", "tenant upn set create", err))
		return false;
	if (json_get(body, "create"))
		return create_user(call, tenant, json_get(body, "create"), err);
	struct twin_user *user = find_any_user(tenant, upn);
	if (!user)
		return error_set(err, ERR_INVALID, "no user '%s'", upn ? upn : "");
	if (!change_user(call, tenant, user, json_get(body, "set"), err))
		return false;
	json_set_text(&call->w, "id", user->id);
	return true;
}

static bool find_people(struct call *call, struct twin_tenant *tenant, const struct str_list *names,
			struct twin_user_list *ret, struct error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		struct twin_user *user = twin_find_user_now(tenant, names->items[i]);
		if (!user)
			return error_set(err, ERR_INVALID, "no user '%s'", names->items[i]);
		VEC_PUSH(call->twin->arena, ret, user);
	}
	return true;
}

static bool is_among(const struct twin_user_list *users, const struct twin_user *user)
{
	for (size_t i = 0; i < users->count; i++)
		if (users->items[i] == user)
			return true;
	return false;
}

/* Whoever comes gets the group's licences at once, whoever goes loses them. */
static void change_members(struct call *call, struct twin_tenant *tenant, struct twin_group *group,
			   const struct twin_user_list *added, const struct twin_user_list *removed)
{
	struct twin_group_version *edit = twin_group_edit(call->twin, group);
	struct twin_user_list members = {0};
	for (size_t i = 0; i < edit->members.count; i++)
		if (!is_among(added, edit->members.items[i]) && !is_among(removed, edit->members.items[i]))
			VEC_PUSH(call->twin->arena, &members, edit->members.items[i]);
	for (size_t i = 0; i < added->count; i++)
		VEC_PUSH(call->twin->arena, &members, added->items[i]);
	edit->members = members;
	twin_group_commit(call->twin, group, edit);
	for (size_t i = 0; i < added->count; i++)
		group_license_user(call->twin, tenant, group, added->items[i]);
	for (size_t i = 0; i < removed->count; i++)
		group_license_user(call->twin, tenant, group, removed->items[i]);
}

bool control_group(struct call *call, const struct json *body, struct error *err)
{
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	struct str_list names_added = {0}, names_removed = {0};
	struct twin_user_list added = {0}, removed = {0};
	bool reprocess = false;
	const char *name = json_get_text(body, "group");
	if (!tenant || !load_keys(body, "group", "tenant group add remove reprocess name", err) ||
	    !load_texts(call->twin, body, "add", &names_added, err) ||
	    !load_texts(call->twin, body, "remove", &names_removed, err) ||
	    !load_bool(body, "reprocess", &reprocess, err))
		return false;
	struct twin_group *group = name ? twin_find_group(tenant, name) : NULL;
	if (!group)
		return error_set(err, ERR_INVALID, "no group '%s'", name ? name : "");
	if (!find_people(call, tenant, &names_added, &added, err) ||
	    !find_people(call, tenant, &names_removed, &removed, err))
		return false;
	if (!load_text(call->twin, body, "name", &group->name, err))
		return false;
	change_members(call, tenant, group, &added, &removed);
	for (size_t i = 0; reprocess && i < group->now->members.count; i++)
		group_license_user(call->twin, tenant, group, group->now->members.items[i]);
	json_set_text(&call->w, "id", group->id);
	return true;
}

bool control_device(struct call *call, const struct json *body, struct error *err)
{
	const char *code = json_get_text(body, "user_code");
	bool decline = false;
	if (!load_keys(body, "device", "user_code tenant user decline", err) ||
	    !load_bool(body, "decline", &decline, err))
		return false;
	for (size_t i = 0; i < call->twin->device_logins.count; i++) {
		struct twin_device_login *login = &call->twin->device_logins.items[i];
		if (!str_eq(login->user_code, code))
			continue;
		login->declined = decline;
		login->tenant = decline ? NULL : load_named_tenant(call->twin, body, err);
		if (!load_text(call->twin, body, "user", &login->user, err))
			return false;
		json_set_text(&call->w, "user_code", login->user_code);
		return decline || login->tenant;
	}
	return error_set(err, ERR_INVALID, "no user code '%s'", code ? code : "");
}
