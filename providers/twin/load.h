/* Reading parts of a twin's JSON, shared by the file (load*.c) and the control calls. */
#ifndef PROVIDERS_TWIN_LOAD_H
#define PROVIDERS_TWIN_LOAD_H

#include "core/error.h"
#include "providers/twin/model.h"

/* Getters of optional members: absent and null leave `*ret` alone; a wrong type is ERR_INVALID. */
NODISCARD bool load_text(struct twin *twin, const struct json *object, const char *key, const char **ret,
			 struct error *err);
NODISCARD bool load_guid(struct twin *twin, const struct json *object, const char *key, const char **ret,
			 struct error *err); /* lower-cased */
NODISCARD bool load_int(const struct json *object, const char *key, int64_t min, int64_t max, int64_t *ret,
			struct error *err);
NODISCARD bool load_bool(const struct json *object, const char *key, bool *ret, struct error *err);
NODISCARD bool load_time(const struct json *object, const char *key, int64_t *ret_wall_ms, struct error *err);
NODISCARD bool load_texts(struct twin *twin, const struct json *object, const char *key, struct str_list *ret,
			  struct error *err);
/* ERR_INVALID for a value that is no object or a member not among `keys` ("a b c"), with a suggestion. */
NODISCARD bool load_keys(const struct json *object, const char *what, const char *keys, struct error *err);

NODISCARD bool load_settings(const struct json *object, struct twin_settings *settings, struct error *err);
NODISCARD bool load_tenant(struct twin *twin, const struct json *object, struct error *err);
NODISCARD bool load_users(struct twin *twin, struct twin_tenant *tenant, const struct json *list,
			  struct error *err);
/* One licence of a user or group, as text (the SKU) or an object; adds the SKU to the tenant. */
NODISCARD bool load_license(struct twin *twin, struct twin_tenant *tenant, const struct json *value,
			    struct twin_assignment *ret, struct error *err);
NODISCARD bool load_rules(struct twin *twin, const struct json *root, struct error *err);

/* fault.c: the body of POST /twin/fault, or a member of "faults". */
NODISCARD bool fault_add(struct twin *twin, const struct json *object, struct error *err);

#endif
