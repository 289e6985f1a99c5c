/*
 * What a partner sees from its own tenant: contracts, GDAP relationships, other tenants' names.
 *
 *	POST /twin/contract {"tenant": the partner's, "customer": GUID}: the customer accepts the invitation
 */
#include "providers/twin/control.h"
#include "providers/twin/graph.h"
#include "providers/twin/load.h"

#define TEXT(function, type, expression)                                                                     \
	static void function(struct call *call, struct json_writer *w, const void *item)                     \
	{                                                                                                    \
		const type *it = item;                                                                       \
		(void)call;                                                                                  \
		json_put_text(w, expression);                                                                \
	}

/* Contracts carry copies of the customer's names; the file may give stale ones. */
static const char *customer_name(struct call *call, const char *given, const char *customer)
{
	const struct twin_tenant *tenant = twin_find_tenant(call->twin, customer);
	return given ? given : tenant ? tenant->name : NULL;
}

static const char *customer_domain(struct call *call, const char *given, const char *customer)
{
	const struct twin_tenant *tenant = twin_find_tenant(call->twin, customer);
	return given ? given : tenant ? tenant->domains.items[0].name : NULL;
}

TEXT(contract_type, struct twin_contract, it->type)
TEXT(contract_customer, struct twin_contract, it->customer)
TEXT(contract_domain, struct twin_contract, customer_domain(call, it->domain, it->customer))
TEXT(contract_name, struct twin_contract, customer_name(call, it->name, it->customer))
TEXT(contract_id, struct twin_contract, it->id)

static const struct odata_property contract_properties[] = {
	{"contractType", true, contract_type},
	{"customerId", true, contract_customer},
	{"defaultDomainName", true, contract_domain},
	{"displayName", true, contract_name},
	{"id", true, contract_id},
};
static const struct odata_type contract_type_row = {.name = "microsoft.graph.contract",
						    .set = "contracts",
						    .properties = contract_properties,
						    .count = ARRAY_LEN(contract_properties)};

static bool is_partner(struct call *call)
{
	return call->tenant->partner_type ||
	       call_error(call, 400, "Request_BadRequest",
			  "This operation is available in partner tenants only.");
}

void graph_contracts(struct call *call)
{
	const struct twin_contract_list *list = &call->tenant->contracts;
	if (!is_partner(call))
		return;
	const void **items = arena_alloc_array(call->arena, list->count + 1, sizeof *items);
	for (size_t i = 0; i < list->count; i++)
		items[i] = &list->items[i];
	odata_write_all(call, &contract_type_row, items, list->count, "$select $top");
}

void graph_contract(struct call *call)
{
	uint64_t mask;
	const struct twin_contract_list *list = &call->tenant->contracts;
	const struct twin_contract *found = NULL;
	if (!is_partner(call))
		return;
	for (size_t i = 0; i < list->count; i++)
		if (str_eq_fold(list->items[i].id, call->keys[0]))
			found = &list->items[i];
	if (!found)
		graph_not_found(call, call->keys[0]);
	else if (odata_allow(call, "$select") && odata_select(call, &contract_type_row, &mask))
		odata_write_entity(call, &contract_type_row, mask, found);
}

static void gdap_access(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_gdap *gdap = item;
	(void)call;
	json_begin_object(w);
	json_put_key(w, "unifiedRoles");
	json_begin_array(w);
	for (size_t i = 0; i < gdap->roles.count; i++) {
		json_begin_object(w);
		json_set_text(w, "roleDefinitionId", gdap->roles.items[i]);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static void gdap_customer(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_gdap *gdap = item;
	json_begin_object(w);
	json_set_text(w, "displayName", customer_name(call, NULL, gdap->customer));
	json_set_text(w, "tenantId", gdap->customer);
	json_end_object(w);
}

TEXT(gdap_activated, struct twin_gdap, it->activated)
TEXT(gdap_extend, struct twin_gdap, it->id ? "PT0S" : NULL)
TEXT(gdap_name, struct twin_gdap, it->name)
TEXT(gdap_duration, struct twin_gdap, it->duration)
TEXT(gdap_end, struct twin_gdap, it->ends)
TEXT(gdap_id, struct twin_gdap, it->id)
TEXT(gdap_status, struct twin_gdap, it->status)

static const struct odata_property gdap_properties[] = {
	{"accessDetails", true, gdap_access},
	{"activatedDateTime", true, gdap_activated},
	{"autoExtendDuration", true, gdap_extend},
	{"customer", true, gdap_customer},
	{"displayName", true, gdap_name},
	{"duration", true, gdap_duration},
	{"endDateTime", true, gdap_end},
	{"id", true, gdap_id},
	{"status", true, gdap_status},
};
static const struct odata_type gdap_type = {.name = "microsoft.graph.delegatedAdminRelationship",
					    .set = "tenantRelationships/delegatedAdminRelationships",
					    .properties = gdap_properties,
					    .count = ARRAY_LEN(gdap_properties)};

static void write_gdap(struct call *call, const struct odata_type *type)
{
	const struct twin_gdap_list *list = &call->tenant->gdap;
	const void **items = arena_alloc_array(call->arena, list->count + 1, sizeof *items);
	for (size_t i = 0; i < list->count; i++)
		items[i] = &list->items[i];
	odata_write_all(call, type, items, list->count, "$select $top");
}

void graph_gdap_list(struct call *call)
{
	write_gdap(call, &gdap_type);
}

static const struct twin_gdap *find_gdap(struct call *call)
{
	for (size_t i = 0; i < call->tenant->gdap.count; i++)
		if (str_eq_fold(call->tenant->gdap.items[i].id, call->keys[0]))
			return &call->tenant->gdap.items[i];
	graph_not_found(call, call->keys[0]);
	return NULL;
}

void graph_gdap(struct call *call)
{
	uint64_t mask;
	const struct twin_gdap *found = find_gdap(call);
	if (found && odata_allow(call, "$select") && odata_select(call, &gdap_type, &mask))
		odata_write_entity(call, &gdap_type, mask, found);
}

/*
 * Who at the partner has the relationship's roles: one security group with all of them, as soon as the
 * customer has accepted.
 */
static void assignment_container(struct call *call, struct json_writer *w, const void *item)
{
	const struct twin_gdap *gdap = item;
	json_begin_object(w);
	json_set_text(w, "accessContainerId", twin_derive_id(call->twin, gdap->id, "agents"));
	json_set_text(w, "accessContainerType", "securityGroup");
	json_end_object(w);
}

TEXT(assignment_id, struct twin_gdap, twin_derive_id(call->twin, it->id, "assignment"))
TEXT(assignment_status, struct twin_gdap, str_eq(it->status, "active") ? "active" : "deleted")

static const struct odata_property assignment_properties[] = {
	{"accessContainer", true, assignment_container}, {"accessDetails", true, gdap_access},
	{"createdDateTime", true, gdap_activated},	 {"id", true, assignment_id},
	{"lastModifiedDateTime", true, gdap_activated},	 {"status", true, assignment_status},
};
static const struct odata_type assignment_type = {
	.name = "microsoft.graph.delegatedAdminAccessAssignment",
	.set = "tenantRelationships/delegatedAdminRelationships/accessAssignments",
	.properties = assignment_properties,
	.count = ARRAY_LEN(assignment_properties)};

static bool has_assignment(const struct twin_gdap *gdap)
{
	return gdap->activated || str_eq(gdap->status, "active");
}

void graph_gdap_assignments(struct call *call)
{
	const struct twin_gdap *gdap = find_gdap(call);
	const void *item = gdap;
	if (gdap)
		odata_write_all(call, &assignment_type, &item, has_assignment(gdap), "$select $top");
}

void graph_gdap_assignment(struct call *call)
{
	uint64_t mask;
	const struct twin_gdap *gdap = find_gdap(call);
	if (!gdap)
		return;
	if (!has_assignment(gdap) ||
	    !str_eq_fold(call->keys[1], twin_derive_id(call->twin, gdap->id, "assignment")))
		graph_not_found(call, call->keys[1]);
	else if (odata_allow(call, "$select") && odata_select(call, &assignment_type, &mask))
		odata_write_entity(call, &assignment_type, mask, gdap);
}

TEXT(admin_customer_name, struct twin_gdap, customer_name(call, NULL, it->customer))
TEXT(admin_customer_id, struct twin_gdap, it->customer)

static const struct odata_property admin_customer_properties[] = {
	{"displayName", true, admin_customer_name},
	{"id", true, admin_customer_id},
	{"tenantId", true, admin_customer_id},
};
static const struct odata_type admin_customer_type = {.name = "microsoft.graph.delegatedAdminCustomer",
						      .set = "tenantRelationships/delegatedAdminCustomers",
						      .properties = admin_customer_properties,
						      .count = ARRAY_LEN(admin_customer_properties)};

void graph_gdap_customers(struct call *call)
{
	write_gdap(call, &admin_customer_type);
}

void graph_gdap_customer(struct call *call)
{
	uint64_t mask;
	const struct twin_gdap *found = NULL;
	for (size_t i = 0; i < call->tenant->gdap.count && !found; i++)
		if (str_eq_fold(call->tenant->gdap.items[i].customer, call->keys[0]))
			found = &call->tenant->gdap.items[i];
	if (!found)
		graph_not_found(call, call->keys[0]);
	else if (odata_allow(call, "$select") && odata_select(call, &admin_customer_type, &mask))
		odata_write_entity(call, &admin_customer_type, mask, found);
}

void graph_find_tenant(struct call *call)
{
	const struct twin_tenant *tenant = twin_find_tenant(call->twin, call->keys[0]);
	struct json_writer *w = &call->w;
	if (!odata_allow(call, ""))
		return;
	if (!tenant) {
		graph_not_found(call, call->keys[0]);
		return;
	}
	json_begin_object(w);
	json_set_text(
		w, "@odata.context",
		arena_printf(call->arena, "%s/v1.0/$metadata#microsoft.graph.tenantInformation", call->base));
	json_set_text(w, "defaultDomainName", tenant->domains.items[0].name);
	json_set_text(w, "displayName", tenant->name);
	json_set_text(w, "federationBrandName", NULL);
	json_set_text(w, "tenantId", tenant->id);
	json_end_object(w);
}

bool control_contract(struct call *call, const struct json *body, struct error *err)
{
	struct twin_contract contract = {.type = "BreadthPartner"};
	if (!load_keys(body, "contract", "tenant customer", err) ||
	    !load_guid(call->twin, body, "customer", &contract.customer, err))
		return false;
	struct twin_tenant *tenant = load_named_tenant(call->twin, body, err);
	if (!tenant)
		return false;
	if (!contract.customer)
		return error_set(err, ERR_INVALID, "a contract needs a 'customer'");
	contract.id = twin_derive_id(call->twin, tenant->id, contract.customer);
	VEC_PUSH(call->twin->arena, &tenant->contracts, contract);
	json_set_text(&call->w, "contract", contract.id);
	return true;
}
