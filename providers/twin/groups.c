/* Groups: what licences they hand out, and who is in them. */
#include "providers/twin/graph.h"

static const struct twin_group_version *seen(const struct call *call, const void *group)
{
	return twin_group_seen(call->twin, group);
}

#define GROUP_TEXT(function, expression)                                                                     \
	static void function(struct call *call, struct json_writer *w, const void *item)                     \
	{                                                                                                    \
		const struct twin_group *group = item;                                                       \
		(void)call;                                                                                  \
		json_put_text(w, expression);                                                                \
	}

GROUP_TEXT(group_id, group->id)
GROUP_TEXT(group_name, group->name)
GROUP_TEXT(group_description, group->id ? NULL : "")

static void group_security(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	json_put_bool(w, item != NULL);
}

static void group_mail(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	json_put_bool(w, item == NULL);
}

static void group_types(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	(void)item;
	json_begin_array(w);
	json_end_array(w);
}

static void group_address(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	json_put_text(w, ((const struct twin_group *)item)->mail);
}

static void group_synced(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_group *group = item;
	(void)call;
	if (group->is_synced)
		json_put_bool(w, true);
	else
		json_put_null(w);
}

static void group_licenses(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_group_license_list *list = &seen(call, item)->licenses;
	json_begin_array(w);
	for (size_t i = 0; i < list->count; i++) {
		json_begin_object(w);
		json_set_texts(w, "disabledPlans", &list->items[i].disabled);
		json_set_text(w, "skuId", list->items[i].sku->id);
		json_end_object(w);
	}
	json_end_array(w);
}

static void group_state(struct call *call, struct json_writer *w, const void *item)
{
	const char *state = seen(call, item)->processing_state;
	if (!state) {
		json_put_null(w);
		return;
	}
	json_begin_object(w);
	json_set_text(w, "state", state);
	json_end_object(w);
}

static const struct odata_property group_properties[] = {
	{"assignedLicenses", false, group_licenses},
	{"description", true, group_description},
	{"displayName", true, group_name},
	{"groupTypes", true, group_types},
	{"id", true, group_id},
	{"licenseProcessingState", false, group_state},
	{"mail", true, group_address},
	{"mailEnabled", true, group_mail},
	{"onPremisesSyncEnabled", true, group_synced},
	{"securityEnabled", true, group_security},
};
static const struct odata_type group_type = {.name = "microsoft.graph.group",
					     .set = "groups",
					     .properties = group_properties,
					     .count = ARRAY_LEN(group_properties)};

/* Filters see a group with what a reader sees of it. */
struct seen_group {
	const struct twin_group *group;
	const struct twin_group_version *now;
};

static struct odata_value group_value(const void *item, const char *property)
{
	const struct seen_group *it = item;
	if (str_eq_fold(property, "displayName"))
		return (struct odata_value){.kind = VALUE_TEXT, .text = it->group->name};
	if (str_eq_fold(property, "id"))
		return (struct odata_value){.kind = VALUE_TEXT, .text = it->group->id};
	if (str_eq_fold(property, "mail"))
		return (struct odata_value){.kind = VALUE_TEXT,
					    .text = it->group->mail ? it->group->mail : ""};
	return (struct odata_value){.kind = VALUE_MISSING};
}

static bool group_has_sku(const void *item, const char *sku_id)
{
	const struct seen_group *it = item;
	for (size_t i = 0; i < it->now->licenses.count; i++) {
		if (str_eq_fold(it->now->licenses.items[i].sku->id, sku_id))
			return true;
	}
	return false;
}

static size_t group_license_count(const void *item)
{
	return ((const struct seen_group *)item)->now->licenses.count;
}

static const struct twin_group_version no_version;
static const struct twin_group no_group = {.id = "", .name = "", .now = &no_version};
static const struct seen_group sample_group = {&no_group, &no_version};
static const struct odata_filter_ops group_ops = {group_value, group_has_sku, group_license_count,
						  &sample_group};

void graph_groups(struct call *call)
{
	const struct twin_group_list *list = &call->tenant->groups;
	const char *text = call_param(call, "$filter");
	const struct odata_filter *filter = NULL;
	struct odata_page page;
	if (!odata_page(call, 100, 999, &page))
		return;
	if (text && !(filter = odata_filter_parse(call, text, &group_ops, page.advanced)))
		return;
	const void **items = arena_alloc_array(call->arena, list->count + 1, sizeof *items);
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct seen_group it = {list->items[i], seen(call, list->items[i])};
		if (!filter || odata_filter_matches(filter, &group_ops, &it))
			items[count++] = list->items[i];
	}
	odata_write_all(call, &group_type, items, count, "$select $top $filter $count");
}

static struct twin_group *find_group(struct call *call)
{
	struct twin_group *group = twin_find_group(call->tenant, call->keys[0]);
	if (group && str_eq_fold(group->id, call->keys[0]))
		return group;
	graph_not_found(call, call->keys[0]);
	return NULL;
}

void graph_group(struct call *call)
{
	uint64_t mask;
	if (!odata_allow(call, "$select") || !odata_select(call, &group_type, &mask))
		return;
	const struct twin_group *group = find_group(call);
	if (group)
		odata_write_entity(call, &group_type, mask, group);
}

static const void **alive(struct call *call, const struct twin_user_list *users, size_t *ret_count)
{
	const void **items = arena_alloc_array(call->arena, users->count + 1, sizeof *items);
	size_t count = 0;
	for (size_t i = 0; i < users->count; i++) {
		const struct twin_user_version *now = twin_user_seen(call->twin, users->items[i]);
		if (now->exists && now->deleted_ms < 0)
			items[count++] = users->items[i];
	}
	*ret_count = count;
	return items;
}

void graph_group_users(struct call *call)
{
	const struct twin_group *group = find_group(call);
	if (!group)
		return;
	size_t count;
	const void **items = alive(call, &seen(call, group)->members, &count);
	odata_write_all(call, &graph_user_type, items, count, "$select $top $count");
}

/* Members of every kind, each with its type; the properties are those a user has. */
static void write_objects(struct call *call, const struct twin_user_list *users,
			  const struct twin_group_list *groups, bool with_names)
{
	struct json_writer *w = &call->w;
	struct odata_page page;
	if (!odata_allow(call, "$select $top $skiptoken") || !odata_page(call, 100, 999, &page))
		return;
	const char *select = call_param(call, "$select");
	size_t user_count;
	const void **items = alive(call, users, &user_count);
	json_begin_object(w);
	json_set_text(w, "@odata.context",
		      arena_printf(call->arena, "%s/v1.0/$metadata#directoryObjects", call->base));
	json_put_key(w, "value");
	json_begin_array(w);
	for (size_t i = 0; i < user_count + groups->count; i++) {
		bool is_user = i < user_count;
		const struct odata_type *type = is_user ? &graph_user_type : &group_type;
		json_begin_object(w);
		json_set_text(w, "@odata.type", is_user ? "#microsoft.graph.user" : "#microsoft.graph.group");
		uint64_t mask = 0;
		for (size_t k = 0; k < type->count; k++) {
			const struct odata_property *p = &type->properties[k];
			bool wanted = select ? odata_selected(call, p->name) : p->by_default;
			if (str_eq(p->name, "id") || (with_names && wanted))
				mask |= UINT64_C(1) << k;
		}
		odata_write_item(call, type, mask, is_user ? items[i] : groups->items[i - user_count]);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

void graph_group_members(struct call *call)
{
	const struct twin_group *group = find_group(call);
	if (group)
		write_objects(call, &seen(call, group)->members, &seen(call, group)->subgroups, true);
}

void graph_group_subgroups(struct call *call)
{
	const struct twin_user_list nobody = {0};
	const struct twin_group *group = find_group(call);
	if (group)
		write_objects(call, &nobody, &seen(call, group)->subgroups, true);
}

static void collect(struct call *call, const struct twin_group *group, struct twin_user_list *users,
		    struct twin_group_list *groups)
{
	const struct twin_group_version *now = seen(call, group);
	for (size_t i = 0; i < now->members.count; i++) {
		bool there = false;
		for (size_t k = 0; k < users->count; k++)
			there = there || users->items[k] == now->members.items[i];
		if (!there)
			VEC_PUSH(call->arena, users, now->members.items[i]);
	}
	for (size_t i = 0; i < now->subgroups.count; i++) {
		bool there = false;
		for (size_t k = 0; k < groups->count; k++)
			there = there || groups->items[k] == now->subgroups.items[i];
		if (there)
			continue;
		VEC_PUSH(call->arena, groups, now->subgroups.items[i]);
		collect(call, now->subgroups.items[i], users, groups);
	}
}

void graph_group_transitive_members(struct call *call)
{
	struct twin_user_list users = {0};
	struct twin_group_list groups = {0};
	const struct twin_group *group = find_group(call);
	if (!group)
		return;
	collect(call, group, &users, &groups);
	bool users_only = str_ends(call->segments[call->segment_count - 1], "graph.user");
	if (!users_only) {
		write_objects(call, &users, &groups, true);
		return;
	}
	size_t count;
	const void **items = alive(call, &users, &count);
	odata_write_all(call, &graph_user_type, items, count, "$select $top $count");
}

/* Of members of every kind; an advanced query, so it takes the header. */
void graph_group_members_count(struct call *call)
{
	struct twin_user_list users = {0};
	struct twin_group_list groups = {0};
	const struct twin_group *group = odata_allow(call, "") ? find_group(call) : NULL;
	if (!group || !graph_may_count(call))
		return;
	size_t count;
	const struct twin_group_version *now = seen(call, group);
	const bool transitive = str_starts(call->segments[call->segment_count - 2], "transitive");
	if (transitive)
		collect(call, group, &users, &groups);
	(void)alive(call, transitive ? &users : &now->members, &count);
	strbuf_addf(&call->out, "%zu", count + (transitive ? groups.count : now->subgroups.count));
	call->content_type = "text/plain";
}

void graph_group_error_members(struct call *call)
{
	struct twin_user_list users = {0};
	const struct twin_group *group = find_group(call);
	if (!group)
		return;
	const struct twin_group_version *now = seen(call, group);
	for (size_t i = 0; i < now->members.count; i++) {
		const struct twin_user_version *user = twin_user_seen(call->twin, now->members.items[i]);
		bool failed = false;
		for (size_t k = 0; k < user->assignments.count; k++)
			failed = failed || (user->assignments.items[k].group == group &&
					    str_eq(user->assignments.items[k].state, "Error"));
		if (failed)
			VEC_PUSH(call->arena, &users, now->members.items[i]);
	}
	const struct twin_group_list none = {0};
	write_objects(call, &users, &none, true);
}

static bool contains(const struct call *call, const struct twin_group *group, const struct twin_user *user,
		     bool transitive, int depth)
{
	const struct twin_group_version *now = seen(call, group);
	for (size_t i = 0; i < now->members.count; i++) {
		if (now->members.items[i] == user)
			return true;
	}
	for (size_t i = 0; transitive && depth < 32 && i < now->subgroups.count; i++) {
		if (contains(call, now->subgroups.items[i], user, true, depth + 1))
			return true;
	}
	return false;
}

static bool groups_of(struct call *call, struct twin_group_list *ret)
{
	const struct twin_user *user = graph_find_user(call, call->keys[0]);
	bool transitive =
		call->segment_count && str_starts(call->segments[call->outer ? 2 : 3], "transitive");
	for (size_t i = 0; user && i < call->tenant->groups.count; i++) {
		if (contains(call, call->tenant->groups.items[i], user, transitive, 0))
			VEC_PUSH(call->arena, ret, call->tenant->groups.items[i]);
	}
	return user != NULL;
}

void graph_user_member_of(struct call *call)
{
	struct twin_group_list groups = {0};
	const struct twin_user_list none = {0};
	/* Without rights on groups their names stay hidden. */
	bool with_names = graph_token_has(call, "GroupMember.Read.All|Group.Read.All|Group.ReadWrite.All|"
						"Directory.Read.All|Directory.ReadWrite.All");
	if (groups_of(call, &groups))
		write_objects(call, &none, &groups, with_names);
}

void graph_user_groups(struct call *call)
{
	struct twin_group_list groups = {0};
	if (!graph_token_has(call, "GroupMember.Read.All|Group.Read.All|Group.ReadWrite.All|"
				   "Directory.Read.All|Directory.ReadWrite.All")) {
		graph_user_member_of(call);
		return;
	}
	if (!groups_of(call, &groups))
		return;
	const void **items = arena_alloc_array(call->arena, groups.count + 1, sizeof *items);
	for (size_t i = 0; i < groups.count; i++)
		items[i] = groups.items[i];
	odata_write_all(call, &group_type, items, groups.count, "$select $top $count");
}
