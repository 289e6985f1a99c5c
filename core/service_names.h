/*
 * The names under which people know service plans, and what the plans are for: services.txt says where they
 * are from.
 */
#ifndef CORE_SERVICE_NAMES_H
#define CORE_SERVICE_NAMES_H

#include <stddef.h>

enum service_purpose {
	PURPOSE_MAIL,
	PURPOSE_FILES,
	PURPOSE_TEAMS,
	PURPOSE_APPS,
	PURPOSE_SECURITY,
	PURPOSE_OTHER,
	PURPOSE_COUNT
};

struct service_name {
	const char *name;  /* "EXCHANGE_S_ENTERPRISE" */
	const char *shown; /* "Exchange Online (Plan 2)" */
	enum service_purpose purpose;
};

/* Both NULL when not there. */
const struct service_name *service_name_find(const char *plan_name);
const struct service_name *service_name_at(size_t index); /* by name */

#endif
