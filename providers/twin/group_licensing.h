/* Licences through groups, also needed where membership changes. */
#ifndef PROVIDERS_TWIN_GROUP_LICENSING_H
#define PROVIDERS_TWIN_GROUP_LICENSING_H

#include "providers/twin/model.h"

/* Gives or takes what the group hands out, by whether the user is a member now. */
void group_license_user(struct twin *twin, struct twin_tenant *tenant, const struct twin_group *group,
			struct twin_user *user);

#endif
