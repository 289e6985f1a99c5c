/* What commands that talk to a tenant share: files, credentials, and a provider. */
#include "cmd/session.h"

#include "core/http_curl.h"
#include "core/quote.h"
#include "providers/graph/endpoints.h"
#include "providers/graph/graph.h"
#include "providers/graph/person.h"

#include <string.h>

static bool print_complaints(struct app *app, const struct session *session)
{
	if (session->checked.diags.count)
		out_message(&app->out, "%s", checked_text(app->arena, &session->checked));
	return false;
}

bool session_load(struct app *app, const char *customer, struct session *session, struct error *err)
{
	if (!repository_open(app->dir, app->arena, &session->repository, err))
		return false;
	return repository_load_customer(&session->repository, customer, app->arena, &session->checked,
					&session->desired, &session->policy, err) ||
	       print_complaints(app, session);
}

bool session_load_draft(struct app *app, const char *customer, struct session *session, struct error *err)
{
	if (!repository_open(app->dir, app->arena, &session->repository, err))
		return false;
	return repository_load_draft(&session->repository, customer, app->arena, &session->checked,
				     &session->desired, &session->policy, err) ||
	       print_complaints(app, session);
}

bool session_load_tenant(struct app *app, const char *tenant_id, struct session *session, struct error *err)
{
	if (!str_is_guid(tenant_id)) {
		error_set(err, ERR_INVALID, "'%s' is not a tenant id", tenant_id);
		return error_hint(err, "A tenant id is a GUID: Entra admin centre, Overview, Tenant ID.");
	}
	session->desired.tenant_id = str_lower(app->arena, tenant_id);
	if (!repository_open(app->dir, app->arena, &session->repository, err))
		return false;
	return repository_load_policy(&session->repository, app->arena, &session->checked, &session->policy,
				      err) ||
	       print_complaints(app, session);
}

void session_print_diags(struct app *app, const struct session *session, const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++)
		out_message(&app->out, "%s\n", checked_diag_text(app->arena, &session->checked, &diags->items[i]));
}

static const char *const cloud_names[] = {"global", "usgov", "usgov-dod", "china"};
static const char *const method_names[] = {NULL, "client-secret", "certificate", "workload-identity",
					   "managed-identity", "azure-cli", "device-code"};

static struct secret *take_env(struct app *app, const char *name)
{
	const char *value = app_env(app, name);
	return value ? secret_new(value, strlen(value)) : NULL;
}

/* Which method, and the secret it needs. A ready token outranks every method. */
static bool pick_credentials(struct app *app, struct session *session, const char **ret_method,
			     struct error *err)
{
	session->secret = take_env(app, "SEATSHIFT_ACCESS_TOKEN");
	if (session->secret) {
		*ret_method = "access-token";
		return true;
	}
	const char *method = method_names[session->policy.auth_method];
	if (method && !str_eq(method, "client-secret")) {
		error_set(err, ERR_AUTH, "this version cannot sign in with the method '%s'", method);
		return error_hint(err, "Set auth.method to client-secret, or give a token in SEATSHIFT_ACCESS_TOKEN.");
	}
	session->secret = take_env(app, "AZURE_CLIENT_SECRET");
	*ret_method = "client-secret";
	if (session->secret)
		return true;
	error_set(err, ERR_AUTH, "no credentials: AZURE_CLIENT_SECRET is not set");
	return error_hint(err, "Set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or SEATSHIFT_ACCESS_TOKEN.");
}

static bool is_signalled(void *ctx)
{
	const struct app *app = ctx;
	return app->signals && *app->signals > 0;
}

static const char *client_id_of(const struct app *app, const struct session *session)
{
	return session->policy.client_id ? session->policy.client_id : app_env(app, "AZURE_CLIENT_ID");
}

/* What every way to the tenant has in common: transport, addresses, the client, who may stop it. */
static bool reach(struct app *app, struct session *session, struct graph_options *ret_options, struct error *err)
{
	const char *ca_file = app_env(app, "CURL_CA_BUNDLE");
	const struct http_curl_options curl = {.ca_file = ca_file ? ca_file : app_env(app, "SSL_CERT_FILE"),
					       .connections = (size_t)session->policy.concurrency,
					       .clock = app->clock};
	const struct graph_options options = {
		.clock = app->clock,
		.random = app->random,
		.tenant_id = session->desired.tenant_id,
		.cloud = cloud_names[session->policy.cloud],
		.graph_url = app_env(app, "SEATSHIFT_GRAPH_URL"),
		.login_url = app_env(app, "SEATSHIFT_LOGIN_URL"),
		.client_id = client_id_of(app, session),
		.should_stop = session->should_stop ? session->should_stop : is_signalled,
		.stop_ctx = session->should_stop ? session->stop_ctx : app,
		.concurrency = (size_t)session->policy.concurrency,
		.deadline_ms = session->deadline_ms,
	};
	struct endpoints endpoints;
	if (!endpoints_init(&endpoints, options.cloud, options.graph_url, options.login_url, app->arena, err))
		return false;
	session->login_url = endpoints.login;
	if (!session->transport)
		session->transport = http_curl_new(&curl);
	*ret_options = options;
	ret_options->transport = session->transport;
	return true;
}

bool session_connect(struct app *app, struct session *session, struct error *err)
{
	struct graph_options options;
	const char *method = NULL;
	if (!pick_credentials(app, session, &method, err))
		return false;
	if (!client_id_of(app, session) && str_eq(method, "client-secret")) {
		error_set(err, ERR_AUTH, "no credentials: there is no client id");
		return error_hint(err, "Set auth.client_id in seatshift.yaml, or AZURE_CLIENT_ID.");
	}
	if (!reach(app, session, &options, err))
		return false;
	options.auth_method = method;
	options.secret = session->secret;
	session->provider = graph_new(&options, err);
	return session->provider != NULL;
}

bool session_find_login(struct app *app, struct session *session, struct error *err)
{
	struct graph_options ignored;
	return reach(app, session, &ignored, err);
}

static void ask_to_sign_in(void *ctx, const char *where, const char *user_code)
{
	struct app *app = ctx;
	out_message(&app->out, "To see the key, show that you can sign in to this tenant: open\n  %s\nin a PRIVATE "
			       "window and enter the code %s",
		    quote_terminal(app->arena, where), quote_terminal(app->arena, user_code));
}

static bool is_cancelled(void *ctx)
{
	const struct app *app = ctx;
	return *app->signals > 0;
}

bool session_prove_person(struct app *app, struct session *session, struct error *err)
{
	struct graph_options graph;
	if (!reach(app, session, &graph, err))
		return false;
	const struct person_options options = {
		.graph = &graph, .prompt = ask_to_sign_in, .cancelled = is_cancelled, .ctx = app};
	return person_prove(&options, err);
}

bool session_connect_to_read(struct app *app, struct session *session, struct error *err)
{
	if (!session_connect(app, session, err))
		return false;
	session->read_ops = *session->provider->ops;
	session->read_ops.execute = NULL;
	session->provider->ops = &session->read_ops;
	return true;
}

void session_release(struct session *session)
{
	if (session->provider)
		session->provider->ops->free(session->provider);
	http_transport_free(session->transport);
	secret_free(session->secret);
}
