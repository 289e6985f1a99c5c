/*
 * Licences through groups: assignLicense on a group, and its processing in the background.
 *
 * The call is accepted at once; members change when processing ends. A member who cannot get the
 * group's licence keeps an entry in the state Error that says why, and keeps it until the person is processed
 * again, whatever becomes of the cause; what else the group hands out the person does not get either
 * ("Resolve group license assignment problems", 2025-02-27). Members of nested groups get none.
 */
#include "providers/twin/group_licensing.h"
#include "providers/twin/graph.h"

struct job {
	struct twin_tenant *tenant;
	struct twin_group *group;
};

static bool holds_without(const struct twin_assignment_list *list, const struct twin_sku *sku)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].sku == sku && !str_eq(list->items[i].state, "Error"))
			return true;
	}
	return false;
}

/* Why this user cannot get the group's licence, in the words of licenseAssignmentState; or "None". */
static const char *refusal(struct twin *twin, const struct twin_tenant *tenant,
			   const struct twin_user_version *now, const struct twin_assignment_list *others,
			   const struct twin_assignment *added)
{
	const char *location = now->usage_location ? now->usage_location : tenant->country;
	if (str_list_has_fold(&added->sku->not_sold_in, location))
		return "ProhibitedInUsageLocationViolation";
	if (!twin_holds(now, added->sku) && !holds_without(others, added->sku) &&
	    license_free_seats(twin, tenant, added->sku) < 1)
		return "CountViolation";
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct twin_assignment_list together = {0};
	for (size_t i = 0; i < others->count; i++)
		VEC_PUSH(tmp, &together, others->items[i]);
	VEC_PUSH(tmp, &together, *added);
	bool is_dependency;
	if (!license_conflict(tmp, twin, &together, &is_dependency))
		return "None";
	return is_dependency ? "DependencyViolation" : "MutuallyExclusiveViolation";
}

/* From the place of the first that the group hands out. */
static void give_all_or_nothing(struct twin_assignment_list *assignments, size_t first)
{
	bool refused = false;
	for (size_t i = first; i < assignments->count; i++)
		refused = refused || str_eq(assignments->items[i].state, "Error");
	for (size_t i = first; refused && i < assignments->count; i++) {
		if (str_eq(assignments->items[i].state, "Error"))
			continue;
		assignments->items[i].state = "Error";
		assignments->items[i].error = "Other";
	}
}

void group_license_user(struct twin *twin, struct twin_tenant *tenant, const struct twin_group *group,
			struct twin_user *user)
{
	struct twin_user_version *edit = twin_user_edit(twin, user);
	struct twin_assignment_list kept = {0};
	for (size_t i = 0; i < edit->assignments.count; i++) {
		if (edit->assignments.items[i].group != group)
			VEC_PUSH(twin->arena, &kept, edit->assignments.items[i]);
	}
	const struct twin_group_license_list *licenses = &group->now->licenses;
	const size_t others = kept.count;
	bool member = false;
	for (size_t i = 0; i < group->now->members.count; i++)
		member = member || group->now->members.items[i] == user;
	for (size_t i = 0; member && i < licenses->count; i++) {
		struct twin_assignment a = {.sku = licenses->items[i].sku,
					    .group = group,
					    .disabled = licenses->items[i].disabled,
					    .state = "Active",
					    .updated_ms = twin_wall(twin),
					    .given_ms = twin_now(twin)};
		a.error = refusal(twin, tenant, user->now, &kept, &a);
		if (!str_eq(a.error, "None"))
			a.state = "Error";
		VEC_PUSH(twin->arena, &kept, a);
	}
	give_all_or_nothing(&kept, others);
	edit->assignments = kept;
	twin_user_commit(twin, user, edit);
}

static void set_state(struct twin *twin, struct twin_group *group, const char *state)
{
	struct twin_group_version *edit = twin_group_edit(twin, group);
	edit->processing_state = state;
	twin_group_commit(twin, group, edit);
}

static void begin(struct twin *twin, void *what)
{
	struct job *job = what;
	set_state(twin, job->group, "ProcessingInProgress");
}

static void finish(struct twin *twin, void *what)
{
	struct job *job = what;
	const struct twin_user_list members = job->group->now->members;
	for (size_t i = 0; i < members.count; i++)
		group_license_user(twin, job->tenant, job->group, members.items[i]);
	set_state(twin, job->group, "ProcessingComplete");
}

static bool change_licenses(struct call *call, struct twin_group_version *edit,
			    const struct license_change *change)
{
	struct twin_group_license_list kept = {0};
	for (size_t i = 0; i < change->remove.count; i++) {
		bool there = false;
		for (size_t k = 0; k < edit->licenses.count; k++)
			there = there || str_eq(edit->licenses.items[k].sku->id, change->remove.items[i]);
		if (!there)
			return call_error(call, 400, "Request_BadRequest",
					  "Group does not have a corresponding license.");
	}
	for (size_t k = 0; k < edit->licenses.count; k++) {
		const char *id = edit->licenses.items[k].sku->id;
		if (!str_list_has(&change->remove, id) && !str_list_has(&change->add_ids, id))
			VEC_PUSH(call->twin->arena, &kept, edit->licenses.items[k]);
	}
	for (size_t i = 0; i < change->add.count; i++)
		VEC_PUSH(call->twin->arena, &kept, change->add.items[i]);
	edit->licenses = kept;
	return true;
}

void graph_group_assign_license(struct call *call)
{
	struct license_change change = {0};
	struct twin_group *group = twin_find_group(call->tenant, call->keys[0]);
	if (!group || !str_eq_fold(group->id, call->keys[0])) {
		graph_not_found(call, call->keys[0]);
		return;
	}
	if (!odata_allow(call, "") || !license_change_read(call, &change) ||
	    !license_change_resolve(call, &change))
		return;
	struct twin_group_version *edit = twin_group_edit(call->twin, group);
	if (!change_licenses(call, edit, &change))
		return;
	edit->processing_state = "QueuedForProcessing";
	twin_group_commit(call->twin, group, edit);
	struct job *job = arena_alloc(call->twin->arena, sizeof *job);
	*job = (struct job){call->tenant, group};
	int64_t time_ms = call->twin->settings.group_processing_ms;
	twin_schedule(call->twin, time_ms / 3, begin, job);
	twin_schedule(call->twin, time_ms, finish, job);
	call->twin->writes++;
	call->status = 202;
	json_begin_object(&call->w);
	json_set_text(&call->w, "@odata.context",
		      arena_printf(call->arena, "%s/v1.0/$metadata#groups/$entity", call->base));
	json_set_text(&call->w, "displayName", group->name);
	json_set_text(&call->w, "id", group->id);
	json_end_object(&call->w);
}

void graph_reprocess_license(struct call *call)
{
	struct twin_user *user = odata_allow(call, "") ? graph_find_user(call, call->keys[0]) : NULL;
	if (!user)
		return;
	for (size_t i = 0; i < call->tenant->groups.count; i++) {
		const struct twin_group *group = call->tenant->groups.items[i];
		for (size_t k = 0; k < group->now->members.count; k++) {
			if (group->now->members.items[k] == user && group->now->licenses.count)
				group_license_user(call->twin, call->tenant, group, user);
		}
	}
	call->twin->writes++;
	uint64_t mask;
	if (odata_select(call, &graph_user_type, &mask))
		odata_write_entity(call, &graph_user_type, mask, user);
}
