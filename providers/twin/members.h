/* Members of JSON objects, read for the file (load*.c) and for the control calls. Serves; drives nothing. */
#ifndef PROVIDERS_TWIN_MEMBERS_H
#define PROVIDERS_TWIN_MEMBERS_H

#include "core/error.h"
#include "core/json.h"
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
/* The tenant that the member "tenant" names; NULL with ERR_INVALID. */
struct twin_tenant *load_named_tenant(struct twin *twin, const struct json *body, struct error *err);

#endif
