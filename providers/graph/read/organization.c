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
