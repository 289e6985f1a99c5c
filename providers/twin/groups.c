/* Groups: what they are, and what licences they hand out. */
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
	json_begin_array(w);
	if (((const struct twin_group *)item)->rule)
		json_put_text(w, "DynamicMembership");
	json_end_array(w);
}

static void group_for_roles(struct call *call, struct json_writer *w, const void *item)
{
	(void)call;
	if (((const struct twin_group *)item)->is_role_assignable)
		json_put_bool(w, true);
	else
		json_put_null(w);
}

GROUP_TEXT(group_rule, group->rule)
GROUP_TEXT(group_rule_state, !group->rule ? NULL : group->rule_is_paused ? "Paused" : "On")

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
	{"isAssignableToRole", true, group_for_roles},
	{"licenseProcessingState", false, group_state},
	{"mail", true, group_address},
	{"mailEnabled", true, group_mail},
	{"membershipRule", true, group_rule},
	{"membershipRuleProcessingState", true, group_rule_state},
	{"onPremisesSyncEnabled", true, group_synced},
	{"securityEnabled", true, group_security},
};
const struct odata_type graph_group_type = {.name = "microsoft.graph.group",
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
	odata_write_all(call, &graph_group_type, items, count, "$select $top $filter $count");
}

struct twin_group *graph_find_group(struct call *call)
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
	if (!odata_allow(call, "$select") || !odata_select(call, &graph_group_type, &mask))
		return;
	const struct twin_group *group = graph_find_group(call);
	if (group)
		odata_write_entity(call, &graph_group_type, mask, group);
}
