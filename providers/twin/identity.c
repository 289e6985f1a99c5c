/* The managed identities of Azure: a machine's metadata service, and App Service's. */
#include "providers/twin/identity.h"

#include "providers/twin/load.h"
#include "providers/twin/login.h"

#include <string.h>

static const struct {
	const char *name;
	enum twin_identity_kind kind;
} kinds[] = {
	{"machine", IDENTITY_MACHINE},
	{"app", IDENTITY_APP},
	{"github", IDENTITY_GITHUB},
	{"azure-devops", IDENTITY_AZURE_DEVOPS},
};

static bool load_kind(const struct json *item, struct twin_identity *identity, struct error *err)
{
	const char *name = json_get_text(item, "kind");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		identity->kind = kinds[i].kind;
		if (str_eq(kinds[i].name, name))
			return true;
	}
	return error_set(err, ERR_INVALID, "an identity's 'kind' is machine, app, github or azure-devops");
}

/* What each kind cannot do without. */
static bool is_whole(const struct twin_identity *i)
{
	bool is_managed = i->kind == IDENTITY_MACHINE || i->kind == IDENTITY_APP;
	if (is_managed)
		return i->tenant && i->client_id && (i->secret || i->kind == IDENTITY_MACHINE);
	return i->issuer && i->subject && i->secret && (i->service_connection || i->kind == IDENTITY_GITHUB);
}

static const struct load_member identity_members[] = {
	LOADED_ELSEWHERE("kind"),
	LOADED_ELSEWHERE("tenant"),
	LOADED(twin_identity, client_id, "client_id", LOAD_GUID),
	LOADED(twin_identity, object_id, "object_id", LOAD_GUID),
	LOADED(twin_identity, resource_id, "resource_id", LOAD_TEXT),
	LOADED(twin_identity, is_system, "system", LOAD_BOOL),
	LOADED(twin_identity, secret, "secret", LOAD_TEXT),
	LOADED(twin_identity, issuer, "issuer", LOAD_TEXT),
	LOADED(twin_identity, subject, "subject", LOAD_TEXT),
	LOADED(twin_identity, audience, "audience", LOAD_TEXT),
	LOADED(twin_identity, service_connection, "service_connection", LOAD_TEXT),
	{0},
};

static bool load_identity(struct twin *twin, const struct json *item, struct error *err)
{
	struct twin_identity identity = {.audience = "api://AzureADTokenExchange"};
	if (!load_object(twin, item, "an identity", identity_members, &identity, err) ||
	    !load_kind(item, &identity, err))
		return false;
	identity.tenant = twin_find_tenant(twin, json_get_text(item, "tenant"));
	if (!is_whole(&identity))
		return error_set(err, ERR_INVALID,
				 "a managed identity needs 'tenant' and 'client_id', app also its header as "
				 "'secret'; "
				 "a pipeline needs 'issuer', 'subject' and 'secret', azure-devops also "
				 "'service_connection'");
	if (!twin->issuer_key && identity.issuer)
		twin->issuer_key = signer_generate();
	VEC_PUSH(twin->arena, &twin->identities, identity);
	return true;
}

bool load_identities(struct twin *twin, const struct json *list, struct error *err)
{
	JSON_EACH (item, list)
		if (!load_identity(twin, item, err))
			return error_wrap(err, "identities");
	return true;
}

static void refuse_machine(struct call *call, int status, const char *error, const char *words)
{
	strbuf_clear(&call->out);
	call->w = (struct json_writer)JSON_WRITER(&call->out);
	call->status = status;
	json_begin_object(&call->w);
	json_set_text(&call->w, "error", error);
	json_set_text(&call->w, "error_description", words);
	json_end_object(&call->w);
}

/* App Service words its refusals in a way of its own. */
static void refuse_app(struct call *call, int status, const char *words)
{
	strbuf_clear(&call->out);
	call->w = (struct json_writer)JSON_WRITER(&call->out);
	call->status = status;
	json_begin_object(&call->w);
	json_set_text(&call->w, "message", words);
	json_set_int(&call->w, "statusCode", status);
	json_end_object(&call->w);
}

static void refuse(struct call *call, bool is_machine, int status, const char *error, const char *words)
{
	if (is_machine)
		refuse_machine(call, status, error, words);
	else
		refuse_app(call, status, words);
}

static bool is_selected(const struct call *call, const struct twin_identity *identity, bool *ret_asked)
{
	const char *client_id = call_param(call, "client_id"), *object_id = call_param(call, "object_id");
	const char *resource_id =
		call_param(call, identity->kind == IDENTITY_MACHINE ? "msi_res_id" : "mi_res_id");
	*ret_asked = client_id || object_id || resource_id;
	if (client_id)
		return str_eq_fold(client_id, identity->client_id);
	if (object_id)
		return str_eq_fold(object_id, identity->object_id);
	return resource_id ? str_eq_fold(resource_id, identity->resource_id) : false;
}

/* Without a selector: the system's own identity, or else the only one there is. */
static const struct twin_identity *find_managed(struct call *call, enum twin_identity_kind kind,
						const char **ret_problem)
{
	const struct twin_identity *only = NULL;
	size_t count = 0;
	bool asked = false;
	*ret_problem = "Identity not found";
	for (size_t i = 0; i < call->twin->identities.count; i++) {
		const struct twin_identity *identity = &call->twin->identities.items[i];
		if (identity->kind != kind)
			continue;
		if (is_selected(call, identity, &asked) || (!asked && identity->is_system))
			return identity;
		only = identity;
		count++;
	}
	if (!asked && count > 1)
		*ret_problem = "Multiple user assigned identities exist, please specify the clientId / "
			       "resourceId of the identity in the token request";
	return !asked && count == 1 ? only : NULL;
}

static void set_number(struct call *call, const char *key, int64_t value)
{
	json_set_text(&call->w, key, arena_printf(call->arena, "%lld", (long long)value));
}

/* Every value is a text, numbers too; App Service says only when the token ends, not how long it
 * lives. */
static void answer(struct call *call, const struct twin_identity *identity, const char *token)
{
	int64_t life_s = call->twin->settings.token_lifetime_s, now_s = twin_wall(call->twin) / 1000;
	bool is_machine = identity->kind == IDENTITY_MACHINE;
	json_begin_object(&call->w);
	json_set_text(&call->w, "access_token", token);
	json_set_text(&call->w, "client_id", identity->client_id);
	if (is_machine)
		set_number(call, "expires_in", life_s);
	set_number(call, "expires_on", now_s + life_s);
	if (is_machine)
		set_number(call, "ext_expires_in", life_s);
	set_number(call, "not_before", now_s - 300);
	if (is_machine)
		json_set_text(&call->w, "refresh_token", "");
	json_set_text(&call->w, "resource", call_param(call, "resource"));
	json_set_text(&call->w, "token_type", "Bearer");
	json_end_object(&call->w);
}

static bool is_graph(struct call *call, const char *resource)
{
	const char *graph = call->twin->cloud->graph;
	return str_eq(resource, graph) || str_eq(resource, arena_printf(call->arena, "%s/", graph)) ||
	       str_eq(resource, call->base);
}

static bool has_header(struct call *call, enum twin_identity_kind kind)
{
	if (kind == IDENTITY_MACHINE) {
		bool direct = !call_header(call, "x-forwarded-for");
		if (direct && str_eq_fold(call_header(call, "metadata"), "true"))
			return true;
		refuse_machine(call, 400, "bad_request_102", "Required metadata header not specified");
		return false;
	}
	for (size_t i = 0; i < call->twin->identities.count; i++) {
		const struct twin_identity *identity = &call->twin->identities.items[i];
		if (identity->kind == kind &&
		    str_eq(identity->secret, call_header(call, "x-identity-header")))
			return true;
	}
	refuse_app(call, 401, "The X-IDENTITY-HEADER is missing or wrong.");
	return false;
}

static void identity_managed(struct call *call, bool is_machine)
{
	enum twin_identity_kind kind = is_machine ? IDENTITY_MACHINE : IDENTITY_APP;
	const char *version = is_machine ? "2018-02-01" : "2019-08-01";
	const char *resource = call_param(call, "resource"), *problem;
	log_count(call->twin, "GET", is_machine ? "metadata/identity/oauth2/token" : "msi/token");
	if (!has_header(call, kind))
		return;
	if (!str_eq(call_param(call, "api-version"), version)) {
		refuse(call, is_machine, 400, "bad_request_102",
		       "The api-version is missing or not supported.");
		return;
	}
	if (!is_graph(call, resource)) {
		refuse(call, is_machine, 400, "invalid_resource",
		       "AADSTS500011: The resource principal named in 'resource' was not found in "
		       "the tenant.");
		return;
	}
	const struct twin_identity *identity = find_managed(call, kind, &problem);
	const struct twin_client *client =
		identity ? twin_find_client(identity->tenant, identity->client_id) : NULL;
	if (!identity || !client) {
		refuse(call, is_machine, 400, "invalid_request", problem);
		return;
	}
	struct twin_token token = {.tenant = identity->tenant,
				   .client_id = client->id,
				   .roles = client->roles,
				   .has_principal = client->has_principal};
	answer(call, identity, login_issue(call, token, true));
}

bool identity_handle(struct call *call)
{
	bool is_get = str_eq(call->method, "GET"), is_post = str_eq(call->method, "POST");
	if (is_get && call_matches(call, 0, "metadata/identity/oauth2/token"))
		identity_managed(call, true);
	else if (is_get && call_matches(call, 0, "msi/token"))
		identity_managed(call, false);
	else if (is_get && call_matches(call, 0, "actions/token"))
		identity_github(call);
	else if (is_post && call_matches(call, 0, "azure-devops/oidctoken"))
		identity_azure_devops(call);
	else if (is_get && call_matches(call, 0, "issuers/keys"))
		identity_keys(call);
	else
		return false;
	return true;
}
