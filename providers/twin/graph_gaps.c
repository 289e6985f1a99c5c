/*
 * What the real service has and the twin does not imitate: so that asking for it is answered as a gap of the
 * twin, not as a mistake of the client.
 *
 * The first segments of Graph v1.0, after the request builders of Microsoft's own SDK for Go (2025).
 */
#include "providers/twin/graph.h"

#include <string.h>

static const char real_segments[] =
	" admin agreementAcceptances agreements appCatalogs applicationTemplates applications auditLogs "
	"authenticationMethodConfigurations authenticationMethodsPolicy certificateBasedAuthConfiguration "
	"chats "
	"communications compliance connections contacts contracts dataPolicyOperations deviceAppManagement "
	"deviceManagement devices directory directoryObjects directoryRoleTemplates directoryRoles "
	"domainDnsRecords "
	"domains drives education employeeExperience external filterOperators functions "
	"groupLifecyclePolicies "
	"groupSettingTemplates groupSettings groups identity identityGovernance identityProtection "
	"identityProviders informationProtection invitations me oauth2PermissionGrants organization "
	"permissionGrants places planner policies print privacy reports roleManagement schemaExtensions "
	"scopedRoleMemberships search security servicePrincipals shares sites solutions subscribedSkus "
	"subscriptions teams teamsTemplates teamwork tenantRelationships users ";

/* With or without a key or a function behind it: "users('…')". */
static bool is_real(const char *segment, struct arena *tmp)
{
	size_t len = strcspn(segment, "(");
	const char *word = arena_printf(tmp, " %.*s ", (int)len, segment);
	return len && !strchr(segment, ' ') && str_find_fold(real_segments, word);
}

void graph_refuse_path(struct call *call, size_t first)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list path = {0};
	for (size_t i = first; i < call->segment_count; i++)
		VEC_PUSH(tmp, &path, call->segments[i]);
	const char *last = path.count ? path.items[path.count - 1] : "";
	if (path.count && is_real(path.items[0], tmp))
		call_error(call, 501, "NotImplemented", "The twin does not imitate '%s /%s'.", call->method,
			   str_list_join(tmp, &path, "/"));
	else
		call_error(call, 400, "BadRequest", "Resource not found for the segment '%s'.", last);
}
