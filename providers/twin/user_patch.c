/* PATCH on a user: the usage location, which is all that seatshift ever changes this way. */
#include "providers/twin/graph.h"

#include <ctype.h>

static bool is_country(const char *text)
{
	return text && isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]) && !text[2];
}

static bool patch_location(struct call *call, const struct json *root, const char **ret)
{
	JSON_EACH (member, root) {
		if (!str_eq(json_key(member), "usageLocation"))
			return call_error(call, 501, "NotImplemented",
					  "The twin changes no property but usageLocation, not '%s'.",
					  json_key(member));
	}
	*ret = json_get_text(root, "usageLocation");
	if (!is_country(*ret))
		return call_error(call, 400, "Request_BadRequest",
				  "Invalid value specified for property 'usageLocation' of resource 'User'.");
	return true;
}

void graph_user_patch(struct call *call)
{
	CLEANUP(json_freep) struct json *root = NULL;
	const char *location = NULL;
	if (!odata_allow(call, "") || !call_json(call, &root) || !patch_location(call, root, &location))
		return;
	struct twin_user *user = graph_find_user(call, call->keys[0]);
	if (!user)
		return;
	/* Mapped from on-premises when a synced user has one; else the cloud may set it. */
	if (user->is_synced && user->now->usage_location) {
		call_error(
			call, 400, "Request_BadRequest",
			"Unable to update the specified properties for on-premises mastered Directory Sync "
			"objects or objects currently undergoing migration.");
		return;
	}
	struct twin_user_version *edit = twin_user_edit(call->twin, user);
	edit->usage_location = arena_strdup(call->twin->arena, location);
	twin_user_commit(call->twin, user, edit);
	call->twin->writes++;
	call->status = 204;
}
