/* Graph's front door: token, route, permissions, limits, and the headers of every answer. */
#include "providers/twin/graph.h"

#include "providers/twin/login.h"

#include <string.h>

/* One of these lets a call through; after reference of permissions per call. */
#define ORG_READ "Organization.Read.All|Organization.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All"
#define USER_READ                                                                                            \
	"User.Read.All|User.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All|User.ReadBasic.All"
#define GROUP_READ                                                                                           \
	"GroupMember.Read.All|Group.Read.All|Group.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All"
#define LICENSE_WRITE "LicenseAssignment.ReadWrite.All|User.ReadWrite.All|Directory.ReadWrite.All"
#define LICENSE_READ "LicenseAssignment.Read.All|LicenseAssignment.ReadWrite.All|" ORG_READ
#define GDAP_READ "DelegatedAdminRelationship.Read.All|DelegatedAdminRelationship.ReadWrite.All"

static const struct route {
	const char *method;
	const char *pattern;
	const char *roles;
	int64_t units; /* resource units, before modifiers */
	bool is_write;
	void (*handle)(struct call *call);
} routes[] = {
	{"GET", "organization", ORG_READ "|User.Read", 1, false, graph_organizations},
	{"GET", "organization/{}", ORG_READ "|User.Read", 1, false, graph_organization},
	{"GET", "domains", "Domain.Read.All|Domain.ReadWrite.All|Directory.Read.All", 1, false,
	 graph_domains},
	{"GET", "domains/{}", "Domain.Read.All|Domain.ReadWrite.All|Directory.Read.All", 1, false,
	 graph_domain},
	{"GET", "subscribedSkus", LICENSE_READ, 3, false, graph_skus},
	{"GET", "subscribedSkus/{}", LICENSE_READ, 1, false, graph_sku},
	{"GET", "directory/subscriptions", ORG_READ, 1, false, graph_subscriptions},
	{"GET", "directory/subscriptions/{}", ORG_READ, 1, false, graph_subscription},
	{"GET", "directory/subscriptions(commerceSubscriptionId='{}')", ORG_READ, 1, false,
	 graph_subscription_by_commerce},
	{"GET", "directory/deletedItems/microsoft.graph.user", USER_READ, 1, false, graph_deleted_users},
	{"GET", "users", USER_READ, 2, false, graph_users},
	{"GET", "users/$count", USER_READ, 1, false, graph_users_count},
	{"GET", "users/delta", USER_READ, 2, false, graph_users_delta},
	{"GET", "users/delta()", USER_READ, 2, false, graph_users_delta},
	{"GET", "users/microsoft.graph.delta()", USER_READ, 2, false, graph_users_delta},
	{"GET", "users('{}')", USER_READ, 1, false, graph_user},
	{"GET", "users/{}", USER_READ, 1, false, graph_user},
	{"GET", "me", USER_READ "|User.Read", 1, false, graph_me},
	{"GET", "me/licenseDetails", USER_READ "|User.Read|LicenseAssignment.Read.All", 1, false,
	 graph_my_license_details},
	{"PATCH", "users/{}", "User.ReadWrite.All|Directory.ReadWrite.All", 1, true, graph_user_patch},
	{"GET", "users/{}/licenseDetails", USER_READ "|LicenseAssignment.Read.All", 2, false,
	 graph_user_license_details},
	{"GET", "users/{}/memberOf", USER_READ, 2, false, graph_user_member_of},
	{"GET", "users/{}/memberOf/microsoft.graph.group", USER_READ, 2, false, graph_user_groups},
	{"GET", "users/{}/transitiveMemberOf", USER_READ, 2, false, graph_user_member_of},
	{"GET", "users/{}/transitiveMemberOf/microsoft.graph.group", USER_READ, 2, false, graph_user_groups},
	{"POST", "users/{}/assignLicense", LICENSE_WRITE, 1, true, graph_assign_license},
	{"POST", "users('{}')/assignLicense", LICENSE_WRITE, 1, true, graph_assign_license},
	{"POST", "users/{}/reprocessLicenseAssignment", "User.ReadWrite.All|Directory.ReadWrite.All", 1, true,
	 graph_reprocess_license},
	{"GET", "groups", GROUP_READ, 1, false, graph_groups},
	{"GET", "groups/{}", GROUP_READ, 1, false, graph_group},
	{"GET", "groups/{}/members", GROUP_READ, 3, false, graph_group_members},
	{"GET", "groups/{}/members/$count", GROUP_READ, 3, false, graph_group_members_count},
	{"GET", "groups/{}/transitiveMembers/$count", GROUP_READ, 5, false, graph_group_members_count},
	{"GET", "groups/{}/members/microsoft.graph.user", GROUP_READ, 3, false, graph_group_users},
	{"GET", "groups/{}/members/microsoft.graph.group", GROUP_READ, 3, false, graph_group_members},
	{"GET", "groups/{}/members/microsoft.graph.device", GROUP_READ, 3, false, graph_group_members},
	{"GET", "groups/{}/members/microsoft.graph.orgContact", GROUP_READ, 3, false, graph_group_members},
	{"GET", "groups/{}/members/microsoft.graph.servicePrincipal", GROUP_READ, 3, false,
	 graph_group_members},
	{"GET", "groups/{}/transitiveMembers", GROUP_READ, 5, false, graph_group_members},
	{"GET", "groups/{}/transitiveMembers/microsoft.graph.user", GROUP_READ, 5, false, graph_group_users},
	{"GET", "groups/{}/membersWithLicenseErrors", GROUP_READ, 3, false, graph_group_error_members},
	{"POST", "groups/{}/assignLicense", LICENSE_WRITE "|Group.ReadWrite.All", 1, true,
	 graph_group_assign_license},
	{"GET", "contracts", "Directory.Read.All|Directory.ReadWrite.All", 3, false, graph_contracts},
	{"GET", "contracts/{}", "Directory.Read.All|Directory.ReadWrite.All", 1, false, graph_contract},
	{"GET", "tenantRelationships/delegatedAdminRelationships", GDAP_READ, 1, false, graph_gdap_list},
	{"GET", "tenantRelationships/delegatedAdminRelationships/{}", GDAP_READ, 1, false, graph_gdap},
	{"GET", "tenantRelationships/delegatedAdminRelationships/{}/accessAssignments", GDAP_READ, 1, false,
	 graph_gdap_assignments},
	{"GET", "tenantRelationships/delegatedAdminRelationships/{}/accessAssignments/{}", GDAP_READ, 1,
	 false, graph_gdap_assignment},
	{"GET", "tenantRelationships/delegatedAdminCustomers", GDAP_READ, 1, false, graph_gdap_customers},
	{"GET", "tenantRelationships/delegatedAdminCustomers/{}", GDAP_READ, 1, false, graph_gdap_customer},
	{"GET", "tenantRelationships/findTenantInformationByTenantId(tenantId='{}')",
	 "CrossTenantInformation.ReadBasic.All", 1, false, graph_find_tenant},
	{"GET", "tenantRelationships/findTenantInformationByDomainName(domainName='{}')",
	 "CrossTenantInformation.ReadBasic.All", 1, false, graph_find_tenant},
	{"POST", "$batch", "", 0, false, graph_batch},
};

static bool refuse_token(struct call *call, const char *message)
{
	call_add_header(
		call, "WWW-Authenticate",
		arena_printf(call->arena,
			     "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/v2.0/authorize\", "
			     "client_id=\"00000003-0000-0000-c000-000000000000\"",
			     call->base));
	return call_error(call, 401, "InvalidAuthenticationToken", "%s", message);
}

static bool check_token(struct call *call)
{
	if (call->outer) {
		call->token = call->outer->token;
		call->tenant = call->outer->tenant;
		return true;
	}
	const char *header = call_header(call, "authorization");
	if (!header || strncasecmp(header, "Bearer ", 7) != 0 || !header[7])
		return refuse_token(call, "Access token is empty.");
	const struct twin_token_list *tokens = &call->twin->tokens;
	for (size_t i = tokens->count; i-- > 0 && !call->token;) {
		if (str_eq(tokens->items[i].text, header + 7))
			call->token = &tokens->items[i];
	}
	if (!call->token)
		return refuse_token(call, "CompactToken parsing failed with error code: 80049217");
	call->tenant = call->token->tenant;
	if (call->token->expires_ms <= twin_now(call->twin))
		return refuse_token(call, "Lifetime validation failed, the token is expired.");
	if (!call->token->has_principal)
		return call_error(call, 401, "Authorization_IdentityNotFound",
				  "The identity of the calling application could not be established.");
	if (call->tenant->challenge && !call->token->answers_challenge)
		return login_challenge(call);
	return true;
}

/* The route, or NULL with the refusal answered. Anything not imitated is refused here. */
static const struct route *find_route(struct call *call)
{
	size_t first = call->outer ? 0 : 1;
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		if (str_eq(routes[i].method, call->method) && call_matches(call, first, routes[i].pattern))
			return &routes[i];
	}
	graph_refuse_path(call, first);
	return NULL;
}

static int64_t price(const struct call *call, const struct route *route)
{
	int64_t units = route->units;
	const char *top = call_param(call, "$top");
	int64_t value;
	if (route->is_write || units == 0)
		return units;
	units -= call_param(call, "$select") ? 1 : 0;
	units -= top && str_parse_int(top, 1, 19, &value) ? 1 : 0;
	return units < 1 ? 1 : units;
}

static void dispatch(struct call *call)
{
	if (!check_token(call))
		return;
	const struct route *route = find_route(call);
	if (!route)
		return;
	if (call->outer && route->handle == graph_batch) {
		call_error(call, 400, "BadRequest", "Batch requests cannot be nested.");
		return;
	}
	log_count(call->twin, route->method, route->pattern);
	int64_t units = price(call, route);
	if (units && !throttle_charge(call, units, route->is_write))
		return;
	if (*route->roles && !graph_token_has(call, route->roles)) {
		call_error(call, 403, "Authorization_RequestDenied",
			   "Insufficient privileges to complete the operation.");
		return;
	}
	if (units)
		call_add_header(call, "x-ms-resource-unit",
				arena_printf(call->arena, "%lld", (long long)units));
	call->shows_newest = route->is_write;
	route->handle(call);
}

void graph_handle(struct call *call)
{
	const char *client_id = call_header(call, "client-request-id");
	call_add_header(call, "request-id", call->request_id);
	call_add_header(call, "client-request-id", client_id ? client_id : call->request_id);
	call_add_header(call, "x-ms-ags-diagnostic",
			"{\"ServerInfo\":{\"DataCenter\":\"Loopback\",\"Slice\":\"E\",\"Ring\":\"0\","
			"\"ScaleUnit\":\"001\",\"RoleInstance\":\"TWIN\"}}");
	if (!call->outer)
		call_add_header(call, "OData-Version", "4.0");
	dispatch(call);
	if (call->outer)
		call->twin->parts++;
}
