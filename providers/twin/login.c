/*
 * The sign-in service: tokens, OpenID discovery and device codes.
 *
 * Access tokens look like the real ones, so that a client may read their claims, and are valid only
 * because the twin remembers them. Errors have the shape and numbers of the real service.
 */
#include "providers/twin/login.h"

#include "core/base64.h"
#include "providers/twin/identity.h"

#include <string.h>

static bool unknown_tenant(struct call *call, const char *name)
{
	return login_error(call, 400, "invalid_tenant", 90002,
			   "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are "
			   "signing into the correct cloud.",
			   name);
}

/* HTTP Basic in place of the two form fields. */
static bool read_basic(struct call *call, struct call_param_list *form)
{
	const char *header = call_header(call, "authorization");
	if (!header || strncasecmp(header, "Basic ", 6) != 0)
		return true;
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = arena_alloc(call->arena, strlen(header));
	size_t filled = 0;
	unsigned value = 0;
	int bits = 0;
	for (const char *p = header + 6; *p && *p != '='; p++) {
		const char *digit = strchr(digits, *p);
		if (!digit)
			return login_error(call, 401, "invalid_client", 7000216,
					   "The Authorization header is malformed.");
		value = (value << 6 | (unsigned)(digit - digits)) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			text[filled++] = (char)(value >> bits & 0xff);
		}
	}
	const char *colon = strchr(text, ':');
	const char *id = colon ? call_decode(call->arena, text, (size_t)(colon - text), true) : NULL;
	const char *secret = colon ? call_decode(call->arena, colon + 1, strlen(colon + 1), true) : NULL;
	if (!id || !secret)
		return login_error(call, 401, "invalid_client", 7000216,
				   "The Authorization header is malformed.");
	VEC_PUSH(call->arena, form, (struct call_param){"client_id", id});
	VEC_PUSH(call->arena, form, (struct call_param){"client_secret", secret});
	return true;
}

static bool check_scope(struct call *call, const char *scope)
{
	const char *suffix = strstr(scope, "/.default");
	const char *resource = arena_strndup(call->arena, scope, suffix ? (size_t)(suffix - scope) : 0);
	bool is_whole = suffix && str_eq(suffix, "/.default");
	if (is_whole && (str_eq(resource, call->twin->cloud->graph) || str_eq(resource, call->base)))
		return true;
	if (is_whole && str_starts(resource, "https://"))
		return login_error(
			call, 400, "invalid_resource", 500011,
			"The resource principal named %s was not found in the tenant named %s. This can "
			"happen if the application has not been installed by the administrator of the "
			"tenant or consented to by any user in the tenant.",
			resource, call->keys[0]);
	return login_error(
		call, 400, "invalid_scope", 70011,
		"The provided request must include a 'scope' input parameter. The provided value for "
		"the input parameter 'scope' is not valid. The scope %s is not valid.",
		scope);
}

static bool check_client(struct call *call, const struct twin_tenant *tenant,
			 const struct twin_client *client, const struct call_param_list *form)
{
	const char *secret = login_field(form, "client_secret");
	if (login_refused(call, client))
		return false;
	if (client->disabled)
		return login_error(call, 400, "unauthorized_client", 7000112, "Application '%s' is disabled.",
				   client->id);
	if (client->is_public)
		return login_error(
			call, 401, "invalid_client", 700025,
			"Client is public so neither 'client_assertion' nor 'client_secret' should be "
			"presented.");
	if (login_field(form, "client_assertion"))
		return login_check_assertion(call, tenant, client, form);
	if (!secret || !*secret)
		return login_error(
			call, 401, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or "
			"'client_secret'.");
	if (!str_eq(secret, client->secret))
		return login_error(
			call, 401, "invalid_client", 7000215,
			"Invalid client secret provided. Ensure the secret being sent in the request is "
			"the client secret value, not the client secret ID, for a secret added to app "
			"'%s'.",
			client->id);
	if (client->secret_expired)
		return login_error(call, 401, "invalid_client", 7000222,
				   "The provided client secret keys for app '%s' are expired.", client->id);
	return true;
}

static void client_credentials(struct call *call, struct twin_tenant *tenant, struct call_param_list *form)
{
	if (!read_basic(call, form) || !login_require(call, form, "client_id") ||
	    !login_require(call, form, "scope") || !check_scope(call, login_field(form, "scope")))
		return;
	const char *id = login_field(form, "client_id");
	const struct twin_client *client = twin_find_client(tenant, id);
	if (!client) {
		login_error(call, 400, "unauthorized_client", 700016,
			    "Application with identifier '%s' was not found in the directory '%s'. This can "
			    "happen "
			    "if the application has not been installed by the administrator of the tenant or "
			    "consented to by any user in the tenant.",
			    id, tenant->name);
		return;
	}
	if (!check_client(call, tenant, client, form))
		return;
	struct twin_token token = {.tenant = tenant,
				   .client_id = client->id,
				   .roles = client->roles,
				   .has_principal = client->has_principal,
				   .answers_challenge = login_answers_challenge(tenant, form)};
	const char *text = login_issue(call, token, true);
	json_begin_object(&call->w);
	json_set_text(&call->w, "access_token", text);
	json_set_int(&call->w, "expires_in", call->twin->settings.token_lifetime_s);
	json_set_int(&call->w, "ext_expires_in", call->twin->settings.token_lifetime_s);
	json_set_text(&call->w, "token_type", "Bearer");
	json_end_object(&call->w);
}

static bool is_shared_authority(const char *name)
{
	return str_eq_fold(name, "common") || str_eq_fold(name, "consumers") ||
	       str_eq_fold(name, "organizations");
}

static void token(struct call *call)
{
	struct call_param_list form = {0};
	const char *authority = call->keys[0];
	struct twin_tenant *tenant = twin_find_tenant(call->twin, authority);
	log_count(call->twin, "POST", "{tenant}/oauth2/v2.0/token");
	if (!login_form(call, &form) || !login_require(call, &form, "grant_type"))
		return;
	const char *grant = login_field(&form, "grant_type");
	bool is_app = str_eq(grant, "client_credentials");
	bool is_shared = is_shared_authority(authority);
	if (is_app && is_shared) {
		login_error(call, 400, "invalid_request", 9001023,
			    "The grant type is not supported over the /common or /consumers endpoints. "
			    "Please use "
			    "the /organizations or tenant-specific endpoint.");
		return;
	}
	if (!tenant && !is_shared) {
		unknown_tenant(call, authority);
		return;
	}
	if (is_app)
		client_credentials(call, tenant, &form);
	else if (str_eq(grant, "urn:ietf:params:oauth:grant-type:device_code") ||
		 str_eq(grant, "device_code")) /* as MSAL sends it */
		login_device_token(call, tenant, &form);
	else if (str_eq(grant, "refresh_token"))
		login_refresh_token(call, tenant, &form);
	else
		login_error(call, 400, "unsupported_grant_type", 70003,
			    "The app requested an unsupported grant type '%s'.", grant);
}

static void discovery(struct call *call)
{
	const struct twin_tenant *tenant = twin_find_tenant(call->twin, call->keys[0]);
	bool shared = is_shared_authority(call->keys[0]);
	log_count(call->twin, "GET", "{tenant}/v2.0/.well-known/openid-configuration");
	if (!tenant && !shared) {
		unknown_tenant(call, call->keys[0]);
		return;
	}
	const char *id = tenant ? tenant->id : "{tenantid}";
	const char *authority = arena_printf(call->arena, "%s/%s", call->base, tenant ? id : call->keys[0]);
	struct json_writer *w = &call->w;
	json_begin_object(w);
	json_set_text(w, "authorization_endpoint",
		      arena_printf(call->arena, "%s/oauth2/v2.0/authorize", authority));
	json_set_text(w, "cloud_graph_host_name", "graph.windows.net");
	json_set_text(w, "cloud_instance_name", call->twin->cloud->instance);
	json_set_text(w, "device_authorization_endpoint",
		      arena_printf(call->arena, "%s/oauth2/v2.0/devicecode", authority));
	json_set_text(w, "issuer", arena_printf(call->arena, "%s/%s/v2.0", call->base, id));
	json_set_text(w, "jwks_uri", arena_printf(call->arena, "%s/discovery/v2.0/keys", authority));
	json_set_text(w, "msgraph_host", call->twin->cloud->graph_host);
	json_set_text(w, "tenant_region_scope", tenant ? "NA" : NULL);
	json_set_text(w, "token_endpoint", arena_printf(call->arena, "%s/oauth2/v2.0/token", authority));
	json_end_object(w);
}

void login_handle(struct call *call)
{
	bool is_post = str_eq(call->method, "POST");
	if (identity_handle(call))
		return;
	if (is_post && call_matches(call, 0, "{}/oauth2/v2.0/token"))
		token(call);
	else if (is_post && call_matches(call, 0, "{}/oauth2/v2.0/devicecode"))
		login_device_code(call, twin_find_tenant(call->twin, call->keys[0]));
	else if (str_eq(call->method, "GET") &&
		 call_matches(call, 0, "{}/v2.0/.well-known/openid-configuration"))
		discovery(call);
	else if (str_eq(call->method, "GET") && call_matches(call, 0, "{}/discovery/v2.0/keys"))
		identity_keys(call);
	else
		login_error(call, 404, "invalid_request", 90014, "The twin does not serve '%s'.", call->path);
}
