/* Device codes: a person signs in elsewhere, played by POST /twin/device, possibly in another tenant. */
#include "core/base64.h"
#include "providers/twin/identity.h"
#include "providers/twin/login.h"

#include <string.h>

static const struct twin_client *find_public_client(struct call *call, const struct twin_tenant *authority,
						    const char *id)
{
	const struct twin_client *client = authority ? twin_find_client(authority, id) : NULL;
	for (size_t i = 0; !authority && !client && i < call->twin->tenants.count; i++)
		client = twin_find_client(call->twin->tenants.items[i], id);
	return client;
}

static const char *new_user_code(struct call *call)
{
	static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ23456789";
	char code[10] = "";
	for (size_t i = 0; i < 9; i++)
		code[i] = letters[random_below(call->twin->random, sizeof letters - 1)];
	return arena_strdup(call->twin->arena, code);
}

void login_device_code(struct call *call, struct twin_tenant *authority)
{
	struct call_param_list form = {0};
	const char *name = call->keys[0];
	log_count(call->twin, "POST", "{tenant}/oauth2/v2.0/devicecode");
	if (!authority && !str_eq_fold(name, "common") && !str_eq_fold(name, "organizations")) {
		login_error(call, 400, "invalid_tenant", 90002, "Tenant '%s' not found.", name);
		return;
	}
	if (!login_form(call, &form) || !login_require(call, &form, "client_id") ||
	    !login_require(call, &form, "scope"))
		return;
	const struct twin_client *client =
		find_public_client(call, authority, login_field(&form, "client_id"));
	if (!client) {
		login_error(call, 400, "unauthorized_client", 700016,
			    "Application with identifier '%s' was not found in the directory '%s'.",
			    login_field(&form, "client_id"), authority ? authority->name : name);
		return;
	}
	if (login_refused(call, client))
		return;
	struct arena *kept = call->twin->arena;
	struct twin_device_login login = {.device_code = twin_new_id(call->twin),
					  .user_code = new_user_code(call),
					  .client_id = client->id,
					  .scope = arena_strdup(kept, login_field(&form, "scope")),
					  .authority = authority,
					  .expires_ms = twin_now(call->twin) + 900000,
					  .last_poll_ms = TWIN_BEFORE_ALL};
	VEC_PUSH(kept, &call->twin->device_logins, login);
	struct json_writer *w = &call->w;
	const char *where = arena_printf(call->arena, "%s/devicelogin", call->base);
	json_begin_object(w);
	json_set_text(w, "device_code", login.device_code);
	json_set_int(w, "expires_in", 900);
	json_set_int(w, "interval", 1);
	json_set_text(
		w, "message",
		arena_printf(call->arena,
			     "To sign in, use a web browser to open the page %s and enter the code %s to "
			     "authenticate.",
			     where, login.user_code));
	json_set_text(w, "user_code", login.user_code);
	json_set_text(w, "verification_uri", where);
	json_end_object(w);
}

static struct twin_device_login *find_login(struct call *call, const char *device_code)
{
	struct twin_device_login_list *list = &call->twin->device_logins;
	for (size_t i = 0; i < list->count; i++) {
		if (str_eq(list->items[i].device_code, device_code))
			return &list->items[i];
	}
	return NULL;
}

/* Scopes without their resource, and without the ones that only ask for other tokens. */
static struct str_list granted_scopes(struct call *call, const struct twin_device_login *login)
{
	static const char graph[] = "https://graph.microsoft.com/";
	struct str_list list = {0};
	const struct twin_client *client = twin_find_client(login->tenant, login->client_id);
	for (const char *p = login->scope; *p;) {
		size_t len = strcspn(p, " ");
		const char *word = arena_strndup(call->twin->arena, p, len);
		if (str_starts(word, graph))
			word += sizeof graph - 1;
		/* Everything that was consented to for the application. */
		for (size_t i = 0; client && str_eq(word, ".default") && i < client->roles.count; i++)
			VEC_PUSH(call->twin->arena, &list, client->roles.items[i]);
		if (len && !str_eq(word, "offline_access") && !str_eq(word, "openid") &&
		    !str_eq(word, "profile"))
			VEC_PUSH(call->twin->arena, &list, word);
		p += len + (p[len] == ' ');
	}
	return list;
}

static bool check_login(struct call *call, struct twin_device_login *login, struct twin_tenant *authority,
			const char *client_id)
{
	int64_t now = twin_now(call->twin);
	if (!login || !str_eq_fold(login->client_id, client_id))
		return login_error(call, 400, "bad_verification_code", 70018, "Invalid verification code.");
	bool too_fast = login->last_poll_ms > now - 900;
	login->last_poll_ms = now;
	if (login->used)
		return login_error(call, 400, "invalid_grant", 90120, "The device code was used already.");
	if (login->expires_ms <= now)
		return login_error(call, 400, "expired_token", 70019, "Verification code expired.");
	if (login->declined)
		return login_error(call, 400, "authorization_declined", 70044,
				   "The user has declined the authorization request.");
	if (!login->tenant && too_fast)
		return login_error(call, 400, "slow_down", 70016, "Polling too fast.");
	if (!login->tenant)
		return login_error(
			call, 400, "authorization_pending", 70016,
			"OAuth 2.0 device flow error. Authorization is pending. Continue polling.");
	if (authority != login->authority)
		return login_error(call, 400, "invalid_grant", 70000,
				   "The provided device code was issued for another authority.");
	return true;
}

static bool asks_for(const char *scope, const char *word)
{
	const char *found = strstr(scope, word);
	size_t len = strlen(word);
	while (found && ((found > scope && found[-1] != ' ') || (found[len] && found[len] != ' ')))
		found = strstr(found + 1, word);
	return found != NULL;
}

/* Whoever signed in, when POST /twin/device named nobody of the tenant. */
static const char *person_id(struct call *call, const struct twin_device_login *login)
{
	const struct twin_user *user = login->user ? twin_find_user_now(login->tenant, login->user) : NULL;
	return user ? user->id : twin_derive_id(call->twin, login->tenant->id, "device");
}

/* Who it is, as clients of Microsoft's own kind keep it beside their tokens. */
static const char *client_info(struct call *call, const struct twin_device_login *login)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(STRBUF_SMALL);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(STRBUF_SMALL);
	struct json_writer w = JSON_WRITER(&json);
	json_begin_object(&w);
	json_set_text(&w, "uid", person_id(call, login));
	json_set_text(&w, "utid", login->tenant->id);
	json_end_object(&w);
	base64url_encode(&text, json.ptr, json.len);
	return strbuf_dup(call->arena, &text);
}

static const char *id_token(struct call *call, const struct twin_device_login *login)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(STRBUF_SMALL);
	int64_t now_s = twin_wall(call->twin) / 1000;
	const struct twin_user *user = login->user ? twin_find_user_now(login->tenant, login->user) : NULL;
	struct json_writer w = JSON_WRITER(&json);
	json_begin_object(&w);
	json_set_text(&w, "aud", login->client_id);
	json_set_int(&w, "exp", now_s + call->twin->settings.token_lifetime_s);
	json_set_int(&w, "iat", now_s);
	json_set_text(&w, "iss", arena_printf(call->arena, "%s/%s/v2.0", call->base, login->tenant->id));
	json_set_text(&w, "name", user ? user->now->display_name : "Device sign-in");
	json_set_int(&w, "nbf", now_s);
	json_set_text(&w, "oid", person_id(call, login));
	json_set_text(&w, "preferred_username", user ? user->now->upn : login->tenant->domains.items[0].name);
	json_set_text(&w, "sub", twin_derive_id(call->twin, login->client_id, person_id(call, login)));
	json_set_text(&w, "tid", login->tenant->id);
	json_set_text(&w, "uti", call->request_id);
	json_set_text(&w, "ver", "2.0");
	json_end_object(&w);
	return identity_sign(call, &json);
}

static void grant(struct call *call, struct twin_device_login *login, const struct call_param_list *form)
{
	struct twin_token token = {.tenant = login->tenant,
				   .client_id = login->client_id,
				   .roles = granted_scopes(call, login),
				   .person_id = person_id(call, login),
				   .has_principal = true,
				   .answers_challenge = login_answers_challenge(login->tenant, form)};
	const char *text = login_issue(call, token, false);
	if (asks_for(login->scope, "offline_access"))
		login->refresh_token =
			arena_printf(call->twin->arena, "1.AVwin-refresh-%s", twin_new_id(call->twin));
	json_begin_object(&call->w);
	json_set_text(&call->w, "access_token", text);
	if (str_eq(login_field(form, "client_info"), "1"))
		json_set_text(&call->w, "client_info", client_info(call, login));
	json_set_int(&call->w, "expires_in", call->twin->settings.token_lifetime_s);
	if (asks_for(login->scope, "openid"))
		json_set_text(&call->w, "id_token", id_token(call, login));
	if (login->refresh_token)
		json_set_text(&call->w, "refresh_token", login->refresh_token);
	json_set_text(&call->w, "scope", login->scope);
	json_set_text(&call->w, "token_type", "Bearer");
	json_end_object(&call->w);
}

void login_device_token(struct call *call, struct twin_tenant *authority, const struct call_param_list *form)
{
	if (!login_require(call, form, "client_id") || !login_require(call, form, "device_code"))
		return;
	struct twin_device_login *login = find_login(call, login_field(form, "device_code"));
	if (!check_login(call, login, authority, login_field(form, "client_id")))
		return;
	login->used = true;
	grant(call, login, form);
}

void login_refresh_token(struct call *call, struct twin_tenant *authority, const struct call_param_list *form)
{
	if (!login_require(call, form, "client_id") || !login_require(call, form, "refresh_token"))
		return;
	const char *given = login_field(form, "refresh_token");
	struct twin_device_login_list *list = &call->twin->device_logins;
	for (size_t i = 0; i < list->count; i++) {
		struct twin_device_login *login = &list->items[i];
		bool own = str_eq(login->refresh_token, given) && login->authority == authority &&
			   str_eq_fold(login->client_id, login_field(form, "client_id"));
		if (own) {
			grant(call, login, form);
			return;
		}
	}
	login_error(call, 400, "invalid_grant", 700082, "The refresh token has expired due to inactivity.");
}
