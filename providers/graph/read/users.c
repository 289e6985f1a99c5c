/* Users: by name or id, and the holders of a SKU. Licence properties come only when selected. */
#include "core/quote.h"
#include "providers/graph/read/resources.h"

#include <string.h>

#define USER_SELECT                                                                                          \
	"$select=id,userPrincipalName,displayName,accountEnabled,userType,usageLocation,"                    \
	"onPremisesSyncEnabled,assignedLicenses,licenseAssignmentStates"

static const char *select_of(bool services)
{
	return services ? USER_SELECT ",provisionedPlans" : USER_SELECT;
}

const char users_count_url[] = "/users?$count=true&$top=1&$select=id";
const char deleted_users_url[] =
	"/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName&$top=999";

struct user_answer {
	struct user user;
	const char *type;
};

const struct field license_fields[] = {
	FIELD(struct license, sku_id, "skuId", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct license, disabled_plans, "disabledPlans", FIELD_TEXTS, 0),
	{0},
};

static const struct field state_fields[] = {
	FIELD(struct license_state, sku_id, "skuId", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct license_state, group_id, "assignedByGroup", FIELD_GUID, 0),
	FIELD(struct license_state, state, "state", FIELD_TEXT, 0),
	FIELD(struct license_state, error, "error", FIELD_TEXT, 0),
	FIELD(struct license_state, updated, "lastUpdatedDateTime", FIELD_TEXT, 0),
	FIELD(struct license_state, disabled_plans, "disabledPlans", FIELD_TEXTS, 0),
	{0},
};

static const struct field service_fields[] = {
	FIELD(struct provisioned_service, service, "service", FIELD_TEXT, 0),
	FIELD(struct provisioned_service, capability, "capabilityStatus", FIELD_TEXT, 0),
	FIELD(struct provisioned_service, status, "provisioningStatus", FIELD_TEXT, 0),
	{0},
};

/* assignedLicenses is required: without it, "no licence" and "not told" could not be told apart. */
static const struct field user_fields[] = {
	FIELD(struct user_answer, user.id, "id", FIELD_GUID, FIELD_REQUIRED),
	FIELD(struct user_answer, user.upn, "userPrincipalName", FIELD_TEXT,
	      FIELD_REQUIRED | FIELD_NOT_EMPTY),
	FIELD(struct user_answer, user.display_name, "displayName", FIELD_TEXT, 0),
	FIELD(struct user_answer, user.enabled, "accountEnabled", FIELD_BOOL, 0),
	FIELD(struct user_answer, type, "userType", FIELD_TEXT, 0),
	FIELD(struct user_answer, user.usage_location, "usageLocation", FIELD_TEXT, 0),
	FIELD(struct user_answer, user.is_synced, "onPremisesSyncEnabled", FIELD_BOOL, 0),
	FIELD(struct user_answer, user.licenses, "assignedLicenses", FIELD_LIST, FIELD_REQUIRED,
	      .fields = license_fields, .item_size = sizeof(struct license)),
	FIELD(struct user_answer, user.states, "licenseAssignmentStates", FIELD_LIST, 0,
	      .fields = state_fields, .item_size = sizeof(struct license_state)),
	FIELD(struct user_answer, user.services, "provisionedPlans", FIELD_LIST, 0, .fields = service_fields,
	      .item_size = sizeof(struct provisioned_service)),
	{0},
};

void id_list_normalize(struct str_list *list, struct arena *out)
{
	for (size_t i = 0; i < list->count; i++)
		list->items[i] = str_lower(out, list->items[i]);
	str_list_sort_unique(list);
}

void license_list_normalize(struct license_list *list, struct arena *out)
{
	for (size_t i = 0; i < list->count; i++)
		id_list_normalize(&list->items[i].disabled_plans, out);
}

bool user_from_json(const struct json *object, struct arena *out, struct user *ret, struct error *err)
{
	struct user_answer answer = {.user = {.enabled = true}};
	if (!fields_from_json(user_fields, object, "user", out, &answer, err))
		return false;
	struct user *user = &answer.user;
	user->is_guest = str_eq_fold(answer.type, "Guest");
	if (user->usage_location && !*user->usage_location)
		user->usage_location = NULL;
	license_list_normalize(&user->licenses, out);
	for (size_t i = 0; i < user->states.count; i++) {
		struct license_state *state = &user->states.items[i];
		id_list_normalize(&state->disabled_plans, out);
		if (!state->state)
			state->state = "Active";
		if (str_eq(state->error, "None") || str_eq(state->error, ""))
			state->error = NULL;
	}
	*ret = *user;
	return true;
}

char *user_url(struct arena *out, const char *id_or_upn, bool services)
{
	/* A name that begins with a dollar sign would be taken for a query option. */
	if (id_or_upn[0] == '$')
		return arena_printf(out, "/users(%s)?%s", quote_url(out, quote_odata(out, id_or_upn)),
				    select_of(services));
	return arena_printf(out, "/users/%s?%s", quote_url(out, id_or_upn), select_of(services));
}

char *license_details_url(struct arena *out, const char *user_id)
{
	return arena_printf(out, "/users/%s/licenseDetails", quote_url(out, user_id));
}

char *users_holding_url(struct arena *out, const char *sku_id, bool services)
{
	return arena_printf(out, "/users?$filter=assignedLicenses/any(x:x/skuId%%20eq%%20%s)&%s&$top=999",
			    sku_id, select_of(services));
}

char *users_named_url(struct arena *out, const char *prefix)
{
	const char *filter = arena_printf(out, "startswith(userPrincipalName,%s)", quote_odata(out, prefix));
	return arena_printf(out, "/users?$filter=%s&$select=id,userPrincipalName&$top=999",
			    quote_url(out, filter));
}

char *users_of_address_url(struct arena *out, const char *address, bool proxy)
{
	const char *literal = quote_odata(out, proxy ? arena_printf(out, "smtp:%s", address) : address);
	const char *filter = proxy ? arena_printf(out, "proxyAddresses/any(p:p eq %s)", literal)
				   : arena_printf(out, "mail eq %s", literal);
	return arena_printf(out, "/users?$filter=%s&$select=id,userPrincipalName&$top=5",
			    quote_url(out, filter));
}

char *group_objects_url(struct arena *out, const char *id)
{
	return arena_printf(out, "/groups/%s/members?$select=id,displayName&$top=999", quote_url(out, id));
}

char *group_members_url(struct arena *out, const char *id, bool services)
{
	return arena_printf(out, "/groups/%s/members/microsoft.graph.user?%s&$top=999", quote_url(out, id),
			    select_of(services));
}
