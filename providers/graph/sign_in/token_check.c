/* What can be read of a token: it has to be for this tenant, for Graph, and for this application.
 */
#include "providers/graph/sign_in/token_source.h"

#include "core/quote.h"
#include "providers/graph/sign_in/jwt.h"

#include <string.h>

/* Graph's own application id, which some tokens name as their audience instead of its address. */
static const char graph_app_id[] = "00000003-0000-0000-c000-000000000000";

static bool wrong_tenant(const struct token_source *source, const struct jwt_claims *claims,
			 struct error *err)
{
	if (claims->tenant_id)
		error_set(err, ERR_WRONG_TENANT, "the token is for tenant '%.64s', not for '%s'",
			  claims->tenant_id, source->options.tenant_id);
	else
		error_set(err, ERR_WRONG_TENANT,
			  "the token does not say which tenant it is for; wanted was '%s'",
			  source->options.tenant_id);
	return error_hint(err, "Nothing was sent to Graph. Sign in with credentials that belong to the "
			       "customer's own tenant.");
}

static bool is_for_graph(const struct token_source *source, const char *audience)
{
	const char *scope = source->options.scope;
	const char *end = scope ? strstr(scope, "/.default") : NULL;
	size_t len = strlen(audience);
	if (!end || str_eq_fold(audience, graph_app_id))
		return true;
	while (len && audience[len - 1] == '/')
		len--;
	return len == (size_t)(end - scope) && strncasecmp(audience, scope, len) == 0;
}

bool token_check(const struct token_source *source, const struct secret *token, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	const struct token_options *options = &source->options;
	struct jwt_claims claims;
	if (!jwt_read(token, tmp, &claims))
		return true;
	/* One that can be read and names no tenant is not taken for one that cannot be read. */
	if (!str_eq_fold(claims.tenant_id, options->tenant_id))
		return wrong_tenant(source, &claims, err);
	if (claims.audience && !is_for_graph(source, claims.audience)) {
		error_set(err, ERR_AUTH, "the token is for '%s', not for Graph at '%s'",
			  quote_terminal_cut(tmp, claims.audience, 100), options->scope);
		return error_hint(err, "Check 'cloud' in seatshift.yaml; a ready token has to be asked "
				       "for Microsoft Graph.");
	}
	if (source->ops->as_client && claims.client_id && !str_eq_fold(claims.client_id, options->client_id))
		return error_set(err, ERR_AUTH, "the token is for application '%s', not for '%s'",
				 quote_terminal_cut(tmp, claims.client_id, 64), options->client_id);
	return token_check_permissions(source, token, options->needs, err);
}

bool token_check_permissions(const struct token_source *source, const struct secret *token, unsigned needs,
			     struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	struct jwt_claims claims;
	/* Without a tenant it is no token of the sign-in service, and says nothing of permissions.
	 */
	if (!needs || !jwt_read(token, tmp, &claims) || !claims.tenant_id)
		return true;
	/* The sign-in service's own tokens name their audience and application; others say as
	 * little. */
	if (!claims.has_roles && !(claims.audience && claims.client_id))
		return true;
	unsigned missing = permissions_missing(needs, &claims.roles);
	if (!missing)
		return true;
	error_set(err, ERR_AUTH, "the %s lacks %s in tenant '%s': %s%s",
		  claims.is_app || !claims.has_roles ? "application" : "sign-in",
		  missing & (missing - 1) ? "permissions" : "a permission", source->options.tenant_id,
		  permissions_text(tmp, missing),
		  claims.has_principal || claims.has_roles
			  ? ""
			  : "; it has no service principal in this tenant yet");
	return error_hint(err,
			  "An administrator of the tenant grants it in the admin centre under the "
			  "application's API permissions, Microsoft Graph, and consents here: %s",
			  token_consent_link(source, tmp));
}
