/* GET /organization: whose tenant this is. */
#include "providers/graph/read/resources.h"

const char organization_url[] =
	"/organization?$select=id,displayName,defaultUsageLocation,tenantType,partnerTenantType,"
	"verifiedDomains";

static const struct field domain_fields[] = {
	FIELD(struct verified_domain, name, "name", FIELD_TEXT, FIELD_REQUIRED),
	FIELD(struct verified_domain, is_initial, "isInitial", FIELD_BOOL, 0),
	FIELD(struct verified_domain, is_default, "isDefault", FIELD_BOOL, 0),
	{0},
};

static const struct field organization_fields[] = {
	FIELD(struct organization, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct organization, display_name, "displayName", FIELD_TEXT, 0),
	FIELD(struct organization, default_usage_location, "defaultUsageLocation", FIELD_TEXT, 0),
	FIELD(struct organization, tenant_type, "tenantType", FIELD_TEXT, 0),
	FIELD(struct organization, partner_tenant_type, "partnerTenantType", FIELD_TEXT, 0),
	FIELD(struct organization, verified_domains, "verifiedDomains", FIELD_LIST, FIELD_REQUIRED,
	      .fields = domain_fields, .item_size = sizeof(struct verified_domain)),
	{0},
};

bool organization_from_json(const struct json *object, struct arena *out, struct organization *ret,
			    struct error *err)
{
	struct organization organization = {0};
	if (!fields_from_json(organization_fields, object, "organization", out, &organization, err))
		return false;
	if (!organization.display_name)
		organization.display_name = "";
	*ret = organization;
	return true;
}

void organization_copy(const struct organization *from, struct arena *out, struct organization *ret)
{
	*ret = (struct organization){.id = arena_strdup(out, from->id),
				     .display_name = arena_strdup(out, from->display_name),
				     .default_usage_location =
					     arena_strdup(out, from->default_usage_location),
				     .tenant_type = arena_strdup(out, from->tenant_type),
				     .partner_tenant_type = arena_strdup(out, from->partner_tenant_type)};
	for (size_t i = 0; i < from->verified_domains.count; i++) {
		struct verified_domain domain = from->verified_domains.items[i];
		domain.name = arena_strdup(out, domain.name);
		VEC_PUSH(out, &ret->verified_domains, domain);
	}
}
