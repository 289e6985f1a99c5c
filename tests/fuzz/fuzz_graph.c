/* Any bytes as an answer of Graph: through JSON and every field table. */
#include "core/json.h"
#include "providers/graph/read/resources.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

static void take(const struct json *value, struct arena *out)
{
	struct user user;
	struct group group;
	struct sku sku;
	struct subscription subscription;
	struct organization organization;
	struct error errors[5] = {ERROR_INIT, ERROR_INIT, ERROR_INIT, ERROR_INIT, ERROR_INIT};
	const bool good[5] = {user_from_json(value, out, &user, &errors[0]),
			      group_from_json(value, out, &group, &errors[1]),
			      sku_from_json(value, out, &sku, &errors[2]),
			      subscription_from_json(value, out, &subscription, &errors[3]),
			      organization_from_json(value, out, &organization, &errors[4])};
	for (size_t i = 0; i < 5; i++) {
		assert(good[i] == (errors[i].message == NULL));
		error_release(&errors[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	CLEANUP(json_freep) struct json *root = NULL;
	struct error err = ERROR_INIT;
	if (!json_parse((const char *)bytes, size, &root, &err)) {
		assert(err.message);
		error_release(&err);
		return 0;
	}
	if (json_type(root) != JSON_OBJECT)
		return 0;
	take(root, arena);
	JSON_EACH (item, json_get(root, "value"))
		if (json_type(item) == JSON_OBJECT)
			take(item, arena);
	return 0;
}
