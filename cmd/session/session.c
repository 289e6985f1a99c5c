/* What commands that talk to a tenant share: files, credentials, and a provider. */
#include "cmd/session/session.h"

#include "cmd/outside/annotate.h"
#include "cmd/session/names.h"
#include "core/http_curl.h"
#include "core/quote.h"
#include "plans/planning/planning.h"
#include "plans/saved/plan_verify.h"
#include "providers/graph/graph.h"
#include "providers/graph/person.h"

#include <assert.h>
#include <string.h>

static bool print_complaints(struct app *app, const struct session *session)
{
	if (session->checked.diags.count)
		out_message(&app->out, "%s", checked_text(app->arena, &session->checked));
	annotate_diags(app, &session->checked.diags);
	return false;
}

static void take(struct session *session, const struct customer *customer)
{
	session->desired = customer->desired;
	session->policy = customer->policy;
}

/* What the form of a text does not show: that it is what this environment signs in with. */
static bool holds_no_secret(struct app *app, const struct session *session, struct error *err)
{
	for (size_t i = 0; i < session->checked.sources.count; i++) {
		const struct source *source = &session->checked.sources.items[i];
		if (!app_refuse_secret(app, source->text, err))
			return error_wrap(err, "'%s'", quote_terminal(app->arena, source->path));
	}
	return true;
}

bool session_load_from(struct app *app, const char *customer, struct session *session, struct error *err)
{
	struct customer loaded;
	if (!repository_load_customer(&session->repository, name_in_repository(app, customer), app->arena,
				      &session->checked, &loaded, err) ||
	    !holds_no_secret(app, session, err))
		return false;
	take(session, &loaded);
	return true;
}

bool session_load(struct app *app, const char *customer, struct session *session, struct error *err)
{
	if (!repository_open(app->dir, app->arena, &session->repository, err))
		return false;
	session->repository.today = date_of_ms(clock_now_ms(app->clock));
	return session_load_from(app, customer, session, err) || print_complaints(app, session);
}

bool session_check_claims(struct app *app, struct session *session, struct error *err)
{
	return repository_check_claims(&session->repository, &session->desired, app->arena, &session->checked,
				       err) ||
	       print_complaints(app, session);
}

bool session_load_draft(struct app *app, const char *customer, struct session *session, struct error *err)
{
	bool is_open = session->repository.dir != NULL;
	if (!is_open && !repository_open(app->dir, app->arena, &session->repository, err))
		return false;
	struct customer draft;
	if (!repository_load_draft(&session->repository, name_in_repository(app, customer), app->arena,
				   &session->checked, &draft, err))
		return print_complaints(app, session);
	if (!holds_no_secret(app, session, err))
		return false;
	take(session, &draft);
	return true;
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
		out_message(&app->out, "%s\n",
			    checked_diag_text(app->arena, &session->checked, &diags->items[i]));
	annotate_diags(app, diags);
}

static const char *const method_names[] = {
	NULL,	     "client-secret", "certificate", "workload-identity", "managed-identity",
	"azure-cli", "device-code"};

static void tell_detail(void *ctx, const char *line)
{
	struct app *app = ctx;
	out_verbose(&app->out, "%s", line);
}

static void tell_notice(void *ctx, const char *line)
{
	struct app *app = ctx;
	out_message(&app->out, "%s", line);
}

static void tell_waiting(void *ctx, const char *line)
{
	struct app *app = ctx;
	if (!app_owes_word(app))
		return;
	if (app->out.messages_terminal)
		out_redraw(&app->out, "");
	out_note(&app->out, "%s", line);
}

/* To one request as well as to all of them; 0: none was given. */
static int64_t time_given(const struct app *app)
{
	int64_t left_ms = app->ends_at_ms ? app->ends_at_ms - clock_monotonic_ms(app->clock) : 0;
	return app->ends_at_ms && left_ms < 1 ? 1 : left_ms;
}

/* The partner's relation is read in the partner's own tenant; a ready token has to be one for it. */
static void add_partner(struct app *app, struct session *session, struct graph_options *options)
{
	if (!session->policy.partner_required)
		return;
	const char *token = app_env(app, "SEATSHIFT_PARTNER_ACCESS_TOKEN");
	options->partner_tenant_id = session->policy.partner_tenant;
	if (!token)
		return;
	session->partner_token = secret_new(token, strlen(token));
	options->partner_token = session->partner_token;
}

struct graph_options session_graph_options(struct app *app, struct session *session)
{
	const struct policy *policy = &session->policy;
	struct graph_options options = {
		.transport = session->transport,
		.clock = app->clock,
		.random = app->random,
		.tenant_id = session->desired.tenant_id,
		.domain = session->desired.tenant_domain,
		.cloud = cloud_name(policy->cloud),
		.graph_url = app_env(app, "SEATSHIFT_GRAPH_URL"),
		.login_url = app_env(app, "SEATSHIFT_LOGIN_URL"),
		.should_stop = session->should_stop ? session->should_stop : app_is_signalled,
		.stop_ctx = session->should_stop ? session->stop_ctx : app,
		.auth_method = method_names[policy->auth_method],
		.client_id = policy->client_id,
		.env = {.get = app->env, .ctx = app->env_ctx},
		.redact = app->out.redact,
		.talk = {.detail = tell_detail, .notice = tell_notice, .waiting = tell_waiting, .ctx = app},
		.terminal = app->stderr_terminal,
		.concurrency = (size_t)policy->concurrency,
		.deadline_ms = session->deadline_ms ? session->deadline_ms : time_given(app),
		.ends_at_ms = app->ends_at_ms,
		.patience_ms = app->ends_at_ms ? 0 : session->patience_ms,
	};
	/* A ready token outranks every method. */
	if (app_env(app, "SEATSHIFT_ACCESS_TOKEN"))
		options.auth_method = "access-token";
	add_partner(app, session, &options);
	return options;
}

/* In libcurl's own order, for an address with https. */
static const char *proxy_of(const struct app *app)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
	const char *proxy = NULL;
	for (size_t i = 0; i < ARRAY_LEN(names) && !proxy; i++)
		proxy = app_env(app, names[i]);
	return proxy;
}

struct http_transport *session_transport(const struct app *app, size_t connections)
{
	assert(app->may_sign_in); /* else nobody could end the wait: enum network_use */
	const char *ca_file = app_env(app, "CURL_CA_BUNDLE");
	return http_curl_new(
		&(struct http_curl_options){.ca_file = ca_file ? ca_file : app_env(app, "SSL_CERT_FILE"),
					    .ca_dir = app_env(app, "SSL_CERT_DIR"),
					    .proxy = proxy_of(app),
					    .connections = connections,
					    .clock = app->clock});
}

bool session_connect(struct app *app, struct session *session, struct error *err)
{
	session->transport = session_transport(app, GRAPH_CONNECTIONS);
	const struct graph_options options = session_graph_options(app, session);
	session->provider = graph_new(&options, err);
	return session->provider != NULL;
}

bool session_connect_to_read(struct app *app, struct session *session, struct error *err)
{
	session->patience_ms = READ_PATIENCE_MS;
	if (!session_connect(app, session, err))
		return false;
	session->read_ops = *session->provider->ops;
	session->read_ops.execute = NULL;
	session->read_ops.may_reprocess = NULL;
	session->read_ops.reprocess = NULL;
	session->provider->ops = &session->read_ops;
	return true;
}

struct tenant_case session_tenant(const struct session *session, const struct plan *plan)
{
	return (struct tenant_case){plan, &session->desired, &session->policy};
}

bool session_prove_plan(struct app *app, const struct session *session, const struct plan_folder *folder,
			struct error *err)
{
	struct diag_list diags = {0};
	const struct tenant_case tenant = session_tenant(session, &folder->plan);
	if (!tenant_agree(&tenant, err))
		return false;
	const struct plan_inputs inputs = {.desired = &session->desired, .policy = &session->policy};
	if (plan_folder_verify(app->dir, folder, &inputs, app->arena, &diags, err))
		return true;
	session_print_diags(app, session, &diags);
	return false;
}

bool session_prove_person(struct app *app, struct session *session, const struct plan *plan,
			  struct error *err)
{
	const struct tenant_case tenant = session_tenant(session, plan);
	if (!tenant_agree(&tenant, err))
		return false;
	if (!session->transport)
		session->transport = session_transport(app, 1);
	session->patience_ms = READ_PATIENCE_MS;
	const struct graph_options options = session_graph_options(app, session);
	return person_prove(&options, err);
}

struct next_command session_next(const struct app *app, const struct session *session,
				 const struct plan_folder *folder)
{
	return (struct next_command){folder->id, session->policy.approvals_required, !app->stdin_terminal};
}

void session_release(struct session *session)
{
	if (session->provider)
		session->provider->ops->free(session->provider);
	http_transport_free(session->transport);
	secret_free(session->partner_token);
}
