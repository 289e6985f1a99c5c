/* Groups that hand out licences. */
#include "core/quote.h"
#include "providers/graph/read/resources.h"

#define GROUP_SELECT                                                                                         \
	"$select=id,displayName,assignedLicenses,licenseProcessingState,onPremisesSyncEnabled,groupTypes,"   \
	"membershipRule,membershipRuleProcessingState,isAssignableToRole"

static const struct field processing_fields[] = {
	FIELD(struct group, processing_state, "state", FIELD_TEXT, 0),
	{0},
};

static const struct field group_fields[] = {
	FIELD(struct group, id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct group, display_name, "displayName", FIELD_TEXT, 0),
	FIELD(struct group, is_synced, "onPremisesSyncEnabled", FIELD_BOOL, 0),
	FIELD(struct group, licenses, "assignedLicenses", FIELD_LIST, FIELD_REQUIRED,
	      .fields = license_fields, .item_size = sizeof(struct license)),
	FIELD(struct group, types, "groupTypes", FIELD_TEXTS, FIELD_NULLABLE),
	FIELD(struct group, rule, "membershipRule", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct group, rule_state, "membershipRuleProcessingState", FIELD_TEXT, FIELD_NULLABLE),
	FIELD(struct group, is_role_assignable, "isAssignableToRole", FIELD_BOOL, FIELD_NULLABLE),
	{.name = "licenseProcessingState", .type = FIELD_STRUCT, .fields = processing_fields},
	{0},
};

bool group_from_json(const struct json *object, struct arena *out, struct group *ret, struct error *err)
{
	struct group group = {0};
	if (!fields_from_json(group_fields, object, "group", out, &group, err))
		return false;
	if (!group.display_name)
		group.display_name = "";
	license_list_normalize(&group.licenses, out);
	*ret = group;
	return true;
}

char *group_url(struct arena *out, const char *id)
{
	return arena_printf(out, "/groups/%s?" GROUP_SELECT, quote_url(out, id));
}

char *groups_named_url(struct arena *out, const char *display_name)
{
	const char *literal = quote_url(out, quote_odata(out, display_name));
	return arena_printf(out, "/groups?$filter=displayName%%20eq%%20%s&" GROUP_SELECT, literal);
}

char *groups_like_url(struct arena *out, const char *prefix)
{
	const char *filter = arena_printf(out, "startswith(displayName,%s)", quote_odata(out, prefix));
	return arena_printf(out, "/groups?$filter=%s&$select=id,displayName&$top=999",
			    quote_url(out, filter));
}

char *groups_of_address_url(struct arena *out, const char *address)
{
	const char *filter = arena_printf(out, "mail eq %s", quote_odata(out, address));
	return arena_printf(out, "/groups?$filter=%s&$select=id,displayName,mail&$top=5",
			    quote_url(out, filter));
}

char *groups_licensing_url(struct arena *out, const char *sku_id)
{
	return arena_printf(
		out, "/groups?$filter=assignedLicenses/any(x:x/skuId%%20eq%%20%s)&" GROUP_SELECT "&$top=999",
		sku_id);
}
