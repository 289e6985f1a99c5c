/* A tenant from the twin's file: organisation, clients, SKUs, subscriptions, groups, partner data. */
#include "providers/twin/load.h"

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
		} else if (!load_keys(item, "a domain", "name verified default", err) ||
			   !load_text(twin, item, "name", &domain.name, err) ||
			   !load_bool(item, "verified", &domain.is_verified, err) ||
			   !load_bool(item, "default", &domain.is_default, err)) {
			return error_wrap(err, "domains");
		}
		if (!domain.name)
			return error_set(err, ERR_INVALID, "a domain needs a 'name'");
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

static bool load_federated(struct twin *twin, struct twin_client *client, const struct json *list,
			   struct error *err)
{
	JSON_EACH (item, list) {
		struct twin_federated f = {.audience = "api://AzureADTokenExchange"};
		if (!load_keys(item, "a federated credential", "issuer subject audience key", err) ||
		    !load_text(twin, item, "issuer", &f.issuer, err) ||
		    !load_text(twin, item, "subject", &f.subject, err) ||
		    !load_text(twin, item, "audience", &f.audience, err) ||
		    !load_text(twin, item, "key", &f.key, err))
			return false;
		if (!f.issuer || !f.subject)
			return error_set(err, ERR_INVALID,
					 "a federated credential needs 'issuer' and 'subject'");
		VEC_PUSH(twin->arena, &client->federated, f);
	}
	return true;
}

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
			  ? load_keys(value, "a refusal", "number status error times claims body retry_after",
				      err) &&
				    load_int(value, "number", 0, INT32_MAX, &r->number, err) &&
				    load_int(value, "status", 400, 599, &r->status, err) &&
				    load_text(twin, value, "error", &r->error, err) &&
				    load_int(value, "times", 1, INT32_MAX, &r->times, err) &&
				    load_text(twin, value, "claims", &r->claims, err) &&
				    load_text(twin, value, "body", &r->body, err) &&
				    load_int(value, "retry_after", 0, 86400, &r->retry_after_s, err)
			  : load_int(item, "refused", 1, INT32_MAX, &r->number, err);
	client->refusal = r;
	return ok || error_wrap(err, "refused");
}

static bool load_client(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
			struct error *err)
{
	struct twin_client client = {.has_principal = true};
	if (!load_keys(item, "a client",
		       "client_id secret certificate federated refused roles secret_expired disabled public "
		       "service_principal",
		       err) ||
	    !load_guid(twin, item, "client_id", &client.id, err) ||
	    !load_text(twin, item, "secret", &client.secret, err) ||
	    !load_text(twin, item, "certificate", &client.certificate, err) ||
	    !load_federated(twin, &client, json_get(item, "federated"), err) ||
	    !load_refusal(twin, &client, item, err) ||
	    !load_bool(item, "secret_expired", &client.secret_expired, err) ||
	    !load_bool(item, "disabled", &client.disabled, err) ||
	    !load_bool(item, "public", &client.is_public, err) ||
	    !load_bool(item, "service_principal", &client.has_principal, err))
		return false;
	if (!client.id)
		return error_set(err, ERR_INVALID, "a client needs a 'client_id'");
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

static bool load_sku(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
		     struct error *err)
{
	const char *name = NULL, *id = NULL, *applies_to = NULL;
	if (!load_keys(item, "a SKU", "sku id plans applies_to not_sold_in off_together", err) ||
	    !load_text(twin, item, "sku", &name, err) || !load_guid(twin, item, "id", &id, err) ||
	    !load_text(twin, item, "applies_to", &applies_to, err))
		return false;
	if (!name)
		return error_set(err, ERR_INVALID, "a SKU needs its part number as 'sku'");
	struct twin_sku *sku = twin_ensure_sku(twin, tenant, name);
	if (!sku) {
		struct twin_count *none = arena_alloc(twin->arena, sizeof *none);
		none->written_ms = TWIN_BEFORE_ALL;
		sku = arena_alloc(twin->arena, sizeof *sku);
		*sku = (struct twin_sku){.part_number = name, .applies_to = "User", .consumed = none};
		sku->id = id ? id : twin_derive_id(twin, "sku", name);
		VEC_PUSH(twin->arena, &tenant->skus, sku);
	}
	sku->id = id ? id : sku->id;
	sku->applies_to = applies_to ? applies_to : sku->applies_to;
	const struct json *list = json_get(item, "plans");
	struct twin_plan *plans = arena_alloc_array(twin->arena, json_count(list), sizeof *plans);
	size_t count = 0;
	JSON_EACH (value, list) {
		struct twin_plan *plan = &plans[count++];
		const char *whose = "User";
		if (!load_keys(value, "a service plan", "id name applies_to", err) ||
		    !load_text(twin, value, "applies_to", &whose, err) ||
		    !load_guid(twin, value, "id", &plan->id, err) ||
		    !load_text(twin, value, "name", &plan->name, err))
			return false;
		if (!plan->name)
			return error_set(err, ERR_INVALID, "a service plan needs a 'name'");
		plan->id = plan->id ? plan->id : twin_derive_id(twin, "plan", plan->name);
		plan->for_company = str_eq(whose, "Company");
	}
	if (list) {
		sku->plans = plans;
		sku->plan_count = count;
	}
	return load_off_together(twin, sku, json_get(item, "off_together"), err) &&
	       load_texts(twin, item, "not_sold_in", &sku->not_sold_in, err);
}

static bool load_subscription(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
			      struct error *err)
{
	static const char *const statuses[] = {"Enabled", "Warning", "Suspended", "LockedOut", "Deleted"};
	struct twin_subscription *s = arena_alloc(twin->arena, sizeof *s);
	struct twin_subscription_version *v = arena_alloc(twin->arena, sizeof *v);
	*v = (struct twin_subscription_version){
		.written_ms = TWIN_BEFORE_ALL, .status = "Enabled", .next_ms = -1, .listed = true};
	const char *sku = NULL;
	s->created_ms = twin_wall(twin) / 86400000 * 86400000;
	if (!load_keys(item, "a subscription",
		       "id commerce_id sku seats status created ends trial owner_tenant", err) ||
	    !load_guid(twin, item, "id", &s->id, err) ||
	    !load_guid(twin, item, "commerce_id", &s->commerce_id, err) ||
	    !load_text(twin, item, "sku", &sku, err) ||
	    !load_int(item, "seats", 0, INT32_MAX, &v->seats, err) ||
	    !load_text(twin, item, "status", &v->status, err) ||
	    !load_time(item, "created", &s->created_ms, err) || !load_time(item, "ends", &v->next_ms, err) ||
	    !load_bool(item, "trial", &s->is_trial, err) ||
	    !load_guid(twin, item, "owner_tenant", &s->owner_tenant, err))
		return false;
	s->sku = sku ? twin_ensure_sku(twin, tenant, sku) : NULL;
	if (!s->sku)
		return error_set(err, ERR_INVALID, "no SKU '%s' is known", sku ? sku : "");
	const char *status = NULL;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		status = str_eq(statuses[i], v->status) ? statuses[i] : status;
	/* Any other word is kept: Graph may one day use it, and a client must stop at it. */
	v->status = status ? status : v->status;
	const char *name =
		arena_printf(twin->arena, "%s %zu", s->sku->part_number, tenant->subscriptions.count);
	s->id = s->id ? s->id : twin_derive_id(twin, tenant->id, name);
	s->commerce_id = s->commerce_id ? s->commerce_id : twin_derive_id(twin, s->id, "commerce");
	s->now = v;
	VEC_PUSH(twin->arena, &tenant->subscriptions, s);
	return true;
}

static bool load_group(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
		       struct error *err)
{
	struct twin_group *group = arena_alloc(twin->arena, sizeof *group);
	struct twin_group_version *v = arena_alloc(twin->arena, sizeof *v);
	*v = (struct twin_group_version){.written_ms = TWIN_BEFORE_ALL};
	if (!load_keys(item, "a group", "id name members licenses synced", err) ||
	    !load_guid(twin, item, "id", &group->id, err) ||
	    !load_text(twin, item, "name", &group->name, err) ||
	    !load_bool(item, "synced", &group->is_synced, err))
		return false;
	if (!group->name)
		return error_set(err, ERR_INVALID, "a group needs a 'name'");
	group->id = group->id ? group->id : twin_derive_id(twin, tenant->id, group->name);
	group->now = v;
	JSON_EACH (member, json_get(item, "members")) {
		const char *name = json_text(member);
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
	JSON_EACH (value, json_get(item, "licenses")) {
		struct twin_assignment a;
		if (!load_license(twin, tenant, value, &a, err))
			return error_wrap(err, "group '%s'", group->name);
		a.group = group;
		VEC_PUSH(twin->arena, &v->licenses, (struct twin_group_license){a.sku, a.disabled});
		v->processing_state = "ProcessingComplete";
		for (size_t i = 0; i < v->members.count; i++) {
			struct twin_user_version *edit = twin_user_edit(twin, v->members.items[i]);
			*edit = *v->members.items[i]->now;
			VEC_PUSH(twin->arena, &edit->assignments, a);
			v->members.items[i]->now = edit;
		}
	}
	VEC_PUSH(twin->arena, &tenant->groups, group);
	return true;
}

static bool load_contract(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
			  struct error *err)
{
	struct twin_contract contract = {.type = "BreadthPartner"};
	if (!load_keys(item, "a contract", "customer name domain type", err) ||
	    !load_guid(twin, item, "customer", &contract.customer, err) ||
	    !load_text(twin, item, "name", &contract.name, err) ||
	    !load_text(twin, item, "domain", &contract.domain, err) ||
	    !load_text(twin, item, "type", &contract.type, err))
		return false;
	if (!contract.customer)
		return error_set(err, ERR_INVALID, "a contract needs a 'customer'");
	contract.id = twin_derive_id(twin, tenant->id, contract.customer);
	VEC_PUSH(twin->arena, &tenant->contracts, contract);
	return true;
}

static bool load_gdap(struct twin *twin, struct twin_tenant *tenant, const struct json *item,
		      struct error *err)
{
	struct twin_gdap gdap = {.status = "active", .duration = "P730D", .name = "Administration"};
	if (!load_keys(item, "a GDAP relationship", "id customer name status activated ends duration roles",
		       err) ||
	    !load_text(twin, item, "id", &gdap.id, err) ||
	    !load_guid(twin, item, "customer", &gdap.customer, err) ||
	    !load_text(twin, item, "name", &gdap.name, err) ||
	    !load_text(twin, item, "status", &gdap.status, err) ||
	    !load_text(twin, item, "activated", &gdap.activated, err) ||
	    !load_text(twin, item, "ends", &gdap.ends, err) ||
	    !load_text(twin, item, "duration", &gdap.duration, err) ||
	    !load_texts(twin, item, "roles", &gdap.roles, err))
		return false;
	if (!gdap.customer)
		return error_set(err, ERR_INVALID, "a GDAP relationship needs a 'customer'");
	if (!gdap.id)
		gdap.id = arena_printf(twin->arena, "%s-%s", twin_derive_id(twin, tenant->id, gdap.name),
				       gdap.customer);
	VEC_PUSH(twin->arena, &tenant->gdap, gdap);
	return true;
}

static bool load_organization(struct twin *twin, struct twin_tenant *tenant, const struct json *object,
			      struct error *err)
{
	const char *domain = NULL;
	tenant->tenant_type = "AAD";
	tenant->country = "US";
	if (!load_keys(object, "a tenant",
		       "id name domain domains country default_usage_location tenant_type partner_type "
		       "synced clients skus subscriptions users groups contracts gdap",
		       err) ||
	    !load_guid(twin, object, "id", &tenant->id, err) ||
	    !load_text(twin, object, "name", &tenant->name, err) ||
	    !load_text(twin, object, "domain", &domain, err) ||
	    !load_text(twin, object, "country", &tenant->country, err) ||
	    !load_text(twin, object, "default_usage_location", &tenant->default_usage_location, err) ||
	    !load_text(twin, object, "tenant_type", &tenant->tenant_type, err) ||
	    !load_text(twin, object, "partner_type", &tenant->partner_type, err) ||
	    !load_bool(object, "synced", &tenant->is_synced, err))
		return false;
	if (!tenant->id || !tenant->name || !domain)
		return error_set(err, ERR_INVALID, "a tenant needs an 'id', a 'name' and a 'domain'");
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
