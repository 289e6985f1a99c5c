/* What the handlers of Graph's paths share: refusals, and what a token allows. */
#include "providers/twin/graph.h"

#include <string.h>

bool graph_token_has(const struct call *call, const char *roles)
{
	for (const char *p = roles; *p;) {
		size_t len = strcspn(p, "|");
		const char *role = arena_strndup(call->arena, p, len);
		if (str_list_has_fold(&call->token->roles, role))
			return true;
		p += len + (p[len] == '|');
	}
	return false;
}

void graph_not_found(struct call *call, const char *key)
{
	call_error(call, 404, "Request_ResourceNotFound",
		   "Resource '%s' does not exist or one of its queried reference-property objects are not "
		   "present.",
		   key);
}
