/* doctor's checks of the world outside: cloud, clock, discovery, sign-in, permissions, partner. */
#include "cmd/doctor.h"

#include "core/quote.h"
#include "plans/planning/plan.h"
#include "providers/graph/sign_in/discovery.h"
#include "providers/graph/sign_in/endpoints.h"

#include <string.h>

enum { SKEW_WARN_S = 60, SKEW_FAIL_S = 300 };

static const char *text(struct doctor *d, const char *fmt, ...) PRINTF(2, 3);
static const char *text(struct doctor *d, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	const char *line = arena_vprintf(d->app->arena, fmt, args);
	va_end(args);
	return line;
}

static bool find_endpoints(struct doctor *d, struct endpoints *ret, struct error *err)
{
	return endpoints_init(ret, d->options.cloud, d->options.graph_url, d->options.login_url,
			      d->app->arena, err);
}

void doctor_check_cloud(struct doctor *d)
{
	struct endpoints endpoints;
	struct error err = ERROR_INIT;
	if (!find_endpoints(d, &endpoints, &err)) {
		doctor_add_error(d, "cloud", &err, NULL);
		return;
	}
	bool replaced = d->options.graph_url || d->options.login_url;
	doctor_add(
		d,
		(struct finding){
			.check = "cloud",
			.verdict = replaced ? VERDICT_WARN : VERDICT_OK,
			.detail = text(d, "%s: sign-in at %s, Graph at %s", d->options.cloud, endpoints.login,
				       endpoints.graph),
			.remedy = replaced
					  ? "SEATSHIFT_GRAPH_URL or SEATSHIFT_LOGIN_URL replaces the cloud's "
					    "own address: unset them outside of tests."
					  : NULL});
}

static void check_clock(struct doctor *d, const struct discovery *found)
{
	int64_t off_s = (found->skew_ms < 0 ? -found->skew_ms : found->skew_ms) / 1000;
	struct finding finding = {.check = "clock", .code = ERR_FAILED};
	if (!found->skew_known) {
		finding.verdict = VERDICT_WARN;
		finding.detail = "the sign-in service did not say what time it is";
	} else if (off_s < SKEW_WARN_S) {
		finding.detail = "agrees with the sign-in service's";
	} else {
		finding.verdict = off_s < SKEW_FAIL_S ? VERDICT_WARN : VERDICT_FAIL;
		finding.detail = text(d, "%lld s %s the sign-in service's", (long long)off_s,
				      found->skew_ms < 0 ? "behind" : "ahead of");
		finding.remedy = "Set this machine's clock: assertions and tokens are valid by time.";
	}
	doctor_add(d, finding);
}

static bool judge_discovery(struct doctor *d, const struct discovery *found)
{
	const struct desired *desired = &d->session->desired;
	const char *tenant = found->tenant_id;
	struct finding finding = {.check = "discovery"};
	if (found->unknown_domain || (tenant && !str_eq_fold(tenant, desired->tenant_id))) {
		finding.verdict = VERDICT_FAIL;
		finding.code = ERR_WRONG_TENANT;
		finding.detail = text(d, "domain %s belongs to %s, the file says %s", desired->tenant_domain,
				      tenant ? tenant : "no tenant of this cloud", desired->tenant_id);
		finding.remedy = "Check tenant.domain and tenant.id in the customer's file, and 'cloud'.";
	} else if (!tenant) {
		finding.verdict = VERDICT_WARN;
		finding.detail = text(d, "answered %d without a tenant", found->status);
		finding.remedy = "Something between may have answered: check HTTPS_PROXY and NO_PROXY.";
	} else {
		finding.detail = text(d, "domain %s belongs to tenant %s", desired->tenant_domain, tenant);
	}
	doctor_add(d, finding);
	return finding.verdict != VERDICT_FAIL;
}

/* No credential is used when it fails. */
static bool check_discovery(struct doctor *d)
{
	struct endpoints endpoints;
	struct discovery found = {0};
	struct error err = ERROR_INIT;
	if (!find_endpoints(d, &endpoints, &err)) {
		error_release(&err); /* told as "cloud" */
		return false;
	}
	CLEANUP(http_client_freep)
	struct http_client *client =
		http_client_new(&(struct http_client_options){.transport = d->session->transport,
							      .clock = d->app->clock,
							      .random = d->app->random,
							      .ends_at_ms = d->options.ends_at_ms,
							      .patience_ms = d->options.patience_ms,
							      .waiting = d->options.talk.waiting,
							      .waiting_ctx = d->options.talk.ctx,
							      .tells_progress = true,
							      .should_stop = d->options.should_stop,
							      .stop_ctx = d->options.stop_ctx});
	if (!discovery_ask(client, endpoints.login, d->session->desired.tenant_domain, d->app->arena, &found,
			   &err)) {
		doctor_add_error(d, "discovery", &err, "Check the network, HTTPS_PROXY and NO_PROXY.");
		return false;
	}
	check_clock(d, &found);
	return judge_discovery(d, &found);
}

/* Without them this customer cannot be planned. */
static unsigned needs_of_plan(const struct doctor *d)
{
	struct read_scope scope;
	plan_read_scope(&d->session->desired, &d->session->policy, d->app->arena, &scope);
	return NEEDS_READ | (scope.groups.count || scope.holders_of.count ? NEED_GROUPS : 0);
}

static void check_permissions(struct doctor *d)
{
	struct graph_access access;
	const unsigned needs = needs_of_plan(d);
	graph_access(d->session->provider, d->app->arena, &access);
	unsigned wanted = NEED_ORGANIZATION | NEED_USERS | NEED_GROUPS | NEED_LICENSING | NEED_USERS_WRITE;
	struct finding finding = {.check = "permissions", .code = ERR_AUTH};
	unsigned missing = access.missing & wanted;
	if (!access.is_readable) {
		finding.verdict = VERDICT_WARN;
		finding.detail = "the token does not say what is permitted";
	} else if (!missing) {
		finding.detail = "everything that reading and applying need";
	} else {
		const char *only = missing & needs	      ? ""
				   : missing & NEED_LICENSING ? "; planning works, applying does not"
							      : "; only some plans need it";
		finding.verdict = missing & needs ? VERDICT_FAIL : VERDICT_WARN;
		finding.detail = text(d, "missing: %s%s", permissions_text(d->app->arena, missing), only);
		finding.remedy = text(d,
				      "An administrator of the tenant grants it under the application's API "
				      "permissions and consents here: %s",
				      access.consent_link);
	}
	doctor_add(d, finding);
}

/* The first day on which some Advisor subscription is to be gone; NULL when none is. */
static const char *last_day(const struct desired *desired)
{
	const char *last = NULL;
	for (size_t i = 0; i < desired->moves.count; i++) {
		const char *day = desired->moves.items[i].retire_by;
		if (day && (!last || strcmp(day, last) > 0))
			last = day;
	}
	return last;
}

static void judge_partner(struct doctor *d, const struct partner_relation *relation)
{
	const char *until = last_day(&d->session->desired);
	bool active = str_eq(relation->gdap_status, "active");
	bool ends_early = active && until && relation->gdap_end && strncmp(relation->gdap_end, until, 10) < 0;
	struct finding finding = {.check = "partner", .code = ERR_DENIED};
	if (!relation->checked) {
		finding.verdict = VERDICT_WARN;
		finding.detail = "the relation could not be read";
		finding.remedy =
			"Set SEATSHIFT_PARTNER_ACCESS_TOKEN to a token for the partner's own tenant.";
	} else if (!relation->has_contract && !active) {
		finding.verdict = VERDICT_WARN;
		finding.detail = "the customer is neither among the contracts nor in an active "
				 "GDAP relationship";
		finding.remedy = "The first step of a plan will be to invite the customer.";
	} else {
		finding.verdict = ends_early ? VERDICT_WARN : VERDICT_OK;
		finding.detail = text(d, "%s%s%s%s%.10s",
				      relation->has_contract ? "among the contracts" : "no contract",
				      active ? ", GDAP active" : ", no active GDAP",
				      active && relation->gdap_end ? " until " : "", "",
				      active && relation->gdap_end
					      ? quote_terminal_cut(d->app->arena, relation->gdap_end, 10)
					      : "");
		finding.remedy =
			ends_early ? "The GDAP relationship ends before retire_by: extend it." : NULL;
	}
	doctor_add(d, finding);
}

static void check_partner(struct doctor *d)
{
	const struct read_scope scope = {.only_tenant = true, .partner = true};
	struct provider *provider = d->session->provider;
	struct live live = {0};
	struct error err = ERROR_INIT;
	if (!d->session->policy.partner_required)
		doctor_add(d, (struct finding){.check = "partner", .detail = "no relation is required"});
	else if (provider->ops->read(provider, &scope, d->app->arena, &live, &err))
		judge_partner(d, &live.partner);
	else
		doctor_add_error(d, "partner", &err, NULL);
}

void doctor_check_tenant(struct doctor *d)
{
	struct session *session = d->session;
	struct organization org;
	struct error err = ERROR_INIT;
	session->transport = session_transport(d->app, 0);
	d->options.transport = session->transport;
	if (!check_discovery(d))
		return;
	d->options.domain = NULL; /* just asked */
	d->options.tolerate_missing = true;
	session->provider = graph_new(&d->options, &err);
	const struct tenant_case tenant = session_tenant(session, NULL);
	if (!session->provider || !tenant_prove(session->provider, &tenant, d->app->arena, &org, &err)) {
		doctor_add_error(d, "sign-in", &err, NULL);
		return;
	}
	struct graph_access access;
	graph_access(session->provider, d->app->arena, &access);
	doctor_add(d, (struct finding){.check = "sign-in",
				       .detail = text(d, "by %s, to %s (%s)", access.method,
						      quote_terminal_cut(d->app->arena, org.display_name, 80),
						      org.id)});
	check_permissions(d);
	check_partner(d);
}
