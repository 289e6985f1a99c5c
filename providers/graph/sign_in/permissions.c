/* What an application must be permitted for each kind of work. */
#include "providers/graph/sign_in/permissions.h"

#include <string.h>

/* A person's token may carry this one: everything that the person may do in the directory. */
#define AS_USER "|Directory.AccessAsUser.All"

static const struct permission_info infos[NEED_ALL_COUNT] = {
	{"Organization.Read.All", "Read organization information", "the organisation and what it has bought",
	 "Organization.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All" AS_USER},
	{"User.Read.All", "Read all users' full profiles", "users and the licences they hold",
	 "User.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All" AS_USER},
	{"GroupMember.Read.All", "Read all group memberships", "groups and their members",
	 "GroupMember.ReadWrite.All|Group.Read.All|Group.ReadWrite.All|Directory.Read.All|"
	 "Directory.ReadWrite.All" AS_USER},
	{"LicenseAssignment.ReadWrite.All", "Manage all license assignments", "moving licences",
	 "User.ReadWrite.All|Directory.ReadWrite.All" AS_USER},
	{"User.ReadWrite.All", "Read and write all users' full profiles", "setting usage locations",
	 "Directory.ReadWrite.All" AS_USER},
	{"Directory.Read.All", "Read directory data", "the partner's contracts",
	 "Directory.ReadWrite.All" AS_USER},
	{"DelegatedAdminRelationship.Read.All", "Read Delegated Admin relationships with customers",
	 "the partner's GDAP relationships", "DelegatedAdminRelationship.ReadWrite.All"},
};

static bool has_any(const struct str_list *granted, const char *names)
{
	for (size_t i = 0; i < granted->count; i++) {
		const char *have = granted->items[i];
		size_t len = strlen(have);
		for (const char *p = names; p; p = strchr(p, '|')) {
			p += *p == '|';
			if (strncasecmp(p, have, len) == 0 && (p[len] == '|' || !p[len]))
				return true;
		}
	}
	return false;
}

unsigned permissions_missing(unsigned needs, const struct str_list *granted)
{
	unsigned missing = 0;
	for (size_t i = 0; i < NEED_ALL_COUNT; i++) {
		unsigned bit = 1u << i;
		if ((needs & bit) && !has_any(granted, infos[i].name) && !has_any(granted, infos[i].also))
			missing |= bit;
	}
	return missing;
}

const char *permissions_text(struct arena *out, unsigned needs)
{
	const char *text = "";
	for (size_t i = 0; i < NEED_ALL_COUNT; i++) {
		unsigned bit = 1u << i;
		if (!(needs & bit))
			continue;
		const char *glue = !*text ? "" : needs >> (i + 1) ? ", " : " and ";
		text = arena_printf(out, "%s%s%s (\"%s\")", text, glue, infos[i].name, infos[i].words);
	}
	return text;
}
