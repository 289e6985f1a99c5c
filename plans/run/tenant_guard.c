/* Whose tenant a provider is bound to. */
#include "plans/run/tenant_guard.h"

#include "core/quote.h"
#include "core/str.h"

static bool refuse(struct error *err, const struct desired *desired, const char *why)
{
	error_set(err, ERR_WRONG_TENANT, "wrong tenant: %s", why);
	if (desired->file)
		error_where(err, "%s", desired->file);
	return error_hint(err,
			  "Nothing else was asked of that tenant. Check tenant.id, tenant.domain and whose "
			  "credentials these are.");
}

static bool wrong(struct error *err, const struct desired *desired, const char *what, const char *found,
		  const char *wanted)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const char *who = desired->customer ? arena_printf(tmp, "the file of '%s' says", desired->customer)
					    : "wanted was";
	return refuse(err, desired,
		      arena_printf(tmp, "%s is '%s', %s '%s'", what,
				   quote_terminal(tmp, found ? found : "not there"), who,
				   quote_terminal(tmp, wanted)));
}

static bool no_customers(struct error *err, const struct desired *desired, const char *tenant, const char *is)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	return refuse(err, desired,
		      arena_printf(tmp, "'%s' is %s, and not a customer's", quote_terminal(tmp, tenant), is));
}

static bool has_domain(const struct organization *org, const char *domain)
{
	for (size_t i = 0; i < org->verified_domains.count; i++)
		if (str_eq_fold(org->verified_domains.items[i].name, domain))
			return true;
	return false;
}

/* The file was pinned to another tenant since: what the plan says is not about that one. */
static bool other_tenant(const struct plan *plan, const struct desired *desired, struct error *err)
{
	error_set(err, ERR_STALE, "plan and customer file name different tenants: '%s', '%s'",
		  plan->tenant_id, desired->tenant_id);
	if (desired->file)
		error_where(err, "%s", desired->file);
	return error_hint(err,
			  "No tenant was asked anything. Put tenant.id back, or plan again for that tenant: "
			  "'seatshift plan %s'.",
			  plan->customer);
}

bool tenant_agree(const struct tenant_case *tenant, struct error *err)
{
	const struct desired *desired = tenant->desired;
	const char *partner = tenant->policy->partner_tenant;
	const char *planned = tenant->plan ? tenant->plan->tenant_id : desired->tenant_id;
	if (partner && (str_eq_fold(partner, desired->tenant_id) || str_eq_fold(partner, planned)))
		return no_customers(err, desired, partner, "the partner's own tenant");
	return str_eq_fold(planned, desired->tenant_id) || other_tenant(tenant->plan, desired, err);
}

bool tenant_matches(const struct tenant_case *tenant, const struct organization *org, struct error *err)
{
	const struct desired *desired = tenant->desired;
	if (!str_eq_fold(org->id, desired->tenant_id))
		return wrong(err, desired, "the tenant's id", org->id, desired->tenant_id);
	if (!has_domain(org, desired->tenant_domain)) {
		const char *first =
			org->verified_domains.count ? org->verified_domains.items[0].name : "none";
		return wrong(err, desired, "a verified domain of the tenant", first, desired->tenant_domain);
	}
	if (desired->tenant_name && !str_eq(org->display_name, desired->tenant_name))
		return wrong(err, desired, "the organisation's name", org->display_name,
			     desired->tenant_name);
	if (org->partner_tenant_type)
		return no_customers(err, desired, org->id, "a partner's tenant");
	if (org->tenant_type && !str_eq(org->tenant_type, "AAD"))
		return no_customers(err, desired, org->id, "a tenant for apps' own users or the like");
	return true;
}

bool tenant_prove(struct provider *provider, const struct tenant_case *tenant, struct arena *out,
		  struct organization *ret, struct error *err)
{
	struct organization org = {0};
	if (!tenant_agree(tenant, err) || !provider->ops->identify(provider, out, &org, err) ||
	    !tenant_matches(tenant, &org, err))
		return false;
	*ret = org;
	return true;
}
