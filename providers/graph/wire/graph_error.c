/* Graph's error body as a struct error. */
#include "core/quote.h"
#include "providers/graph/sign_in/claims.h"
#include "providers/graph/wire/request.h"

#include <inttypes.h>
#include <string.h>

/* What to consent to when a request is refused, by method and part of the path; the first row counts. */
static const struct {
	enum http_method method;
	const char *holds, *permission;
} permissions[] = {
	{HTTP_POST, "/assignLicense", "LicenseAssignment.ReadWrite.All"},
	{HTTP_POST, "/reprocessLicenseAssignment", "User.ReadWrite.All"},
	{HTTP_PATCH, "/users/", "User.ReadWrite.All"},
	{HTTP_GET, "/directory/deletedItems", "User.Read.All"},
	{HTTP_GET, "/directory/subscriptions", "Organization.Read.All"},
	{HTTP_GET, "/organization", "Organization.Read.All"},
	{HTTP_GET, "/subscribedSkus", "Organization.Read.All or LicenseAssignment.Read.All"},
	{HTTP_GET, "/contracts", "Directory.Read.All in the partner's own tenant"},
	{HTTP_GET, "/delegatedAdmin", "DelegatedAdminRelationship.Read.All in the partner's own tenant"},
	{HTTP_GET, "/groups", "GroupMember.Read.All"},
	{HTTP_GET, "/users", "User.Read.All"},
};

static const char *permission_for(enum http_method method, const char *url)
{
	for (size_t i = 0; i < ARRAY_LEN(permissions); i++)
		if (permissions[i].method == method && strstr(url, permissions[i].holds))
			return permissions[i].permission;
	return NULL;
}

static const struct json *inner_error(const struct json *error)
{
	const struct json *inner = json_get(error, "innerError");
	return inner ? inner : json_get(error, "innererror");
}

static void add_id(struct strbuf *ids, const char *name, const char *value, struct arena *tmp)
{
	if (value)
		strbuf_addf(ids, "%s%s %s", ids->len ? ", " : "", name, quote_terminal_cut(tmp, value, 80));
}

static void add_ids(struct strbuf *ids, const struct graph_failure *failure, const struct json *inner,
		    struct arena *tmp)
{
	const struct http_header_list *headers = failure->headers;
	/* A part of a batch has an id of its own inside, which is the better one. */
	const char *request_id = json_get_text(inner, "request-id");
	const char *client_id = json_get_text(inner, "client-request-id");
	if (!request_id && headers)
		request_id = http_header_find(headers, "request-id");
	if (!client_id)
		client_id = failure->client_request_id;
	add_id(ids, "request-id", request_id, tmp);
	add_id(ids, "client-request-id", client_id, tmp);
	if (failure->attempts > 1)
		strbuf_addf(ids, "%s%" PRId64 " attempts in %" PRId64 " s", ids->len ? "; " : "",
			    failure->attempts, failure->spent_ms / 1000);
}

static enum error_code code_of(int status)
{
	if (status == 401 || status == 403)
		return ERR_AUTH;
	return status == 429 ? ERR_THROTTLED : ERR_REMOTE;
}

static void add_hint(const struct graph_failure *failure, const char *code, struct error *err)
{
	const char *permission = permission_for(failure->method, failure->url);
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	if (failure->headers && claims_challenge(failure->headers, tmp))
		error_hint(err, "The tenant wants a stronger or newer sign-in than this one can give (claims "
				"challenge): sign in again, or have its conditional access policy changed.");
	else if (str_eq(code, "Authorization_IdentityNotFound"))
		error_hint(err, "The application has no service principal in this tenant yet: after consent "
				"it may take a minute; then try again.");
	else if (failure->status == 401)
		error_hint(
			err,
			"Graph does not accept this sign-in, and a new token did not help: check 'cloud' in "
			"seatshift.yaml and this machine's clock, and sign in again.");
	else if (failure->status == 403 && permission)
		error_hint(err,
			   "The permission %s may be missing: an administrator of the tenant has to "
			   "consent to it.",
			   permission);
	else if (failure->out_of_time)
		error_hint(err, HTTP_OUT_OF_TIME_HINT);
}

void graph_error(const struct graph_failure *failure, struct error *err)
{
	CLEANUP(arena_freep) struct arena *tmp = arena_new();
	CLEANUP(strbuf_release) struct strbuf ids = STRBUF_INIT(STRBUF_SMALL);
	const struct json *error = json_get(failure->body, "error");
	const char *code = redact_before_cut(failure->redact, json_get_text(error, "code"), tmp);
	const char *message = redact_before_cut(failure->redact, json_get_text(error, "message"), tmp);
	const char *path = arena_strndup(tmp, failure->url, strcspn(failure->url, "?"));
	add_ids(&ids, failure, inner_error(error), tmp);
	error_set(err, code_of(failure->status), "%s '%s' was answered %d%s%s: %s%s%s%s",
		  http_method_name(failure->method), quote_terminal_cut(tmp, path, 200), failure->status,
		  code && *code ? " " : "", quote_terminal_cut(tmp, code, 100),
		  message && *message ? quote_terminal_cut(tmp, message, 600) : "no message",
		  ids.len ? " (" : "", strbuf_text(&ids), ids.len ? ")" : "");
	err->http_status = failure->status;
	err->remote_code = code && *code ? mem_strdup(code) : NULL;
	add_hint(failure, code, err);
}

void graph_error_copy(const struct error *from, struct error *to)
{
	error_set(to, from->code, "%s", from->message);
	if (from->hint)
		error_hint(to, "%s", from->hint);
	if (from->where)
		error_where(to, "%s", from->where);
	to->http_status = from->http_status;
	to->remote_code = from->remote_code ? mem_strdup(from->remote_code) : NULL;
}

enum graph_outcome graph_outcome_of(int status)
{
	static const int busy[] = {408, 409, 423, 429};
	if (status >= 200 && status < 300)
		return GRAPH_OK;
	if (status >= 500 && status != 501)
		return GRAPH_BUSY;
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		if (status == busy[i])
			return GRAPH_BUSY;
	return GRAPH_REFUSED;
}
