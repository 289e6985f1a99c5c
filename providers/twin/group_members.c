/* Who and what is in groups: people, groups, devices, contacts and service principals. */
#include "providers/twin/graph.h"

#include <string.h>

static const struct twin_group_version *seen(const struct call *call, const void *group)
{
	return twin_group_seen(call->twin, group);
}

/* ---- directory objects of every kind --------------------------------------------------------- */

#define OBJECT_TEXT(function, member)                                                                        \
	static void function(struct call *call, struct json_writer *w, const void *item)                     \
	{                                                                                                    \
		(void)call;                                                                                  \
		json_put_text(w, ((const struct twin_object *)item)->member);                                \
	}

OBJECT_TEXT(object_name, name)
OBJECT_TEXT(object_id, id)

static const struct odata_property object_properties[] = {{"displayName", true, object_name},
							  {"id", true, object_id}};

#define OBJECT_TYPE(name_, set_)                                                                             \
	{                                                                                                    \
		.name = (name_), .set = (set_), .properties = object_properties,                             \
		.count = ARRAY_LEN(object_properties)                                                        \
	}
static const struct odata_type object_types[TWIN_OBJECT_KIND_COUNT] = {
	[TWIN_DEVICE] = OBJECT_TYPE("microsoft.graph.device", "devices"),
	[TWIN_CONTACT] = OBJECT_TYPE("microsoft.graph.orgContact", "contacts"),
	[TWIN_SERVICE_PRINCIPAL] = OBJECT_TYPE("microsoft.graph.servicePrincipal", "servicePrincipals"),
};

struct member {
	const struct odata_type *type;
	const void *item;
};
VEC(member_list, struct member);

static bool is_alive(const struct call *call, const struct twin_user *user)
{
	const struct twin_user_version *now = twin_user_seen(call->twin, user);
	return now->exists && now->deleted_ms < 0;
}

static void add_once(struct call *call, struct member_list *list, const struct odata_type *type,
		     const void *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].item == item)
			return;
	VEC_PUSH(call->arena, list, (struct member){type, item});
}

static bool has_member(const struct member_list *list, const void *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].item == item)
			return true;
	return false;
}

/* `cast`: of this type only; NULL: all. */
static bool is_cast(const char *cast, const struct odata_type *type)
{
	return !cast || str_ends(type->name, cast);
}

static void add_members(struct call *call, const struct twin_group *group, const char *cast,
			struct member_list *ret)
{
	const struct twin_group_version *now = seen(call, group);
	for (size_t i = 0; is_cast(cast, &graph_user_type) && i < now->members.count; i++)
		if (is_alive(call, now->members.items[i]))
			VEC_PUSH(call->arena, ret, (struct member){&graph_user_type, now->members.items[i]});
	for (size_t i = 0; is_cast(cast, &graph_group_type) && i < now->subgroups.count; i++)
		VEC_PUSH(call->arena, ret, (struct member){&graph_group_type, now->subgroups.items[i]});
	for (size_t i = 0; i < now->objects.count; i++) {
		const struct odata_type *type = &object_types[now->objects.items[i]->kind];
		if (is_cast(cast, type))
			VEC_PUSH(call->arena, ret, (struct member){type, now->objects.items[i]});
	}
}

/* Also of groups in the group, each once; `groups` are those that were walked. */
static void add_all_below(struct call *call, const struct twin_group *group, const char *cast,
			  struct member_list *groups, struct member_list *ret)
{
	struct member_list own = {0};
	const struct twin_group_version *now = seen(call, group);
	add_members(call, group, cast, &own);
	for (size_t i = 0; i < own.count; i++)
		add_once(call, ret, own.items[i].type, own.items[i].item);
	for (size_t i = 0; i < now->subgroups.count; i++) {
		if (has_member(groups, now->subgroups.items[i]))
			continue;
		add_once(call, groups, &graph_group_type, now->subgroups.items[i]);
		add_all_below(call, now->subgroups.items[i], cast, groups, ret);
	}
}

/* What each kind has of the properties asked for; always its id. */
static uint64_t mask_of(struct call *call, const struct odata_type *type, bool with_names)
{
	const char *select = call_param(call, "$select");
	uint64_t mask = 0;
	for (size_t i = 0; i < type->count; i++) {
		const struct odata_property *p = &type->properties[i];
		bool wanted = select ? odata_selected(call, p->name) : p->by_default;
		if (str_eq(p->name, "id") || (with_names && wanted))
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

static void write_members(struct call *call, const struct member_list *members, bool with_names)
{
	struct json_writer *w = &call->w;
	struct odata_page page;
	if (!odata_allow(call, "$select $top $skiptoken $count") || !odata_page(call, 100, 999, &page))
		return;
	size_t from = page.from < members->count ? page.from : members->count;
	size_t end = members->count - from < page.size ? members->count : from + page.size;
	json_begin_object(w);
	json_set_text(w, "@odata.context",
		      arena_printf(call->arena, "%s/v1.0/$metadata#directoryObjects", call->base));
	if (page.wants_count && page.is_first)
		json_set_int(w, "@odata.count", (int64_t)members->count);
	if (end < members->count)
		json_set_text(w, "@odata.nextLink", odata_next_link(call, end));
	json_put_key(w, "value");
	json_begin_array(w);
	for (size_t i = from; i < end; i++) {
		const struct member *member = &members->items[i];
		json_begin_object(w);
		json_set_text(w, "@odata.type", arena_printf(call->arena, "#%s", member->type->name));
		odata_write_item(call, member->type, mask_of(call, member->type, with_names), member->item);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

/* ---- members of a group ----------------------------------------------------------------------- */

/* What the path says behind the group: which members, and of which type. */
static const char *cast_of(const struct call *call)
{
	const char *last = call->segments[call->segment_count - 1];
	return str_starts(last, "microsoft.graph.") || str_starts(last, "graph.") ? last : NULL;
}

static bool is_transitive(const struct call *call)
{
	for (size_t i = 0; i < call->segment_count; i++)
		if (str_starts(call->segments[i], "transitive"))
			return true;
	return false;
}

static void list_members(struct call *call, const struct twin_group *group, const char *cast,
			 struct member_list *ret)
{
	struct member_list groups = {0};
	if (is_transitive(call))
		add_all_below(call, group, cast, &groups, ret);
	else
		add_members(call, group, cast, ret);
}

void graph_group_members(struct call *call)
{
	struct member_list members = {0};
	const struct twin_group *group = graph_find_group(call);
	if (!group)
		return;
	list_members(call, group, cast_of(call), &members);
	write_members(call, &members, true);
}

/* One type alone is written as that collection is. */
void graph_group_users(struct call *call)
{
	struct member_list members = {0};
	const struct twin_group *group = graph_find_group(call);
	if (!group)
		return;
	list_members(call, group, cast_of(call), &members);
	const void **items = arena_alloc_array(call->arena, members.count + 1, sizeof *items);
	for (size_t i = 0; i < members.count; i++)
		items[i] = members.items[i].item;
	odata_write_all(call, &graph_user_type, items, members.count, "$select $top $count");
}

/* Of members of every kind; an advanced query, so it takes the header. */
void graph_group_members_count(struct call *call)
{
	struct member_list members = {0};
	const struct twin_group *group = odata_allow(call, "") ? graph_find_group(call) : NULL;
	if (!group || !graph_may_count(call))
		return;
	list_members(call, group, NULL, &members);
	strbuf_addf(&call->out, "%zu", members.count);
	call->content_type = "text/plain";
}

void graph_group_error_members(struct call *call)
{
	struct member_list failed = {0};
	const struct twin_group *group = graph_find_group(call);
	if (!group)
		return;
	const struct twin_group_version *now = seen(call, group);
	for (size_t i = 0; i < now->members.count; i++) {
		const struct twin_user_version *user = twin_user_seen(call->twin, now->members.items[i]);
		bool is_failed = false;
		for (size_t k = 0; k < user->assignments.count; k++)
			is_failed = is_failed || (user->assignments.items[k].group == group &&
						  str_eq(user->assignments.items[k].state, "Error"));
		if (is_failed && is_alive(call, now->members.items[i]))
			VEC_PUSH(call->arena, &failed,
				 (struct member){&graph_user_type, now->members.items[i]});
	}
	write_members(call, &failed, true);
}

/* ---- groups of a person ----------------------------------------------------------------------- */

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

static bool may_read_groups(const struct call *call)
{
	return graph_token_has(call, "GroupMember.Read.All|Group.Read.All|Group.ReadWrite.All|"
				     "Directory.Read.All|Directory.ReadWrite.All");
}

void graph_user_member_of(struct call *call)
{
	struct twin_group_list groups = {0};
	struct member_list members = {0};
	if (!groups_of(call, &groups))
		return;
	for (size_t i = 0; i < groups.count; i++)
		VEC_PUSH(call->arena, &members, (struct member){&graph_group_type, groups.items[i]});
	/* Without rights on groups their names stay hidden. */
	write_members(call, &members, may_read_groups(call));
}

void graph_user_groups(struct call *call)
{
	struct twin_group_list groups = {0};
	if (!may_read_groups(call)) {
		graph_user_member_of(call);
		return;
	}
	if (!groups_of(call, &groups))
		return;
	const void **items = arena_alloc_array(call->arena, groups.count + 1, sizeof *items);
	for (size_t i = 0; i < groups.count; i++)
		items[i] = groups.items[i];
	odata_write_all(call, &graph_group_type, items, groups.count, "$select $top $count");
}
