/*
 * What commands that talk to a tenant share: the customer's files, credentials from the environment,
 * and a provider bound to that customer's tenant.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/outside/app.h"
#include "core/http.h"
#include "core/secret.h"
#include "plans/desired/repository.h"
#include "plans/planning/plan.h"
#include "plans/run/tenant_guard.h"
#include "plans/saved/next_command.h"
#include "plans/saved/plan_folder.h"
#include "providers/graph/graph.h"
#include "providers/provider.h"

struct session {
	struct repository repository;
	struct desired desired;
	struct policy policy;
	struct checked checked;
	struct http_transport *transport;
	struct secret *partner_token; /* or NULL */
	struct provider *provider;    /* NULL until session_connect */
	struct provider_ops read_ops; /* of a provider that only reads */
	/* Asked while the tenant is read; set before session_connect. NULL: a signal stops. */
	bool (*should_stop)(void *ctx);
	void *stop_ctx;
	int64_t patience_ms; /* without an answer of use; session_connect_to_read: two minutes; 0: no end */
	int64_t deadline_ms; /* of a request with its repetitions; set before session_connect; 0: five minutes
			      */
};

/* The working tree's policy and one customer; complaints are printed. Release it in any case. */
NODISCARD bool session_load(struct app *app, const char *customer, struct session *session,
			    struct error *err);

/* The same from the repository that the session has; nothing is printed. */
NODISCARD bool session_load_from(struct app *app, const char *customer, struct session *session,
				 struct error *err);

/* The same for a customer who has not agreed yet: for showing, never for a plan. */
/* No other customer's file names the same tenant: each would undo what the other has planned. */
NODISCARD bool session_check_claims(struct app *app, struct session *session, struct error *err);
/* A repository that the session has already is not opened again: who tells of all customers lists them once.
 */
NODISCARD bool session_load_draft(struct app *app, const char *customer, struct session *session,
				  struct error *err);
/* The policy alone, and a tenant that has no customer file yet: only `desired.tenant_id` is set. */
NODISCARD bool session_load_tenant(struct app *app, const char *tenant_id, struct session *session,
				   struct error *err);

/* How long a command that reads waits without an answer of use, where no --deadline was given. */
enum { READ_PATIENCE_MS = 120000 };

/* Signs nothing in yet: the provider asks for a token when it first needs one. */
NODISCARD bool session_connect(struct app *app, struct session *session, struct error *err);
/*
 * The same, but without any way to write: the provider's `execute` is NULL from then on. For commands
 * that only look.
 */
NODISCARD bool session_connect_to_read(struct app *app, struct session *session, struct error *err);

/*
 * Makes the person at the terminal sign in to the plan's tenant by device code, and proves by the token that
 * it was this tenant. ERR_STALE when the customer file names another one, ERR_WRONG_TENANT or ERR_AUTH
 * otherwise.
 */
NODISCARD bool session_prove_person(struct app *app, struct session *session, const struct plan *plan,
				    struct error *err);
/*
 * The session's customer file and policy are of the plan's tenant, and the plan is what the planner makes of
 * them and its snapshot (plan_folder_verify). Complaints are printed.
 */
NODISCARD bool session_prove_plan(struct app *app, const struct session *session,
				  const struct plan_folder *folder, struct error *err);
/* The plan, and the customer file and policy of the session: one tenant? (plans/run/tenant_guard.h) */
struct tenant_case session_tenant(const struct session *session, const struct plan *plan);
/* What is typed next of this plan, at the terminal or without one as now. */
struct next_command session_next(const struct app *app, const struct session *session,
				 const struct plan_folder *folder);
void session_release(struct session *session);

/* The parts of session_connect, for doctor: what the provider is made with, and the way to the network. */
struct graph_options session_graph_options(struct app *app, struct session *session);
struct http_transport *session_transport(const struct app *app, size_t connections);

/* Prints diagnostics on stderr, each with its source line. */
void session_print_diags(struct app *app, const struct session *session, const struct diag_list *diags);

#endif
