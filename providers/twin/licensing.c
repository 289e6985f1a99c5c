/*
 * assignLicense for a user: one change, checked whole, applied whole.
 *
 * The checks come in this order: the body, the SKUs and service plans named, usage location, what is
 * removed, seats (an added SKU needs a free one before any removal counts), and last the rules between
 * service plans on what the user would then have.
 */
#include "providers/twin/graph.h"

#include <string.h>

static bool bad_request(struct call *call, const char *message)
{
	return call_error(call, 400, "Request_BadRequest", "%s", message);
}

static bool read_guid(struct call *call, const struct json *value, const char **ret)
{
	const char *text = json_text(value);
	if (!text || !str_is_guid(text))
		return call_error(call, 400, "Request_BadRequest",
				  "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the "
				  "inner exception for more details.");
	*ret = str_lower(call->twin->arena, text);
	return true;
}

static bool read_add(struct call *call, const struct json *item, struct license_change *change)
{
	struct twin_group_license license = {0};
	const char *id;
	if (json_type(item) != JSON_OBJECT)
		return bad_request(
			call, "A value in 'addLicenses' is not of type 'microsoft.graph.assignedLicense'.");
	if (!read_guid(call, json_get(item, "skuId"), &id))
		return false;
	const struct json *disabled = json_get(item, "disabledPlans");
	if (disabled && json_type(disabled) != JSON_ARRAY && json_type(disabled) != JSON_NULL)
		return bad_request(call, "The property 'disabledPlans' is not a collection.");
	JSON_EACH (plan, disabled) {
		const char *plan_id;
		if (!read_guid(call, plan, &plan_id))
			return false;
		if (!str_list_has(&license.disabled, plan_id))
			VEC_PUSH(call->twin->arena, &license.disabled, plan_id);
	}
	if (str_list_has(&change->add_ids, id))
		return call_error(call, 400, "Request_BadRequest", "License %s is specified more than once.",
				  id);
	VEC_PUSH(call->arena, &change->add_ids, id);
	VEC_PUSH(call->arena, &change->add, license);
	return true;
}

bool license_change_read(struct call *call, struct license_change *ret)
{
	CLEANUP(json_freep) struct json *root = NULL;
	if (!call_json(call, &root))
		return false;
	static const char *const members[] = {"addLicenses", "removeLicenses"};
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (json_type(json_get(root, members[i])) != JSON_ARRAY)
			return call_error(
				call, 400, "Request_BadRequest",
				"One or more parameters of the operation 'assignLicense' are missing "
				"from the request payload. The missing parameters are: %s.",
				members[i]);
	}
	JSON_EACH (item, json_get(root, "addLicenses")) {
		if (!read_add(call, item, ret))
			return false;
	}
	JSON_EACH (item, json_get(root, "removeLicenses")) {
		const char *id;
		if (!read_guid(call, item, &id))
			return false;
		if (str_list_has(&ret->add_ids, id))
			return call_error(call, 400, "Request_BadRequest",
					  "License %s is specified in both addLicenses and removeLicenses.",
					  id);
		if (!str_list_has(&ret->remove, id))
			VEC_PUSH(call->arena, &ret->remove, id);
	}
	if (!ret->add.count && !ret->remove.count)
		return bad_request(call, "License assignment failed because no license was specified to be "
					 "added or removed.");
	return true;
}

static bool has_subscription(const struct twin_tenant *tenant, const struct twin_sku *sku)
{
	for (size_t i = 0; i < tenant->subscriptions.count; i++) {
		const struct twin_subscription *s = tenant->subscriptions.items[i];
		if (s->sku == sku && s->now->listed && !str_eq(s->now->status, "Deleted"))
			return true;
	}
	return false;
}

/*
 * What will be off, which is not always what was sent: a plan that applies to the company stays as it is
 * for all, without a word; and a plan that the SKU ties to another goes off with it.
 */
static bool settle_disabled(struct call *call, struct twin_group_license *license)
{
	const struct str_list sent = license->disabled, *ties = &license->sku->off_together;
	license->disabled = (struct str_list){0};
	for (size_t i = 0; i < sent.count; i++) {
		const struct twin_plan *plan = twin_find_plan(license->sku, sent.items[i]);
		if (!plan)
			return call_error(call, 400, "Request_BadRequest",
					  "License assignment failed because service plan %s is not part of "
					  "license %s.",
					  sent.items[i], license->sku->id);
		if (!plan->for_company)
			VEC_PUSH(call->twin->arena, &license->disabled, plan->id);
	}
	for (size_t i = 0; i + 1 < ties->count; i += 2)
		if (str_list_has(&license->disabled, ties->items[i]) &&
		    !str_list_has(&license->disabled, ties->items[i + 1]))
			VEC_PUSH(call->twin->arena, &license->disabled, ties->items[i + 1]);
	return true;
}

bool license_change_resolve(struct call *call, struct license_change *change)
{
	for (size_t i = 0; i < change->add.count; i++) {
		const char *id = change->add_ids.items[i];
		struct twin_group_license *license = &change->add.items[i];
		license->sku = twin_find_sku(call->tenant, id);
		if (!license->sku || !has_subscription(call->tenant, license->sku) ||
		    !str_eq(license->sku->applies_to, "User"))
			return call_error(call, 400, "Request_BadRequest",
					  "License %s does not correspond to a valid company License.", id);
		if (!settle_disabled(call, license))
			return false;
	}
	return true;
}

/* Units in good standing only: documents disagree on those in Warning, so the twin is the stricter. */
int64_t license_free_seats(const struct twin *twin, const struct twin_tenant *tenant,
			   const struct twin_sku *sku)
{
	return twin_seats(twin, tenant, sku, "Enabled", true) - sku->consumed->value;
}

static bool check_location(struct call *call, const struct twin_user_version *now,
			   const struct license_change *change)
{
	bool valid = now->usage_location || change->add.count == 0;
	for (size_t i = 0; valid && i < change->add.count; i++)
		valid = !str_list_has_fold(&change->add.items[i].sku->not_sold_in, now->usage_location);
	return valid || bad_request(call, "License assignment cannot be done for user with invalid usage "
					  "location.");
}

static bool check_removals(struct call *call, const struct twin_user_version *now,
			   const struct license_change *change)
{
	for (size_t i = 0; i < change->remove.count; i++) {
		bool direct = false, inherited = false;
		for (size_t k = 0; k < now->assignments.count; k++) {
			const struct twin_assignment *a = &now->assignments.items[k];
			bool same = str_eq(a->sku->id, change->remove.items[i]);
			direct = direct || (same && !a->group);
			inherited = inherited || (same && a->group);
		}
		if (!direct && inherited)
			return bad_request(call, "User license is inherited from a group membership and it "
						 "cannot be removed directly from the user.");
		if (!direct)
			return bad_request(call, "User does not have a corresponding license.");
	}
	return true;
}

static bool check_seats(struct call *call, const struct twin_user_version *now,
			const struct license_change *change)
{
	for (size_t i = 0; i < change->add.count; i++) {
		const struct twin_sku *sku = change->add.items[i].sku;
		if (!twin_holds(now, sku) && license_free_seats(call->twin, call->tenant, sku) < 1)
			return call_error(call, 400, "Request_BadRequest",
					  "Subscription with SKU %s does not have any available licenses.",
					  sku->id);
	}
	return true;
}

static void apply(struct call *call, struct twin_user_version *edit, const struct license_change *change)
{
	struct twin_assignment_list kept = {0};
	for (size_t i = 0; i < edit->assignments.count; i++) {
		const struct twin_assignment *a = &edit->assignments.items[i];
		bool replaced = !a->group && (str_list_has(&change->remove, a->sku->id) ||
					      str_list_has(&change->add_ids, a->sku->id));
		if (!replaced)
			VEC_PUSH(call->twin->arena, &kept, *a);
	}
	for (size_t i = 0; i < change->add.count; i++) {
		struct twin_assignment a = {.sku = change->add.items[i].sku,
					    .disabled = change->add.items[i].disabled,
					    .state = "Active",
					    .error = "None",
					    .updated_ms = twin_wall(call->twin),
					    .given_ms = twin_now(call->twin)};
		VEC_PUSH(call->twin->arena, &kept, a);
	}
	edit->assignments = kept;
}

/* Two changes of one user at a time: the second is told to come again. */
static bool claim_user(struct call *call, struct twin_user *user)
{
	struct call *batch = call->outer;
	int64_t now = twin_now(call->twin);
	bool busy = batch ? str_list_has(&batch->busy_users, user->id) || user->busy_until_ms > now
			  : user->busy_until_ms > now;
	if (busy)
		return call_error(
			call, 409, "Directory_ConcurrencyViolation",
			"Concurrent requests to this object are not allowed. Please retry your request.");
	if (batch)
		VEC_PUSH(batch->arena, &batch->busy_users, user->id);
	else
		user->busy_until_ms = now + call->twin->settings.latency_ms;
	return true;
}

void graph_assign_license(struct call *call)
{
	struct license_change change = {0};
	struct twin_user *user = graph_find_user(call, call->keys[0]);
	if (!user)
		return;
	user->assign_attempts++;
	if (!odata_allow(call, "") || !license_change_read(call, &change) || !claim_user(call, user) ||
	    !license_change_resolve(call, &change) || !check_location(call, user->now, &change) ||
	    !check_removals(call, user->now, &change) || !check_seats(call, user->now, &change))
		return;
	struct twin_user_version *edit = twin_user_edit(call->twin, user);
	apply(call, edit, &change);
	bool is_dependency;
	const char *conflict = license_conflict(call->arena, call->twin, &edit->assignments, &is_dependency);
	if (conflict) {
		bad_request(call, conflict);
		return;
	}
	twin_user_commit(call->twin, user, edit);
	user->assign_successes++;
	call->twin->writes++;
	static const char *const given[] = {"assignedLicenses",	       "displayName", "id",
					    "licenseAssignmentStates", "mail",	      "usageLocation",
					    "userPrincipalName"};
	uint64_t mask = 0;
	for (size_t i = 0; i < graph_user_type.count; i++) {
		for (size_t k = 0; k < ARRAY_LEN(given); k++)
			mask |= str_eq(graph_user_type.properties[i].name, given[k]) ? UINT64_C(1) << i : 0;
	}
	odata_write_entity(call, &graph_user_type, mask, user);
}
