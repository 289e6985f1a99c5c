/* A twin from its file: settings and rules; tenants and people have loaders of their own. */
#include "providers/twin/load.h"

#include "core/catalog.h"
#include "providers/twin/identity.h"
#include "providers/twin/service_rules.h"
#include "providers/twin/twin.h"

#include <stdlib.h>
#include <string.h>

#define SETTING(member_, max_) LOADED(twin_settings, member_, #member_, LOAD_INT, .max = (max_))
static const struct load_member settings_members[] = {
	SETTING(latency_ms, 600000),
	SETTING(jitter_ms, 600000),
	SETTING(replica_lag_ms, 86400000),
	SETTING(listing_lag_ms, 86400000),
	SETTING(page_size, 999),
	SETTING(page_token_ms, 86400000),
	SETTING(token_lifetime_s, 100800),
	SETTING(group_processing_ms, 86400000),
	SETTING(service_setup_ms, 86400000),
	SETTING(resource_units, 1000000000),
	SETTING(window_ms, 86400000),
	SETTING(writes, 1000000000),
	SETTING(writes_window_ms, 86400000),
	LOADED(twin_settings, throttle, "throttle", LOAD_BOOL),
	{0},
};

bool load_settings(struct twin *twin, const struct json *object, struct twin_settings *settings,
		   struct error *err)
{
	struct twin_settings read = *settings;
	if (!load_object(twin, object, "settings", settings_members, &read, err))
		return false;
	if (read.window_ms == 0 || read.writes_window_ms == 0)
		return error_set(err, ERR_INVALID, "a throttling window must be longer than 0");
	*settings = read;
	return true;
}

static bool plan_id_of(struct twin *twin, const char *name, const char **ret_id, struct error *err)
{
	const struct catalog_plan *plan = name ? catalog_find_plan(name) : NULL;
	if (!plan && !str_is_guid(name ? name : ""))
		return error_set(err, ERR_INVALID, "no service plan '%s' is known; give its id",
				 name ? name : "");
	*ret_id = plan ? plan->id : str_lower(twin->arena, name);
	return true;
}

static bool load_rule(struct twin *twin, const char *plan, const struct json *others, struct error *err)
{
	struct twin_rule rule = {.is_exclusive = !plan};
	if (plan && !plan_id_of(twin, plan, &rule.plan, err))
		return false;
	if (json_type(others) != JSON_ARRAY)
		return error_set(err, ERR_INVALID, "a rule needs a list of service plans");
	JSON_EACH (item, others) {
		const char *id;
		if (!plan_id_of(twin, json_text(item), &id, err))
			return false;
		VEC_PUSH(twin->arena, &rule.others, id);
	}
	VEC_PUSH(twin->arena, &twin->rules, rule);
	return true;
}

/* A kind of rule that the file gives replaces what the service is known to refuse. */
static void load_default_rules(struct twin *twin, bool exclusive)
{
	const struct twin_service_rule *known;
	for (size_t i = 0; (known = twin_service_rule_at(i)); i++) {
		struct twin_rule rule = {.is_exclusive = !known->plan, .plan = known->plan};
		if (rule.is_exclusive != exclusive)
			continue;
		for (size_t n = 0; n < TWIN_RULE_MAX && known->plans[n]; n++)
			VEC_PUSH(twin->arena, &rule.others, known->plans[n]);
		VEC_PUSH(twin->arena, &twin->rules, rule);
	}
}

static bool load_rules(struct twin *twin, const struct json *root, struct error *err)
{
	const struct json *conflicts = json_get(root, "conflicts");
	if (!conflicts)
		load_default_rules(twin, true);
	JSON_EACH (item, conflicts) {
		if (!load_rule(twin, NULL, item, err))
			return error_wrap(err, "conflicts");
	}
	const struct json *dependencies = json_get(root, "dependencies");
	if (!dependencies)
		load_default_rules(twin, false);
	JSON_EACH (item, dependencies) {
		const char *plan = json_get_text(item, "plan");
		if (!load_keys(item, "a dependency", "plan any_of", err) ||
		    !load_rule(twin, plan ? plan : "", json_get(item, "any_of"), err))
			return error_wrap(err, "dependencies");
	}
	return true;
}

/* Not the program's own table: what is checked does not come from what is to be checked. */
static bool load_cloud(struct twin *twin, const struct json *root, struct error *err)
{
	static const struct twin_cloud clouds[] = {
		{"global", "https://graph.microsoft.com", "graph.microsoft.com", "microsoftonline.com"},
		{"usgov", "https://graph.microsoft.us", "graph.microsoft.us", "microsoftonline.us"},
		{"usgov-dod", "https://dod-graph.microsoft.us", "dod-graph.microsoft.us",
		 "microsoftonline.us"},
		{"china", "https://microsoftgraph.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn",
		 "partner.microsoftonline.cn"},
	};
	const char *name = json_get_text(root, "cloud");
	for (size_t i = 0; i < ARRAY_LEN(clouds) && !twin->cloud; i++)
		if (str_eq(name ? name : "global", clouds[i].name))
			twin->cloud = &clouds[i];
	return twin->cloud || error_set(err, ERR_INVALID, "'cloud' is global, usgov, usgov-dod or china");
}

static bool load_root(struct twin *twin, const struct json *root, struct error *err)
{
	if (!load_keys(root, "the file",
		       "format cloud settings faults identities tenants conflicts dependencies", err) ||
	    !load_cloud(twin, root, err))
		return false;
	if (!str_eq(json_get_text(root, "format"), "seatshift-twin/1"))
		return error_set(err, ERR_INVALID, "'format' must be 'seatshift-twin/1'");
	const struct json *settings = json_get(root, "settings");
	if (settings && !load_settings(twin, settings, &twin->settings, err))
		return error_wrap(err, "settings");
	if (!load_rules(twin, root, err))
		return false;
	if (json_type(json_get(root, "tenants")) != JSON_ARRAY)
		return error_set(err, ERR_INVALID, "'tenants' must be a list");
	JSON_EACH (tenant, json_get(root, "tenants")) {
		const char *name = json_get_text(tenant, "domain");
		if (!load_tenant(twin, tenant, err))
			return error_wrap(err, "tenant '%s'", name ? name : "?");
	}
	if (!load_identities(twin, json_get(root, "identities"), err))
		return false;
	JSON_EACH (fault, json_get(root, "faults")) {
		if (!fault_add(twin, fault, err))
			return error_wrap(err, "faults");
	}
	return true;
}

bool twin_read(const char *text, size_t len, const struct clock *clock, const struct random *random,
	       struct twin **ret_twin, struct error *err)
{
	CLEANUP(json_freep) struct json *root = NULL;
	if (!json_parse(text, len, &root, err))
		return false;
	CLEANUP(twin_freep) struct twin *twin = mem_alloc(sizeof *twin);
	twin->arena = arena_new();
	twin->clock = clock;
	twin->random = random;
	random->fill(random->ctx, &twin->page_key, sizeof twin->page_key);
	twin->settings = (struct twin_settings){.page_token_ms = 600000,
						.token_lifetime_s = 3599,
						.window_ms = 10000,
						.writes = 3000,
						.writes_window_ms = 150000};
	if (!load_root(twin, root, err))
		return false;
	*ret_twin = TAKE(twin);
	return true;
}

void twin_free(struct twin *twin)
{
	if (!twin)
		return;
	signer_free(twin->issuer_key);
	arena_free(twin->arena);
	free(twin);
}
