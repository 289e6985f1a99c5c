/* The names under which people know service plans. */
#include "core/service_names.h"

#include "core/macros.h"
#include "core/services_table.inc"

#include <stdlib.h>
#include <string.h>

static int compare_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct service_name *)row)->name);
}

const struct service_name *service_name_find(const char *plan_name)
{
	return bsearch(plan_name, services, ARRAY_LEN(services), sizeof *services, compare_name);
}

const struct service_name *service_name_at(size_t index)
{
	return index < ARRAY_LEN(services) ? &services[index] : NULL;
}
