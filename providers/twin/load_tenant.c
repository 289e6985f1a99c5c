/* A tenant from the twin's file: organisation, clients, SKUs, subscriptions, groups, partner data. */
#include "providers/twin/load.h"

static const struct load_member domain_members[] = {
	LOADED(twin_domain, name, "name", LOAD_TEXT, .needed = true),
	LOADED(twin_domain, is_verified, "verified", LOAD_BOOL),
	LOADED(twin_domain, is_default, "default", LOAD_BOOL),
	{0},
};

static bool load_domains(struct twin *twin, struct twin_tenant *tenant, const struct json *list,
			 const char *initial, struct error *err)
{
	VEC_PUSH(twin->arena, &tenant->domains,
		 (struct twin_domain){.name = initial, .is_initial = true, .is_verified = true});
	size_t chosen = 0;
	JSON_EACH (item, list) {
		struct twin_domain domain = {.name = NULL, .is_verified = true};
		if (json_text(item)) {
			domain.name = arena_strdup(twin->arena, json_text(item));
		} else if (!load_object(twin, item, "a domain", domain_members, &domain, err)) {
			return error_wrap(err, "domains");
		}
		if (twin_find_tenant(twin, domain.name))
			return error_set(err, ERR_INVALID, "domain '%s' is there twice", domain.name);
		/* The first custom domain is the default one unless the file says otherwise. */
		if (domain.is_default || (!chosen && domain.is_verified))
			chosen = tenant->domains.count;
		domain.is_default = false;
		VEC_PUSH(twin->arena, &tenant->domains, domain);
	}
	tenant->domains.items[chosen].is_default = true;
	return true;
}

/* Every application permission that a call served here can need. */
static const char *const all_roles[] = {"AuditLog.Read.All",
					"CrossTenantInformation.ReadBasic.All",
					"DelegatedAdminRelationship.Read.All",
					"Directory.Read.All",
					"Domain.Read.All",
					"Group.Read.All",
					"GroupMember.Read.All",
					"LicenseAssignment.Read.All",
					"LicenseAssignment.ReadWrite.All",
					"Organization.Read.All",
					"User.Read.All",
					"User.ReadWrite.All"};

static const struct load_member federated_members[] = {
	LOADED(twin_federated, issuer, "issuer", LOAD_TEXT, .needed = true),
	LOADED(twin_federated, subject, "subject", LOAD_TEXT, .needed = true),
	LOADED(twin_federated, audience, "audience", LOAD_TEXT),
	LOADED(twin_federated, key, "key", LOAD_TEXT),
	{0},
};

static bool load_federated(struct twin *twin, struct twin_client *client, const struct json *list,
			   struct error *err)
{
	JSON_EACH (item, list) {
		struct twin_federated f = {.audience = "api://AzureADTokenExchange"};
		if (!load_object(twin, item, "a federated credential", federated_members, &f, err))
			return false;
		VEC_PUSH(twin->arena, &client->federated, f);
	}
	return true;
}

static const struct load_member refusal_members[] = {
	LOADED(twin_refusal, number, "number", LOAD_INT, .max = INT32_MAX),
	LOADED(twin_refusal, status, "status", LOAD_INT, .min = 400, .max = 599),
	LOADED(twin_refusal, error, "error", LOAD_TEXT),
	LOADED(twin_refusal, times, "times", LOAD_INT, .min = 1, .max = INT32_MAX),
	LOADED(twin_refusal, claims, "claims", LOAD_TEXT),
	LOADED(twin_refusal, body, "body", LOAD_TEXT),
	LOADED(twin_refusal, retry_after_s, "retry_after", LOAD_INT, .max = 86400),
	{0},
};

/* A number, or an object that also says how: {"number", "status", "error", "times", ...}. */
static bool load_refusal(struct twin *twin, struct twin_client *client, const struct json *item,
			 struct error *err)
{
	const struct json *value = json_get(item, "refused");
	struct twin_refusal *r = arena_alloc(twin->arena, sizeof *r);
	*r = (struct twin_refusal){.status = 400, .error = "invalid_grant", .retry_after_s = -1};
	if (!value)
		return true;
	bool ok = json_type(value) == JSON_OBJECT
			  ? load_object(twin, value, "a refusal", refusal_members, r, err)
			  : load_int(item, "refused", 1, INT32_MAX, &r->number, err);
	client->refusal = r;
	return ok || error_wrap(err, "refused");
}

static const struct load_member client_members[] = {
	LOADED(twin_client, id, "client_id", LOAD_GUID, .needed = true),
	LOADED(twin_client, secret, "secret", LOAD_TEXT),
	LOADED(twin_client, certificate, "certificate", LOAD_TEXT),
	LOADED(twin_client, secret_expired, "secret_expired", LOAD_BOOL),
	LOADED(twin_client, disabled, "disabled", LOAD_BOOL),
	LOADED(twin_client, is_public, "public", LOAD_BOOL),
	LOADED(twin_client, has_principal, "service_principal", LOAD_BOOL),
	LOADED_ELSEWHERE("federated"),
	LOADED_ELSEWHERE("refused"),
	LOADED_ELSEWHERE("roles"),
	{0},
};

static bool load_client(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
			struct error *err)
{
	struct twin_client client = {.has_principal = true};
	if (!load_object(twin, item, "a client", client_members, &client, err) ||
	    !load_federated(twin, &client, json_get(item, "federated"), err) ||
	    !load_refusal(twin, &client, item, err))
		return false;
	if (str_eq(json_get_text(item, "roles"), "all")) {
		for (size_t i = 0; i < ARRAY_LEN(all_roles); i++)
			VEC_PUSH(twin->arena, &client.roles, all_roles[i]);
	} else if (!load_texts(twin, item, "roles", &client.roles, err)) {
		return false;
	}
	VEC_PUSH(twin->arena, &tenant->clients, client);
	return true;
}

static bool load_off_together(struct twin *twin, struct twin_sku *sku, const struct json *pairs,
			      struct error *err)
{
	JSON_EACH (pair, pairs) {
		JSON_EACH (name, pair) {
			const struct twin_plan *plan =
				json_text(name) ? twin_find_plan(sku, json_text(name)) : NULL;
			if (!plan)
				return error_set(err, ERR_INVALID,
						 "'off_together' names no service plan of %s",
						 sku->part_number);
			VEC_PUSH(twin->arena, &sku->off_together, plan->id);
		}
		if (sku->off_together.count % 2 || json_count(pair) != 2)
			return error_set(err, ERR_INVALID, "'off_together' holds pairs of service plans");
	}
	return true;
}

struct given_sku {
	const char *name, *id, *applies_to;
	struct str_list not_sold_in;
};
static const struct load_member sku_members[] = {
	LOADED(given_sku, name, "sku", LOAD_TEXT),
	LOADED(given_sku, id, "id", LOAD_GUID),
	LOADED(given_sku, applies_to, "applies_to", LOAD_TEXT),
	LOADED(given_sku, not_sold_in, "not_sold_in", LOAD_TEXTS),
	LOADED_ELSEWHERE("plans"),
	LOADED_ELSEWHERE("off_together"),
	{0},
};

struct given_plan {
	const char *id, *name, *applies_to;
};
static const struct load_member plan_members[] = {
	LOADED(given_plan, id, "id", LOAD_GUID),
	LOADED(given_plan, name, "name", LOAD_TEXT, .needed = true),
	LOADED(given_plan, applies_to, "applies_to", LOAD_TEXT),
	{0},
};

static bool load_plans(struct twin *twin, struct twin_sku *sku, const struct json *list, struct error *err)
{
	struct twin_plan *plans = arena_alloc_array(twin->arena, json_count(list), sizeof *plans);
	size_t count = 0;
	if (!list)
		return true;
	JSON_EACH (value, list) {
		struct given_plan given = {.applies_to = "User"};
		if (!load_object(twin, value, "a service plan", plan_members, &given, err))
			return false;
		plans[count++] = (struct twin_plan){.id = given.id ? given.id
								   : twin_derive_id(twin, "plan", given.name),
						    .name = given.name,
						    .for_company = str_eq(given.applies_to, "Company")};
	}
	sku->plans = plans;
	sku->plan_count = count;
	return true;
}

static struct twin_sku *new_sku(struct twin *twin, struct twin_tenant *tenant, const char *name)
{
	struct twin_count *none = arena_alloc(twin->arena, sizeof *none);
	struct twin_sku *sku = arena_alloc(twin->arena, sizeof *sku);
	none->written_ms = TWIN_BEFORE_ALL;
	*sku = (struct twin_sku){.part_number = name, .applies_to = "User", .consumed = none};
	sku->id = twin_derive_id(twin, "sku", name);
	VEC_PUSH(twin->arena, &tenant->skus, sku);
	return sku;
}

static bool load_sku(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
		     struct error *err)
{
	struct given_sku given = {0};
	if (!load_object(twin, item, "a SKU", sku_members, &given, err))
		return false;
	if (!given.name)
		return error_set(err, ERR_INVALID, "a SKU needs its part number as 'sku'");
	struct twin_sku *sku = twin_ensure_sku(twin, tenant, given.name);
	if (!sku)
		sku = new_sku(twin, tenant, given.name);
	sku->id = given.id ? given.id : sku->id;
	sku->applies_to = given.applies_to ? given.applies_to : sku->applies_to;
	sku->not_sold_in = given.not_sold_in;
	return load_plans(twin, sku, json_get(item, "plans"), err) &&
	       load_off_together(twin, sku, json_get(item, "off_together"), err);
}

struct given_subscription {
	struct twin_subscription subscription;
	struct twin_subscription_version now;
	const char *sku;
};
static const struct load_member subscription_members[] = {
	LOADED(given_subscription, subscription.id, "id", LOAD_GUID),
	LOADED(given_subscription, subscription.commerce_id, "commerce_id", LOAD_GUID),
	LOADED(given_subscription, sku, "sku", LOAD_TEXT),
	LOADED(given_subscription, now.seats, "seats", LOAD_INT, .max = INT32_MAX),
	LOADED(given_subscription, now.status, "status", LOAD_TEXT),
	LOADED(given_subscription, subscription.created_ms, "created", LOAD_TIME),
	LOADED(given_subscription, now.next_ms, "ends", LOAD_TIME),
	LOADED(given_subscription, subscription.is_trial, "trial", LOAD_BOOL),
	LOADED(given_subscription, subscription.owner_tenant, "owner_tenant", LOAD_GUID),
	{0},
};

/* Any other word is kept: Graph may one day use it, and a client must stop at it. */
static const char *known_status(const char *word)
{
	static const char *const statuses[] = {"Enabled", "Warning", "Suspended", "LockedOut", "Deleted"};
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (str_eq(statuses[i], word))
			return statuses[i];
	return word;
}

static bool load_subscription(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
			      struct error *err)
{
	struct given_subscription *given = arena_alloc(twin->arena, sizeof *given);
	struct twin_subscription *s = &given->subscription;
	given->now = (struct twin_subscription_version){
		.written_ms = TWIN_BEFORE_ALL, .status = "Enabled", .next_ms = -1, .listed = true};
	s->created_ms = twin_wall(twin) / 86400000 * 86400000;
	if (!load_object(twin, item, "a subscription", subscription_members, given, err))
		return false;
	s->sku = given->sku ? twin_ensure_sku(twin, tenant, given->sku) : NULL;
	if (!s->sku)
		return error_set(err, ERR_INVALID, "no SKU '%s' is known", given->sku ? given->sku : "");
	given->now.status = known_status(given->now.status);
	const char *name =
		arena_printf(twin->arena, "%s %zu", s->sku->part_number, tenant->subscriptions.count);
	s->id = s->id ? s->id : twin_derive_id(twin, tenant->id, name);
	s->commerce_id = s->commerce_id ? s->commerce_id : twin_derive_id(twin, s->id, "commerce");
	s->now = &given->now;
	VEC_PUSH(twin->arena, &tenant->subscriptions, s);
	return true;
}

static const struct load_member group_members[] = {
	LOADED(twin_group, id, "id", LOAD_GUID),
	LOADED(twin_group, name, "name", LOAD_TEXT, .needed = true),
	LOADED(twin_group, mail, "mail", LOAD_TEXT),
	LOADED(twin_group, is_synced, "synced", LOAD_BOOL),
	LOADED(twin_group, rule, "rule", LOAD_TEXT),
	LOADED(twin_group, rule_is_paused, "rule_paused", LOAD_BOOL),
	LOADED(twin_group, is_role_assignable, "role_assignable", LOAD_BOOL),
	LOADED_ELSEWHERE("members"),
	LOADED_ELSEWHERE("licenses"),
	{0},
};

struct given_object {
	const char *kind, *id, *name;
};
static const struct load_member object_members[] = {
	LOADED(given_object, kind, "kind", LOAD_TEXT, .needed = true),
	LOADED(given_object, id, "id", LOAD_GUID),
	LOADED(given_object, name, "name", LOAD_TEXT, .needed = true),
	{0},
};

static bool load_object_member(struct twin *twin, const struct twin_group *group, const struct json *item,
			       struct twin_group_version *v, struct error *err)
{
	static const char *const kinds[TWIN_OBJECT_KIND_COUNT] = {[TWIN_DEVICE] = "device",
								  [TWIN_CONTACT] = "contact",
								  [TWIN_SERVICE_PRINCIPAL] =
									  "service-principal"};
	struct given_object given = {0};
	if (!load_object(twin, item, "a member", object_members, &given, err))
		return error_wrap(err, "group '%s'", group->name);
	struct twin_object *object = arena_alloc(twin->arena, sizeof *object);
	object->name = given.name;
	object->id = given.id ? given.id : twin_derive_id(twin, given.kind, given.name);
	while (object->kind < TWIN_OBJECT_KIND_COUNT && !str_eq(kinds[object->kind], given.kind))
		object->kind++;
	if (object->kind == TWIN_OBJECT_KIND_COUNT)
		return error_set(err, ERR_INVALID,
				 "group '%s': a member is a name, or of kind device, contact or "
				 "service-principal, not '%s'",
				 group->name, given.kind);
	VEC_PUSH(twin->arena, &v->objects, object);
	return true;
}

static bool load_group_members(struct twin *twin, struct twin_tenant *tenant, const struct twin_group *group,
			       const struct json *list, struct twin_group_version *v, struct error *err)
{
	JSON_EACH (member, list) {
		const char *name = json_text(member);
		if (json_type(member) == JSON_OBJECT) {
			if (!load_object_member(twin, group, member, v, err))
				return false;
			continue;
		}
		struct twin_user *user = name ? twin_find_user_now(tenant, name) : NULL;
		struct twin_group *nested = name ? twin_find_group(tenant, name) : NULL;
		if (user)
			VEC_PUSH(twin->arena, &v->members, user);
		else if (nested)
			VEC_PUSH(twin->arena, &v->subgroups, nested);
		else
			return error_set(err, ERR_INVALID, "group '%s' has an unknown member '%s'",
					 group->name, name ? name : "");
	}
	return true;
}

/* Each member has it through the group. */
static void hand_out(struct twin *twin, const struct twin_group_version *v, const struct twin_assignment *a)
{
	for (size_t i = 0; i < v->members.count; i++) {
		struct twin_user_version *edit = twin_user_edit(twin, v->members.items[i]);
		*edit = *v->members.items[i]->now;
		VEC_PUSH(twin->arena, &edit->assignments, *a);
		v->members.items[i]->now = edit;
	}
}

static bool load_group(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
		       struct error *err)
{
	struct twin_group *group = arena_alloc(twin->arena, sizeof *group);
	struct twin_group_version *v = arena_alloc(twin->arena, sizeof *v);
	*v = (struct twin_group_version){.written_ms = TWIN_BEFORE_ALL};
	if (!load_object(twin, item, "a group", group_members, group, err) ||
	    !load_group_members(twin, tenant, group, json_get(item, "members"), v, err))
		return false;
	/* Graph lets no group be both. */
	if (group->rule && group->is_role_assignable)
		return error_set(err, ERR_INVALID, "group '%s' cannot have a rule and be role_assignable",
				 group->name);
	group->id = group->id ? group->id : twin_derive_id(twin, tenant->id, group->name);
	group->now = v;
	JSON_EACH (value, json_get(item, "licenses")) {
		struct twin_assignment a;
		if (!load_license(twin, tenant, value, &a, err))
			return error_wrap(err, "group '%s'", group->name);
		a.group = group;
		/* Whom a group's licence was refused does not hold it. */
		a.state = str_eq(a.error, "None") ? a.state : "Error";
		VEC_PUSH(twin->arena, &v->licenses, (struct twin_group_license){a.sku, a.disabled});
		v->processing_state = "ProcessingComplete";
		hand_out(twin, v, &a);
	}
	VEC_PUSH(twin->arena, &tenant->groups, group);
	return true;
}

static const struct load_member contract_members[] = {
	LOADED(twin_contract, customer, "customer", LOAD_GUID, .needed = true),
	LOADED(twin_contract, name, "name", LOAD_TEXT),
	LOADED(twin_contract, domain, "domain", LOAD_TEXT),
	LOADED(twin_contract, type, "type", LOAD_TEXT),
	{0},
};

static bool load_contract(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
			  struct error *err)
{
	struct twin_contract contract = {.type = "BreadthPartner"};
	if (!load_object(twin, item, "a contract", contract_members, &contract, err))
		return false;
	contract.id = twin_derive_id(twin, tenant->id, contract.customer);
	VEC_PUSH(twin->arena, &tenant->contracts, contract);
	return true;
}

static const struct load_member gdap_members[] = {
	LOADED(twin_gdap, id, "id", LOAD_TEXT),
	LOADED(twin_gdap, customer, "customer", LOAD_GUID, .needed = true),
	LOADED(twin_gdap, name, "name", LOAD_TEXT),
	LOADED(twin_gdap, status, "status", LOAD_TEXT),
	LOADED(twin_gdap, activated, "activated", LOAD_TEXT),
	LOADED(twin_gdap, ends, "ends", LOAD_TEXT),
	LOADED(twin_gdap, duration, "duration", LOAD_TEXT),
	LOADED(twin_gdap, roles, "roles", LOAD_TEXTS),
	{0},
};

static bool load_gdap(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
		      struct error *err)
{
	struct twin_gdap gdap = {.status = "active", .duration = "P730D", .name = "Administration"};
	if (!load_object(twin, item, "a GDAP relationship", gdap_members, &gdap, err))
		return false;
	if (!gdap.id)
		gdap.id = arena_printf(twin->arena, "%s-%s", twin_derive_id(twin, tenant->id, gdap.name),
				       gdap.customer);
	VEC_PUSH(twin->arena, &tenant->gdap, gdap);
	return true;
}

static const struct load_member tenant_members[] = {
	LOADED(twin_tenant, id, "id", LOAD_GUID, .needed = true),
	LOADED(twin_tenant, name, "name", LOAD_TEXT, .needed = true),
	LOADED(twin_tenant, country, "country", LOAD_TEXT),
	LOADED(twin_tenant, default_usage_location, "default_usage_location", LOAD_TEXT),
	LOADED(twin_tenant, tenant_type, "tenant_type", LOAD_TEXT),
	LOADED(twin_tenant, partner_type, "partner_type", LOAD_TEXT),
	LOADED(twin_tenant, is_synced, "synced", LOAD_BOOL),
	LOADED_ELSEWHERE("domain"),
	LOADED_ELSEWHERE("domains"),
	LOADED_ELSEWHERE("clients"),
	LOADED_ELSEWHERE("skus"),
	LOADED_ELSEWHERE("subscriptions"),
	LOADED_ELSEWHERE("users"),
	LOADED_ELSEWHERE("groups"),
	LOADED_ELSEWHERE("contracts"),
	LOADED_ELSEWHERE("gdap"),
	{0},
};

static bool load_organization(struct twin *twin, struct twin_tenant *tenant, const struct json *object,
			      struct error *err)
{
	const char *domain = NULL;
	tenant->tenant_type = "AAD";
	tenant->country = "US";
	if (!load_object(twin, object, "a tenant", tenant_members, tenant, err) ||
	    !load_text(twin, object, "domain", &domain, err))
		return false;
	if (!domain)
		return error_set(err, ERR_INVALID, "a tenant needs a 'domain'");
	if (twin_find_tenant(twin, tenant->id) || twin_find_tenant(twin, domain))
		return error_set(err, ERR_INVALID, "the tenant is there twice");
	return load_domains(twin, tenant, json_get(object, "domains"), domain, err);
}

/* What the file gives its users is how it always was: no older version, and counted once. */
static void count_consumed(struct twin *twin, struct twin_tenant *tenant)
{
	for (size_t s = 0; s < tenant->skus.count; s++) {
		struct twin_count *count = arena_alloc(twin->arena, sizeof *count);
		count->written_ms = TWIN_BEFORE_ALL;
		for (size_t i = 0; i < tenant->users.count; i++)
			count->value += twin_holds(tenant->users.items[i]->now, tenant->skus.items[s]);
		tenant->skus.items[s]->consumed = count;
	}
}

bool load_tenant(struct twin *twin, const struct json *object, struct error *err)
{
	static const struct {
		const char *key;
		bool (*load)(struct twin *, struct twin_tenant *, const struct json *, struct error *);
	} lists[] = {
		{"clients", load_client}, {"skus", load_sku},		{"subscriptions", load_subscription},
		{"groups", load_group},	  {"contracts", load_contract}, {"gdap", load_gdap},
	};
	struct twin_tenant *tenant = arena_alloc(twin->arena, sizeof *tenant);
	if (!load_organization(twin, tenant, object, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		/* Groups name users and may hold SKUs, so users come between. */
		if (lists[i].load == load_group && !load_users(twin, tenant, json_get(object, "users"), err))
			return false;
		JSON_EACH (item, json_get(object, lists[i].key)) {
			if (!lists[i].load(twin, tenant, item, err))
				return error_wrap(err, "%s", lists[i].key);
		}
	}
	count_consumed(twin, tenant);
	VEC_PUSH(twin->arena, &twin->tenants, tenant);
	return true;
}
