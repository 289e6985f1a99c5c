/* Members of the JSON that a twin is made from and controlled by. */
#include "providers/twin/members.h"

#include <string.h>

static bool is_absent(const struct json *object, const char *key)
{
	return json_type(json_get(object, key)) == JSON_NULL;
}

bool load_text(struct twin *twin, const struct json *object, const char *key, const char **ret,
	       struct error *err)
{
	if (is_absent(object, key))
		return true;
	const char *text = json_get_text(object, key);
	if (!text)
		return error_set(err, ERR_INVALID, "'%s' must be a text", key);
	*ret = arena_strdup(twin->arena, text);
	return true;
}

bool load_guid(struct twin *twin, const struct json *object, const char *key, const char **ret,
	       struct error *err)
{
	if (is_absent(object, key))
		return true;
	const char *text = json_get_text(object, key);
	if (!text || !str_is_guid(text))
		return error_set(err, ERR_INVALID, "'%s' must be a GUID", key);
	*ret = str_lower(twin->arena, text);
	return true;
}

bool load_int(const struct json *object, const char *key, int64_t min, int64_t max, int64_t *ret,
	      struct error *err)
{
	if (is_absent(object, key))
		return true;
	int64_t value;
	if (!json_int(json_get(object, key), &value) || value < min || value > max)
		return error_set(err, ERR_INVALID, "'%s' must be a whole number from %lld to %lld", key,
				 (long long)min, (long long)max);
	*ret = value;
	return true;
}

bool load_bool(const struct json *object, const char *key, bool *ret, struct error *err)
{
	if (is_absent(object, key))
		return true;
	bool value;
	if (!json_bool(json_get(object, key), &value))
		return error_set(err, ERR_INVALID, "'%s' must be true or false", key);
	*ret = value;
	return true;
}

static bool load_time(const struct json *object, const char *key, int64_t *ret_wall_ms, struct error *err)
{
	if (is_absent(object, key))
		return true;
	const char *text = json_get_text(object, key);
	int64_t value;
	if (!text || !timestamp_parse(text, &value))
		return error_set(err, ERR_INVALID, "'%s' must be a time like 2026-11-05T09:30:00Z", key);
	*ret_wall_ms = value;
	return true;
}

bool load_texts(struct twin *twin, const struct json *object, const char *key, struct str_list *ret,
		struct error *err)
{
	const struct json *list = json_get(object, key);
	if (json_type(list) == JSON_NULL)
		return true;
	if (json_type(list) != JSON_ARRAY)
		return error_set(err, ERR_INVALID, "'%s' must be a list of texts", key);
	JSON_EACH (item, list) {
		if (!json_text(item))
			return error_set(err, ERR_INVALID, "'%s' must hold texts only", key);
		VEC_PUSH(twin->arena, ret, arena_strdup(twin->arena, json_text(item)));
	}
	return true;
}

static bool check_keys(const struct json *object, const char *what, const struct str_list *known,
		       struct error *err)
{
	if (json_type(object) != JSON_OBJECT)
		return error_set(err, ERR_INVALID, "%s must be an object", what);
	JSON_EACH (member, object) {
		const char *key = json_key(member);
		if (str_list_has(known, key))
			continue;
		error_set(err, ERR_INVALID, "%s has an unknown member '%s'", what, key);
		const char *near = str_nearest(key, known);
		return near ? error_hint(err, "Did you mean '%s'?", near) : false;
	}
	return true;
}

bool load_keys(const struct json *object, const char *what, const char *keys, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list known = {0};
	for (const char *p = keys; *p;) {
		size_t len = strcspn(p, " ");
		VEC_PUSH(tmp, &known, arena_strndup(tmp, p, len));
		p += len + (p[len] == ' ');
	}
	return check_keys(object, what, &known, err);
}

static bool load_member(struct twin *twin, const struct json *object, const struct load_member *m,
			void *target, struct error *err)
{
	void *at = (char *)target + m->offset;
	switch (m->type) {
	case LOAD_TEXT:
		return load_text(twin, object, m->key, at, err);
	case LOAD_GUID:
		return load_guid(twin, object, m->key, at, err);
	case LOAD_INT:
		return load_int(object, m->key, m->min, m->max, at, err);
	case LOAD_BOOL:
		return load_bool(object, m->key, at, err);
	case LOAD_TIME:
		return load_time(object, m->key, at, err);
	case LOAD_TEXTS:
		return load_texts(twin, object, m->key, at, err);
	case LOAD_ELSEWHERE:
		break;
	}
	return true;
}

bool load_object(struct twin *twin, const struct json *object, const char *what,
		 const struct load_member *members, void *target, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct str_list known = {0};
	for (const struct load_member *m = members; m->key; m++)
		VEC_PUSH(tmp, &known, m->key);
	if (!check_keys(object, what, &known, err))
		return false;
	for (const struct load_member *m = members; m->key; m++) {
		if (m->needed && is_absent(object, m->key))
			return error_set(err, ERR_INVALID, "%s needs a '%s'", what, m->key);
		if (!load_member(twin, object, m, target, err))
			return false;
	}
	return true;
}

struct twin_tenant *load_named_tenant(struct twin *twin, const struct json *body, struct error *err)
{
	const char *name = json_get_text(body, "tenant");
	struct twin_tenant *tenant = twin_find_tenant(twin, name);
	if (!tenant)
		error_set(err, ERR_INVALID, "no tenant '%s'", name ? name : "");
	return tenant;
}
