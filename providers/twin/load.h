/* Parts of a twin as JSON gives them: of its file (load*.c), and of the control calls. */
#ifndef PROVIDERS_TWIN_LOAD_H
#define PROVIDERS_TWIN_LOAD_H

#include "core/error.h"
#include "providers/twin/members.h"

NODISCARD bool load_settings(struct twin *twin, const struct json *object, struct twin_settings *settings,
			     struct error *err);
NODISCARD bool load_tenant(struct twin *twin, const struct json *object, struct error *err);
NODISCARD bool load_users(struct twin *twin, struct twin_tenant *tenant, const struct json *list,
			  struct error *err);
/* One licence of a user or group, as text (the SKU) or an object; adds the SKU to the tenant. */
NODISCARD bool load_license(struct twin *twin, struct twin_tenant *tenant, const struct json *value,
			    struct twin_assignment *ret, struct error *err);

/* {"EXCHANGE_S_ENTERPRISE": "Error"}: pairs of a service plan's name and its state; none where it is NULL. */
NODISCARD bool load_service_states(struct twin *twin, const struct json *states, struct str_list *ret,
				   struct error *err);

/* fault.c: the body of POST /twin/fault, or a member of "faults". */
NODISCARD bool fault_add(struct twin *twin, const struct json *object, struct error *err);

#endif
