/* Reading users. */
#include "providers/twin/graph.h"

#define USER_TEXT(function, expression)                                                                      \
	static void function(struct call *call, struct json_writer *w, const void *item)                     \
	{                                                                                                    \
		const struct twin_user *user = item;                                                         \
		const struct twin_user_version *now = graph_user_version(call, user);                        \
		(void)now;                                                                                   \
		json_put_text(w, expression);                                                                \
	}

USER_TEXT(user_created, call_time(call->arena, user->created_ms))
USER_TEXT(user_deleted, now->deleted_ms < 0 ? NULL : call_time(call->arena, now->deleted_ms))
USER_TEXT(user_name, now->display_name)
USER_TEXT(user_id, user->id)
USER_TEXT(user_mail, user->mail)
USER_TEXT(user_location, now->usage_location)
USER_TEXT(user_upn, now->upn)
USER_TEXT(user_type, user->is_guest ? "Guest" : "Member")
USER_TEXT(user_null, user->id ? NULL : "")

static void user_proxies(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_user *user = item;
	(void)call;
	json_put_texts(w, &user->proxies);
}

static void user_phones(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	(void)item;
	json_begin_array(w);
	json_end_array(w);
}

static void user_enabled(struct call *call, struct json_writer *w, const void *item)
{
	json_put_bool(w, graph_user_version(call, item)->enabled);
}

static void user_synced(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_user *user = item;
	(void)call;
	if (user->is_synced)
		json_put_bool(w, true);
	else
		json_put_null(w);
}

static void user_licenses(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_user_version *now = graph_user_version(call, item);
	json_begin_array(w);
	for (size_t i = 0; i < now->assignments.count; i++) {
		const struct twin_assignment *a = &now->assignments.items[i];
		if (!graph_is_first_source(now, i))
			continue;
		json_begin_object(w);
		json_put_key(w, "disabledPlans");
		json_begin_array(w);
		for (size_t k = 0; k < a->disabled.count; k++) {
			if (graph_plan_is_off(now, a->sku, a->disabled.items[k]))
				json_put_text(w, a->disabled.items[k]);
		}
		json_end_array(w);
		json_set_text(w, "skuId", a->sku->id);
		json_end_object(w);
	}
	json_end_array(w);
}

static void user_states(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_user_version *now = graph_user_version(call, item);
	json_begin_array(w);
	for (size_t i = 0; i < now->assignments.count; i++) {
		const struct twin_assignment *a = &now->assignments.items[i];
		json_begin_object(w);
		json_set_text(w, "assignedByGroup", a->group ? a->group->id : NULL);
		json_set_texts(w, "disabledPlans", &a->disabled);
		json_set_text(w, "error", a->error);
		json_set_text(w, "lastUpdatedDateTime", call_time(call->arena, a->updated_ms));
		json_set_text(w, "skuId", a->sku->id);
		json_set_text(w, "state", a->state);
		json_end_object(w);
	}
	json_end_array(w);
}

static const struct odata_property user_properties[] = {
	{"accountEnabled", false, user_enabled},
	{"assignedLicenses", false, user_licenses},
	{"assignedPlans", false, graph_put_assigned_plans},
	{"businessPhones", true, user_phones},
	{"createdDateTime", false, user_created},
	{"deletedDateTime", false, user_deleted},
	{"displayName", true, user_name},
	{"givenName", true, user_null},
	{"id", true, user_id},
	{"jobTitle", true, user_null},
	{"licenseAssignmentStates", false, user_states},
	{"mail", true, user_mail},
	{"mobilePhone", true, user_null},
	{"officeLocation", true, user_null},
	{"onPremisesSyncEnabled", false, user_synced},
	{"preferredLanguage", true, user_null},
	{"provisionedPlans", false, graph_put_provisioned_plans},
	{"proxyAddresses", false, user_proxies},
	{"surname", true, user_null},
	{"usageLocation", false, user_location},
	{"userPrincipalName", true, user_upn},
	{"userType", false, user_type},
};
const struct odata_type graph_user_type = {.name = "microsoft.graph.user",
					   .set = "users",
					   .properties = user_properties,
					   .count = ARRAY_LEN(user_properties)};

/* Filters see a user together with the version a reader sees. */
struct seen_user {
	const struct twin_user *user;
	const struct twin_user_version *now;
};

static struct odata_value text_value(const char *text)
{
	return (struct odata_value){.kind = text ? VALUE_TEXT : VALUE_NULL, .text = text};
}

static struct odata_value user_value(const void *item, const char *property)
{
	const struct seen_user *seen = item;
	if (str_eq_fold(property, "userPrincipalName"))
		return text_value(seen->now->upn);
	if (str_eq_fold(property, "id"))
		return text_value(seen->user->id);
	if (str_eq_fold(property, "displayName"))
		return text_value(seen->now->display_name);
	if (str_eq_fold(property, "mail"))
		return text_value(seen->user->mail);
	if (str_eq_fold(property, "usageLocation"))
		return text_value(seen->now->usage_location);
	if (str_eq_fold(property, "userType"))
		return text_value(seen->user->is_guest ? "Guest" : "Member");
	if (str_eq_fold(property, "accountEnabled"))
		return (struct odata_value){.kind = VALUE_BOOL, .flag = seen->now->enabled};
	return (struct odata_value){.kind = VALUE_MISSING};
}

/* The prefix tells the main address from the others, and counts for nothing in a comparison. */
static bool user_has_address(const void *item, const char *address)
{
	return str_list_has_fold(&((const struct seen_user *)item)->user->proxies, address);
}

static bool user_has_sku(const void *item, const char *sku_id)
{
	const struct seen_user *seen = item;
	for (size_t i = 0; i < seen->now->assignments.count; i++) {
		const struct twin_assignment *a = &seen->now->assignments.items[i];
		if (str_eq_fold(a->sku->id, sku_id) && !str_eq(a->state, "Error"))
			return true;
	}
	return false;
}

static size_t user_license_count(const void *item)
{
	const struct seen_user *seen = item;
	size_t count = 0;
	for (size_t i = 0; i < seen->now->assignments.count; i++)
		count += graph_is_first_source(seen->now, i);
	return count;
}

static const struct twin_user_version no_version = {.deleted_ms = -1};
static const struct twin_user no_user = {.now = &no_version};
static const struct seen_user sample_user = {&no_user, &no_version};
static const struct odata_filter_ops user_ops = {user_value, user_has_sku, user_license_count, &sample_user,
						 user_has_address};

static bool matches(struct call *call, const struct odata_filter *filter, const struct twin_user *user,
		    bool deleted)
{
	struct seen_user seen = {user, twin_user_listed(call->twin, user)};
	return seen.now->exists && (seen.now->deleted_ms >= 0) == deleted &&
	       (!filter || odata_filter_matches(filter, &user_ops, &seen));
}

const struct odata_filter *graph_user_filter(struct call *call, const char *text)
{
	return odata_filter_parse(call, text, &user_ops, false);
}

bool graph_user_matches(struct call *call, const struct odata_filter *filter, const struct twin_user *user)
{
	const struct seen_user seen = {user, twin_user_listed(call->twin, user)};
	return odata_filter_matches(filter, &user_ops, &seen);
}

/* A filter by name or id is answered from the index; false when it is of another kind. */
static bool list_by_key(struct call *call, const struct odata_filter *filter, uint64_t mask, bool count)
{
	struct str_list keys = {0};
	if (!odata_filter_keys(filter, "userPrincipalName", call->arena, &keys)) {
		keys = (struct str_list){0};
		if (!odata_filter_keys(filter, "id", call->arena, &keys))
			return false;
	}
	const void **items = arena_alloc_array(call->arena, keys.count + 1, sizeof *items);
	size_t found = 0;
	for (size_t i = 0; i < keys.count; i++) {
		const struct twin_user *user = twin_find_user(call->twin, call->tenant, keys.items[i]);
		bool again = false;
		for (size_t k = 0; k < found; k++)
			again = again || items[k] == user;
		if (user && !again && matches(call, filter, user, false))
			items[found++] = user;
	}
	const struct odata_items all = {items, found, 0, count ? (int64_t)found : -1};
	odata_write_page(call, &graph_user_type, mask, &all);
	return true;
}

static void list_users(struct call *call, const struct twin_user_list *users, bool deleted)
{
	struct odata_page page;
	uint64_t mask;
	call->is_listing = true;
	if (!odata_allow(call, "$select $top $filter $count $skiptoken") ||
	    !odata_page(call, 100, 999, &page) || !odata_select(call, &graph_user_type, &mask))
		return;
	const char *text = call_param(call, "$filter");
	const struct odata_filter *filter = NULL;
	if (text && !(filter = odata_filter_parse(call, text, &user_ops, page.advanced)))
		return;
	if (filter && !deleted && !call->twin->settings.page_size &&
	    list_by_key(call, filter, mask, page.wants_count))
		return;
	const void **items = arena_alloc_array(call->arena, page.size, sizeof *items);
	size_t count = 0, next = 0;
	int64_t total = 0;
	bool counts = page.wants_count && page.is_first;
	for (size_t i = counts ? 0 : page.from; i < users->count; i++) {
		if (!matches(call, filter, users->items[i], deleted))
			continue;
		total++;
		if (i >= page.from && count < page.size)
			items[count++] = users->items[i];
		else if (!next)
			next = i;
		if (next && !counts)
			break;
	}
	const struct odata_items shown = {items, count, next, counts ? total : -1};
	odata_write_page(call, &graph_user_type, mask, &shown);
}

/* User.ReadBasic.All gives names only. */
bool graph_may_read_licenses(struct call *call)
{
	static const char *const beyond_basic[] = {
		"assignedLicenses", "licenseAssignmentStates", "usageLocation",	  "accountEnabled",
		"userType",	    "assignedPlans",	       "provisionedPlans"};
	bool basic = !graph_token_has(call, "User.Read.All|User.ReadWrite.All|Directory.Read.All|"
					    "Directory.ReadWrite.All");
	for (size_t i = 0; basic && i < ARRAY_LEN(beyond_basic); i++) {
		if (odata_selected(call, beyond_basic[i]))
			return call_error(call, 403, "Authorization_RequestDenied",
					  "Insufficient privileges to complete the operation.");
	}
	return true;
}

void graph_users(struct call *call)
{
	if (graph_may_read_licenses(call))
		list_users(call, &call->tenant->users, false);
}

void graph_deleted_users(struct call *call)
{
	list_users(call, &call->tenant->users, true);
}

bool graph_may_count(struct call *call)
{
	return str_eq_fold(call_header(call, "consistencylevel"), "eventual") ||
	       call_error(call, 400, "Request_BadRequest", "$count is not currently supported.");
}

void graph_users_count(struct call *call)
{
	if (!odata_allow(call, "$filter"))
		return;
	if (!graph_may_count(call))
		return;
	const char *text = call_param(call, "$filter");
	const struct odata_filter *filter = NULL;
	if (text && !(filter = odata_filter_parse(call, text, &user_ops, true)))
		return;
	int64_t total = 0;
	for (size_t i = 0; i < call->tenant->users.count; i++)
		total += matches(call, filter, call->tenant->users.items[i], false);
	strbuf_addf(&call->out, "%lld", (long long)total);
	call->content_type = "text/plain";
}

void graph_user(struct call *call)
{
	uint64_t mask;
	if (!odata_allow(call, "$select") || !odata_select(call, &graph_user_type, &mask) ||
	    !graph_may_read_licenses(call))
		return;
	const struct twin_user *user = graph_find_user(call, call->keys[0]);
	if (user)
		odata_write_entity(call, &graph_user_type, mask, user);
}

/* Whom the token stands for; NULL: 400 or 404 answered. */
static const char *find_me(struct call *call)
{
	if (call->token->person_id)
		return call->token->person_id;
	call_error(call, 400, "BadRequest", "/me request is only valid with delegated authentication flow.");
	return NULL;
}

void graph_me(struct call *call)
{
	call->keys[0] = find_me(call);
	if (call->keys[0])
		graph_user(call);
}

void graph_my_license_details(struct call *call)
{
	call->keys[0] = find_me(call);
	if (call->keys[0])
		graph_user_license_details(call);
}
