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
NODISCARD bool load_texts(struct twin *twin, const struct json *object, const char *key, struct str_list *ret,
			  struct error *err);
/*
 * What an object may have, and where it goes: the members that are read as they stand, and those
 * (LOAD_ELSEWHERE) that its owner reads. A table ends with a row whose key is NULL.
 */
enum load_type { LOAD_TEXT, LOAD_GUID, LOAD_INT, LOAD_BOOL, LOAD_TIME, LOAD_TEXTS, LOAD_ELSEWHERE };
struct load_member {
	const char *key;
	enum load_type type;
	size_t offset;
	int64_t min, max; /* LOAD_INT */
	bool needed;
};
/* The type, then any further members by name: LOADED(…, LOAD_INT, .max = 5). */
#define LOADED(struct_, member_, key_, ...)                                                                  \
	{                                                                                                    \
		.key = (key_), .offset = offsetof(struct struct_, member_), .type = __VA_ARGS__              \
	}
#define LOADED_ELSEWHERE(key_)                                                                               \
	{                                                                                                    \
		.key = (key_), .type = LOAD_ELSEWHERE                                                        \
	}
/* `what` names the object: "a client". ERR_INVALID for an unknown member (with a suggestion), for one of a
 * wrong type, and for one that is needed and not there. */
NODISCARD bool load_object(struct twin *twin, const struct json *object, const char *what,
			   const struct load_member *members, void *target, struct error *err);

/* ERR_INVALID for a value that is no object or a member not among `keys` ("a b c"), with a suggestion. */
NODISCARD bool load_keys(const struct json *object, const char *what, const char *keys, struct error *err);
/* The tenant that the member "tenant" names; NULL with ERR_INVALID. */
struct twin_tenant *load_named_tenant(struct twin *twin, const struct json *body, struct error *err);

#endif
